//! Where the QRS complex of a template begins and ends.

use super::curve::{Toward, falls_below, highest, joined, sizes, toward_global};
use super::template::Template;
use super::wave::{Located, Wave};
use crate::signal::milliseconds;
use crate::signal::quiet_level::quiet_level;
use crate::signal::spline::Spline;

/// Width of the spline that slopes are taken with: 8 ms, to where it has fallen to a half some 10 ms.
const SPLINE: usize = milliseconds(8);
/// The steepest moment lies this near the reference of the beats.
const SEARCH: usize = milliseconds(120);
/// The PR segment and the ST segment lie between these distances from the steepest moment.
const PR_FROM: usize = milliseconds(200);
const PR_TO: usize = milliseconds(40);
const ST_FROM: usize = milliseconds(60);
const ST_TO: usize = milliseconds(260);
/// QRS begins and ends where the speed falls below these shares of its peak, over what it has in the
/// segments beside; there it must stay so long.
const ONSET_SHARE: f64 = 0.05;
const OFFSET_SHARE: f64 = 0.08;
/// Over noise by at least this share of it.
const LEAST_OVER_QUIET: f64 = 0.8;
const ONSET_REST: usize = milliseconds(12);
const OFFSET_REST: usize = milliseconds(14);
/// No complex begins or ends farther from its steepest moment.
const LONGEST_HALF: usize = milliseconds(200);
/// Readers put the onset so much before the place where the speed has risen to its share, in samples.
const EARLIER: f64 = 1.0;
/// In a single lead: shares of its own peak, how far from the boundary of all leads it may lead, and how
/// much of that is believed.
const LEAD_ONSET_SHARE: f64 = 0.15;
const LEAD_OFFSET_SHARE: f64 = 0.05;
const LEAD_REST: usize = milliseconds(6);
const LEAD_REACH: usize = milliseconds(30);
const LEAD_MOST: f64 = milliseconds(24) as f64;
const LEAD_BELIEF: f64 = 0.4;
/// The peak of a complex is its R wave, if that reaches this share of its largest deflection.
const LEAST_R: f64 = 0.1;
/// A pacing spike bends this many times as sharply as when smoothed (the sharpest of 80 natural complexes
/// of LUDB 2.8 times, the bluntest of four spikes 4.5 times); the complex begins so long after it.
const SPIKE: f64 = 3.6;
const SPIKE_WIDTH: usize = milliseconds(4);
const SPIKE_SPLINE: usize = milliseconds(4);
const COMPLEX_SPLINE: usize = milliseconds(10);
const SPIKE_REACH: usize = milliseconds(40);
const AFTER_SPIKE: f64 = milliseconds(10) as f64;

/// A complex, and whether a pacing spike sets it off.
pub(super) struct Complex {
    pub(super) located: Located,
    pub(super) is_paced: bool,
}

/// The QRS complex of `template`, in its samples; none where nothing is steep.
pub(super) fn locate(template: &Template) -> Option<Complex> {
    let rows = &template.rows;
    let spline = Spline::new(SPLINE);
    let slopes: Vec<Vec<f64>> = rows.iter().map(|row| sizes(&spline.slopes(row))).collect();
    let speed = joined(&slopes);
    let middle = Template::REFERENCE;
    let steepest = highest(&speed, middle - SEARCH..middle + SEARCH)?;
    if speed[steepest] <= 0.0 {
        return None;
    }
    let ends = Ends::of(
        &speed,
        steepest,
        [ONSET_SHARE, OFFSET_SHARE],
        [ONSET_REST, OFFSET_REST],
    );
    let spike = pacing_spike(rows, ends.onset);
    let onset = ends.onset - EARLIER;
    let onset = spike.map_or(onset, |spike| onset.max(spike as f64 + AFTER_SPIKE));
    let offset = ends.offset;
    let leads = rows
        .iter()
        .zip(&slopes)
        .map(|(row, slopes)| lead(row, slopes, onset, offset, steepest))
        .collect();
    let vector = joined(&levelled(rows, onset));
    let peak = highest(&vector, onset.ceil() as usize..offset.floor() as usize + 1)?;
    let peak = peak as f64;
    Some(Complex {
        located: Located {
            global: Wave {
                onset,
                peak,
                offset,
            },
            leads,
        },
        is_paced: spike.is_some(),
    })
}

struct Ends {
    onset: f64,
    offset: f64,
}

impl Ends {
    fn of(speed: &[f64], steepest: usize, shares: [f64; 2], rests: [usize; 2]) -> Ends {
        let part = |from: usize, to: usize| &speed[from.min(speed.len())..to.min(speed.len())];
        let quiet = [
            quiet_level(part(
                steepest.saturating_sub(PR_FROM),
                steepest.saturating_sub(PR_TO),
            )),
            quiet_level(part(steepest + ST_FROM, steepest + ST_TO)),
        ];
        let level = |end: usize| {
            let above = shares[end] * (speed[steepest] - quiet[end]);
            quiet[end] + above.max(LEAST_OVER_QUIET * quiet[end])
        };
        let half = LONGEST_HALF as f64;
        let at = steepest as f64;
        let onset = falls_below(speed, steepest, Toward::Start, level(0), rests[0]);
        let offset = falls_below(speed, steepest, Toward::End, level(1), rests[1]);
        Ends {
            onset: onset.unwrap_or(at - half).max(at - half),
            offset: offset.unwrap_or(at + half).min(at + half),
        }
    }
}

