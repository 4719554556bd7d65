//! Whether the pictures and their labels hold what the table says.

use std::f64::consts::TAU;

use proptest::prelude::*;

use super::geometry::DENSITY;
use super::*;

fn typical(conditions: &[Condition]) -> SimulatedHeart {
    typical_subject(Sex::Male, conditions).simulate()
}

/// Hearts of all kinds.
fn hearts() -> Vec<SimulatedHeart> {
    let infarct = [Territory::Lad, Territory::Rca, Territory::Lcx].map(Condition::Infarct);
    let mut kinds: Vec<Vec<Condition>> = infarct.iter().map(|&kind| vec![kind]).collect();
    kinds.extend([
        vec![],
        vec![Condition::LeftBundleBranchBlock],
        vec![Condition::DilatedCardiomyopathy],
        vec![Condition::LeftVentricularHypertrophy],
        vec![Condition::HypertrophicCardiomyopathy],
        vec![Condition::AtrialFibrillation],
        vec![Condition::LowVoltage],
    ]);
    let mut sampler = Sampler::new(Profile::Enriched);
    kinds
        .into_iter()
        .zip(0..)
        .map(|(conditions, index)| {
            sampler.imposed.conditions = Some(conditions);
            sampler.subject(21, index).simulate()
        })
        .collect()
}

fn name(heart: &SimulatedHeart) -> String {
    format!("{:?}", heart.subject.conditions)
}

/// LV cavity (ml) and mass (g) of a frame, integrated from the contours.
fn integrated(heart: &SimulatedHeart, frame: usize) -> (f64, f64) {
    let (g, phase) = (&heart.ventricles, &heart.motion.phases[frame]);
    let apex = -g.outer_semi_axis();
    let (rings, spokes) = (300, 72);
    let (step, wedge) = (
        (phase.base - apex) / f64::from(rings),
        TAU / f64::from(spokes),
    );
    let (mut cavity, mut wall) = (0.0, 0.0);
    for ring in 0..rings {
        let w = apex + (f64::from(ring) + 0.5) * step;
        for spoke in 0..spokes {
            let (inner, outer) = heart
                .motion
                .wall
                .contour(phase, f64::from(spoke) * wedge, w);
            cavity += 0.5 * inner * inner * wedge * step;
            wall += 0.5 * (outer * outer - inner * inner) * wedge * step;
        }
    }
    (cavity / 1e3, wall / 1e3 * DENSITY)
}

/// ml of each label in each frame of a stack, slice by slice with the gaps between them.
fn label_ml(stack: &Stack) -> Vec<[f64; 4]> {
    let frames = stack.slices[0].frames.len();
    let mut ml = vec![[0.0; 4]; frames];
    for slice in &stack.slices {
        let voxel = slice.pixel_mm * slice.pixel_mm * stack.spacing_mm / 1e3;
        for (labels, ml) in slice.labels.iter().zip(&mut ml) {
            for &label in labels {
                ml[usize::from(label)] += voxel;
            }
        }
    }
    ml
}

#[test]
fn contours_hold_the_volumes_and_mass_of_the_table_in_every_phase() {
    for heart in hearts() {
        let truth = heart.truth();
        let (diastole, mass) = integrated(&heart, 0);
        let near = |found: f64, wanted: f64, tolerance: f64, what: &str| {
            assert!(
                (found / wanted - 1.0).abs() < tolerance,
                "{}: {what} {found} of {wanted}",
                name(&heart)
            );
        };
        near(diastole, truth.lvedv_ml, 0.01, "LVEDV");
        near(mass, truth.lvm_g, 0.03, "LV mass");
        for frame in (0..FRAMES_PER_CYCLE)
            .step_by(7)
            .chain([truth.end_systolic_frame])
        {
            let emptying = heart.motion.phases[frame].emptying;
            let wanted = truth.lvedv_ml - (truth.lvedv_ml - truth.lvesv_ml) * emptying;
            let (cavity, mass_then) = integrated(&heart, frame);
            near(cavity, wanted, 0.015, "LV volume");
            near(mass_then, mass, 0.01, "LV mass later");
        }
    }
}

#[test]
fn labels_of_the_stack_hold_the_volumes_of_the_table() {
    for heart in hearts() {
        let truth = heart.truth();
        let stack = heart.short_axis_stack(&[0, heart.end_systolic_frame()]);
        let ml = label_ml(&stack);
        let near = |found: f64, wanted: f64, tolerance: f64, what: &str| {
            let off = (found - wanted).abs();
            assert!(
                off < tolerance * wanted,
                "{}: {what} {found:.1} of {wanted:.1}",
                name(&heart)
            );
        };
        near(ml[0][1], truth.lvedv_ml, 0.05, "LVEDV");
        near(ml[0][2] * DENSITY, truth.lvm_g, 0.06, "LV mass");
        near(ml[0][3], truth.rvedv_ml, 0.05, "RVEDV");
        near(ml[1][2], ml[0][2], 0.05, "muscle at end-systole");
        let ejection = |label: usize| 100.0 * (1.0 - ml[1][label] / ml[0][label]);
        let right = 100.0 * (1.0 - truth.rvesv_ml / truth.rvedv_ml);
        for (what, found, wanted) in [
            ("LVEF", ejection(1), truth.lvef_percent),
            ("RVEF", ejection(3), right),
        ] {
            assert!(
                (found - wanted).abs() < 3.0,
                "{}: {what} {found:.1} of {wanted:.1}",
                name(&heart)
            );
        }
    }
}

