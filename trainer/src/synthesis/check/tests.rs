//! Impossible subjects are refused, and possible ones give finite hearts.

use proptest::prelude::*;

use crate::synthesis::*;

/// Every number of a subject that a user may set.
fn numbers(subject: &mut Subject) -> Vec<&mut f64> {
    let Subject {
        torso,
        electrodes,
        conduction,
        repolarisation,
        atria,
        imaging,
        ..
    } = subject;
    let mut all = vec![
        &mut subject.age_years,
        &mut subject.height_cm,
        &mut subject.weight_kg,
        &mut subject.bmi,
        &mut subject.heart_rate_bpm,
        &mut subject.lvedv_ml,
        &mut subject.lvef_percent,
        &mut subject.lvm_g,
        &mut subject.lv_length_mm,
        &mut subject.rvedv_ml,
        &mut subject.rvef_percent,
        &mut subject.septal_bulge,
        &mut subject.effusion_mm,
        &mut subject.left_atrial_size,
        &mut subject.frontal_axis_deg,
        &mut subject.transverse_axis_deg,
        &mut subject.roll_deg,
        &mut subject.alternans,
        &mut subject.noise_level,
        &mut torso.half_width_mm,
        &mut torso.half_depth_mm,
        &mut torso.bottom_mm,
        &mut torso.top_mm,
        &mut torso.body_scale,
        &mut electrodes.strip_shift_mm,
        &mut electrodes.strip_rotation,
        &mut conduction.transmural_velocity,
        &mut conduction.tangential_velocity,
        &mut conduction.lv_endocardial_velocity,
        &mut conduction.rv_endocardial_velocity,
        &mut conduction.basal_slowing,
        &mut repolarisation.qtc_ms,
        &mut repolarisation.lv_transmural_ms,
        &mut repolarisation.apicobasal_ms,
        &mut repolarisation.upstroke_ms,
        &mut repolarisation.slow_rate_per_ms,
        &mut repolarisation.fast_rate_per_ms,
        &mut repolarisation.source_gain,
        &mut atria.pr_ms,
        &mut atria.p_duration_ms,
        &mut atria.amplitude,
        &mut imaging.scar_hypokinesis,
        &mut imaging.long_axis_shortening,
        &mut imaging.atrial_kick,
    ];
    all.extend(&mut subject.heart_centre_mm);
    all.extend(electrodes.jitter_mm.iter_mut().flatten());
    if let Some(scar) = &mut subject.scar {
        all.extend([
            &mut scar.centre_angle,
            &mut scar.half_width,
            &mut scar.lowest,
            &mut scar.highest,
            &mut scar.transmurality,
            &mut scar.thinning,
        ]);
    }
    for site in &mut conduction.early_sites {
        all.extend([&mut site.angle, &mut site.height, &mut site.onset_ms]);
    }
    if let Some(ectopy) = &mut subject.ectopy {
        all.push(&mut ectopy.coupling);
    }
    if let Some(fibrillation) = &mut subject.fibrillation {
        all.extend([
            &mut fibrillation.frequency_hz,
            &mut fibrillation.v1_height_mv,
        ]);
    }
    all
}

/// What people type by mistake, and factors on what is there.
fn mistake() -> impl Strategy<Value = fn(f64) -> f64> {
    prop::sample::select(vec![
        (|_| f64::NAN) as fn(f64) -> f64,
        |_| f64::INFINITY,
        |_| f64::NEG_INFINITY,
        |_| 0.0,
        |x| -x,
        |_| 1e300,
        |_| 1e-300,
        |x| 1.5 * x,
        |x| 0.6 * x,
        |x| 2.5 * x,
        |x| 0.3 * x,
        |x| x + 1.0,
        |x| 1000.0 * x,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]
    #[test]
    fn whatever_the_numbers_there_is_a_refusal_or_a_finite_heart(
        index in 0u32..200,
        changes in prop::collection::vec((any::<prop::sample::Index>(), mistake()), 1..4),
    ) {
        let mut subject = sample_subject(21, index, Profile::Enriched);
        let mut places = numbers(&mut subject);
        for (place, change) in changes {
            let count = places.len();
            let number = &mut places[place.index(count)];
            **number = change(**number);
        }
        match subject.try_simulate() {
            Err(refusal) => prop_assert!(refusal.to_string().contains("; ")),
            Ok(heart) => {
                let beats = [&heart.beat, &heart.p_wave];
                prop_assert!(beats.into_iter().flatten().flatten().all(|x| x.is_finite()));
                let recording = heart.recording();
                prop_assert!(recording.leads.iter().flatten().all(|x| x.is_finite()));
                let phases = &heart.motion.phases;
                prop_assert!(phases.iter().all(|p| p.contraction.is_finite() && p.rv_front_radius.is_finite()));
                prop_assert!(heart.intervals.qrs_ms > 0.0 && heart.truth().septum_mm.is_finite());
            }
        }
    }
}

#[test]
fn whoever_is_sampled_is_possible() {
    for profile in [Profile::Ukb, Profile::Enriched] {
        for index in 0..400 {
            let subject = sample_subject(8, index, profile);
            if let Err(refusal) = subject.check() {
                panic!("{profile} {index}: {refusal}");
            }
        }
    }
}

#[test]
fn refusals_name_the_parameter_its_value_and_its_range() {
    let mut subject = typical_subject(Sex::Male, &[]);
    subject.lvef_percent = 120.0;
    let refusal = subject.try_simulate().unwrap_err().to_string();
    for part in ["lvef_percent", "120", "5", "90"] {
        assert!(refusal.contains(part), "{refusal}");
    }
    let mut blocked = typical_subject(Sex::Male, &[]);
    blocked.conduction.early_sites.clear();
    assert_eq!(blocked.check(), Err(ImpossibleSubject::NoEarlySite));
    let mut thin = typical_subject(Sex::Male, &[]);
    (thin.lvm_g, thin.lvedv_ml) = (26.0, 300.0);
    assert!(matches!(
        thin.check(),
        Err(ImpossibleSubject::NoSuchWall { .. })
    ));
    let mut outside = typical_subject(Sex::Male, &[]);
    outside.heart_centre_mm[1] = -80.0;
    assert!(matches!(
        outside.check(),
        Err(ImpossibleSubject::OutsideTorso { .. })
    ));
}

#[test]
fn what_is_imposed_is_checked_too() {
    let mut sampler = Sampler::new(Profile::Ukb);
    assert!(sampler.try_subject(1, 1).is_ok());
    sampler.imposed.bmi = Some(f64::NAN);
    assert!(sampler.try_subject(1, 1).is_err());
    sampler.imposed.bmi = None;
    let both = [Territory::Lad, Territory::Rca].map(Condition::Infarct);
    sampler.imposed.conditions = Some(both.to_vec());
    let refusal = sampler.try_subject(1, 1).unwrap_err();
    assert!(refusal.to_string().contains("2 infarcts"), "{refusal}");
}
