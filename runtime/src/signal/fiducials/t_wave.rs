//! Where the T wave of a template lies.

use super::curve::{Toward, falls_within, highest, joined, sizes, toward_global};
use super::template::Template;
use super::wave::{Located, Wave};
use super::wave_in_lead::{peak_in_lead, peak_over_leads};
use crate::signal::milliseconds;
use crate::signal::spline::Spline;

/// Widths of the splines: the one bends as a T wave does, the other smooths its slopes.
const WAVE_SPLINE: usize = milliseconds(44);
const SLOPE_SPLINE: usize = milliseconds(24);
/// The earliest a T wave peaks after QRS, and the latest as a share of the RR interval after QRS onset.
const EARLIEST: usize = milliseconds(32);
const LATEST: f64 = 0.85;
/// T peaks so many samples after QRS offset: a constant and a multiple of the root of the RR interval in
/// samples (fitted to odd LUDB records, where it is right to 27 ms, one standard deviation).
const PEAK_CONSTANT: f64 = -13.4;
const PEAK_PER_ROOT: f64 = 5.8;
/// How far, in samples, it may well be off.
const PEAK_SPREAD: f64 = 40.0;
/// The steepest moments lie between these distances from the peak.
const NEAREST_SLOPE: usize = milliseconds(10);
const FARTHEST_SLOPE: usize = milliseconds(150);
/// T begins and ends where its slope is this share of the steepest.
const SHARE: f64 = 0.4;
/// At most so far from there.
const LONGEST_TAIL: usize = milliseconds(160);
/// So much after that place readers put the end, in samples.
const LATER: f64 = 2.0;
/// In a single lead: how far its own steepest moment may be from that of all leads, how far its boundary
/// may, and how much of that is believed.
const LEAD_REACH: usize = milliseconds(60);
const LEAD_MOST: f64 = milliseconds(16) as f64;
const LEAD_BELIEF: f64 = 0.35;

/// The T wave in `rows`, a template's without its QRS complex `qrs`; none where nothing bends.
pub(super) fn locate(template: &Template, rows: &[Vec<f64>], qrs: &Wave) -> Option<Located> {
    let interval = template.rr_before.min(template.rr_after);
    let first = qrs.offset as usize + EARLIEST;
    let latest = (qrs.onset + LATEST * interval) as usize;
    let last = latest.max(first + EARLIEST).min(Template::SAMPLES - 1);
    let expected = qrs.offset + PEAK_CONSTANT + PEAK_PER_ROOT * interval.sqrt();
    let spline = Spline::new(WAVE_SPLINE);
    let bends = joined(&rows.iter().map(|row| spline.bends(row)).collect::<Vec<_>>());
    let likely: Vec<f64> = bends
        .iter()
        .enumerate()
        .map(|(n, bend)| bend * (-((n as f64 - expected) / PEAK_SPREAD).powi(2) / 2.0).exp())
        .collect();
    let middle = highest(&likely, first..last)?;
    if bends[middle] <= 0.0 {
        return None;
    }
    let spline = Spline::new(SLOPE_SPLINE);
    let slopes: Vec<Vec<f64>> = rows.iter().map(|row| sizes(&spline.slopes(row))).collect();
    let speed = joined(&slopes);
    let from = middle
        .saturating_sub(FARTHEST_SLOPE)
        .max(first - EARLIEST / 2);
    let rising = highest(
        &speed,
        from..middle.saturating_sub(NEAREST_SLOPE).max(from + 1),
    )?;
    let falling = highest(&speed, middle + NEAREST_SLOPE..middle + FARTHEST_SLOPE)?;
    let onset = begin(&speed, rising).max(qrs.offset);
    let offset = end(&speed, falling);
    let leads = rows
        .iter()
        .zip(&slopes)
        .map(|(row, slopes)| {
            let reach = |middle: usize| middle.saturating_sub(LEAD_REACH)..middle + LEAD_REACH + 1;
            let own = highest(slopes, reach(rising)).map(|steepest| begin(slopes, steepest));
            let onset = toward_global(onset, own, LEAD_BELIEF, LEAD_MOST).max(qrs.offset);
            let own = highest(slopes, reach(falling)).map(|steepest| end(slopes, steepest));
            let offset = toward_global(offset, own, LEAD_BELIEF, LEAD_MOST);
            peak_in_lead(row, onset, offset)
        })
        .collect();
    let peak = peak_over_leads(rows, onset, offset);
    Some(Located {
        global: Wave {
            onset,
            peak,
            offset,
        },
        leads,
    })
}

fn begin(speed: &[f64], steepest: usize) -> f64 {
    let level = SHARE * speed[steepest];
    falls_within(speed, steepest, Toward::Start, level, LONGEST_TAIL) - LATER
}

fn end(speed: &[f64], steepest: usize) -> f64 {
    let level = SHARE * speed[steepest];
    falls_within(speed, steepest, Toward::End, level, LONGEST_TAIL) + LATER
}
