//! The short-axis stack: parallel slices from below the apex to above the base.

use super::heart::SimulatedHeart;
use super::render::{Slice, View};

/// Distance between the middles of neighbouring slices, mm: 8 mm slices with 2 mm gaps, as UK
/// Biobank's protocol has them (Petersen 2016).
pub const SLICE_SPACING_MM: f64 = 10.0;

/// The slices of a short-axis cine stack, from apex to base, in the same frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// Slices, [`Stack::spacing_mm`] apart along the normal that their affines share.
    pub slices: Vec<Slice>,
    /// Distance between the middles of neighbouring slices, mm.
    pub spacing_mm: f64,
    /// Which slice is the mid-ventricular one, [`SimulatedHeart::short_axis`].
    pub middle: usize,
}

impl Stack {
    /// From voxel (column, row, slice) to patient mm, right–anterior–superior (NIfTI).
    pub fn affine(&self) -> [[f64; 4]; 4] {
        let Some(first) = self.slices.first() else {
            return [[0.0; 4]; 4];
        };
        let mut affine = first.affine;
        for row in &mut affine[..3] {
            row[2] *= self.spacing_mm / first.thickness_mm;
        }
        affine
    }
}

impl SimulatedHeart {
    /// The short-axis stack in these frames of the cycle: the mid-ventricular slice and its
    /// neighbours to one slice beyond the apex and one beyond the mitral plane at end-diastole.
    pub fn short_axis_stack(&self, frames: &[usize]) -> Stack {
        let middle_mm = self.mid_ventricle_mm();
        let lowest = -self.ventricles.outer_semi_axis();
        let below = ((middle_mm - lowest) / SLICE_SPACING_MM).ceil() as i32;
        let above = ((self.ventricles.base - middle_mm) / SLICE_SPACING_MM).ceil() as i32;
        let slices = (-below..=above)
            .map(|step| {
                let offset_mm = middle_mm + f64::from(step) * SLICE_SPACING_MM;
                let view = View::ShortAxis { offset_mm };
                self.picture(view, frames, &self.picture_settings(view))
            })
            .collect();
        Stack {
            slices,
            spacing_mm: SLICE_SPACING_MM,
            middle: below as usize,
        }
    }
}
