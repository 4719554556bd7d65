//! The asymmetric septum of hypertrophic cardiomyopathy: extra wall over the anterior septum.

use std::f64::consts::TAU;

use super::geometry::{SEPTAL_ASYMMETRY, wrapped};
use super::vector::logistic;

/// Angle of the middle of an asymmetric bulge: the anterior septum, radians.
pub const BULGE_ANGLE: f64 = 0.45;
/// SD of the bulge's thickness around the ventricle, radians.
const BULGE_SPREAD: f64 = 0.75;
/// Height below which the bulge fades towards the apex, as a fraction of the semi-axis, and how
/// softly.
const BULGE_LOWEST: f64 = -0.55;
const BULGE_SOFTNESS: f64 = 0.12;
/// Rings and spokes of the integral of a bulging wall's mass.
const WALL_QUADRATURE: [usize; 2] = [80, 48];

/// How much of the septal bulge there is at an angle (radians) and a height (fraction of the
/// semi-axis), 0..1.
pub fn bulge_weight(angle: f64, height: f64) -> f64 {
    around_bulge(angle) * along_bulge(height)
}

/// How much of the bulge there is at an angle (radians), 0..1.
pub fn around_bulge(angle: f64) -> f64 {
    let away = wrapped(angle - BULGE_ANGLE) / BULGE_SPREAD;
    (-0.5 * away * away).exp()
}

/// How much of the bulge there is at a height (fraction of the semi-axis), 0..1.
pub fn along_bulge(height: f64) -> f64 {
    logistic((height - BULGE_LOWEST) / BULGE_SOFTNESS)
}

/// The septal bulge of hypertrophic cardiomyopathy around the ventricle, tabulated so that the
/// wall with the right mass is found quickly.
pub struct Bulge {
    /// Relative extra thickness of each spoke where the bulge is full.
    spokes: Vec<f64>,
    /// Asymmetry of each spoke that every heart has.
    usual: Vec<f64>,
}

impl Bulge {
    /// The bulge of this height relative to the wall; `None` without one.
    pub fn of(height: f64) -> Option<Self> {
        let angle = |spoke: usize| TAU * spoke as f64 / WALL_QUADRATURE[1] as f64;
        let spokes = 0..WALL_QUADRATURE[1];
        (height > 0.0).then(|| Self {
            spokes: spokes
                .clone()
                .map(|spoke| height * around_bulge(angle(spoke)))
                .collect(),
            usual: spokes
                .map(|spoke| SEPTAL_ASYMMETRY * angle(spoke).cos())
                .collect(),
        })
    }

    /// Volume (mm³) within the epicardium of an LV with this wall, all in mm.
    pub fn outer_volume(
        &self,
        radius: f64,
        wall: f64,
        base: f64,
        outer_axis: f64,
        semi_axis: f64,
    ) -> f64 {
        let [rings, spokes] = WALL_QUADRATURE;
        let step = (base + outer_axis) / rings as f64;
        let mut sum = 0.0;
        for ring in 0..rings {
            let w = -outer_axis + (ring as f64 + 0.5) * step;
            let level = 1.0 - (w / outer_axis).powi(2);
            let along = along_bulge(w / semi_axis);
            let squares = self.spokes.iter().zip(&self.usual).map(|(bulge, usual)| {
                let thickness = wall * (1.0 + usual + bulge * along);
                (radius + thickness).powi(2)
            });
            sum += 0.5 * level * squares.sum::<f64>();
        }
        sum * step * TAU / spokes as f64
    }

    /// Mean over angles and heights up to `base` (fraction of the semi-axis).
    pub fn mean(&self, base: f64) -> f64 {
        let around = self.spokes.iter().sum::<f64>() / self.spokes.len() as f64;
        let rings = WALL_QUADRATURE[0];
        let along: f64 = (0..rings)
            .map(|ring| along_bulge(-1.0 + (1.0 + base) * (ring as f64 + 0.5) / rings as f64))
            .sum();
        around * along / rings as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bulge_is_highest_on_the_anterior_septum_and_gone_at_the_apex() {
        assert!(bulge_weight(BULGE_ANGLE, 0.0) > 0.98);
        assert!(bulge_weight(BULGE_ANGLE, -1.0) < 0.05);
        assert!(bulge_weight(BULGE_ANGLE + std::f64::consts::PI, 0.0) < 0.01);
        assert!(Bulge::of(0.0).is_none());
    }
}
