//! A QRS detector that looks at all leads at once.
//!
//! The leads are band-passed to where QRS energy lies, weighted by how far their QRS stands out of
//! their noise, and joined to one activity curve; its peaks are judged against an adaptive threshold,
//! with a refractory period and search-back, after Pan & Tompkins (IEEE Trans Biomed Eng 1985;32:230).

mod revise;

use std::cell::LazyCell;

use super::filter::{Band, at_working_rate};
use super::quantile::{median, quantile};
use super::resample;
use super::{SignalError, WORKING_RATE, milliseconds};
use crate::ecg::Ecg;

/// Below this no QRS complex has a shape.
const LEAST_RATE: f64 = 100.0;
/// The band of QRS energy in Hz: above most of the T wave, below most muscle noise.
const QRS_BAND: (f64, f64) = (8.0, 25.0);
/// Where QRS complexes, wide ones too, are left almost alone: the steepest T wave changes slower.
const STEEP_BAND: (f64, f64) = (15.0, 40.0);
/// Beats are taken to be no closer, since the ventricle is refractory for about as long.
const REFRACTORY: usize = milliseconds(240);
/// The activity is averaged over about one QRS width.
const SMOOTHING: usize = milliseconds(90);
/// Length of the blocks whose largest peaks give the local level, and how many are looked at.
const BLOCK: usize = milliseconds(2000);
const BLOCKS_AROUND: usize = 3;
/// Peaks above this share of the local level are beats.
const THRESHOLD: f64 = 0.35;
/// Where a beat seems missing, this share will do.
const SEARCH_BACK_THRESHOLD: f64 = 0.18;
/// A gap of this many usual RR intervals makes a beat seem missing.
const GAP: f64 = 1.66;
/// A peak soon after a beat, at less than this share of it, is its T wave.
const T_WAVE_SHARE: f64 = 0.5;
const T_WAVE_DELAY: usize = milliseconds(360);
/// So is one at less than the first share of it that has less than the second share of its steepness,
/// for somewhat longer: in bundle branch block the T wave is tall and late. An early beat from the
/// ventricle is as large as the beat before it, if not larger.
const TALL_T_WAVE_SHARE: f64 = 0.8;
const TALL_T_WAVE_STEEPNESS: f64 = 0.4;
const TALL_T_WAVE_DELAY: usize = milliseconds(480);
/// The quiet part of the curve is its lower fifth: wide QRS complexes of a fast rhythm, smoothed, fill
/// more than half of it.
const QUIET_SHARE: f64 = 0.2;
/// Beats stand out of the quiet part by at least the first factor, and by so much more as fewer
/// leads average less: noise reaches 1.6 in 12 leads, 1.7 in 8 and 3.2 in one.
const LEAST_PROMINENCE: f64 = 1.5;
const LEAST_PROMINENCE_OF_ONE_LEAD: f64 = 1.8;

/// The QRS complexes of a recording, whatever its leads: sample numbers at its own rate, each near
/// the middle of a complex, in order.
///
/// Complexes less than 240 ms apart are not told from one another: of a rhythm above 250 bpm
/// every second beat is found, and wide complexes are missed now and then from 200 bpm on.
///
/// # Errors
/// [`SignalError::RateTooLow`] below 100 Hz and [`SignalError::RateTooHigh`] above 100 kHz;
/// [`SignalError::NoQrs`] where nothing stands out.
pub fn detect_qrs(ecg: &Ecg) -> Result<Vec<usize>, SignalError> {
    detect_qrs_in_rows(ecg.samples(), ecg.sampling_rate())
}

/// As [`detect_qrs`], in leads that need not be standard ones (MLII of a Holter recorder, say): shape
/// (lead, sample), one lead at least, in millivolts, at `rate` Hz.
///
/// # Errors
/// As [`detect_qrs`]; rows of different lengths; a sample that is NaN or infinite.
pub fn detect_qrs_in_rows(rows: &[Vec<f32>], rate: f64) -> Result<Vec<usize>, SignalError> {
    check_rate(rate)?;
    check_rows(rows)?;
    let as_f64 = |row: &Vec<f32>| row.iter().map(|&value| f64::from(value)).collect();
    let wide: Vec<Vec<f64>> = rows.iter().map(as_f64).collect();
    let beats = detect(&resample::resample(&wide, rate, WORKING_RATE)?)?;
    let last = rows.first().map_or(0, Vec::len).saturating_sub(1);
    let scale = rate / WORKING_RATE;
    Ok(beats
        .into_iter()
        .map(|beat| ((beat as f64 * scale).round() as usize).min(last))
        .collect())
}

