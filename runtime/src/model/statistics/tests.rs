use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Length of a latent.
const LENGTH: usize = 4;

/// Statistics that pass every check: standard deviation 2 along the first axis, 3 along the second, 0.5 across.
fn sound() -> Statistics {
    Statistics {
        latents: Spread {
            subjects: 1000,
            mean: vec![1.0, 0.0, 0.0, 0.0],
            components: vec![vec![1.0, 0.0, 0.0, 0.0], vec![0.0, 1.0, 0.0, 0.0]],
            variances: vec![4.0, 9.0],
            residual_variance: 0.25,
        },
        gate: Gate {
            marked_above: 3.0,
            marked_share: 0.01,
            refused_above: 5.0,
            refused_share: 0.001,
            held_out_subjects: 2000,
        },
        amplitudes: None,
        readouts: vec![Readout {
            name: "lvedv_ml".into(),
            unit: "ml".into(),
            weights: vec![10.0, 0.0, 0.0, -1.0],
            intercept: 150.0,
            interval: Interval {
                coverage: 0.9,
                half_width: 20.0,
            },
            r_squared: 0.4,
        }],
    }
}

fn refusal(spoiled: &Value) -> String {
    let bytes = serde_json::to_vec(spoiled).expect("JSON");
    let refused = Statistics::from_json(&bytes, LENGTH).expect_err("it must be refused");
    refused.to_string()
}

#[test]
fn what_is_written_reads_back() {
    let text = sound().to_json(LENGTH).expect("sound");
    let back = Statistics::from_json(text.as_bytes(), LENGTH).expect("it reads back");
    assert_eq!(back, sound());
}

#[test]
fn the_distance_counts_standard_deviations_in_every_direction() {
    let spread = sound().latents;
    let distance = |latent: [f32; 4]| spread.distance(&latent);
    assert_eq!(distance([1.0, 0.0, 0.0, 0.0]), 0.0);
    assert_eq!(distance([5.0, 0.0, 0.0, 0.0]), 2.0);
    assert_eq!(distance([1.0, 6.0, 0.0, 0.0]), 2.0);
    assert_eq!(distance([1.0, 0.0, 0.0, -1.5]), 3.0);
    // 3, 4 and 12 standard deviations at right angles.
    assert!((distance([7.0, 12.0, 6.0, 0.0]) - 13.0).abs() < 1e-12);
}

#[test]
fn beyond_the_limits_a_latent_is_marked_and_refused() {
    let statistics = sound();
    let verdict = |x: f32| statistics.outlier(&Latent::new(vec![x, 0.0, 0.0, 0.0]), &[]);
    for (x, expected) in [
        (6.9, Novelty::Usual),
        (-5.1, Novelty::Marked),
        (10.9, Novelty::Marked),
        (11.1, Novelty::Refused),
    ] {
        assert_eq!(verdict(x).verdict, expected, "{x}");
    }
    assert_eq!(
        statistics.gate.judge(Measure::Latent, f64::NAN).verdict,
        Novelty::Refused
    );
}

#[test]
fn a_readout_gives_its_figure_with_an_interval_that_is_never_below_zero() {
    let statistics = sound();
    let estimate = |latent: [f32; 4]| {
        let estimates = statistics.estimates(&Latent::new(latent.to_vec()));
        let one = &estimates[0];
        assert_eq!(
            (one.name.as_str(), one.unit.as_str(), one.coverage),
            ("lvedv_ml", "ml", 0.9)
        );
        [one.low, one.value, one.high]
    };
    assert_eq!(estimate([2.0, 9.0, 9.0, 5.0]), [145.0, 165.0, 185.0]);
    assert_eq!(estimate([-14.0, 0.0, 0.0, 0.0]), [0.0, 10.0, 30.0]);
}

#[test]
fn every_rule_refuses_what_breaks_it_and_names_the_field() {
    let cases: [(&str, Value); 22] = [
        ("/latents/mean", json!([0.0, 0.0, 0.0])),
        ("/latents/mean/2", json!(1e300)),
        ("/latents/components/1", json!([1.0, 0.0, 0.0, 0.0])),
        ("/latents/components/0", json!([2.0, 0.0, 0.0, 0.0])),
        ("/latents/components/0", json!([1.0])),
        ("/latents/variances", json!([4.0])),
        ("/latents/variances/1", json!(0.0)),
        ("/latents/variances/0", json!(-4.0)),
        ("/latents/residual_variance", json!(0.0)),
        ("/gate/marked_above", json!(-1.0)),
        ("/gate/refused_above", json!(2.0)),
        ("/gate/marked_share", json!(1.5)),
        ("/gate/refused_share", json!(0.5)),
        ("/readouts/0/name", json!("LVEDV; ml")),
        ("/readouts/0/name", json!("")),
        ("/readouts/0/unit", json!("m l")),
        ("/readouts/0/weights", json!([1.0, 2.0])),
        ("/readouts/0/weights/3", json!(-1e300)),
        ("/readouts/0/intercept", json!(1e300)),
        ("/readouts/0/interval/coverage", json!(90.0)),
        ("/readouts/0/interval/half_width", json!(-1.0)),
        ("/readouts/0/r_squared", json!(1.1)),
    ];
    for (place, value) in cases {
        let mut spoiled = serde_json::to_value(sound()).expect("JSON");
        *spoiled.pointer_mut(place).expect("the field is there") = value;
        let field = place[1..].replace('/', ".");
        let message = refusal(&spoiled);
        assert!(message.starts_with(&field), "{place}: {message}");
    }
    let mut twice = sound();
    twice.readouts.push(twice.readouts[0].clone());
    let refused = twice.to_json(LENGTH).expect_err("twice").to_string();
    assert!(refused.starts_with("readouts.1.name"), "{refused}");
    let shorter = sound().check(LENGTH - 1).expect_err("of another model");
    assert!(shorter.to_string().contains("must have 3"), "{shorter}");
}

