//! How high waves are.

use serde::{Deserialize, Serialize};

use crate::ecg::Lead;
use crate::signal::fiducials::{Wave, Waves};

/// A Q or S deeper than this share of the complex's largest deflection counts.
const LEAST_SHARE: f64 = 0.02;

/// Amplitudes of the usual beat in one lead, in millivolts: P over the line between its ends, all others
/// over the level at QRS onset. `None` where there is no such wave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadAmplitudes {
    /// Name of the lead.
    #[serde(serialize_with = "name_of", deserialize_with = "lead_named")]
    pub lead: Lead,
    /// P wave, negative if it is inverted.
    pub p: Option<f64>,
    /// Q wave, negative: the deepest point before R.
    pub q: Option<f64>,
    /// R wave, positive.
    pub r: Option<f64>,
    /// S wave, negative: the deepest point after R.
    pub s: Option<f64>,
    /// Where QRS ends.
    pub j: Option<f64>,
    /// T wave, negative if it is inverted.
    pub t: Option<f64>,
}

fn lead_named<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Lead, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(serde::de::Error::custom)
}

fn name_of<S: serde::Serializer>(lead: &Lead, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(lead.name())
}

impl LeadAmplitudes {
    /// Of the row of `lead` in a template, with the waves found there; boundaries are those of all leads.
    pub(super) fn of(lead: Lead, row: &[f64], waves: &Waves, global: &Waves) -> LeadAmplitudes {
        let at = |place: f64| row.get(place.max(0.0).round() as usize).copied();
        let level = global.qrs.and_then(|qrs| at(qrs.onset));
        let over = |place: f64| Some(at(place)? - level?);
        let (q, r, s) = match (global.qrs, level) {
            (Some(qrs), Some(level)) => deflections(row, &qrs, level),
            _ => (None, None, None),
        };
        LeadAmplitudes {
            lead,
            p: waves.p.and_then(|p| {
                let share = (p.peak - p.onset) / p.duration().max(1.0);
                let line = at(p.onset)? + share * (at(p.offset)? - at(p.onset)?);
                Some(at(p.peak)? - line)
            }),
            q,
            r,
            s,
            j: global.qrs.and_then(|qrs| over(qrs.offset)),
            t: waves.t.and_then(|t| over(t.peak)),
        }
    }
}

/// Q, R and S over a level. A complex without a positive part has one deep wave, which is given as S.
fn deflections(row: &[f64], qrs: &Wave, level: f64) -> (Option<f64>, Option<f64>, Option<f64>) {
    let from = (qrs.onset.max(0.0).ceil() as usize).min(row.len());
    let to = (qrs.offset.max(0.0).floor() as usize + 1).clamp(from, row.len());
    let heights: Vec<f64> = row[from..to].iter().map(|value| value - level).collect();
    let largest = heights
        .iter()
        .fold(0.0, |most: f64, height| most.max(height.abs()));
    let deepest = |part: &[f64]| {
        let depth = part.iter().copied().fold(0.0, f64::min);
        (depth < -LEAST_SHARE * largest).then_some(depth)
    };
    let top = (0..heights.len())
        .max_by(|&one, &other| heights[one].total_cmp(&heights[other]))
        .filter(|&top| heights[top] > LEAST_SHARE * largest);
    match top {
        Some(top) => (
            deepest(&heights[..top]),
            Some(heights[top]),
            deepest(&heights[top..]),
        ),
        None => (None, None, deepest(&heights)),
    }
}

/// S in V1 plus the larger R of V5 and V6.
pub(super) fn sokolow_lyon_mv(leads: &[LeadAmplitudes]) -> Option<f64> {
    let lateral = of(leads, Lead::V5)?.r.unwrap_or(0.0);
    let lateral = lateral.max(of(leads, Lead::V6)?.r.unwrap_or(0.0));
    Some(lateral - of(leads, Lead::V1)?.s.unwrap_or(0.0))
}

/// R in aVL plus S in V3.
pub(super) fn cornell_mv(leads: &[LeadAmplitudes]) -> Option<f64> {
    Some(of(leads, Lead::AVL)?.r.unwrap_or(0.0) - of(leads, Lead::V3)?.s.unwrap_or(0.0))
}

fn of(leads: &[LeadAmplitudes], lead: Lead) -> Option<&LeadAmplitudes> {
    leads.iter().find(|amplitudes| amplitudes.lead == lead)
}
