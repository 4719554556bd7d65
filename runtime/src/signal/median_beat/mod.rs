//! The median beat: what the networks see of a recording.

mod average;
mod onset;
mod preprocess;

use super::beat_classes::{self, BeatClass};
use super::clean::{CleanRows, clean};
use super::{SignalError, WORKING_RATE, milliseconds, qrs};
use crate::ecg::{Ecg, Lead};

/// A recording needs this many beats that look alike, and this part of all beats: three alike of
/// a hundred are chance.
const LEAST_BEATS: usize = 3;
const LEAST_PART: usize = 4;
/// What is looked at of a beat, about its reference, to find where QRS begins.
const BEFORE_QRS: usize = milliseconds(400);
const AFTER_QRS: usize = milliseconds(300);

/// The median beat of twelve leads: 600 samples in millivolts at 500 Hz, standard lead order,
/// QRS onset at sample 190, PR level at 0 mV.
#[derive(Clone, Debug, PartialEq)]
pub struct MedianBeat {
    samples: Vec<f32>,
    heart_rate_bpm: f64,
    rr_intervals: Vec<f64>,
    beats_found: usize,
    beats_used: usize,
    mains_hz: Option<f64>,
}

impl MedianBeat {
    /// Leads: the twelve standard ones.
    pub const LEADS: usize = 12;
    /// Samples per lead: 1.2 s.
    pub const SAMPLES: usize = 600;
    /// Samples per second, in Hz.
    pub const SAMPLING_RATE: f64 = WORKING_RATE;
    /// The sample at which the QRS complex begins.
    pub const QRS_ONSET: usize = 190;

    /// All samples in millivolts, row-major, shape (12, 600).
    pub fn as_slice(&self) -> &[f32] {
        &self.samples
    }

    /// The 600 samples of one lead, in millivolts.
    pub fn lead(&self, lead: Lead) -> &[f32] {
        let row = Lead::STANDARD
            .iter()
            .position(|&standard| standard == lead)
            .unwrap_or(0);
        &self.samples[row * Self::SAMPLES..(row + 1) * Self::SAMPLES]
    }

    /// The leads in standard order, 600 samples in millivolts each.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.samples.chunks_exact(Self::SAMPLES)
    }

    /// Mean heart rate over the recording, in beats per minute; half of it where that is above
    /// 250 (see [`detect_qrs`](super::detect_qrs)).
    pub fn heart_rate_bpm(&self) -> f64 {
        self.heart_rate_bpm
    }

    /// Time from each beat found to the next, in seconds.
    pub fn rr_intervals(&self) -> &[f64] {
        &self.rr_intervals
    }

    /// QRS complexes found in the recording.
    pub fn beats_found(&self) -> usize {
        self.beats_found
    }

    /// Beats that look alike and make up the median; ectopic and noisy ones are left out.
    pub fn beats_used(&self) -> usize {
        self.beats_used
    }

    /// The mains frequency that was filtered out, in Hz, if hum was found.
    pub fn mains_hz(&self) -> Option<f64> {
        self.mains_hz
    }
}

/// The median beat of a recording that has, or allows to derive, the twelve standard leads.
///
/// Resampled to 500 Hz; zero-phase band-pass 0.5–100 Hz (for zero-phase filters AHA/ACC/HRS 2007 allow
/// 0.67 Hz without harm to ST), notch only where hum is found; QRS complexes are detected and
/// aligned by cross-correlation over the eight independent leads, those unlike the majority are left
/// out, and the rest is averaged by the median at each sample. Where the window reaches beyond the
/// recording, the beats that have that sample make up the median.
///
/// # Errors
/// Missing leads; a sampling rate outside 100 Hz to 100 kHz; a recording that is shorter than 3 s,
/// longer than an hour, has a flat lead, an impossible amplitude, no QRS complex, or fewer than
/// three beats, or a quarter of its beats, that look alike.
pub fn median_beat(ecg: &Ecg) -> Result<MedianBeat, SignalError> {
    let twelve = ecg.twelve_leads()?;
    preprocess::check_recorded(&twelve)?;
    let clean = clean(twelve.samples(), twelve.sampling_rate())?;
    preprocess::check_clean(&clean)?;
    let marks = qrs::detect(&clean.rows)?;
    of_marks(&clean, &marks, &[])
}

/// As [`median_beat`], of a recording that has been cleaned to the rows of `clean`, with its complexes and
/// their classes, if they are known.
pub(super) fn from_clean(
    ecg: &Ecg,
    clean: &CleanRows,
    marks: &[usize],
    classes: &[BeatClass],
) -> Result<MedianBeat, SignalError> {
    // Derived leads are there by now, so that this complains of those missing and of nothing else.
    if ecg.leads() != Lead::STANDARD {
        ecg.twelve_leads()?;
    }
    preprocess::check_recorded(ecg)?;
    preprocess::check_clean(clean)?;
    of_marks(clean, marks, classes)
}

fn of_marks(
    clean: &CleanRows,
    beats: &[usize],
    classes: &[BeatClass],
) -> Result<MedianBeat, SignalError> {
    let least = LEAST_BEATS.max(beats.len().div_ceil(LEAST_PART));
    if beats.len() < least {
        return Err(SignalError::TooFewBeats {
            found: beats.len(),
            usable: beats.len(),
            least,
        });
    }
    let rr_intervals: Vec<f64> = beats
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) as f64 / WORKING_RATE)
        .collect();
    let references = usual_beats(&clean.rows, beats, classes);
    if references.len() < least {
        return Err(SignalError::TooFewBeats {
            found: beats.len(),
            usable: references.len(),
            least,
        });
    }
    let start = window_start(&clean.rows, &references);
    let beat = average::median_of_levelled_beats(&clean.rows, &references, start);
    Ok(MedianBeat {
        samples: beat
            .into_iter()
            .flatten()
            .map(|value| value as f32)
            .collect(),
        heart_rate_bpm: 60.0 * rr_intervals.len() as f64 / rr_intervals.iter().sum::<f64>(),
        rr_intervals,
        beats_found: beats.len(),
        beats_used: references.len(),
        mains_hz: clean.mains_hz,
    })
}

/// Samples from a beat's reference to the start of its window, such that QRS begins at its place.
fn window_start(rows: &[Vec<f64>], references: &[f64]) -> f64 {
    let independent = beat_classes::independent_rows(rows);
    let beat = average::median_about(&independent, references, BEFORE_QRS, AFTER_QRS);
    let onset = onset::qrs_onset(&beat, BEFORE_QRS);
    onset as f64 - (BEFORE_QRS + MedianBeat::QRS_ONSET) as f64
}

/// References of the beats of the most frequent kind. Early ones among them, whose P wave lies on the
/// T wave before, are left out where they are few; in an irregular rhythm they belong to it.
fn usual_beats(rows: &[Vec<f64>], beats: &[usize], classes: &[BeatClass]) -> Vec<f64> {
    let main = || beat_classes::main_class(&beat_classes::independent_rows(rows), beats);
    let class = classes.first().cloned().unwrap_or_else(main);
    let premature = beat_classes::premature(beats);
    let references = |kept: &dyn Fn(usize) -> bool| -> Vec<f64> {
        let members = class.members.iter().filter(|member| kept(member.beat));
        members.map(|member| member.reference).collect()
    };
    let timely = references(&|beat| !premature[beat]);
    if timely.len() >= LEAST_BEATS && timely.len() * 4 >= class.members.len() * 3 {
        timely
    } else {
        references(&|_| true)
    }
}

#[cfg(test)]
mod tests;
