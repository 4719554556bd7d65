//! The imaging session of one simulated person.

use super::vector::Vec3;

/// The imaging session and the way this heart moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Imaging {
    /// Heart centre during the breath-hold, torso mm.
    pub heart_centre_mm: Vec3,
    /// Centre of the field of view, torso mm.
    pub field_centre_mm: Vec3,
    /// Tilt of the planned short axis about the two short axes, degrees.
    pub plan_tilt_deg: [f64; 2],
    /// Fraction of motion lost in a transmural scar.
    pub scar_hypokinesis: f64,
    /// Paradoxical septal motion, 0 none, 0.5 in left bundle branch block.
    pub septal_dyssynchrony: f64,
    /// Long-axis shortening at EF 60 %, fraction of the length.
    pub long_axis_shortening: f64,
    /// Fraction of filling that the atria contribute.
    pub atrial_kick: f64,
    /// Size of the papillary muscles, 1 is typical.
    pub papillary_size: f64,
}
