//! Leads that lost contact or ran into the limits of the recorder.

use super::Reason;
use super::strip::Strip;
use crate::ecg::Lead;
use crate::signal::WORKING_RATE;

/// Seconds that a lead may stand still. Some recorders compress flat pieces between beats to one value: in
/// LUDB, pieces of up to 0.55 s.
const LONGEST_STANDSTILL: f64 = 0.7;
/// Seconds about the middle of a beat in which no lead stands still.
const BEAT_SECONDS: f64 = 0.06;
/// The share of a recording that may be lost.
const MOST_LOST: f64 = 0.15;
/// Millivolts within which samples count as one value; recorders resolve 0.001 to 0.005 mV.
const SAME: f32 = 1e-6;
/// A cut-off top or bottom lasts for so many seconds, and occurs so many times.
const CUT_SECONDS: f64 = 0.008;
const CUT_LEAST: usize = 3;
/// The least slope in millivolts per second, over two samples, that leads into a cut-off top, and out of it: a
/// blunt wave bends into its own, at one end at least.
const CUT_SLOPE: f64 = 5.0;
/// A top counts as cut off only where it rises by so many millivolts above the lead's middle.
const CUT_HEIGHT: f32 = 0.15;

/// How one lead holds contact.
pub(super) struct Contact {
    /// The longest of the times without any change that are no mere rest, in seconds.
    pub(super) standstill: f64,
    /// All times of [`LONGEST_STANDSTILL`] and more, and those in which other leads show a beat, as a
    /// share of the recording.
    pub(super) lost: f64,
    /// Whether tops or bottoms are cut off.
    pub(super) clipped: bool,
}

/// The contact of every lead.
pub(super) fn contacts(strip: &Strip) -> Vec<Contact> {
    let rate = strip.ecg.sampling_rate();
    let samples = strip.ecg.samples();
    let beats: Vec<usize> = strip
        .beats
        .iter()
        .map(|&beat| (beat as f64 * rate / WORKING_RATE) as usize)
        .collect();
    samples
        .iter()
        .map(|row| contact(row, rate, &beats))
        .collect()
}

/// What a lead's contact takes off its score.
pub(super) fn penalty(contact: &Contact) -> f64 {
    if contact.clipped {
        1.0
    } else {
        (contact.lost / MOST_LOST).min(1.0)
    }
}

/// Leads cut off, and leads that dropped out.
pub(super) fn reasons(strip: &Strip, contacts: &[Contact]) -> Vec<Reason> {
    let those = |chosen: &dyn Fn(&Contact) -> bool| -> Vec<Lead> {
        let all = strip.leads().iter().zip(contacts);
        all.filter(|(_, contact)| chosen(contact))
            .map(|(&lead, _)| lead)
            .collect()
    };
    let mut reasons = Vec::new();
    let leads = those(&|contact| contact.clipped);
    if !leads.is_empty() {
        reasons.push(Reason::Clipped { leads });
    }
    let leads = those(&|contact| contact.lost > 0.0);
    if !leads.is_empty() {
        let largest = |pick: fn(&Contact) -> f64| contacts.iter().map(pick).fold(0.0, f64::max);
        reasons.push(Reason::Dropout {
            leads,
            seconds: largest(|contact| contact.standstill),
            unusable: largest(|contact| contact.lost) > MOST_LOST,
        });
    }
    reasons
}

fn contact(row: &[f32], rate: f64, beats: &[usize]) -> Contact {
    let (mut standstill, mut lost, mut from) = (0_usize, 0_usize, 0_usize);
    let long = (LONGEST_STANDSTILL * rate).ceil() as usize;
    let half_beat = (BEAT_SECONDS / 2.0 * rate).ceil() as usize;
    for run in runs(row) {
        let to = from + run.len();
        let misses = |&beat: &usize| beat >= from + half_beat && beat + half_beat < to;
        if run.len() >= long || (run.len() > 2 * half_beat && beats.iter().any(misses)) {
            standstill = standstill.max(run.len());
            lost += run.len();
        }
        from = to;
    }
    Contact {
        standstill: standstill as f64 / rate,
        lost: lost as f64 / row.len().max(1) as f64,
        clipped: is_cut_off(row, rate),
    }
}

/// Pieces of one value.
fn runs(row: &[f32]) -> impl Iterator<Item = &[f32]> {
    row.chunk_by(|one, other| (one - other).abs() <= SAME)
}

/// A recorder's limit cuts every high wave at one and the same value, for several samples, and with a corner:
/// a blunt wave of a coarsely rounded recording may have a level top as well, but it bends into it.
fn is_cut_off(row: &[f32], rate: f64) -> bool {
    let mut sorted = row.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let (Some(&lowest), Some(&highest)) = (sorted.first(), sorted.last()) else {
        return false;
    };
    let middle = sorted[sorted.len() / 2];
    let long = ((CUT_SECONDS * rate).ceil() as usize).max(3);
    let longest = (LONGEST_STANDSTILL * rate).ceil() as usize;
    [lowest, highest].into_iter().any(|limit| {
        let at_limit = |value: f32| (value - limit).abs() <= SAME;
        let mut from = 0_usize;
        let cut = runs(row).filter(|run| {
            let before = from.checked_sub(2).and_then(|n| row.get(n));
            from += run.len();
            let corner = |beside: Option<&f32>| {
                beside
                    .is_some_and(|value| f64::from((value - limit).abs()) * rate / 2.0 >= CUT_SLOPE)
            };
            (long..longest).contains(&run.len())
                && run.iter().all(|&value| at_limit(value))
                && corner(before)
                && corner(row.get(from + 1))
        });
        (limit - middle).abs() >= CUT_HEIGHT && cut.count() >= CUT_LEAST
    })
}
