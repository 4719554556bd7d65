//! The thorax, the heart's place in it and the electrodes on it.

use super::Sampler;
use super::phenotype::{Phenotype, by_sex};
use crate::synthesis::fitted::{FRONTAL_AXIS_DEG, HEART_CENTRE_MM, ROLL_DEG, TRANSVERSE_AXIS_DEG};
use crate::synthesis::random::Stream;
use crate::synthesis::subject::{ElectrodePlacement, Sex};
use crate::synthesis::torso::Torso;
use crate::synthesis::vector::Vec3;

/// Half-width and half-depth of the reference man's chest, mm.
const REFERENCE_HALF_WIDTH: f64 = 158.0;
const REFERENCE_HALF_DEPTH: f64 = 112.0;

/// The heart's centre lies no farther back than this fraction of the chest's half-depth, or the
/// largest hearts would reach through the back.
const FARTHEST_BACK: f64 = 0.28;

/// Position and orientation of the heart.
pub(super) struct HeartPlace {
    pub frontal_deg: f64,
    pub transverse_deg: f64,
    pub roll_deg: f64,
    pub centre_mm: Vec3,
}

/// The person's thorax, or the reference man's when bodies do not vary.
pub(super) fn torso(sampler: &Sampler, person: &Phenotype, mut stream: Stream) -> Torso {
    let body = sampler.nuisances.body;
    if body == 0.0 {
        return Torso::of_body(Sex::Male, 176.3, 26.0, 0.0, 0.0);
    }
    let chance = if sampler.imposed.median { 0.0 } else { body };
    let (width, depth) = (stream.standard_normal(), stream.standard_normal());
    Torso::of_body(
        person.sex,
        person.height_cm,
        person.bmi,
        chance * width,
        chance * depth,
    )
}

/// Where the heart lies: higher and more horizontal in the heavy, more vertical in women, at a
/// fixed depth behind the anterior skin. SDs: angles 8, 7, 8°, centre 6, 7.5, 9 mm.
pub(super) fn heart_place(
    sampler: &Sampler,
    person: &Phenotype,
    torso: &Torso,
    mut stream: Stream,
) -> HeartPlace {
    let nuisances = &sampler.nuisances;
    let heavier = (person.bmi - 26.0) * nuisances.body;
    let mut vary = |sd: f64| nuisances.position * stream.normal(0.0, sd);
    let frontal_deg = FRONTAL_AXIS_DEG + by_sex(person.sex, 0.0, 3.5) - 0.9 * heavier + vary(8.0)
        - 0.15 * person.ageing() * nuisances.position;
    let transverse_deg = TRANSVERSE_AXIS_DEG + vary(7.0);
    let roll_deg = ROLL_DEG + vary(8.0);
    let y = if nuisances.body == 0.0 {
        HEART_CENTRE_MM[1] + vary(6.0)
    } else {
        let gap = REFERENCE_HALF_DEPTH + HEART_CENTRE_MM[1];
        let y = -(torso.half_depth_mm - gap - heavier - vary(7.5));
        y.min(FARTHEST_BACK * torso.half_depth_mm)
    };
    let x = HEART_CENTRE_MM[0] * (torso.half_width_mm / REFERENCE_HALF_WIDTH) + vary(6.0);
    let z = HEART_CENTRE_MM[2] * torso.body_scale + 0.8 * heavier + vary(9.0);
    HeartPlace {
        frontal_deg,
        transverse_deg,
        roll_deg,
        centre_mm: [x, y, z],
    }
}

/// Misplacement: the chest strip SD 14 mm (on average 6 mm too high) and 4.5°, each electrode
/// 8 mm, limb electrodes 12 mm.
pub(super) fn electrodes(sampler: &Sampler, mut stream: Stream) -> ElectrodePlacement {
    let amount = sampler.nuisances.electrodes;
    let mut jitter_mm = [[0.0; 2]; 9];
    for (electrode, jitter) in jitter_mm.iter_mut().enumerate() {
        let limb = if electrode < 3 { 1.5 } else { 1.0 };
        *jitter = [0; 2].map(|_| amount * limb * stream.normal(0.0, 8.0));
    }
    ElectrodePlacement {
        strip_shift_mm: amount * stream.normal(6.0, 14.0),
        strip_rotation: amount * stream.normal(0.0, 4.5).to_radians(),
        jitter_mm,
    }
}