/// The paths of all numbers, lists and fields.
fn places(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                places(field, format!("{path}/{name}"), found);
            }
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                places(entry, format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
    if !path.is_empty() {
        found.push(path);
    }
}

proptest! {
    /// Whatever field goes missing or becomes something else, the file is refused.
    #[test]
    fn a_damaged_field_is_refused(which: prop::sample::Index, wrong in 0..4_usize) {
        let mut spoiled = serde_json::to_value(sound()).expect("JSON");
        let mut found = Vec::new();
        places(&spoiled, String::new(), &mut found);
        let place = which.get(&found);
        if wrong == 0 {
            let (parent, name) = place.rsplit_once('/').expect("a path");
            match spoiled.pointer_mut(parent).expect("it is there") {
                Value::Object(fields) => drop(fields.remove(name)),
                Value::Array(entries) => drop(entries.pop()),
                _ => unreachable!("only these have parts"),
            }
            // A model may have no readouts, and a spread with one component less is one.
            prop_assume!(parent != "/readouts" );
        } else {
            let other: [Value; 3] = [json!(null), json!("1e5"), json!({"surprise": 1})];
            let value = other[wrong - 1].clone();
            let word = place.ends_with("/name") || place.ends_with("/unit");
            prop_assume!(!(word && value.is_string()));
            *spoiled.pointer_mut(place).expect("it is there") = value;
        }
        let message = refusal(&spoiled);
        prop_assert_eq!(message.lines().count(), 1, "{}", message);
    }

    /// Whatever the bytes, reading them gives statistics or an error.
    #[test]
    fn no_bytes_make_the_reader_panic(
        cut: prop::sample::Index, rubbish in prop::collection::vec(any::<u8>(), 0..20), length in 0..6_usize,
    ) {
        let text = sound().to_json(LENGTH).expect("sound");
        // What follows the last brace may be cut off without harm.
        let at = cut.index(text.trim_end().len());
        let spoiled = [&text.as_bytes()[..at], &rubbish, &text.as_bytes()[at..]].concat();
        if let Ok(statistics) = Statistics::from_json(&spoiled, length) {
            prop_assert!(statistics.check(length).is_ok());
            let outlier = statistics.outlier(&Latent::new(vec![1.0; length]), &[]);
            prop_assert!(outlier.distance >= 0.0);
        }
        prop_assert!(Statistics::from_json(&spoiled[..at], LENGTH).is_err());
    }
}

/// Levels about −0.5 and leads about −0.6, each with a standard deviation of 0.2.
fn with_amplitudes() -> Statistics {
    let about = |mean: f32, length: usize| Spread {
        subjects: 1000,
        mean: vec![mean; length],
        components: Vec::new(),
        variances: Vec::new(),
        residual_variance: 0.04,
    };
    let gate = Gate {
        marked_above: 4.0,
        refused_above: 6.0,
        ..sound().gate
    };
    Statistics {
        amplitudes: Some(Amplitudes {
            level: about(-0.5, 1),
            level_gate: gate,
            leads: about(-0.5, 8),
            leads_gate: gate,
        }),
        ..sound()
    }
}

#[test]
fn the_measure_in_which_an_ecg_is_most_unlike_decides() {
    let statistics = with_amplitudes();
    let text = statistics.to_json(LENGTH).expect("sound");
    assert_eq!(
        Statistics::from_json(text.as_bytes(), LENGTH),
        Ok(statistics.clone())
    );
    // Every lead swings by 10^−0.5 mV, which is the mean.
    let swing = |factor: f32| -> Vec<f32> {
        let sample = |place: usize| {
            if place.is_multiple_of(2) {
                factor
            } else {
                -factor
            }
        };
        (0..7200)
            .map(|place| 0.316_227_77 * sample(place))
            .collect()
    };
    let judged = |latent: f32, beat: &[f32]| {
        let outlier = statistics.outlier(&Latent::new(vec![latent, 0.0, 0.0, 0.0]), beat);
        (outlier.measure, outlier.verdict)
    };
    assert_eq!(judged(1.0, &swing(1.0)), (Measure::Latent, Novelty::Usual));
    assert_eq!(judged(9.0, &swing(1.0)), (Measure::Latent, Novelty::Marked));
    // Ten times the scale: 5 standard deviations of the level, 5·√8 of the leads.
    assert_eq!(
        judged(1.0, &swing(10.0)),
        (Measure::LeadAmplitudes, Novelty::Refused)
    );
    // Twice the scale: 1.5 and 4.26.
    assert_eq!(
        judged(1.0, &swing(2.0)),
        (Measure::LeadAmplitudes, Novelty::Marked)
    );
    // A flat V6: −3 is 12.5 standard deviations away.
    let mut flat = swing(1.0);
    flat[11 * 600..].fill(0.0);
    assert_eq!(
        judged(1.0, &flat),
        (Measure::LeadAmplitudes, Novelty::Refused)
    );
    // What is refused by one measure is not saved by another's larger ratio.
    assert_eq!(
        judged(11.5, &swing(2.0)),
        (Measure::Latent, Novelty::Refused)
    );
    let mut spoiled = serde_json::to_value(&statistics).expect("JSON");
    spoiled["amplitudes"]["leads"]["mean"] = json!([0.0]);
    let refused = refusal(&spoiled);
    assert!(refused.contains("amplitudes.leads.mean"), "{refused}");
}
