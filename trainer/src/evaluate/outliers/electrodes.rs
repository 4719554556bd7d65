//! Electrodes that hang in each other's place, and leads without signal.

use super::OutlierError;
use super::foreign_beats::{Beats, ForeignBeats, Group, IndependentLeads};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Electrodes that are exchanged. Those of the limbs leave the chest leads alone: Wilson's terminal is the mean of all
/// three (Kligfield et al., J Am Coll Cardiol 2007;49:1109).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// Right and left arm.
    RightAndLeftArm,
    /// Right arm and left leg.
    RightArmAndLeg,
    /// Left arm and left leg: hard to see, for a person too.
    LeftArmAndLeg,
    /// V1 to V6 in reversed order.
    ChestReversed,
}

impl Exchange {
    /// All of them.
    pub const ALL: [Exchange; 4] = [
        Exchange::RightAndLeftArm,
        Exchange::RightArmAndLeg,
        Exchange::LeftArmAndLeg,
        Exchange::ChestReversed,
    ];

    /// How a report names it.
    pub fn name(self) -> &'static str {
        match self {
            Exchange::RightAndLeftArm => "RA and LA exchanged",
            Exchange::RightArmAndLeg => "RA and LL exchanged",
            Exchange::LeftArmAndLeg => "LA and LL exchanged",
            Exchange::ChestReversed => "V1 to V6 reversed",
        }
    }

    /// The subjects' beats as they would be recorded so.
    ///
    /// # Errors
    /// A beat that is not finite.
    pub fn beats(self, beats: &Beats) -> Result<ForeignBeats, OutlierError> {
        beats.changed(self.name(), Group::ExchangedElectrodes, |_, leads| {
            self.exchanged(leads)
        })
    }

    /// By the leads' definitions: I = LA − RA, II = LL − RA.
    fn exchanged(self, mut leads: IndependentLeads) -> IndependentLeads {
        let sums = |of_first: f32, of_second: f32| -> Vec<f32> {
            let both = leads.first.iter().zip(&leads.second);
            both.map(|(first, second)| of_first * first + of_second * second)
                .collect()
        };
        let limbs = match self {
            Exchange::RightAndLeftArm => [sums(-1.0, 0.0), sums(-1.0, 1.0)],
            Exchange::RightArmAndLeg => [sums(1.0, -1.0), sums(0.0, -1.0)],
            Exchange::LeftArmAndLeg => [sums(0.0, 1.0), sums(1.0, 0.0)],
            Exchange::ChestReversed => {
                leads.chest.reverse();
                return leads;
            }
        };
        [leads.first, leads.second] = limbs;
        leads
    }
}

/// The subjects' beats with one of the six chest leads without signal, drawn for each subject.
///
/// # Errors
/// A beat that is not finite.
pub fn flat_chest_lead(beats: &Beats, seed: u64) -> Result<ForeignBeats, OutlierError> {
    let drawn = drawn(beats, seed, 6);
    beats.changed(
        "one chest lead flat",
        Group::FlatLead,
        |subject, mut leads| {
            leads.chest[drawn[subject]].fill(0.0);
            leads
        },
    )
}

/// The subjects' beats with lead I or II without signal, drawn for each subject; the leads computed from it follow.
///
/// # Errors
/// A beat that is not finite.
pub fn flat_limb_lead(beats: &Beats, seed: u64) -> Result<ForeignBeats, OutlierError> {
    let drawn = drawn(beats, seed, 2);
    beats.changed(
        "lead I or II flat",
        Group::FlatLead,
        |subject, mut leads| {
            match drawn[subject] {
                0 => leads.first.fill(0.0),
                _ => leads.second.fill(0.0),
            }
            leads
        },
    )
}

fn drawn(beats: &Beats, seed: u64, kinds: usize) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    beats
        .heart_rates_bpm
        .iter()
        .map(|_| random.random_range(0..kinds))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::outliers::foreign_beats::BEAT;
    use crate::evaluate::outliers::foreign_beats::tests::{beats, lead};
    use ecg2mri::ecg::Lead;

    /// Which lead of the right recording, and with what sign, stands where in the wrong one.
    type Place = (Lead, f32, Lead);

    fn check(exchange: Exchange, places: &[Place]) {
        let (samples, rates) = beats(2);
        let wrong = exchange
            .beats(&Beats::new(&samples, &rates).unwrap())
            .unwrap();
        assert_eq!(wrong.heart_rates_bpm, rates);
        for (right, wrong) in samples.chunks(BEAT).zip(wrong.beats.chunks(BEAT)) {
            for &(at, sign, from) in places {
                for (wrong, right) in lead(wrong, at).iter().zip(lead(right, from)) {
                    assert!((wrong - sign * right).abs() < 1e-5, "{exchange:?} {at}");
                }
            }
        }
    }

    #[test]
    fn exchanged_electrodes_change_the_leads_as_textbooks_say() {
        use Lead::*;
        let arms = [
            (I, -1.0, I),
            (II, 1.0, III),
            (III, 1.0, II),
            (AVR, 1.0, AVL),
            (AVL, 1.0, AVR),
            (AVF, 1.0, AVF),
            (V3, 1.0, V3),
        ];
        check(Exchange::RightAndLeftArm, &arms);
        let arm_and_leg = [
            (I, -1.0, III),
            (II, -1.0, II),
            (III, -1.0, I),
            (AVR, 1.0, AVF),
            (AVF, 1.0, AVR),
            (AVL, 1.0, AVL),
            (V1, 1.0, V1),
        ];
        check(Exchange::RightArmAndLeg, &arm_and_leg);
        let left = [
            (I, 1.0, II),
            (II, 1.0, I),
            (III, -1.0, III),
            (AVL, 1.0, AVF),
            (AVF, 1.0, AVL),
            (AVR, 1.0, AVR),
            (V6, 1.0, V6),
        ];
        check(Exchange::LeftArmAndLeg, &left);
        check(
            Exchange::ChestReversed,
            &[(I, 1.0, I), (V1, 1.0, V6), (V2, 1.0, V5), (V6, 1.0, V1)],
        );
    }

    #[test]
    fn one_lead_of_each_subject_is_flat_and_not_always_the_same() {
        let (samples, rates) = beats(30);
        let all = Beats::new(&samples, &rates).unwrap();
        let is_flat = |beat: &[f32], one: Lead| lead(beat, one).iter().all(|&value| value == 0.0);
        let chest = flat_chest_lead(&all, 1).unwrap();
        let mut seen = [false; 6];
        for beat in chest.beats.chunks(BEAT) {
            let flat: Vec<usize> = (0..6)
                .filter(|&place| is_flat(beat, Lead::STANDARD[6 + place]))
                .collect();
            assert_eq!(flat.len(), 1);
            seen[flat[0]] = true;
            assert!(!is_flat(beat, Lead::I) && !is_flat(beat, Lead::AVF));
        }
        assert_eq!(seen, [true; 6]);
        let limb = flat_limb_lead(&all, 1).unwrap();
        for beat in limb.beats.chunks(BEAT) {
            assert!(is_flat(beat, Lead::I) != is_flat(beat, Lead::II));
        }
        assert_eq!(flat_limb_lead(&all, 1).unwrap(), limb);
    }
}