#[test]
fn the_mid_slice_is_one_of_the_stack_and_a_frame_stands_alone() {
    let heart = sample_subject(3, 5, Profile::Enriched).simulate();
    let stack = heart.short_axis_stack(&[11, 30]);
    let middle = &stack.slices[stack.middle];
    assert_eq!(*middle, heart.short_axis(&[11, 30]));
    assert_eq!(middle.images[1], heart.short_axis(&[80]).images[0]);
    assert_eq!(
        heart.four_chamber(&[4, 9]).images[1],
        heart.four_chamber(&[9]).images[0]
    );
    assert!(
        (8..=16).contains(&stack.slices.len()),
        "{}",
        stack.slices.len()
    );
}

#[test]
fn pictures_show_bright_blood_and_dark_muscle() {
    for heart in hearts() {
        let slice = heart.short_axis(&[0, 55]);
        assert_eq!(slice.frames, [0, 5]);
        let mean = |label: u8| {
            let (mut sum, mut count) = (0.0, 0.0);
            for (&signal, &at) in slice.images[0].iter().zip(&slice.labels[0]) {
                if at == label {
                    sum += f64::from(signal) / slice.blood_units;
                    count += 1.0;
                }
            }
            assert!(count > 250.0, "label {label} has {count} pixels");
            sum / count
        };
        assert!((0.7..1.3).contains(&mean(1)), "{}", mean(1));
        assert!(mean(1) > 1.4 * mean(2) && mean(3) > 1.3 * mean(2));
    }
}

/// Inward motion (fraction of the end-diastolic radius) of the mid-ventricular wall at an angle.
fn inward(heart: &SimulatedHeart, frame: usize, angle: f64) -> f64 {
    let radius = |frame: usize| {
        let phase = &heart.motion.phases[frame];
        let height = -0.2 * heart.ventricles.semi_axis * phase.length;
        heart.motion.wall.contour(phase, angle, height).0
    };
    1.0 - radius(frame) / radius(0)
}

#[test]
fn a_scar_does_not_move() {
    let heart = typical(&[Condition::Infarct(Territory::Rca)]);
    let scar = heart
        .ventricles
        .scar
        .clone()
        .expect("an infarct has a scar");
    let end_systole = heart.end_systolic_frame();
    let dead = inward(&heart, end_systole, scar.centre_angle);
    let alive = inward(&heart, end_systole, scar.centre_angle + 3.0);
    assert!(dead < 0.35 * alive, "{dead} and {alive}");
}

#[test]
fn left_bundle_branch_block_beats_the_septum_first_and_the_lateral_wall_last() {
    let blocked = typical(&[Condition::LeftBundleBranchBlock]);
    let normal = typical(&[]);
    let at = |heart: &SimulatedHeart, ms: f64| {
        let phases = &heart.motion.phases;
        let later = phases.iter().position(|p| p.time_ms >= ms);
        later.expect("within the cycle")
    };
    let pi = std::f64::consts::PI;
    let beat = at(&blocked, 65.0);
    assert!(inward(&blocked, beat, 0.0) > inward(&blocked, beat, pi) + 0.05);
    assert!(inward(&blocked, beat, 0.0) > inward(&normal, at(&normal, 65.0), 0.0) + 0.03);
    // Then outwards again, although the ventricle goes on emptying.
    let later = at(&blocked, 230.0);
    assert!(inward(&blocked, later, pi) > inward(&blocked, later, 0.0) + 0.1);
    let between = at(&blocked, 150.0);
    let gained = |heart: &SimulatedHeart| inward(heart, later, 0.0) - inward(heart, between, 0.0);
    assert!(gained(&blocked) < gained(&normal) - 0.03);
}

#[test]
fn the_ventricle_shortens_and_without_atrial_kick_ends_filling_early() {
    let heart = typical(&[]);
    let phases = &heart.motion.phases;
    assert!(phases[heart.end_systolic_frame()].length < 0.92);
    let mut fibrillating = heart.subject.clone();
    fibrillating.imaging.atrial_kick = 0.0;
    let fibrillating = fibrillating.simulate();
    let before_systole = |heart: &SimulatedHeart| {
        let rr = heart.subject.rr_ms();
        let phases = &heart.motion.phases;
        let at = phases
            .iter()
            .position(|p| p.time_ms > rr - heart.subject.atria.pr_ms - 10.0);
        phases[at.expect("within the cycle")].emptying
    };
    let (kicked, drifting) = (before_systole(&heart), before_systole(&fibrillating));
    assert!(kicked > drifting + 0.1, "{kicked} and {drifting}");
}