/// Refuses rows of different lengths, and samples that are no numbers.
pub(super) fn check_rows(rows: &[Vec<f32>]) -> Result<(), SignalError> {
    let expected = rows.first().map_or(0, Vec::len);
    for (row, samples) in rows.iter().enumerate() {
        let found = samples.len();
        if found != expected {
            return Err(SignalError::UnequalRows {
                row,
                expected,
                found,
            });
        }
        if let Some(sample) = samples.iter().position(|value| !value.is_finite()) {
            return Err(SignalError::NotFinite { row, sample });
        }
    }
    Ok(())
}

/// Refuses rates too low for a QRS complex, or too high to be true.
pub(super) fn check_rate(rate: f64) -> Result<(), SignalError> {
    if rate < LEAST_RATE {
        Err(SignalError::RateTooLow {
            rate,
            least: LEAST_RATE,
        })
    } else {
        resample::check_rate(rate)
    }
}

/// As [`detect_qrs`], on rows at the working rate.
pub(super) fn detect(rows: &[Vec<f64>]) -> Result<Vec<usize>, SignalError> {
    let activity = activity_in(rows, QRS_BAND);
    // Few recordings have a T wave so tall that it is asked for.
    let steepness = LazyCell::new(|| activity_in(rows, STEEP_BAND));
    let peaks = peaks(&activity);
    let level = LocalLevel::new(&activity);
    if !stands_out(&activity, &peaks, &level, rows.len()) {
        return Err(SignalError::NoQrs);
    }
    let steepest = |middle: usize| steepest_near(&steepness, middle);
    let beats = above_threshold(&activity, &steepest, &peaks, &level);
    let beats = with_search_back(beats, &activity, &peaks, &level);
    let beats = revise::revise(rows, beats);
    if beats.is_empty() {
        Err(SignalError::NoQrs)
    } else {
        Ok(beats)
    }
}

/// One curve for all leads: the root of the smoothed, weighted sum of squares of the band-passed leads.
fn activity_in(rows: &[Vec<f64>], band: (f64, f64)) -> Vec<f64> {
    let length = rows.first().map_or(0, Vec::len);
    let mut squares = vec![0.0; length];
    let bands = band_passed(rows, band);
    let sizes: Vec<Sizes> = bands.iter().map(|band| Sizes::of(band)).collect();
    let strongest = sizes.iter().map(|sizes| sizes.strong).fold(0.0, f64::max);
    for (band, sizes) in bands.iter().zip(&sizes) {
        let weight = sizes.weight(strongest);
        for (sum, value) in squares.iter_mut().zip(band) {
            *sum += (value * weight).powi(2);
        }
    }
    moving_average(&squares, SMOOTHING)
        .into_iter()
        .map(|value| value.max(0.0).sqrt())
        .collect()
}

fn band_passed(rows: &[Vec<f64>], (low, high): (f64, f64)) -> Vec<Vec<f64>> {
    let high_pass = at_working_rate(2, Band::HighPass { cutoff_hz: low });
    let low_pass = at_working_rate(2, Band::LowPass { cutoff_hz: high });
    let padding = milliseconds(400);
    low_pass.zero_phase_rows(&high_pass.zero_phase_rows(rows, padding), padding)
}

/// How large a band-passed lead is, in millivolts.
struct Sizes {
    /// Half of its samples lie below: its noise, since QRS fills but a tenth of the time.
    noise: f64,
    /// One sample in fifty lies above: its QRS complexes.
    strong: f64,
}

impl Sizes {
    fn of(band: &[f64]) -> Sizes {
        let mut sizes: Vec<f64> = band.iter().map(|value| value.abs()).collect();
        if sizes.is_empty() {
            return Sizes {
                noise: 0.0,
                strong: 0.0,
            };
        }
        let (half, most) = (sizes.len() / 2, sizes.len() * 98 / 100);
        let strong = *sizes.select_nth_unstable_by(most, f64::total_cmp).1;
        let noise = *sizes.select_nth_unstable_by(half, f64::total_cmp).1;
        Sizes { noise, strong }
    }

    /// The inverse of the noise: a clean lead counts for more than one full of muscle noise. One without any
    /// must not count alone, nor a dead one by its last digit, so the noise is taken as no less than shares of the
    /// lead's own complexes and of the `strongest` lead's, which holds at any gain.
    fn weight(&self, strongest: f64) -> f64 {
        let noise = self.noise.max(0.02 * self.strong).max(0.002 * strongest);
        if noise > 0.0 { 1.0 / noise } else { 0.0 }
    }
}

fn moving_average(values: &[f64], width: usize) -> Vec<f64> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for value in values {
        sum += value;
        sums.push(sum);
    }
    let half = width / 2;
    (0..values.len())
        .map(|n| {
            let (from, to) = (n.saturating_sub(half), (n + half + 1).min(values.len()));
            (sums[to] - sums[from]) / (to - from) as f64
        })
        .collect()
}

