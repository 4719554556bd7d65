//! The cardiac cycle: volumes over time and the wall motion that gives exactly them.
//!
//! The endocardium moves inwards by a fraction that failing regions do less of; the epicardium
//! follows so that every bit of wall keeps its volume while the ventricle shortens.

use std::f64::consts::{PI, TAU};

use super::geometry::{FrontRadiusSearch, Ventricles};
use super::imaging::Imaging;
use super::render::FRAMES_PER_CYCLE;
use super::subject::Subject;

/// Isovolumic contraction, ms.
const CONTRACTION_MS: f64 = 45.0;
/// Isovolumic relaxation, ms.
const RELAXATION_MS: f64 = 75.0;
/// Points around and along the LV for the volume integral.
const AROUND: usize = 48;
const ALONG: usize = 60;

/// State of the ventricles in one frame.
#[derive(Clone, Copy, Debug)]
pub struct Phase {
    /// Time after the R wave, ms.
    pub time_ms: f64,
    /// 0 at end-diastole, 1 at end-systole.
    pub emptying: f64,
    /// Inward motion of a healthy endocardium as a fraction of its radius.
    pub contraction: f64,
    /// Length of the LV relative to end-diastole.
    pub length: f64,
    /// RV free-wall semi-axis, mm.
    pub rv_front_radius: f64,
    /// RV volume, ml.
    pub rv_ml: f64,
}

/// The frames of one cycle.
#[derive(Clone, Debug)]
pub struct Motion {
    /// Fifty equally spaced frames; the first is end-diastole.
    pub phases: Vec<Phase>,
    /// Index of end-systole.
    pub end_systole: usize,
}

/// Contours of the LV at an angle and a height of the moving heart.
#[derive(Clone, Copy, Debug)]
pub struct Contour {
    /// Endocardial radius, mm; 0 below the cavity.
    pub inner: f64,
    /// Epicardial radius, mm; 0 below the apex.
    pub outer: f64,
    /// Height this place has at end-diastole, mm.
    pub w_end_diastole: f64,
}

impl Motion {
    /// The cycle with this subject's volumes, ejection fraction, rate and regional function.
    pub fn solve(subject: &Subject, ventricles: &Ventricles) -> Self {
        let times: Vec<f64> = (0..FRAMES_PER_CYCLE)
            .map(|k| k as f64 / FRAMES_PER_CYCLE as f64 * subject.rr_ms())
            .collect();
        let emptying: Vec<f64> = times.iter().map(|&t| emptying_at(subject, t)).collect();
        let end_systole = (1..FRAMES_PER_CYCLE).fold(0, |best, k| {
            if emptying[k] > emptying[best] {
                k
            } else {
                best
            }
        });
        let integral = VolumeIntegral::of(ventricles, &subject.imaging);
        let tall = ventricles.base + ventricles.outer_semi_axis();
        let shortening =
            subject.imaging.long_axis_shortening * (subject.lvef_percent / 60.0) * tall;
        let mut phases: Vec<Phase> = times
            .iter()
            .zip(&emptying)
            .map(|(&time_ms, &s)| {
                let lv_ml = subject.lvedv_ml - (subject.lvedv_ml - subject.lvesv_ml()) * s;
                let length = (tall - shortening * s) / tall;
                Phase {
                    time_ms,
                    emptying: s,
                    contraction: integral.contraction(lv_ml / subject.lvedv_ml / length),
                    length,
                    rv_front_radius: ventricles.right.front_radius,
                    rv_ml: subject.rvedv_ml * (1.0 - subject.rvef_percent / 100.0 * s),
                }
            })
            .collect();
        // The RV wall is solved half way and at end-systole and follows the emptying in between.
        let half = (0..=end_systole).fold(0, |best, k| {
            if (emptying[k] - 0.5).abs() < (emptying[best] - 0.5).abs() {
                k
            } else {
                best
            }
        });
        let radius_half = rv_front_radius(ventricles, &phases[half]);
        let radius_full = rv_front_radius(ventricles, &phases[end_systole]);
        let s_half = emptying[half];
        for phase in &mut phases {
            let s = phase.emptying;
            let between = |from: f64, to: f64, x: f64| from + (to - from) * x.clamp(0.0, 1.0);
            phase.rv_front_radius = if s <= s_half {
                between(
                    ventricles.right.front_radius,
                    radius_half,
                    s / s_half.max(1e-9),
                )
            } else {
                between(
                    radius_half,
                    radius_full,
                    (s - s_half) / (1.0 - s_half).max(1e-9),
                )
            };
        }
        Self {
            phases,
            end_systole,
        }
    }
}

/// How empty the ventricles are (0..1) at a time after the R wave: ejection fast then slow,
/// early filling, diastasis and the atrial kick. Ejection time after Weissler 1968.
fn emptying_at(subject: &Subject, time_ms: f64) -> f64 {
    let rr = subject.rr_ms();
    let ejection = (410.0 - 1.65 * subject.heart_rate_bpm).clamp(210.0, 330.0);
    let end = CONTRACTION_MS + ejection;
    let filling = end + RELAXATION_MS;
    let atrial = rr - subject.atria.pr_ms + 40.0;
    let kick = subject.imaging.atrial_kick;
    let mut s = if time_ms < CONTRACTION_MS {
        0.0
    } else if time_ms < end {
        let x = (time_ms - CONTRACTION_MS) / ejection;
        1.0 - (1.0 - x).powf(1.9) * (1.0 + 0.9 * x)
    } else {
        1.0
    };
    if time_ms >= filling {
        let x = ((time_ms - filling) / (0.45 * (rr - filling)).max(160.0)).clamp(0.0, 1.6);
        s = 1.0 - (1.0 - kick) * (1.0 - (-(x * 2.2).powf(1.6)).exp());
    }
    if time_ms >= atrial {
        let x = ((time_ms - atrial) / 110.0).clamp(0.0, 1.0);
        s -= kick * (0.5 - 0.5 * (PI * x).cos());
    }
    s.clamp(0.0, 1.0)
}

