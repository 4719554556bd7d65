//! Where the P wave of a template lies, if it has one.

use super::curve::{Toward, falls_within, joined, outermost, sizes, toward_global};
use super::template::Template;
use super::wave::{Located, Wave};
use super::wave_in_lead::{height_over_leads, peak_in_lead, peak_over_leads};
use crate::signal::milliseconds;
use crate::signal::quantile::median;
use crate::signal::spline::Spline;

/// Widths of the splines: the first bends as a P wave does, the others smooth its slopes, and the last
/// measures noise.
const WAVE_SPLINE: usize = milliseconds(28);
const ONSET_SPLINE: usize = milliseconds(16);
const OFFSET_SPLINE: usize = milliseconds(12);
const NOISE_SPLINE: usize = milliseconds(6);
/// P peaks between these times before QRS, most often the third; how far it may well be off, farther to the
/// earlier side since conduction may be slow.
const EARLIEST: usize = milliseconds(340);
const LATEST: usize = milliseconds(16);
const USUAL: f64 = milliseconds(108) as f64;
const SPREAD: f64 = milliseconds(60) as f64;
const SPREAD_EARLIER: f64 = milliseconds(90) as f64;
/// So long after the end of the T wave before.
const AFTER_T: f64 = milliseconds(20) as f64;
/// The slopes of a P wave lie within this distance of its middle.
const HALF: usize = milliseconds(80);
/// A wave found to be longer than the first is looked for again within the second: hardly any is, but
/// baselines sway.
const LONGEST: f64 = milliseconds(160) as f64;
const NARROW_HALF: usize = milliseconds(56);
/// A P wave may have two humps: the outer one counts if its slope is this share of the steepest, and the
/// wave begins or ends where the slope falls to the other share.
const ONSET_HUMP: f64 = 0.5;
const ONSET_SHARE: f64 = 0.4;
const OFFSET_HUMP: f64 = 0.6;
const OFFSET_SHARE: f64 = 0.5;
/// At most so far from there.
const LONGEST_TAIL: usize = milliseconds(60);
/// So much before the latter place readers put the end, in samples.
const OFFSET_EARLIER: f64 = 2.0;
/// What is less than this share of the complex is a trace of T, or of the filters.
const LEAST_OF_QRS: f64 = 0.01;
/// It ends at least so long before QRS begins.
const BEFORE_QRS: f64 = milliseconds(4) as f64;
/// In a single lead: how far its boundary may be from that of all, and how much of that is believed.
const LEAD_MOST: f64 = milliseconds(32) as f64;
const LEAD_BELIEF: f64 = 0.35;

/// The P wave in `rows`, a template's without its QRS complex `qrs`, whose T wave ends at `t_offset`; none
/// where nothing bends or there is no room.
pub(super) fn locate(
    template: &Template,
    rows: &[Vec<f64>],
    qrs: &Wave,
    t_offset: Option<f64>,
) -> Option<Located> {
    let last = (qrs.onset as usize).checked_sub(LATEST)?;
    let after_t = t_offset.map_or(0.0, |offset| offset - template.rr_before + AFTER_T);
    let first = (after_t.max(0.0) as usize).max((qrs.onset as usize).saturating_sub(EARLIEST));
    // Where T takes all the room, P lies on its end.
    let first = first.min(last.saturating_sub(milliseconds(60)));
    let plain = rows;
    let rows = weighted(rows, first.saturating_sub(HALF), last);
    let bends = curve(&rows, &Spline::new(WAVE_SPLINE), Spline::bends);
    let expected = qrs.onset - USUAL;
    let likely = |n: usize| {
        let later = n as f64 - expected;
        let spread = if later < 0.0 { SPREAD_EARLIER } else { SPREAD };
        bends[n] * (-(later / spread).powi(2) / 2.0).exp()
    };
    // What only grows toward the ends of the range is the tail of T, or the beginning of QRS.
    let is_top = |&n: &usize| bends[n] > bends[n - 1] && bends[n] >= bends[n + 1];
    let middle = (first.max(1)..last)
        .filter(is_top)
        .max_by(|&one, &other| likely(one).total_cmp(&likely(other)))?;
    if bends[middle] <= 0.0 {
        return None;
    }
    let spline = [Spline::new(ONSET_SPLINE), Spline::new(OFFSET_SPLINE)];
    let slopes = |end: usize| -> Vec<Vec<f64>> {
        rows.iter()
            .map(|row| sizes(&spline[end].slopes(row)))
            .collect()
    };
    let slopes = [slopes(0), slopes(1)];
    let speeds = [joined(&slopes[0]), joined(&slopes[1])];
    let latest = qrs.onset - BEFORE_QRS;
    let parts = |half: usize| {
        let to = (middle + half).min(qrs.onset as usize + 2);
        (middle.saturating_sub(half)..middle + 1, middle..to)
    };
    let ends = |half: usize| {
        let (from, to) = parts(half);
        Some((begin(&speeds[0], from)?, end(&speeds[1], to)?.min(latest)))
    };
    let mut half = HALF;
    let (mut onset, mut offset) = ends(half)?;
    if offset - onset > LONGEST {
        half = NARROW_HALF;
        (onset, offset) = ends(half)?;
    }
    let (from, to) = parts(half);
    let leads = (0..rows.len())
        .map(|lead| {
            let own = begin(&slopes[0][lead], from.clone());
            let onset = toward_global(onset, own, LEAD_BELIEF, LEAD_MOST);
            let own = end(&slopes[1][lead], to.clone());
            let offset = toward_global(offset, own, LEAD_BELIEF, LEAD_MOST).min(latest);
            peak_in_lead(&rows[lead], onset, offset)
        })
        .collect();
    let peak = peak_over_leads(&rows, onset, offset);
    let global = Wave {
        onset,
        peak,
        offset,
    };
    let least = LEAST_OF_QRS * height_over_leads(&template.rows, qrs);
    (height_over_leads(plain, &global) >= least).then_some(Located { global, leads })
}

/// The rows, those with much noise between two places made smaller.
fn weighted(rows: &[Vec<f64>], from: usize, to: usize) -> Vec<Vec<f64>> {
    let spline = Spline::new(NOISE_SPLINE);
    let noises: Vec<f64> = rows
        .iter()
        .map(|row| median(&sizes(&spline.slopes(&row[from..to]))))
        .collect();
    let floor = (median(&noises) / 2.0).max(f64::MIN_POSITIVE);
    rows.iter()
        .zip(&noises)
        .map(|(row, noise)| row.iter().map(|value| value / noise.max(floor)).collect())
        .collect()
}

fn curve(rows: &[Vec<f64>], spline: &Spline, take: fn(&Spline, &[f64]) -> Vec<f64>) -> Vec<f64> {
    joined(&rows.iter().map(|row| take(spline, row)).collect::<Vec<_>>())
}

fn begin(speed: &[f64], part: std::ops::Range<usize>) -> Option<f64> {
    let (hump, top) = outermost(speed, part, Toward::Start, ONSET_HUMP)?;
    let level = ONSET_SHARE * top;
    Some(falls_within(
        speed,
        hump,
        Toward::Start,
        level,
        LONGEST_TAIL,
    ))
}

fn end(speed: &[f64], part: std::ops::Range<usize>) -> Option<f64> {
    let (hump, top) = outermost(speed, part, Toward::End, OFFSET_HUMP)?;
    let level = OFFSET_SHARE * top;
    Some(falls_within(speed, hump, Toward::End, level, LONGEST_TAIL) - OFFSET_EARLIER)
}
