//! How much of a pixel each part of the ventricles fills, from the rings of a frame.

use super::pattern::Pattern;
use super::rings::Row;
use super::scene::Spot;
use super::soft::ramp;

/// The epicardium that is drawn lies this far outside the labelled one, mm: the layer between
/// muscle and fat.
const EPICARDIUM_MM: f32 = 0.5;

/// Shares of a pixel, 0..1.
pub struct Shares {
    /// LV cavity, with trabeculae and papillary muscles.
    cavity: f32,
    /// LV wall.
    wall: f32,
    /// RV cavity, likewise.
    right: f32,
    /// Muscle with all it encloses, as drawn.
    pub muscle: f32,
    /// Blood of the LV.
    pub left_blood: f32,
    /// Blood of the RV.
    pub right_blood: f32,
}

impl Shares {
    /// The shares at a spot of which `below` is below the base.
    #[inline]
    pub fn of(spot: &Spot, left: &Row, right: &Row, below: f32, pattern: &Pattern) -> Self {
        let cavity = ramp(left.inner - spot.left_mm, left.inner_sharpness);
        let outer = ramp(left.outer - spot.left_mm, left.outer_sharpness);
        // Beams and gaps among the trabeculae.
        let beams = pattern.beams(
            spot.left_row,
            left.inner - spot.left_mm,
            left.inner - left.blood,
        );
        let blood = ramp(left.blood - spot.left_mm + beams, left.inner_sharpness).min(cavity);
        let drawn = ramp(
            left.outer + EPICARDIUM_MM - spot.left_mm,
            left.outer_sharpness,
        );
        let rest = below * (1.0 - outer);
        let right_cavity = ramp(right.inner - spot.right_mm, right.inner_sharpness);
        let depth = right.inner - spot.right_mm;
        let beams = pattern.beams(spot.right_row, depth, right.inner - right.blood);
        let right_blood =
            ramp(right.blood - spot.right_mm + beams, right.inner_sharpness).min(right_cavity);
        let right_outer = ramp(right.outer - spot.right_mm, right.outer_sharpness);
        Self {
            cavity: below * cavity,
            wall: below * (outer - cavity).max(0.0),
            right: rest * right_cavity,
            muscle: below * (drawn + (1.0 - drawn) * right_outer),
            left_blood: below * blood,
            right_blood: rest * right_blood,
        }
    }

    /// The label that fills most; ties go to the lower one.
    #[inline]
    pub fn label(&self) -> u8 {
        let other = 1.0 - self.cavity - self.wall - self.right;
        let mut best = (0, other);
        for (label, share) in [(1, self.cavity), (2, self.wall), (3, self.right)] {
            if share > best.1 {
                best = (label, share);
            }
        }
        best.0
    }
}
