//! What a quality check comes to.

use std::fmt;

use super::Reason;
use crate::ecg::Lead;

/// Whether a recording will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing to complain of.
    Good,
    /// It will do, but a reader should know the reasons.
    Usable,
    /// It will not do: what came of it would be wrong, or another heart's.
    Refuse,
}

impl Verdict {
    /// `good`, `usable` or `refuse`.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Usable => "usable",
            Verdict::Refuse => "refuse",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// What was measured on one lead, and what it comes to. All voltages in millivolts.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadQuality {
    /// The lead.
    pub lead: Lead,
    /// The worst verdict of the reasons that name this lead.
    pub verdict: Verdict,
    /// 1 for a lead without fault down to 0 for one that is unusable: 1 less its worst fault, each
    /// measured against what would make the lead unusable.
    pub score: f64,
    /// Height of the QRS complex from its lowest to its highest point, median over beats.
    pub qrs_mv: f64,
    /// Swing of the baseline below 0.7 Hz, from the 1st to the 99th percentile.
    pub wander_mv: f64,
    /// Amplitude of the hum at the mains frequency; 0 where none stands out.
    pub mains_mv: f64,
    /// Root mean square above 35 Hz between QRS complexes, without the hum: muscle noise.
    pub muscle_mv: f64,
}

/// The quality of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// The worst verdict of all reasons; good where there is none.
    pub verdict: Verdict,
    /// One entry per lead: the twelve standard ones where they are there or follow from others, else
    /// those of the recording. Empty where the recording is too short or has an impossible rate.
    pub leads: Vec<LeadQuality>,
    /// Why it is not good, the gravest first.
    pub reasons: Vec<Reason>,
}

impl Quality {
    /// From the leads' measurements and all reasons, in whatever order.
    pub(super) fn new(mut leads: Vec<LeadQuality>, mut reasons: Vec<Reason>) -> Quality {
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.verdict()));
        for own in &mut leads {
            let concerning = reasons.iter().filter(|reason| reason.concerns(own.lead));
            own.verdict = concerning
                .map(Reason::verdict)
                .max()
                .unwrap_or(Verdict::Good);
            if own.verdict == Verdict::Refuse {
                own.score = 0.0;
            }
        }
        let verdict = reasons.first().map_or(Verdict::Good, Reason::verdict);
        Quality {
            verdict,
            leads,
            reasons,
        }
    }
}