#[test]
fn scanners_differ_and_hold_the_heart_in_their_field() {
    let sampler = Sampler::new(Profile::Enriched);
    let mut pixels = Vec::new();
    for index in 0..24 {
        let heart = sampler.subject(8, index).simulate();
        let slices = [heart.short_axis(&[0]), heart.four_chamber(&[0])];
        pixels.push(slices[0].pixel_mm);
        for slice in slices {
            let last = slice.pixels - 1;
            let outside = slice.labels[0].iter().enumerate().any(|(pixel, &label)| {
                let (row, column) = (pixel / slice.pixels, pixel % slice.pixels);
                label > 0 && (row.min(column) < 3 || row.max(column) > last - 3)
            });
            assert!(!outside, "subject {index}: the heart leaves the field");
        }
    }
    pixels.sort_by(f64::total_cmp);
    let (least, most) = (pixels[0], pixels[pixels.len() - 1]);
    assert!(
        least >= 1.25 && most <= 1.81 && most - least > 0.2,
        "{least} to {most}"
    );
}

#[test]
fn only_the_heart_moves() {
    let heart = typical(&[]);
    let slice = heart.short_axis(&[0, heart.end_systolic_frame()]);
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for (pixel, (a, b)) in slice.images[0].iter().zip(&slice.images[1]).enumerate() {
        let labelled = slice.labels[0][pixel] > 0 || slice.labels[1][pixel] > 0;
        let (row, column) = (pixel / slice.pixels, pixel % slice.pixels);
        let difference = f64::from(a - b).abs() / slice.blood_units;
        if labelled {
            near.push(difference);
        } else if !(20..=107).contains(&row) || column < 15 {
            far.push(difference);
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!(mean(&far) < 0.02, "{}", mean(&far));
    assert!(mean(&near) > 0.15, "{}", mean(&near));
}

#[test]
fn an_effusion_is_a_bright_band_round_the_heart() {
    let beside = |effusion_mm: f64| {
        let mut subject = typical_subject(Sex::Female, &[]);
        subject.effusion_mm = effusion_mm;
        let slice = subject.simulate().short_axis(&[0]);
        // Just outside the wall, on every row: leftmost and rightmost label.
        let rows = slice.labels[0].chunks_exact(slice.pixels);
        let images = slice.images[0].chunks_exact(slice.pixels);
        let found: Vec<f64> = rows
            .zip(images)
            .filter_map(|(labels, image)| {
                let last = labels.iter().rposition(|&label| label == 2)?;
                Some(f64::from(image[last + 4]) / slice.blood_units)
            })
            .collect();
        found.iter().sum::<f64>() / found.len() as f64
    };
    assert!(
        beside(15.0) > beside(0.0) + 0.2,
        "{} and {}",
        beside(15.0),
        beside(0.0)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_heart_in_any_body_gives_whole_pictures(
        index in 0u32..10_000,
        lvedv_ml in 40.0f64..450.0,
        lvef_percent in 8.0f64..85.0,
        lvm_g in 35.0f64..450.0,
        right in (0.5f64..2.0, 10.0f64..80.0),
        heart_rate_bpm in 35.0f64..180.0,
        effusion_mm in prop_oneof![Just(0.0), 1.0f64..40.0],
        left_atrial_size in 0.7f64..2.0,
        pixels in prop_oneof![0usize..6, Just(40usize), 130usize..150],
    ) {
        let mut subject = sample_subject(5, index, Profile::Enriched);
        subject.lvedv_ml = lvedv_ml;
        subject.lvef_percent = lvef_percent;
        subject.lvm_g = lvm_g;
        (subject.rvedv_ml, subject.rvef_percent) = (lvedv_ml * right.0, right.1);
        subject.heart_rate_bpm = heart_rate_bpm;
        subject.effusion_mm = effusion_mm;
        subject.left_atrial_size = left_atrial_size;
        let heart = subject.simulate();
        let settings = PictureSettings { pixels, ..PictureSettings::default() };
        let offset_mm = heart.mid_ventricle_mm();
        for view in [View::ShortAxis { offset_mm }, View::FourChamber] {
            let slice = heart.picture(view, &[0, heart.end_systolic_frame()], &settings);
            prop_assert_eq!(slice.pixels, pixels.max(1));
            for (image, labels) in slice.images.iter().zip(&slice.labels) {
                prop_assert_eq!(image.len(), slice.pixels * slice.pixels);
                prop_assert_eq!(labels.len(), image.len());
                // The largest integer would stand for a signal that is no number.
                prop_assert!(image.iter().all(|&value| (0..i16::MAX).contains(&value)));
            }
            if pixels >= 40 && view != View::FourChamber {
                prop_assert!((1..=3).all(|label| slice.labels[0].contains(&label)));
            }
        }
        let (diastole, mass) = integrated(&heart, 0);
        prop_assert!((diastole / lvedv_ml - 1.0).abs() < 0.02);
        prop_assert!((mass / lvm_g - 1.0).abs() < 0.03);
    }
}
