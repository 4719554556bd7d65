//! Directions of the waves in the frontal plane.

use serde::{Deserialize, Serialize};

use crate::ecg::Lead;
use crate::signal::fiducials::{Usual, Wave};

/// Net areas smaller than this share of the whole area of a wave in its two leads have no direction.
const LEAST_SHARE: f64 = 0.05;

/// Mean electrical axes in degrees, −180 to 180: 0 is toward lead I (left), 90 toward aVF (down).
///
/// From the net areas of leads I and aVF, the latter times 2/√3, since augmented leads are weaker than
/// bipolar ones (Novosel et al., Croat Med J 1999;40:77). P is measured from the line between its ends, QRS
/// and T from the level at QRS onset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Axes {
    /// Of the P wave.
    pub p: Option<f64>,
    /// Of the QRS complex.
    pub qrs: Option<f64>,
    /// Of the T wave.
    pub t: Option<f64>,
}

impl Axes {
    /// Of the usual beat of `leads`; none where I or aVF is not among them.
    pub(super) fn of(leads: &[Lead], usual: &Usual) -> Axes {
        let row = |lead: Lead| {
            let place = leads.iter().position(|&own| own == lead)?;
            usual.rows.get(place).map(Vec::as_slice)
        };
        let (Some(first), Some(foot)) = (row(Lead::I), row(Lead::AVF)) else {
            return Axes::default();
        };
        let onset = usual.global.qrs.map(|qrs| qrs.onset);
        let axis = |wave: Option<Wave>, level: &dyn Fn(&[f64]) -> Line| {
            let wave = wave?;
            let (across, across_whole) = level(first).area(first, &wave);
            let (down, down_whole) = level(foot).area(foot, &wave);
            let down = down * 2.0 / 3.0_f64.sqrt();
            let whole = across_whole + down_whole;
            (across.hypot(down) > LEAST_SHARE * whole).then(|| down.atan2(across).to_degrees())
        };
        let at_onset = |row: &[f64]| Line::level(row, onset.unwrap_or(0.0));
        Axes {
            p: axis(usual.global.p, &|row| {
                usual
                    .global
                    .p
                    .map_or(Line::level(row, 0.0), |wave| Line::between(row, &wave))
            }),
            qrs: axis(usual.global.qrs, &at_onset),
            t: axis(usual.global.t, &at_onset),
        }
    }
}

/// The line that areas are measured from.
struct Line {
    from: f64,
    start: f64,
    slope: f64,
}

impl Line {
    fn level(row: &[f64], at: f64) -> Line {
        Line {
            from: at,
            start: value(row, at),
            slope: 0.0,
        }
    }

    fn between(row: &[f64], wave: &Wave) -> Line {
        let (first, last) = (value(row, wave.onset), value(row, wave.offset));
        Line {
            from: wave.onset,
            start: first,
            slope: (last - first) / wave.duration().max(1.0),
        }
    }

    /// The area of a wave over the line, and that without regard to sign.
    fn area(&self, row: &[f64], wave: &Wave) -> (f64, f64) {
        let (from, to) = (wave.onset.max(0.0) as usize, wave.offset.max(0.0) as usize);
        let over = |n: usize| {
            row.get(n).map_or(0.0, |value| {
                value - self.start - self.slope * (n as f64 - self.from)
            })
        };
        let net = (from..=to).map(over).sum();
        (net, (from..=to).map(|n| over(n).abs()).sum())
    }
}

fn value(row: &[f64], at: f64) -> f64 {
    row.get(at.max(0.0).round() as usize)
        .copied()
        .unwrap_or(0.0)
}
