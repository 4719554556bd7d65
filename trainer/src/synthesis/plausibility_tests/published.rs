//! The population against the published one.

use crate::synthesis::geometry::Ventricles;
use crate::synthesis::*;

/// What is compared, with the published mean and SD of men and of women.
type Published = (&'static str, fn(&Subject) -> f64, [(f64, f64); 2]);

/// Petersen et al. 2017, J Cardiovasc Magn Reson 19:18: 368 men and 432 women without
/// cardiovascular disease among the first five thousand whom UK Biobank imaged, aged 45–74; ml, %
/// and g.
const PETERSEN: [Published; 7] = [
    ("LVEDV", |s| s.lvedv_ml, [(166.0, 32.0), (124.0, 21.0)]),
    ("LVESV", Subject::lvesv_ml, [(69.0, 16.0), (49.0, 11.0)]),
    ("LVEF", |s| s.lvef_percent, [(58.0, 5.0), (61.0, 5.0)]),
    ("LV mass", |s| s.lvm_g, [(103.0, 21.0), (70.0, 13.0)]),
    ("RVEDV", |s| s.rvedv_ml, [(182.0, 36.0), (130.0, 24.0)]),
    ("RVESV", Subject::rvesv_ml, [(85.0, 22.0), (55.0, 15.0)]),
    ("RVEF", |s| s.rvef_percent, [(54.0, 6.0), (58.0, 6.0)]),
];

fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

#[test]
fn volumes_mass_and_function_have_the_published_means_and_spreads() {
    let people: Vec<Subject> = (0..2000)
        .map(|index| sample_subject(1, index, Profile::Healthy))
        .collect();
    for (k, sex) in [Sex::Male, Sex::Female].into_iter().enumerate() {
        let group: Vec<&Subject> = people.iter().filter(|person| person.sex == sex).collect();
        assert!(
            (880..1120).contains(&group.len()),
            "{} {sex:?}",
            group.len()
        );
        for (name, value, published) in PETERSEN {
            let values: Vec<f64> = group.iter().map(|person| value(person)).collect();
            let (mean, sd) = mean_and_sd(&values);
            let (wanted_mean, wanted_sd) = published[k];
            assert!(
                (mean / wanted_mean - 1.0).abs() < 0.05,
                "{sex:?} {name}: mean {mean:.1}, published {wanted_mean}"
            );
            assert!(
                (sd / wanted_sd - 1.0).abs() < 0.15,
                "{sex:?} {name}: SD {sd:.1}, published {wanted_sd}"
            );
        }
    }
}

/// The wall follows from mass, volume and length. With the means above it must be about 6.5 mm in
/// men and 5.6 mm in women.
#[test]
fn the_wall_is_what_mass_and_volume_leave() {
    let people: Vec<Subject> = (0..400)
        .map(|index| sample_subject(1, index, Profile::Healthy))
        .collect();
    for (sex, wanted) in [(Sex::Male, 6.5), (Sex::Female, 5.6)] {
        let walls: Vec<f64> = people
            .iter()
            .filter(|person| person.sex == sex)
            .map(|person| Ventricles::solve(person).mean_wall())
            .collect();
        let (mean, sd) = mean_and_sd(&walls);
        assert!((mean / wanted - 1.0).abs() < 0.05, "{sex:?}: mean {mean}");
        assert!((0.1..0.16).contains(&(sd / mean)), "{sex:?}: SD {sd}");
    }
}

/// Hearts grow with the body and with each other, as in the published cohorts.
#[test]
fn organs_are_correlated() {
    let people: Vec<Subject> = (0..2000)
        .map(|index| sample_subject(2, index, Profile::Healthy))
        .filter(|person| person.sex == Sex::Male)
        .collect();
    let correlation = |f: fn(&Subject) -> f64, g: fn(&Subject) -> f64| {
        let (a, b): (Vec<f64>, Vec<f64>) = people.iter().map(|s| (f(s), g(s))).unzip();
        let ((mean_a, sd_a), (mean_b, sd_b)) = (mean_and_sd(&a), mean_and_sd(&b));
        let pairs = a.iter().zip(&b).map(|(x, y)| (x - mean_a) * (y - mean_b));
        pairs.sum::<f64>() / a.len() as f64 / (sd_a * sd_b)
    };
    let between = |r: f64, low: f64, high: f64| assert!((low..high).contains(&r), "{r}");
    between(correlation(|s| s.lvedv_ml, |s| s.lvm_g), 0.4, 0.75);
    between(correlation(|s| s.lvedv_ml, |s| s.rvedv_ml), 0.75, 0.97);
    between(correlation(|s| s.lvedv_ml, |s| s.height_cm), 0.2, 0.6);
    between(
        correlation(|s| s.lvef_percent, |s| s.rvef_percent),
        0.3,
        0.8,
    );
    between(
        correlation(|s| s.lvedv_ml, |s| s.heart_rate_bpm),
        -0.5,
        -0.1,
    );
}