/// `∫ r²/2`, `∫ r² H/2` and `∫ r² H²/2` over the endocardium, with H the regional function.
struct VolumeIntegral {
    plain: f64,
    regional: f64,
    regional_squared: f64,
}

impl VolumeIntegral {
    fn of(ventricles: &Ventricles, imaging: &Imaging) -> Self {
        let mut sums = [0.0; 3];
        let span = ventricles.base + ventricles.semi_axis;
        for j in 0..ALONG {
            let w = -ventricles.semi_axis + span * j as f64 / (ALONG - 1) as f64;
            let end = if j == 0 || j == ALONG - 1 { 0.5 } else { 1.0 };
            let level = (1.0 - (w / ventricles.semi_axis).powi(2)).max(0.0);
            let half_square = 0.5 * end * ventricles.radius.powi(2) * level;
            for i in 0..AROUND {
                // The integral is the same for any start angle; atan2 never gives more than π.
                let angle = super::geometry::wrapped(TAU * i as f64 / AROUND as f64);
                let function = regional_function(ventricles, imaging, angle, w);
                sums[0] += half_square;
                sums[1] += half_square * function;
                sums[2] += half_square * function * function;
            }
        }
        Self {
            plain: sums[0],
            regional: sums[1],
            regional_squared: sums[2],
        }
    }

    /// The contraction at which the cavity's cross-sections have shrunk to `fraction`.
    fn contraction(&self, fraction: f64) -> f64 {
        let (a, b, c) = (self.plain, self.regional, self.regional_squared);
        let discriminant = 4.0 * b * b - 4.0 * c * a * (1.0 - fraction);
        (2.0 * b - discriminant.max(0.0).sqrt()) / (2.0 * c)
    }
}

/// Motion of a region relative to healthy wall, 0..1: less in the scar, and in the septum when
/// the left bundle is blocked.
fn regional_function(ventricles: &Ventricles, imaging: &Imaging, angle: f64, w: f64) -> f64 {
    let mut function = 1.0;
    if let Some(scar) = &ventricles.scar {
        let depth = (0.4 + 0.8 * scar.transmurality).min(1.0);
        function -= imaging.scar_hypokinesis * ventricles.scar_weight(angle, w) * depth;
    }
    if imaging.septal_dyssynchrony > 0.0 {
        function -= imaging.septal_dyssynchrony * (-(angle / 0.8).powi(2)).exp();
    }
    function
}

/// The RV free-wall semi-axis (mm) that gives this phase's RV volume beside the contracted LV.
fn rv_front_radius(ventricles: &Ventricles, phase: &Phase) -> f64 {
    let inner = ventricles.radius * (1.0 - 0.9 * phase.contraction);
    let wall_area = ventricles.outer_radius().powi(2) - ventricles.radius.powi(2);
    let outer = (inner * inner + wall_area / phase.length).sqrt();
    let mut right = ventricles.right.clone();
    right.radius_v = rv_radius_v(ventricles, phase);
    let front = ventricles.right.front_radius;
    let search = FrontRadiusSearch {
        start: [0.7 * front, front],
        bounds: [8.0, 90.0],
        steps: 4,
        tolerance: 0.01,
    };
    right.solve_front_radius(
        outer,
        ventricles.outer_semi_axis(),
        ventricles.base,
        phase.rv_ml * 1e3 / phase.length,
        search,
    )
}

/// RV semi-axis along v in this phase, mm.
pub fn rv_radius_v(ventricles: &Ventricles, phase: &Phase) -> f64 {
    ventricles.right.radius_v * (1.0 - 0.15 * phase.emptying)
}

/// LV contours at an angle (radians) and a present height (mm) in this phase.
pub fn contour(
    ventricles: &Ventricles,
    imaging: &Imaging,
    phase: &Phase,
    angle: f64,
    w: f64,
) -> Contour {
    let outer_axis = ventricles.outer_semi_axis();
    let w_end_diastole = -outer_axis + (w + outer_axis) / phase.length;
    let ring = |axis: f64| {
        let height = (w_end_diastole / axis).clamp(-1.0, 1.0);
        (1.0 - height * height).max(0.0).sqrt()
    };
    let inner_then = ventricles.radius * ring(ventricles.semi_axis);
    let outer_then =
        (ventricles.radius + ventricles.wall_at(angle, w_end_diastole)) * ring(outer_axis);
    let function = regional_function(ventricles, imaging, angle, w_end_diastole);
    let inner = inner_then * (1.0 - phase.contraction * function);
    let wall_area = (outer_then * outer_then - inner_then * inner_then).max(0.0);
    Contour {
        inner,
        outer: (inner * inner + wall_area / phase.length).sqrt(),
        w_end_diastole,
    }
}
