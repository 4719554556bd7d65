//! The cardiac cycle: volumes over time and the wall motion that gives exactly them.
//!
//! The endocardium moves inwards by a fraction that failing regions do less of; the epicardium
//! follows so that every bit of wall keeps its volume while the ventricle shortens. When the left
//! bundle is blocked the septum beats first, alone, and is then pushed out again as the lateral
//! wall contracts late.

use std::f64::consts::PI;

use super::geometry::{DENSITY, Ventricles};
use super::irregularity::Irregularity;
use super::render::FRAMES_PER_CYCLE;
use super::right_motion::FreeWall;
use super::subject::Subject;
use super::wall::Wall;

/// Isovolumic contraction, ms.
const CONTRACTION_MS: f64 = 45.0;
/// Isovolumic relaxation, ms.
const RELAXATION_MS: f64 = 75.0;
/// The septal beat of left bundle branch block: its middle and half its duration, ms, and the
/// fraction of the radius that the septum moves in, per unit of dyssynchrony.
const SEPTAL_BEAT_MS: (f64, f64) = (65.0, 55.0);
const SEPTAL_BEAT: f64 = 0.16;
/// The paradoxical motion after it, likewise.
const PARADOX_MS: (f64, f64) = (270.0, 190.0);
const PARADOX: f64 = 0.12;

/// State of the ventricles in one frame.
#[derive(Clone, Copy, Debug)]
pub struct Phase {
    /// Time after the R wave, ms.
    pub time_ms: f64,
    /// 0 at end-diastole, 1 at end-systole.
    pub emptying: f64,
    /// Inward motion of a healthy endocardium as a fraction of its radius.
    pub contraction: f64,
    /// Inward motion of the septum by dyssynchrony, as a fraction of the radius; the lateral wall
    /// moves out meanwhile. Negative: the other way round.
    pub septal_motion: f64,
    /// Length of the LV relative to end-diastole.
    pub length: f64,
    /// Height of the mitral plane on the long axis, mm.
    pub base: f64,
    /// RV free-wall semi-axis, mm.
    pub rv_front_radius: f64,
    /// RV semi-axis from front to back (along v), mm.
    pub rv_radius_v: f64,
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
    /// The wall that moves.
    pub wall: Wall,
    /// How the contours stray from smooth ones.
    pub irregularity: Irregularity,
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
        let irregularity = Irregularity::of(subject);
        let wall = Wall::build(
            ventricles,
            &subject.imaging,
            &irregularity,
            subject.lvm_g / DENSITY,
        );
        let apex = -ventricles.outer_semi_axis();
        let tall = ventricles.base - apex;
        let shortening =
            subject.imaging.long_axis_shortening * (subject.lvef_percent / 60.0) * tall;
        let mut phases: Vec<Phase> = times
            .iter()
            .zip(&emptying)
            .map(|(&time_ms, &s)| {
                let lv_ml = subject.lvedv_ml - (subject.lvedv_ml - subject.lvesv_ml()) * s;
                let length = (tall - shortening * s) / tall;
                let septal_motion = subject.imaging.septal_dyssynchrony * septal_motion_at(time_ms);
                let left = lv_ml / subject.lvedv_ml / length;
                Phase {
                    time_ms,
                    emptying: s,
                    contraction: wall.contraction(left, septal_motion),
                    septal_motion,
                    length,
                    base: apex + length * tall,
                    rv_front_radius: ventricles.right.front_radius,
                    rv_radius_v: ventricles.right.radius_v * (1.0 - 0.15 * s),
                    rv_ml: subject.rvedv_ml * (1.0 - subject.rvef_percent / 100.0 * s),
                }
            })
            .collect();
        FreeWall::new(ventricles, &irregularity).solve(&wall, &mut phases, end_systole);
        Self {
            phases,
            end_systole,
            wall,
            irregularity,
        }
    }
}

/// Inward motion of the septum in left bundle branch block per unit of dyssynchrony: a beat before
/// the valves open, then outwards while the lateral wall contracts.
fn septal_motion_at(time_ms: f64) -> f64 {
    let wave = |(middle, half): (f64, f64)| {
        let x = ((time_ms - middle) / half).clamp(-1.0, 1.0);
        0.5 + 0.5 * (PI * x).cos()
    };
    SEPTAL_BEAT * wave(SEPTAL_BEAT_MS) - PARADOX * wave(PARADOX_MS)
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
