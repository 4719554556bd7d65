//! The imaging session and the way the heart moves.

use super::Sampler;
use super::phenotype::Phenotype;
use super::thorax::HeartPlace;
use crate::synthesis::anatomy::HeartAxes;
use crate::synthesis::fitted::{FRONTAL_AXIS_DEG, HEART_CENTRE_MM, ROLL_DEG, TRANSVERSE_AXIS_DEG};
use crate::synthesis::imaging::{Imaging, Scanner};
use crate::synthesis::random::Stream;
use crate::synthesis::subject::Condition;
use crate::synthesis::vector::Vec3;

/// From the LV's centre to the middle of both ventricles, mm towards the right ventricle.
const TO_BOTH_VENTRICLES_MM: f64 = 14.0;

/// Draws it. The breath-hold shifts the heart by 4 ± 4 mm upwards; the planner tilts the short
/// axis by 2.5° and centres the field of view on both ventricles, half way between the usual place
/// and this heart's.
pub(super) fn draw(
    sampler: &Sampler,
    person: &Phenotype,
    place: &HeartPlace,
    mut stream: Stream,
) -> Imaging {
    let amount = sampler.nuisances.imaging;
    let mut vary = |mean: f64, sd: f64| amount * stream.normal(mean, sd);
    let breath_hold = [vary(0.0, 1.5), vary(0.0, 1.5), vary(4.0, 4.0)];
    let heart_centre_mm: Vec3 =
        std::array::from_fn(|axis| place.centre_mm[axis] + breath_hold[axis]);
    let plan_tilt_deg = [vary(0.0, 2.5), vary(0.0, 2.5)];
    let usual = HeartAxes::from_angles(FRONTAL_AXIS_DEG, TRANSVERSE_AXIS_DEG, ROLL_DEG);
    let field_centre_mm = std::array::from_fn(|axis| {
        0.5 * (HEART_CENTRE_MM[axis] + heart_centre_mm[axis])
            + TO_BOTH_VENTRICLES_MM * usual.to_right[axis]
            + vary(0.0, 4.0)
    });
    let blocked = person.has(Condition::LeftBundleBranchBlock);
    Imaging {
        heart_centre_mm,
        field_centre_mm,
        plan_tilt_deg,
        scar_hypokinesis: 0.85,
        septal_dyssynchrony: if blocked { 0.5 } else { 0.0 },
        long_axis_shortening: 0.105 * vary(0.0, 0.10).exp(),
        atrial_kick: {
            let kick = (0.22 + 0.004 * person.ageing() + vary(0.0, 0.05)).clamp(0.08, 0.42);
            if person.has(Condition::AtrialFibrillation) {
                0.0
            } else {
                kick
            }
        },
        papillary_size: vary(0.0, 0.12).exp(),
        trabeculation: vary(0.0, 0.30).exp(),
        irregularity: 1.0,
        scanner: scanner(person.lvedv, vary),
    }
}

/// A scanner of some hospital, varying like those of ten ACDC patients: `vary(0, SD)` gives a normal
/// deviate, or 0. For a very large heart (`lvedv_ml`) the operator opens the field of view.
fn scanner(lvedv_ml: f64, mut vary: impl FnMut(f64, f64) -> f64) -> Scanner {
    let usual = Scanner::TYPICAL;
    let needed_mm = 1.25 + 0.0013 * (lvedv_ml - 150.0).clamp(0.0, 400.0);
    let pixel_mm = (usual.pixel_mm * vary(0.0, 0.09).exp()).clamp(needed_mm, 1.8);
    Scanner {
        pixel_mm,
        long_axis_pixel_mm: (pixel_mm + 0.15 + vary(0.0, 0.05)).clamp(needed_mm + 0.2, 2.0),
        blur_pixels: (usual.blur_pixels * vary(0.0, 0.22).exp()).clamp(0.35, 0.95),
        ringing: (usual.ringing + vary(0.0, 0.015)).clamp(0.0, 0.06),
        noise: (usual.noise * vary(0.0, 0.45).exp()).clamp(0.003, 0.04),
        myocardium: (usual.myocardium * vary(0.0, 0.20).exp()).clamp(0.22, 0.60),
        fat: (usual.fat * vary(0.0, 0.18).exp()).clamp(0.6, 1.7),
        // Six in seven.
        opposed_phase: vary(0.0, 1.0) < 1.07,
        coil_slope: (usual.coil_slope + vary(0.0, 0.16)).clamp(0.0, 0.8),
        coil_unevenness: (usual.coil_unevenness * vary(0.0, 0.35).exp()).clamp(0.2, 2.5),
        flow: (usual.flow * vary(0.0, 0.28).exp()).clamp(0.4, 2.0),
        blood_units: (usual.blood_units * vary(0.0, 0.40).exp()).clamp(150.0, 2000.0),
    }
}