/// The moment of a pacing spike at the onset of the complex, if there is one: it bends far more sharply
/// than the same place does when smoothed.
fn pacing_spike(rows: &[Vec<f64>], onset: f64) -> Option<usize> {
    let bends = |width: usize| {
        let spline = Spline::new(width);
        joined(&rows.iter().map(|row| spline.bends(row)).collect::<Vec<_>>())
    };
    let (sharp, blunt) = (bends(SPIKE_SPLINE), bends(COMPLEX_SPLINE));
    let onset = onset.max(0.0) as usize;
    let part = onset.saturating_sub(SPIKE_REACH / 4)..onset + SPIKE_REACH;
    let spike = highest(&sharp, part)?;
    let near = spike.saturating_sub(SPIKE_WIDTH)..spike + SPIKE_WIDTH + 1;
    let smoothed = highest(&blunt, near).map_or(0.0, |at| blunt[at]);
    (sharp[spike] > SPIKE * smoothed).then_some(spike)
}

/// The complex in one lead, given where all leads have it.
fn lead(row: &[f64], slopes: &[f64], onset: f64, offset: f64, steepest: usize) -> Option<Wave> {
    let from = (onset as usize).saturating_sub(LEAD_REACH);
    let to = (offset as usize + LEAD_REACH).min(slopes.len());
    let peak = highest(slopes, from..to)?;
    if slopes[peak] <= 0.0 {
        return None;
    }
    let part = |from: usize, to: usize| &slopes[from.min(slopes.len())..to.min(slopes.len())];
    let before = quiet_level(part(
        steepest.saturating_sub(PR_FROM),
        steepest.saturating_sub(PR_TO),
    ));
    let after = quiet_level(part(steepest + ST_FROM, steepest + ST_TO));
    let first = before + LEAD_ONSET_SHARE * (slopes[peak] - before).max(0.0);
    let last = after + LEAD_OFFSET_SHARE * (slopes[peak] - after).max(0.0);
    let own_onset = (from..to)
        .find(|&n| slopes[n] > first)
        .and_then(|n| falls_below(slopes, n, Toward::Start, first, LEAD_REST));
    let own_offset = (from..to)
        .rev()
        .find(|&n| slopes[n] > last)
        .and_then(|n| falls_below(slopes, n, Toward::End, last, LEAD_REST));
    // What a lead's own threshold says is later than the boundary of all leads by about this.
    let own_onset = own_onset.map(|own| own - LEAD_LATER);
    let onset = toward_global(onset, own_onset, LEAD_BELIEF, LEAD_MOST);
    let offset = toward_global(offset, own_offset, LEAD_BELIEF, LEAD_MOST);
    let level = level_at(row, onset);
    let height = |n: usize| row[n] - level;
    let part = onset.ceil() as usize..(offset.floor() as usize + 1).min(row.len());
    let farthest = part
        .clone()
        .max_by(|&one, &other| height(one).abs().total_cmp(&height(other).abs()))?;
    let top = part.max_by(|&one, &other| height(one).total_cmp(&height(other)))?;
    let size = height(farthest).abs();
    let peak = if height(top) >= LEAST_R * size {
        top
    } else {
        farthest
    };
    (size > 0.0).then_some(Wave {
        onset,
        peak: peak as f64,
        offset,
    })
}

/// By how many samples a lead's own onset, at its higher share, lies behind that of all leads.
const LEAD_LATER: f64 = 6.0;

/// The rows less their level at the onset.
fn levelled(rows: &[Vec<f64>], onset: f64) -> Vec<Vec<f64>> {
    rows.iter()
        .map(|row| {
            let level = level_at(row, onset);
            row.iter().map(|value| value - level).collect()
        })
        .collect()
}

fn level_at(row: &[f64], onset: f64) -> f64 {
    row.get(onset.max(0.0) as usize).copied().unwrap_or(0.0)
}

/// The rows with a straight line in place of the complex, so that it does not spill into what a wide
/// spline sees of the waves beside it.
pub(super) fn without_complex(rows: &[Vec<f64>], complex: &Wave) -> Vec<Vec<f64>> {
    rows.iter()
        .map(|row| {
            let from = (complex.onset as usize).saturating_sub(2);
            let to = (complex.offset as usize + 2).min(row.len().saturating_sub(1));
            let mut row = row.clone();
            let (first, last) = (row[from], row[to]);
            let length = (to - from).max(1) as f64;
            for (n, value) in row[from..to].iter_mut().enumerate() {
                *value = first + (last - first) * n as f64 / length;
            }
            row
        })
        .collect()
}