/// Local maxima that are the largest within the refractory period to either side.
fn peaks(activity: &[f64]) -> Vec<usize> {
    let mut candidates: Vec<usize> = (0..activity.len())
        .filter(|&n| {
            let value = activity[n];
            (n == 0 || activity[n - 1] < value)
                && (n + 1 == activity.len() || activity[n + 1] <= value)
        })
        .collect();
    candidates.sort_by(|&one, &other| activity[other].total_cmp(&activity[one]));
    let mut kept = std::collections::BTreeSet::new();
    for candidate in candidates {
        let from = candidate.saturating_sub(REFRACTORY - 1);
        if kept.range(from..candidate + REFRACTORY).next().is_none() {
            kept.insert(candidate);
        }
    }
    kept.into_iter().collect()
}

/// The usual height of beats near a sample: the median of the largest values of the blocks around it.
struct LocalLevel(Vec<f64>);

impl LocalLevel {
    fn new(activity: &[f64]) -> LocalLevel {
        let mut largest: Vec<f64> = activity
            .chunks(BLOCK)
            .map(|block| block.iter().copied().fold(0.0, f64::max))
            .collect();
        // A last block too short to hold a beat says nothing.
        let last = activity.len() % BLOCK;
        if largest.len() > 1 && (1..BLOCK / 2).contains(&last) {
            largest.pop();
        }
        let levels = (0..largest.len())
            .map(|n| {
                let window = &largest
                    [n.saturating_sub(BLOCKS_AROUND)..(n + BLOCKS_AROUND + 1).min(largest.len())];
                median(window)
            })
            .collect();
        LocalLevel(levels)
    }

    fn at(&self, sample: usize) -> f64 {
        self.0
            .get(sample / BLOCK)
            .or(self.0.last())
            .copied()
            .unwrap_or(0.0)
    }
}

/// Noise has peaks too, but they hardly rise above its quiet parts.
fn stands_out(activity: &[f64], peaks: &[usize], level: &LocalLevel, leads: usize) -> bool {
    let quiet = quantile(activity, QUIET_SHARE);
    let levels: Vec<f64> = peaks.iter().map(|&peak| level.at(peak)).collect();
    let level = median(&levels);
    let least = LEAST_PROMINENCE + LEAST_PROMINENCE_OF_ONE_LEAD / (leads as f64).sqrt();
    level > 0.0 && level >= least * quiet
}

fn above_threshold(
    activity: &[f64],
    steepest: &dyn Fn(usize) -> f64,
    peaks: &[usize],
    level: &LocalLevel,
) -> Vec<usize> {
    let mut beats: Vec<usize> = Vec::new();
    for &peak in peaks
        .iter()
        .filter(|&&peak| activity[peak] >= THRESHOLD * level.at(peak))
    {
        if !is_t_wave(activity, steepest, beats.last().copied(), peak) {
            beats.push(peak);
        }
    }
    beats
}

/// The steepest place of a wide wave lies beside its middle.
fn steepest_near(steepness: &[f64], middle: usize) -> f64 {
    let from = middle.saturating_sub(SMOOTHING);
    let to = (middle + SMOOTHING).min(steepness.len());
    steepness[from..to].iter().copied().fold(0.0, f64::max)
}

fn is_t_wave(
    activity: &[f64],
    steepest: &dyn Fn(usize) -> f64,
    before: Option<usize>,
    peak: usize,
) -> bool {
    let Some(beat) = before else { return false };
    let delay = peak - beat;
    let small = delay < T_WAVE_DELAY && activity[peak] < T_WAVE_SHARE * activity[beat];
    let tall = delay < TALL_T_WAVE_DELAY
        && activity[peak] < TALL_T_WAVE_SHARE * activity[beat]
        && steepest(peak) < TALL_T_WAVE_STEEPNESS * steepest(beat);
    small || tall
}

/// Adds the best of the lesser peaks where the rhythm leaves a gap.
fn with_search_back(
    beats: Vec<usize>,
    activity: &[f64],
    peaks: &[usize],
    level: &LocalLevel,
) -> Vec<usize> {
    let intervals: Vec<f64> = beats
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) as f64)
        .collect();
    if intervals.len() < 2 {
        return beats;
    }
    let usual = median(&intervals);
    let mut found = beats.clone();
    for pair in beats.windows(2) {
        let &[before, after] = pair else { continue };
        if ((after - before) as f64) < GAP * usual {
            continue;
        }
        let missed = peaks.iter().copied().filter(|&peak| {
            peak > before + T_WAVE_DELAY
                && peak + T_WAVE_DELAY < after
                && activity[peak] >= SEARCH_BACK_THRESHOLD * level.at(peak)
        });
        found.extend(missed.max_by(|&one, &other| activity[one].total_cmp(&activity[other])));
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests;
