//! The quality of a recording, for people and for machines.

use serde::{Deserialize, Serialize};

use crate::signal::quality::{LeadQuality, Quality};

/// What was made of the recording's quality.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QualityReport {
    /// `good`, `usable` or `refuse`.
    pub verdict: String,
    /// Whether a picture was made although the verdict is `refuse`.
    pub forced: bool,
    /// Why it is not good, the gravest first; one sentence each.
    pub reasons: Vec<String>,
    /// Every lead.
    pub leads: Vec<LeadReport>,
}

/// One lead. Voltages in millivolts, as [`LeadQuality`] defines them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeadReport {
    /// Name of the lead.
    pub lead: String,
    /// `good`, `usable` or `refuse`.
    pub verdict: String,
    /// 1 without fault down to 0 where unusable.
    pub score: f64,
    /// Height of the QRS complex.
    pub qrs_mv: f64,
    /// Swing of the baseline.
    pub wander_mv: f64,
    /// Amplitude of the mains hum.
    pub mains_mv: f64,
    /// Root mean square of the muscle noise.
    pub muscle_mv: f64,
}

impl QualityReport {
    /// The report of `quality`; `forced` where a picture was made whatever it says.
    pub fn new(quality: &Quality, forced: bool) -> Self {
        Self {
            verdict: quality.verdict.name().into(),
            forced,
            reasons: quality.reasons.iter().map(ToString::to_string).collect(),
            leads: quality.leads.iter().map(LeadReport::new).collect(),
        }
    }
}

impl LeadReport {
    fn new(lead: &LeadQuality) -> Self {
        // Numbers to the microvolt: more is noise.
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        Self {
            lead: lead.lead.to_string(),
            verdict: lead.verdict.name().into(),
            score: rounded(lead.score),
            qrs_mv: rounded(lead.qrs_mv),
            wander_mv: rounded(lead.wander_mv),
            mains_mv: rounded(lead.mains_mv),
            muscle_mv: rounded(lead.muscle_mv),
        }
    }
}
