//! What diseases do to the beat and the wall.

use std::f64::consts::TAU;

use super::measured::Measured;
use super::{median, people_with, share, typical};
use crate::synthesis::geometry::{DENSITY, Ventricles, wrapped};
use crate::synthesis::*;

fn measured(conditions: &[Condition]) -> Measured {
    Measured::of(&typical(conditions))
}

/// The beats of people who have just this.
fn beats_of(condition: Condition, count: u32) -> Vec<Measured> {
    people_with(&[condition], count)
        .map(|subject| Measured::of(&subject.simulate()))
        .collect()
}

#[test]
fn left_bundle_branch_block_is_broad_with_a_notched_r_laterally() {
    let left = measured(&[Condition::LeftBundleBranchBlock]);
    assert!(left.qrs_ms() > 120.0);
    assert!(left.s("V1") > 4.0 * left.r("V1"));
    for lead in ["I", "V6"] {
        assert!(
            left.r(lead) > 0.4 && left.q(lead) < 0.02,
            "{lead} q {}",
            left.q(lead)
        );
        // Broad: still half as high when a third of QRS is left.
        assert!(
            left.at(lead, 0.6 * left.qrs_ms()) > 0.3 * left.r(lead),
            "{lead}"
        );
        assert!(left.t(lead) < 0.0, "T in {lead} {}", left.t(lead));
    }
    let people = beats_of(Condition::LeftBundleBranchBlock, 40);
    assert!(share(&people, |p| p.qrs_ms() > 120.0) >= 0.95);
}

#[test]
fn right_bundle_branch_block_ends_in_v1_with_a_second_r() {
    let right = measured(&[Condition::RightBundleBranchBlock]);
    assert!(right.qrs_ms() > 120.0);
    // rSR': a small r, an S, then the tallest wave.
    let v1 = right.qrs("V1");
    let highest = |wave: &[f32]| wave.iter().copied().fold(f32::MIN, f32::max);
    let lowest = (0..v1.len() / 2).fold(0, |low, k| if v1[k] < v1[low] { k } else { low });
    assert!(
        highest(&v1[..lowest]) > 0.04,
        "r {}",
        highest(&v1[..lowest])
    );
    assert!(v1[lowest] < -0.05, "S {}", v1[lowest]);
    assert!(highest(&v1[lowest..]) > 1.5 * highest(&v1[..lowest]));
    assert!(right.r("V3") < 1.5, "R in V3 {}", right.r("V3"));
    for lead in ["I", "V6"] {
        assert!(right.s(lead) > 0.15, "S in {lead}: {}", right.s(lead));
    }
    assert!(right.t("V1") < 0.0);
    let people = beats_of(Condition::RightBundleBranchBlock, 40);
    assert!(share(&people, |p| p.qrs_ms() > 118.0) >= 0.9);
    assert!(share(&people, |p| p.r("V1") > 0.3) >= 0.8);
}

#[test]
fn thick_ventricles_raise_the_voltage_and_strain_it() {
    let (normal, thick) = (
        measured(&[]),
        measured(&[Condition::LeftVentricularHypertrophy]),
    );
    assert!(thick.sokolow_lyon() > 1.25 * normal.sokolow_lyon());
    let healthy: Vec<f64> = people_with(&[], 60)
        .map(|subject| Measured::of(&subject.simulate()).sokolow_lyon())
        .collect();
    let hypertrophied = beats_of(Condition::LeftVentricularHypertrophy, 60);
    let voltages = hypertrophied.iter().map(Measured::sokolow_lyon).collect();
    assert!(median(voltages) > 1.2 * median(healthy));
    // Marked hypertrophy turns T round over the left ventricle.
    let marked: Vec<Measured> = people_with(&[Condition::LeftVentricularHypertrophy], 60)
        .filter(|subject| subject.repolarisation.lv_transmural_ms < -6.0)
        .map(|subject| Measured::of(&subject.simulate()))
        .collect();
    assert!(marked.len() > 8, "{}", marked.len());
    for lead in ["I", "V5", "V6"] {
        assert!(share(&marked, |p| p.t(lead) < 0.0) >= 0.7, "T in {lead}");
    }
    // ST slopes down into the inverted T.
    assert!(share(&marked, |p| p.at("V6", p.qrs_ms() + 80.0) < -0.02) >= 0.6);
}

#[test]
fn infarcts_leave_q_waves_in_their_leads() {
    let normal = measured(&[]);
    let inferior = measured(&[Condition::Infarct(Territory::Rca)]);
    for lead in ["III", "aVF"] {
        let (q, usual) = (inferior.q(lead), normal.q(lead));
        assert!(q > 0.2 && q > 1.5 * usual, "{lead}: {q}, usual {usual}");
        assert!(
            q > 0.5 * inferior.r(lead),
            "{lead}: Q {q} of R {}",
            inferior.r(lead)
        );
    }
    assert!(inferior.t("III") < 0.0);
    let anterior = measured(&[Condition::Infarct(Territory::Lad)]);
    for lead in ["V2", "V3"] {
        let first = anterior.first_r(lead);
        assert!(first < 0.12, "r in {lead}: {first}");
        assert!(anterior.s(lead) > 0.3, "QS in {lead}: {}", anterior.s(lead));
    }
    assert!(anterior.r("V4") < 0.5 * normal.r("V4"));
    assert!(anterior.t("V3") < 0.0);
    let lateral = measured(&[Condition::Infarct(Territory::Lcx)]);
    let lost = |lead: &str| lateral.r(lead) < 0.85 * normal.r(lead);
    assert!(lost("V6") && lateral.q("III") > 1.5 * normal.q("III").max(0.05));
    // R in V1 over S grows as the posterior forces go.
    let ratio = |ecg: &Measured| ecg.r("V1") / ecg.s("V1");
    assert!(ratio(&lateral) > 1.1 * ratio(&normal));
}

