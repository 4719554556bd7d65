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
    /// Asynchrony of septum and lateral wall, 0 none, 0.5 in left bundle branch block.
    pub septal_dyssynchrony: f64,
    /// Long-axis shortening at EF 60 %, fraction of the length.
    pub long_axis_shortening: f64,
    /// Fraction of filling that the atria contribute; 0 in atrial fibrillation.
    pub atrial_kick: f64,
    /// Size of the papillary muscles, 1 is typical.
    pub papillary_size: f64,
    /// How trabeculated the ventricles are, 1 is typical.
    pub trabeculation: f64,
    /// How far the contours stray from smooth ones, 1 is typical, 0 not at all.
    pub irregularity: f64,
    /// The scanner.
    pub scanner: Scanner,
}

/// How a scanner shows tissues (balanced steady-state free precession). Signals are relative to
/// left-ventricular blood.
#[derive(Clone, Debug, PartialEq)]
pub struct Scanner {
    /// Size of a short-axis pixel, mm.
    pub pixel_mm: f64,
    /// Size of a long-axis pixel, mm.
    pub long_axis_pixel_mm: f64,
    /// SD of the point spread, pixels.
    pub blur_pixels: f64,
    /// Overshoot at edges, as a fraction of the step on either side (truncated k-space).
    pub ringing: f64,
    /// SD of the receiver's noise.
    pub noise: f64,
    /// Signal of myocardium; that of other muscle, liver and spleen goes with it.
    pub myocardium: f64,
    /// Signal of fat.
    pub fat: f64,
    /// Whether fat and water signals oppose each other, which draws dark lines round organs in
    /// fat. Depends on the repetition time.
    pub opposed_phase: bool,
    /// How much brighter the front of the chest is than the back, as a logarithm.
    pub coil_slope: f64,
    /// Strength of the slow unevenness of the coils, 1 is typical.
    pub coil_unevenness: f64,
    /// Strength of the signal changes by blood flow, 1 is typical.
    pub flow: f64,
    /// Stored value of blood; pictures are stored as integers.
    pub blood_units: f64,
}

impl Scanner {
    /// The typical scanner.
    pub const TYPICAL: Self = Self {
        pixel_mm: 1.5,
        long_axis_pixel_mm: 1.65,
        blur_pixels: 0.65,
        ringing: 0.02,
        noise: 0.007,
        myocardium: 0.325,
        fat: 0.92,
        opposed_phase: true,
        coil_slope: 0.35,
        coil_unevenness: 1.0,
        flow: 1.0,
        blood_units: 600.0,
    };

    /// Signal of fat, negative where it opposes water's.
    pub fn signed_fat(&self) -> f64 {
        if self.opposed_phase {
            -self.fat
        } else {
            self.fat
        }
    }
}
