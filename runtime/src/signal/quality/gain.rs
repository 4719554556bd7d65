//! QRS heights, and leads whose gain is wrong.

use super::Reason;
use super::strip::{Strip, median, swing};
use crate::ecg::{Ecg, Lead};

/// Keeps a lead that stands still from having no logarithm, in millivolts.
const STILL_MV: f64 = 0.01;

/// How many times larger or smaller than its neighbours a chest lead may be before that is told, and before
/// the recording is refused. An error of gain is by ten as a rule; hearts, or electrodes put in wrong
/// places, make up to 5 among the 80 odd-numbered records of LUDB, and 6.6 in one of them.
const TOLD: f64 = 5.0;
const UNUSABLE: f64 = 7.0;

/// Heights of the QRS complexes in millivolts, from the lowest to the highest point, median over beats, one
/// per lead; all zero where no beat was found.
pub(super) fn heights(strip: &Strip) -> Vec<f64> {
    let height = |row: &Vec<f64>| {
        let swings: Vec<f64> = strip.beats_in(row).map(swing).collect();
        median(&swings)
    };
    strip.level.iter().map(height).collect()
}

/// The chest lead that is least like its neighbours in height, if it is too unlike.
pub(super) fn reason(strip: &Strip, heights: &[f64]) -> Option<Reason> {
    let (lead, factor) = factors(strip, heights)
        .into_iter()
        .max_by(|(_, one), (_, other)| one.ln().abs().total_cmp(&other.ln().abs()))?;
    let beyond = |limit: f64| !(1.0 / limit..=limit).contains(&factor);
    beyond(TOLD).then_some(Reason::LeadGain {
        lead,
        factor,
        unusable: beyond(UNUSABLE),
    })
}

/// The height of each chest lead over that of its neighbours, the geometric mean where there are two.
fn factors(strip: &Strip, heights: &[f64]) -> Vec<(Lead, f64)> {
    let of = |lead: &Lead| -> Option<f64> {
        let row = strip.leads().iter().position(|own| own == lead)?;
        heights.get(row).map(|height| height.max(STILL_MV).ln())
    };
    let Some(chest): Option<Vec<f64>> = Lead::STANDARD[6..].iter().map(of).collect() else {
        return Vec::new();
    };
    let expected = |n: usize| match n {
        0 => chest[1],
        last if last + 1 == chest.len() => chest[last - 1],
        n => (chest[n - 1] + chest[n + 1]) / 2.0,
    };
    let leads = Lead::STANDARD[6..].iter().enumerate();
    leads
        .map(|(n, &lead)| (lead, (chest[n] - expected(n)).exp()))
        .collect()
}

/// Leads that span one and the same range to this share were each scaled to it on their own.
const SAME_RANGE: f64 = 0.002;
/// So many leads do that never by chance.
const LEADS_OF_ONE_RANGE: usize = 8;
/// A lead that spans the common range so many times more or less was given another gain afterwards.
const OTHER_RANGE: f64 = 3.0;

/// Whether each lead was scaled to one range on its own, and which leads then differ from it. Amplitudes mean
/// nothing in such a recording, and its limb leads contradict one another; LUDB's published headers are like
/// that.
pub(super) fn scaled_alone(recorded: &Ecg) -> Option<Vec<Reason>> {
    let range = |row: &Vec<f32>| {
        let highest = row.iter().copied().fold(f32::MIN, f32::max);
        f64::from(highest - row.iter().copied().fold(f32::MAX, f32::min))
    };
    let ranges: Vec<f64> = recorded.samples().iter().map(range).collect();
    let common = median(&ranges);
    let alike = |own: &&f64| (**own / common - 1.0).abs() < SAME_RANGE;
    if common <= 0.0 || ranges.iter().filter(alike).count() < LEADS_OF_ONE_RANGE {
        return None;
    }
    let mut reasons = vec![Reason::LeadsScaledAlone { millivolts: common }];
    for (&lead, range) in recorded.leads().iter().zip(&ranges) {
        let factor = range / common;
        if !(1.0 / OTHER_RANGE..=OTHER_RANGE).contains(&factor) {
            reasons.push(Reason::LeadGain {
                lead,
                factor,
                unusable: true,
            });
        }
    }
    Some(reasons)
}
