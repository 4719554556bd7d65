//! What a simulated cohort of profile `ukb` is to tell, and whether it does.

use super::cross_validation::Predictions;
use super::input::Input;
use super::interval::Estimate;
use super::learner::Learner;
use super::r_squared::{gain, r_squared};
use super::subjects::Subjects;
use serde::Serialize;

/// The profile that the bands are for.
pub const PROFILE: &str = "ukb";

/// (target, least, most) R² from twelve leads by kernel ridge.
const BANDS: [(&str, f64, f64); 3] = [
    ("lvm_g", 0.5, 0.75),
    ("lvedv_ml", 0.4, 0.65),
    ("lvef", 0.1, 0.4),
];

/// One band and what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// The target's column.
    pub target: String,
    /// How the report names it.
    pub label: String,
    /// The least R² from twelve leads.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// The R² found, by kernel ridge.
    pub twelve_leads: Estimate,
    /// By how much twelve leads tell more than lead I.
    pub gain_over_lead_one: Estimate,
    /// Whether the R² lies in the band.
    pub in_band: bool,
    /// Whether the whole interval of the gain lies above 0.
    pub more_than_one_lead: bool,
}

/// The bands for which there are predictions.
pub fn bands(subjects: &Subjects, predictions: &[Predictions], seed: u64) -> Vec<Band> {
    let of = |input: Input| {
        predictions
            .iter()
            .find(|found| found.input == input && found.learner == Learner::KernelRidge)
    };
    let (Some(twelve), Some(one)) = (of(Input::TwelveLeads), of(Input::LeadI)) else {
        return Vec::new();
    };
    BANDS
        .iter()
        .filter_map(|&(key, least, most)| {
            let number = subjects
                .targets
                .iter()
                .position(|target| target.key == key)?;
            let target = &subjects.targets[number];
            let (mut truth, mut from_twelve, mut from_one) = (Vec::new(), Vec::new(), Vec::new());
            for subject in 0..subjects.count() {
                if let (Some(value), Some(twelve), Some(one)) = (
                    target.values[subject],
                    twelve.of_targets[number][subject],
                    one.of_targets[number][subject],
                ) {
                    truth.push(value);
                    from_twelve.push(twelve);
                    from_one.push(one);
                }
            }
            let twelve_leads = r_squared(&truth, &from_twelve, seed)?;
            let gain_over_lead_one = gain(&truth, &from_twelve, &from_one, seed);
            Some(Band {
                target: key.to_owned(),
                label: target.label.clone(),
                least,
                most,
                twelve_leads,
                gain_over_lead_one,
                in_band: (least..=most).contains(&twelve_leads.value),
                more_than_one_lead: gain_over_lead_one.low > 0.0,
            })
        })
        .collect()
}
