//! The median over beats of one kind, on which waves are looked for: it has little noise.

use crate::signal::beat_classes::Member;
use crate::signal::fractional::{Window, median_of_windows};
use crate::signal::milliseconds;
use crate::signal::quantile::median;

/// Before and after the reference of its beats.
const BEFORE: usize = milliseconds(600);
const AFTER: usize = milliseconds(840);

/// The median beat of one kind, with what surrounds it.
pub(super) struct Template {
    /// Shape (lead, sample), 500 Hz.
    pub(super) rows: Vec<Vec<f64>>,
    /// Time in samples from the beat before, in the middle.
    pub(super) rr_before: f64,
    /// Time in samples to the beat after, in the middle.
    pub(super) rr_after: f64,
}

impl Template {
    /// The sample at which the references of the beats lie.
    pub(super) const REFERENCE: usize = BEFORE;
    /// Its length in samples.
    pub(super) const SAMPLES: usize = BEFORE + AFTER;

    /// The template of the `members` among the beats at `marks`.
    pub(super) fn new(rows: &[Vec<f64>], marks: &[usize], members: &[Member]) -> Template {
        let interval = |before: Option<&usize>, after: Option<&usize>| {
            Some((after?.checked_sub(*before?)?) as f64)
        };
        let all: Vec<f64> = marks
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as f64)
            .collect();
        // A single beat has no interval; a second is the usual one.
        let usual = if all.is_empty() {
            milliseconds(1000) as f64
        } else {
            median(&all)
        };
        let middle = |intervals: Vec<f64>| {
            if intervals.is_empty() {
                usual
            } else {
                median(&intervals)
            }
        };
        let before = members.iter().filter_map(|member| {
            let before = member.beat.checked_sub(1)?;
            interval(marks.get(before), marks.get(member.beat))
        });
        let after = members
            .iter()
            .filter_map(|member| interval(marks.get(member.beat), marks.get(member.beat + 1)));
        Template {
            rr_before: middle(before.collect()),
            rr_after: middle(after.collect()),
            rows: rows.iter().map(|row| median_row(row, members)).collect(),
        }
    }
}

fn median_row(row: &[f64], members: &[Member]) -> Vec<f64> {
    let cut = |member: &Member| {
        let start = member.reference - BEFORE as f64;
        Window::cut(row, start, Template::SAMPLES)
    };
    median_of_windows(members.iter().map(cut).collect())
}
