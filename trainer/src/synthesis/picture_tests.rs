//! Whether the pictures and their labels hold what the table says.

use std::f64::consts::TAU;

use super::geometry::DENSITY;
use super::mechanics::contour;
use super::*;

fn typical(conditions: &[Condition]) -> SimulatedHeart {
    typical_subject(Sex::Male, conditions).simulate()
}

/// LV cavity (ml) and mass (g) of a frame, integrated from the analytic contours.
fn integrated(heart: &SimulatedHeart, frame: usize) -> (f64, f64) {
    let (g, phase) = (&heart.ventricles, &heart.motion.phases[frame]);
    let apex = -g.outer_semi_axis();
    let top = apex + phase.length * (g.base - apex);
    let (rings, spokes) = (400, 72);
    let (step, wedge) = ((top - apex) / f64::from(rings), TAU / f64::from(spokes));
    let (mut cavity, mut wall) = (0.0, 0.0);
    for ring in 0..rings {
        let w = apex + (f64::from(ring) + 0.5) * step;
        for spoke in 0..spokes {
            let angle = super::geometry::wrapped(f64::from(spoke) * wedge);
            let c = contour(g, &heart.subject.imaging, phase, angle, w);
            cavity += 0.5 * c.inner * c.inner * wedge * step;
            wall += 0.5 * (c.outer * c.outer - c.inner * c.inner) * wedge * step;
        }
    }
    (cavity / 1e3, wall / 1e3 * DENSITY)
}

#[test]
fn contours_hold_the_volumes_and_mass_of_the_table() {
    let hearts = [
        typical(&[]),
        typical(&[Condition::LeftBundleBranchBlock]),
        sample_subject(1, 3, Profile::Ukb).simulate(),
    ];
    for heart in hearts {
        let truth = heart.truth();
        let (diastole, mass) = integrated(&heart, 0);
        let (systole, mass_then) = integrated(&heart, heart.end_systolic_frame());
        assert!(
            (diastole / truth.lvedv_ml - 1.0).abs() < 0.01,
            "{diastole} ml"
        );
        assert!(
            (systole / truth.lvesv_ml - 1.0).abs() < 0.01,
            "{systole} ml"
        );
        assert!(
            (mass / truth.lvm_g - 1.0).abs() < 0.02,
            "{mass} g of {}",
            truth.lvm_g
        );
        assert!(
            (mass_then / mass - 1.0).abs() < 0.01,
            "{mass_then} g after {mass} g"
        );
    }
}

#[test]
fn labels_of_a_stack_hold_the_volumes_of_the_table() {
    let mut subject = sample_subject(6, 1, Profile::Ukb);
    subject.imaging.plan_tilt_deg = [0.0, 0.0];
    let heart = subject.simulate();
    let spacing = 8.0;
    let settings = PictureSettings {
        pixels: 80,
        pixel_mm: 2.0,
        thickness_mm: spacing,
        ..PictureSettings::default()
    };
    let g = &heart.ventricles;
    let frames = [0, heart.end_systolic_frame()];
    let mut ml = [[0.0; 2]; 4];
    let mut offset_mm = g.base - 0.5 * spacing;
    while offset_mm > -g.outer_semi_axis() - 0.5 * spacing {
        let slice = heart.picture(View::ShortAxis { offset_mm }, &frames, &settings);
        for (frame, labels) in slice.labels.iter().enumerate() {
            for &label in labels {
                ml[usize::from(label)][frame] += 2.0 * 2.0 * spacing / 1e3;
            }
        }
        offset_mm -= spacing;
    }
    let truth = heart.truth();
    let near = |found: f64, wanted: f64, what: &str| {
        assert!(
            (found / wanted - 1.0).abs() < 0.05,
            "{what}: {found} of {wanted}"
        );
    };
    near(ml[1][0], truth.lvedv_ml, "LVEDV");
    near(ml[2][0] * DENSITY, truth.lvm_g, "LV mass");
    near(ml[3][0], truth.rvedv_ml, "RVEDV");
    let ejection = 100.0 * (1.0 - ml[1][1] / ml[1][0]);
    assert!((ejection - truth.lvef_percent).abs() < 3.0, "EF {ejection}");
}

#[test]
fn pictures_show_bright_blood_and_dark_muscle() {
    let slice = typical(&[]).short_axis(&[0, 55]);
    assert_eq!(slice.frames, [0, 5]);
    let mean = |label: u8| {
        let (mut sum, mut count) = (0.0, 0.0);
        for (signal, &at) in slice.images[0].iter().zip(&slice.labels[0]) {
            if at == label {
                sum += signal;
                count += 1.0;
            }
        }
        assert!(count > 300.0, "label {label} has {count} pixels");
        sum / count
    };
    assert!(mean(1) > 2.0 * mean(2) && mean(3) > 2.0 * mean(2));
    assert!(
        slice
            .images
            .iter()
            .flatten()
            .all(|x| (0.0..2.5).contains(x))
    );
}
