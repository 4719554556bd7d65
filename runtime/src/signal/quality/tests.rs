//! Every check on a made-up recording, without and with its fault, and odd input.

use std::f64::consts::TAU;

use proptest::prelude::*;

use super::*;
use crate::ecg::{Ecg, Lead};
use crate::signal::{SignalError, WORKING_RATE};

const SECONDS: usize = 10;
const SAMPLES: usize = SECONDS * WORKING_RATE as usize;
/// Seconds from beat to beat.
const BEAT: f64 = 0.8;
/// Millivolts of the R and the S wave in I, II and V1 to V6.
const R: [f64; 8] = [0.7, 1.0, 0.2, 0.5, 0.9, 1.4, 1.3, 1.0];
const S: [f64; 8] = [0.1, 0.15, 0.9, 1.2, 0.8, 0.4, 0.2, 0.1];

/// A made-up recording of eight leads, changed sample by sample: (lead, seconds, value).
fn recording(change: impl Fn(usize, f64, f64) -> f64) -> Ecg {
    let bell = |t: f64, at: f64, width: f64| (-0.5 * ((t - at) / width).powi(2)).exp();
    let rows = (0..8).map(|lead| {
        (0..SAMPLES)
            .map(|n| {
                let seconds = n as f64 / WORKING_RATE;
                let t = seconds % BEAT;
                let p = if lead == 2 { 0.03 } else { 0.1 } * bell(t, 0.14, 0.02);
                let qrs = R[lead] * bell(t, 0.30, 0.01) - S[lead] * bell(t, 0.33, 0.01);
                let value = p + qrs + 0.25 * R[lead].max(0.4) * bell(t, 0.55, 0.04);
                change(lead, seconds, value) as f32
            })
            .collect()
    });
    Ecg::new(Lead::INDEPENDENT.to_vec(), rows.collect(), WORKING_RATE).expect("a recording")
}

/// The row of V3 in [`recording`].
const V3: usize = 4;

fn says(ecg: &Ecg, wanted: impl Fn(&Reason) -> bool) -> bool {
    assess(ecg).reasons.iter().any(wanted)
}

#[test]
fn a_sound_recording_is_good() {
    let quality = assess(&recording(|_, _, value| value));
    assert_eq!(quality.verdict, Verdict::Good, "{:?}", quality.reasons);
    assert_eq!(quality.leads.len(), 12);
    for lead in &quality.leads {
        assert!(
            lead.score > 0.95 && lead.verdict == Verdict::Good,
            "{lead:?}"
        );
    }
    let height = quality.leads[0].qrs_mv;
    assert!((height - 0.8).abs() < 0.05, "R and S of lead I: {height}");
}

#[test]
fn wander_is_told_with_its_size() {
    let swing = |size: f64| {
        recording(move |lead, t, value| {
            value + f64::from(lead == V3) * size * (TAU * 0.3 * t).sin()
        })
    };
    let quality = assess(&swing(0.5));
    assert_eq!(quality.verdict, Verdict::Usable);
    let [
        Reason::Wander {
            leads, millivolts, ..
        },
    ] = &quality.reasons[..]
    else {
        panic!("{:?}", quality.reasons)
    };
    assert_eq!(leads, &[Lead::V3]);
    assert!((millivolts - 1.0).abs() < 0.15, "{millivolts}");
    assert!(quality.leads[8].score < quality.leads[7].score);
    assert_eq!(assess(&swing(5.0)).verdict, Verdict::Refuse);
    assert!(assess(&swing(0.1)).reasons.is_empty());
}

#[test]
fn hum_is_told_with_its_frequency_and_amplitude() {
    for hertz in [50.0, 60.0] {
        let ecg = recording(|_, t, value| value + 0.1 * (TAU * hertz * t).sin());
        let quality = assess(&ecg);
        let [
            Reason::Mains {
                hertz: found,
                millivolts,
                unusable,
                ..
            },
        ] = &quality.reasons[..]
        else {
            panic!("{:?}", quality.reasons)
        };
        assert!(*found == hertz && !unusable);
        // aVR, −(I + II)/2, has it in full as well.
        assert!((millivolts - 0.1).abs() < 0.01, "{millivolts}");
    }
}

#[test]
fn muscle_noise_is_told_and_refused_where_it_drowns_the_beats() {
    let shaken = |size: f64| {
        recording(move |lead, t, value| {
            let noise =
                (0..20).map(|k| (TAU * (43.0 + 7.3 * f64::from(k)) * t + f64::from(k * k)).sin());
            value + f64::from(lead == V3) * size * noise.sum::<f64>()
        })
    };
    let told = |reason: &Reason| {
        matches!(
            reason,
            Reason::MuscleNoise {
                unusable: false,
                ..
            }
        )
    };
    assert!(says(&shaken(0.03), told));
    assert_eq!(assess(&shaken(0.2)).verdict, Verdict::Refuse);
}