#[test]
fn low_voltage_is_below_half_a_millivolt_in_the_limb_leads() {
    let largest_limb = |p: &Measured| {
        ["I", "II", "III", "aVR", "aVL", "aVF"]
            .map(|lead| p.height(lead))
            .into_iter()
            .fold(0.0, f64::max)
    };
    let people = beats_of(Condition::LowVoltage, 60);
    let heights: Vec<f64> = people.iter().map(largest_limb).collect();
    assert!(median(heights.clone()) < 0.5, "median {}", median(heights));
    let healthy: Vec<f64> = people_with(&[], 60)
        .map(|subject| largest_limb(&Measured::of(&subject.simulate())))
        .collect();
    assert!(median(healthy) > 0.75);
    let fluid: Vec<f64> = people_with(&[Condition::LowVoltage], 60)
        .map(|subject| subject.effusion_mm)
        .collect();
    assert!((0.2..0.6).contains(&share(&fluid, |mm| *mm >= 8.0)));
    assert!(
        fluid
            .iter()
            .all(|mm| *mm == 0.0 || (8.0..=25.0).contains(mm))
    );
}

#[test]
fn hypertrophic_cardiomyopathy_thickens_the_septum_alone() {
    let hearts: Vec<SimulatedHeart> = people_with(&[Condition::HypertrophicCardiomyopathy], 40)
        .map(|subject| subject.simulate())
        .collect();
    assert!(hearts.iter().all(|heart| heart.truth().septum_mm >= 13.0));
    let septa = hearts.iter().map(|heart| heart.truth().septum_mm).collect();
    assert!((15.0..22.0).contains(&median(septa)));
    for heart in &hearts {
        let lateral = heart.ventricles.wall_at(std::f64::consts::PI, 0.0);
        assert!(heart.truth().septum_mm > 1.5 * lateral);
    }
    let normal = measured(&[]);
    let thick = measured(&[Condition::HypertrophicCardiomyopathy]);
    assert!(thick.sokolow_lyon() > 1.25 * normal.sokolow_lyon());
    assert!(thick.t("V5") < 0.0 && thick.t("I") < 0.0);
    let ejection: Vec<f64> = hearts
        .iter()
        .map(|heart| heart.subject.lvef_percent)
        .collect();
    assert!(median(ejection) > 60.0);
}

/// LV mass (g) and RV volume (ml) of the wall as pictures see it, integrated anew.
fn integrated(subject: &Subject) -> (f64, f64) {
    let g = Ventricles::solve(subject);
    let (rings, spokes) = (240, 96);
    let outer_axis = g.outer_semi_axis();
    let step = (g.base + outer_axis) / f64::from(rings);
    let ring = |w: f64, axis: f64| (1.0 - (w / axis).powi(2)).max(0.0);
    let mut volume = 0.0;
    for i in 0..rings {
        let w = -outer_axis + (f64::from(i) + 0.5) * step;
        for k in 0..spokes {
            let angle = wrapped(TAU * f64::from(k) / f64::from(spokes));
            let outer = (g.radius + g.wall_at(angle, w)).powi(2) * ring(w, outer_axis);
            let inner = g.radius * g.radius * ring(w, g.semi_axis);
            volume += 0.5 * (outer - inner) * step * TAU / f64::from(spokes);
        }
    }
    // The RV cavity, voxel by voxel: inside its ellipsoid, below the valves, outside the LV.
    let mut voxels = 0.0;
    let edge = 1.5;
    let grid = |low: f64, high: f64| {
        (0..((high - low) / edge) as i32).map(move |i| low + (f64::from(i) + 0.5) * edge)
    };
    let right = &g.right;
    for w in grid(right.centre_w - right.radius_w, g.base) {
        for u in grid(-20.0, right.centre_u + right.front_radius) {
            for v in grid(-right.radius_v, right.radius_v) {
                let wall = g.radius + g.wall_at(v.atan2(u), w);
                let outside = u * u + v * v > wall * wall * ring(w, outer_axis);
                if outside && right.distance(u, v, w) < 0.0 {
                    voxels += 1.0;
                }
            }
        }
    }
    (volume / 1e3 * DENSITY, voxels * edge.powi(3) / 1e3)
}

#[test]
fn a_bulging_septum_keeps_mass_and_both_cavities() {
    for subject in people_with(&[Condition::HypertrophicCardiomyopathy], 6) {
        let (mass, rv_ml) = integrated(&subject);
        assert!(
            (mass / subject.lvm_g - 1.0).abs() < 0.01,
            "{mass} g of {}",
            subject.lvm_g
        );
        assert!(
            (rv_ml / subject.rvedv_ml - 1.0).abs() < 0.04,
            "{rv_ml} ml of {}",
            subject.rvedv_ml
        );
    }
}
