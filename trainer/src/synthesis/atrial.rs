//! The P wave: a right and a left atrial dipole, one after the other.

use super::anatomy::HeartAxes;
use super::electrodes::LEADS;
use super::geometry::Ventricles;
use super::lead_field::LeadField;
use super::subject::{Atria, Subject};
use super::vector::{Vec3, add, dot};

/// Centre of the right atrium: u and v in heart mm, and height above the mitral plane.
pub const RIGHT_ATRIUM_MM: Vec3 = [30.0, 0.0, 22.0];
/// Centre of the left atrium, likewise.
pub const LEFT_ATRIUM_MM: Vec3 = [-2.0, 0.0, 26.0];
/// Direction of the right atrial dipole in the torso of the reference heart.
const RIGHT_DIPOLE: Vec3 = [0.35, -0.42, -0.84];
/// Direction of the left atrial dipole.
const LEFT_DIPOLE: Vec3 = [0.88, 0.42, -0.22];
/// Strength of a typical P wave's dipoles.
const STRENGTH: f64 = 1000.0;
/// Strength of the left atrium relative to the right.
const LEFT_SHARE: f64 = 0.85;
/// Each atrium's share of the P wave's duration; they overlap.
const RIGHT_SPAN: f64 = 0.68;
const LEFT_SPAN: f64 = 0.66;

/// The P wave in mV of I, II, V1–V6, every ms from its onset to its end.
pub fn p_wave(
    subject: &Subject,
    ventricles: &Ventricles,
    axes: &HeartAxes,
    field: &LeadField,
) -> [Vec<f64>; LEADS] {
    let atria: &Atria = &subject.atria;
    // Dipole directions belong to a reference heart and turn with this one.
    let reference = HeartAxes::from_angles(38.0, 46.0, 0.0);
    let turned = |direction: Vec3| axes.to_torso(reference.to_heart(direction));
    let gradient_at = |[u, v, above_base]: Vec3| {
        let place = axes.to_torso([u, v, ventricles.base + above_base]);
        field.gradient(add(subject.heart_centre_mm, place))
    };
    let right = (gradient_at(RIGHT_ATRIUM_MM), turned(RIGHT_DIPOLE));
    let left = (gradient_at(LEFT_ATRIUM_MM), turned(LEFT_DIPOLE));
    let duration = atria.p_duration_ms;
    let (right_span, left_span) = (RIGHT_SPAN * duration, LEFT_SPAN * duration);
    let samples = duration.ceil().max(0.0) as usize + 1;
    std::array::from_fn(|lead| {
        let seen = |(gradient, dipole): &([[f32; 3]; LEADS], Vec3)| {
            dot(gradient[lead].map(f64::from), *dipole) * STRENGTH * atria.amplitude
        };
        let right = seen(&right);
        let left = seen(&left) * LEFT_SHARE * atria.left_atrial_amplitude;
        (0..samples)
            .map(|ms| {
                let t = ms as f64;
                right * bump(t, right_span) + left * bump(t - (duration - left_span), left_span)
            })
            .collect()
    })
}

/// A hump of height 1 that begins at 0 and ends at `span`.
fn bump(t: f64, span: f64) -> f64 {
    if (0.0..=span).contains(&t) {
        (std::f64::consts::PI * t / span).sin().powi(2)
    } else {
        0.0
    }
}
