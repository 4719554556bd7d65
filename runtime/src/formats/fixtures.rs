//! Recordings for the tests of formats that are written.

use proptest::prelude::*;

use crate::ecg::{Ecg, Lead, Patient, Sex};

/// Any recording: 1 to 12 leads, any finite samples, any sampling rate; without an identifier.
pub(super) fn any_ecg() -> impl Strategy<Value = Ecg> {
    let sample = prop_oneof![
        3 => -5.0_f32..5.0,
        1 => any::<f32>().prop_filter("finite", |value| value.is_finite()),
    ];
    let rows = (1_usize..20).prop_flat_map(move |length| {
        prop::collection::vec(prop::collection::vec(sample.clone(), length), 1..=12)
    });
    let rate = prop_oneof![
        Just(500.0),
        Just(257.0),
        1.0_f64..5000.0,
        f64::MIN_POSITIVE..1e300
    ];
    let patient = (prop::option::of(0.0_f32..125.0), any::<Option<bool>>());
    (rows, rate, patient, any::<bool>()).prop_map(|(rows, rate, (age_years, female), poor)| {
        let leads = Lead::STANDARD
            .iter()
            .rev()
            .copied()
            .take(rows.len())
            .collect();
        let sex = female.map(|female| if female { Sex::Female } else { Sex::Male });
        let patient = Patient {
            id: None,
            age_years,
            sex,
        };
        Ecg::new(leads, rows, rate)
            .expect("sound by construction")
            .with_patient(patient)
            .with_device_quality_warning(poor)
    })
}