#[test]
fn cut_off_waves_are_refused() {
    let quality = assess(&recording(
        |lead, _, value| if lead == V3 { value.min(0.4) } else { value },
    ));
    assert_eq!(quality.verdict, Verdict::Refuse);
    assert!(quality.reasons.contains(&Reason::Clipped {
        leads: vec![Lead::V3]
    }));
    assert_eq!(quality.leads[8].score, 0.0);
}

#[test]
fn a_lead_that_drops_out_is_told() {
    let lost = |until: f64| {
        recording(move |lead, t, value| {
            if lead == V3 && (3.0..until).contains(&t) {
                0.0
            } else {
                value
            }
        })
    };
    let dropout = |reason: &Reason| {
        matches!(
            reason,
            Reason::Dropout {
                unusable: false,
                ..
            }
        )
    };
    assert!(says(&lost(4.0), dropout));
    let much = |reason: &Reason| matches!(reason, Reason::Dropout { unusable: true, .. });
    assert!(says(&lost(6.0), much));
}

#[test]
fn a_chest_lead_without_beats_is_refused() {
    let ecg = recording(|lead, t, value| {
        let noise = (0..9).map(|k| (TAU * (3.1 + 4.7 * f64::from(k)) * t + f64::from(k * k)).sin());
        if lead == V3 {
            0.02 * noise.sum::<f64>()
        } else {
            value
        }
    });
    let quality = assess(&ecg);
    assert_eq!(
        quality.reasons[0],
        Reason::NoHeartbeat {
            leads: vec![Lead::V3]
        }
    );
    assert_eq!(quality.verdict, Verdict::Refuse);
}

#[test]
fn a_missing_beat_is_told() {
    let ecg = recording(|_, t, value| if (4.0..4.8).contains(&t) { 0.0 } else { value });
    assert!(says(
        &ecg,
        |reason| matches!(reason, Reason::LongPause { seconds, .. } if (seconds - 1.6).abs() < 0.05)
    ));
}

#[test]
fn pacemaker_spikes_are_counted() {
    let ecg = recording(|_, t, value| {
        let stimulus = (t % BEAT - 0.22).abs() < 1.1 / WORKING_RATE;
        value + if stimulus { 0.8 } else { 0.0 }
    });
    let counted = |reason: &Reason| matches!(reason, Reason::PacingSpikes { count: 12 | 13 });
    assert!(says(&ecg, counted), "{:?}", assess(&ecg).reasons);
}

#[test]
fn wrong_gains_are_refused() {
    for factor in [1000.0, 0.001] {
        let quality = assess(&recording(|_, _, value| factor * value));
        assert_eq!(quality.verdict, Verdict::Refuse);
        assert!(matches!(quality.reasons[0], Reason::Unprocessable(_)));
    }
    for factor in [10.0, 0.1] {
        let ecg = recording(|lead, _, value| if lead == V3 { factor * value } else { value });
        let gain = |reason: &Reason| matches!(reason, Reason::LeadGain { lead: Lead::V3, factor: found, .. } if (found / factor).ln().abs() < 0.5);
        assert!(says(&ecg, gain), "{:?}", assess(&ecg).reasons);
    }
}

/// Twelve leads, the limb leads not only I and II, with one of them multiplied.
fn contradicting(lead: Lead, factor: f32) -> Ecg {
    let twelve = recording(|_, _, value| value)
        .twelve_leads()
        .expect("eight make twelve");
    let rows = twelve
        .leads()
        .iter()
        .zip(twelve.samples())
        .map(|(&own, row)| {
            row.iter()
                .map(|value| if own == lead { factor * value } else { *value })
                .collect()
        });
    Ecg::new(twelve.leads().to_vec(), rows.collect(), WORKING_RATE).expect("a recording")
}

#[test]
fn limb_leads_must_agree() {
    assert!(assess(&contradicting(Lead::I, 1.0)).reasons.is_empty());
    for lead in Lead::STANDARD.into_iter().take(6) {
        let inverted = assess(&contradicting(lead, -1.0));
        assert_eq!(inverted.reasons[0], Reason::InvertedLead { lead });
        assert_eq!(inverted.verdict, Verdict::Refuse);
        for factor in [10.0, 0.1] {
            let other = |reason: &Reason| matches!(reason, Reason::LimbLeadsDisagree { lead: Some(found), .. } if *found == lead);
            assert!(
                says(&contradicting(lead, factor), other),
                "{lead} × {factor}"
            );
        }
    }
}

