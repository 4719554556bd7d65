//! What a session hands on.

use std::sync::Arc;

use ecg2mri_shim::wire::{Acknowledgement, Occurrence, SampleBlock, Samples, SelfTest, State};

use super::Gap;
use crate::cart::Layout;

/// Something that happened, in the order in which it happened at the device.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are samples, and a box would cost each an allocation"
)]
pub enum Update {
    /// The device started, or was met for the first time. Nothing that came before is continued by what follows.
    Session {
        /// Its number.
        session: u16,
    },
    /// Samples that follow are to be read by this, which differs from what held before.
    Layout(Arc<Layout>),
    /// Samples are missing here.
    Gap(Gap),
    /// Samples.
    Samples(Block),
    /// What the device does, and what it has counted.
    State(State),
    /// Something that happened on the device.
    Occurrence(Occurrence),
    /// What a self-test found.
    SelfTest(SelfTest),
    /// What became of a command.
    Acknowledgement(Acknowledgement),
}

/// Consecutive samples of all channels, with what is needed to read them.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// How to read them.
    pub layout: Arc<Layout>,
    /// Number of the first sampling instant since the device's session began; unlike the number in the frame it
    /// does not wrap.
    pub position: u64,
    /// Microseconds of the device's clock since its session began, at the first sampling instant.
    pub timestamp_microseconds: u64,
    /// The samples as they came.
    pub samples: Samples,
}

impl Block {
    /// The codes of the converter, an instant after the other.
    pub fn codes(&self) -> &SampleBlock {
        &self.samples.block
    }

    /// How many sampling instants there are; 1 at least.
    pub fn len(&self) -> usize {
        self.samples.block.sample_count()
    }

    /// Whether there is none; never.
    pub fn is_empty(&self) -> bool {
        self.samples.block.is_empty()
    }

    /// The samples of a channel, counted from 0, in millivolts; `None` where there is no such channel or it is
    /// powered down.
    pub fn millivolts(&self, channel: usize) -> Option<impl Iterator<Item = f32>> {
        let scale = self.layout.channels().get(channel)?.millivolts_per_code?;
        let rows = self.samples.block.rows();
        let codes = rows.map(move |row| row.get(channel).copied().unwrap_or(0));
        Some(codes.map(move |code| (f64::from(code) * scale) as f32))
    }
}
