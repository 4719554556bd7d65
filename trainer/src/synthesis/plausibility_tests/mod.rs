//! Whether the simulated people and their ECGs are plausible: what a cardiologist would check.

mod cohort;
mod disease;
mod measured;
mod normal;
mod published;
mod rhythm;

use super::*;

fn typical(conditions: &[Condition]) -> SimulatedHeart {
    typical_subject(Sex::Male, conditions).simulate()
}

/// The first `count` subjects of a cohort in which everyone has just these conditions.
fn people_with(conditions: &[Condition], count: u32) -> impl Iterator<Item = Subject> {
    let mut sampler = Sampler::new(Profile::Healthy);
    sampler.imposed.conditions = Some(conditions.to_vec());
    (0..count).map(move |index| sampler.subject(31, index))
}

/// The middle one of some values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Fraction of values for which something holds.
fn share<T>(values: &[T], holds: impl Fn(&T) -> bool) -> f64 {
    values.iter().filter(|value| holds(value)).count() as f64 / values.len() as f64
}