#[test]
fn leads_scaled_one_by_one_are_told() {
    let twelve = recording(|_, _, value| value)
        .twelve_leads()
        .expect("eight make twelve");
    let rows = twelve.samples().iter().map(|row| {
        let highest = row.iter().copied().fold(f32::MIN, f32::max);
        let range = highest - row.iter().copied().fold(f32::MAX, f32::min);
        row.iter().map(|value| value / range).collect()
    });
    let ecg = Ecg::new(twelve.leads().to_vec(), rows.collect(), WORKING_RATE).expect("a recording");
    let told = |reason: &Reason| matches!(reason, Reason::LeadsScaledAlone { millivolts } if (millivolts - 1.0).abs() < 1e-3);
    assert!(says(&ecg, told));
    assert!(!says(&recording(|_, _, value| value), told));
}

#[test]
fn two_leads_of_one_signal_are_told() {
    let twelve = recording(|_, _, value| value);
    let mut rows = twelve.samples().to_vec();
    rows[7] = rows[6].clone();
    let ecg = Ecg::new(twelve.leads().to_vec(), rows, WORKING_RATE).expect("a recording");
    let same = Reason::SameSignal {
        one: Lead::V5,
        other: Lead::V6,
    };
    assert!(assess(&ecg).reasons.contains(&same));
}

#[test]
fn the_gravest_reason_comes_first_and_decides() {
    let ecg = recording(|lead, t, value| match lead {
        V3 => value.min(0.4),
        _ => value + (TAU * 0.3 * t).sin(),
    });
    let quality = assess(&ecg);
    let verdicts: Vec<Verdict> = quality.reasons.iter().map(Reason::verdict).collect();
    assert!(
        verdicts.is_sorted_by(|one, other| one >= other) && verdicts.len() >= 2,
        "{verdicts:?}"
    );
    assert_eq!(quality.verdict, verdicts[0]);
}

#[test]
fn reasons_are_sentences_that_name_the_leads() {
    let leads = vec![Lead::I, Lead::AVL, Lead::V6];
    let said = Reason::Clipped { leads }.to_string();
    assert!(said.contains("leads I, aVL and V6 are cut off"), "{said}");
    let said = Reason::NoHeartbeat {
        leads: vec![Lead::V2],
    }
    .to_string();
    assert!(said.contains("in lead V2: check the electrode"), "{said}");
    let said = Reason::Arrangement {
        suspected: Arrangement::Arms,
        right: 0.0,
        unusable: true,
    }
    .to_string();
    assert!(said.contains("check RA and LA"), "{said}");
    let said = Reason::LeadGain {
        lead: Lead::V3,
        factor: 0.1,
        unusable: true,
    }
    .to_string();
    assert!(said.contains("lead V3 is 10 times smaller"), "{said}");
}

#[test]
fn missing_leads_are_refused_and_what_is_there_is_measured() {
    let ecg = Ecg::new(
        vec![Lead::II],
        vec![recording(|_, _, value| value).samples()[1].clone()],
        WORKING_RATE,
    );
    let quality = assess(&ecg.expect("a recording"));
    assert!(matches!(
        quality.reasons[0],
        Reason::Unprocessable(SignalError::Ecg(_))
    ));
    assert_eq!(quality.verdict, Verdict::Refuse);
    assert!(quality.leads.len() == 1 && quality.leads[0].qrs_mv > 0.5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the input, there is a verdict, and scores are shares.
    #[test]
    fn odd_input_gets_a_verdict(
        leads in prop::sample::subsequence(Lead::STANDARD.to_vec(), 1..=12),
        length in 1_usize..2500,
        rate in prop::sample::select(vec![1e-3, 1.0, 99.0, 100.0, 128.0, 250.0, 360.0, 500.0, 997.3, 1e6]),
        scale in prop::sample::select(vec![0.0_f32, 1e-30, 1e-3, 1.0, 1e3, 1e30]),
        seed in any::<u32>(),
    ) {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            scale * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
        };
        let rows = leads.iter().map(|_| (0..length).map(|_| next()).collect()).collect();
        let quality = assess(&Ecg::new(leads, rows, rate).expect("finite samples"));
        prop_assert_eq!(quality.verdict, Verdict::Refuse, "noise is no ECG");
        for lead in &quality.leads {
            prop_assert!((0.0..=1.0).contains(&lead.score), "{:?}", lead);
        }
        for reason in &quality.reasons {
            prop_assert!(!reason.to_string().is_empty());
        }
    }
}
