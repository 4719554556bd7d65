//! Everything foreign that can be made of subjects' own beats.

use super::OutlierError;
use super::electrodes::{Exchange, flat_chest_lead, flat_limb_lead};
use super::foreign_beats::{Beats, ForeignBeats};
use super::gain::{FACTORS, wrong_gain};
use super::noise::Noise;

/// The subjects' beats made foreign in every way: noise in their place, exchanged electrodes, wrong gains, flat leads.
/// What is drawn by chance comes from `seed`.
///
/// # Errors
/// A beat that is not finite.
pub fn disturbed(beats: &Beats, seed: u64) -> Result<Vec<ForeignBeats>, OutlierError> {
    let mut kinds = Vec::new();
    for noise in Noise::ALL {
        kinds.push(noise.beats(beats, seed)?);
    }
    for exchange in Exchange::ALL {
        kinds.push(exchange.beats(beats)?);
    }
    kinds.extend(FACTORS.map(|factor| wrong_gain(beats, factor)));
    kinds.push(flat_limb_lead(beats, seed)?);
    kinds.push(flat_chest_lead(beats, seed)?);
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::outliers::foreign_beats::tests::beats;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_changes_every_beat() {
        let (samples, rates) = beats(3);
        let kinds = disturbed(&Beats::new(&samples, &rates).unwrap(), 1).unwrap();
        let names: std::collections::BTreeSet<&str> =
            kinds.iter().map(|kind| kind.name.as_str()).collect();
        assert_eq!((names.len(), kinds.len()), (13, 13));
        for kind in &kinds {
            let pairs = kind
                .beats
                .chunks(samples.len() / 3)
                .zip(samples.chunks(samples.len() / 3));
            assert!(
                pairs.into_iter().all(|(changed, own)| changed != own),
                "{}",
                kind.name
            );
        }
    }
}
