//! The next batches are made while a step runs.

use super::batches::{Batch, Batches};
use crate::cohort::CohortError;
use std::sync::mpsc::{Receiver, sync_channel};

/// Batches that wait at most, besides the one in use and the one being made.
const WAITING: usize = 2;

/// Calls `train` with the training batches of `order` (the subjects of each) in that order; a thread of its own makes
/// them, and stops early where `train` returns early.
pub(super) fn with_batches<T>(
    batches: Batches<'_>,
    order: &[Vec<usize>],
    stage: usize,
    epoch: usize,
    train: impl FnOnce(Receiver<Result<Batch, CohortError>>) -> T,
) -> T {
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        scope.spawn(move || {
            for subjects in order {
                let batch = batches.training(subjects, stage, epoch);
                if sender.send(batch).is_err() {
                    break;
                }
            }
        });
        train(receiver)
    })
}
