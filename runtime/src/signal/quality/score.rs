//! From the measurements of each lead to its score.

use super::contact::{self, Contact};
use super::noise::Noise;
use super::strip::Strip;
use super::{LeadQuality, Verdict};

/// The leads' entries, all of them good so far.
pub(super) fn scored(
    strip: &Strip,
    contacts: &[Contact],
    noises: &[Noise],
    heights: &[f64],
) -> Vec<LeadQuality> {
    let measured = contacts.iter().zip(noises).zip(heights);
    strip
        .leads()
        .iter()
        .zip(measured)
        .map(|(&lead, ((contact, noise), &height))| LeadQuality {
            lead,
            verdict: Verdict::Good,
            score: 1.0 - contact::penalty(contact).max(noise.penalty()),
            qrs_mv: height,
            wander_mv: noise.wander,
            mains_mv: noise.mains,
            muscle_mv: noise.muscle,
        })
        .collect()
}
