//! The right ventricle's free wall over the cycle: where it must be for the cavity beside the
//! moving left ventricle to hold this phase's volume.

use std::f64::consts::TAU;

use super::geometry::{RightVentricle, Ventricles};
use super::irregularity::Irregularity;
use super::mechanics::Phase;
use super::wall::{Column, Wall};

/// Rays around the RV's axis and heights of the volume quadrature.
const RAYS: usize = 24;
const HEIGHTS: usize = 14;
/// Angles at which the LV's outer contour is looked up.
const LEFT_ANGLES: usize = 48;
/// The wall is solved in every third frame and at end-systole. Between two of them it moves as the
/// volume does, or evenly where that changes by less than this, ml.
const FRAMES_APART: usize = 3;
const CHANGE_ML: f64 = 1.0;
/// Bounds of the free-wall semi-axis, mm.
const BOUNDS_MM: [f64; 2] = [6.0, 110.0];
/// Steps of the secant search and the relative error at which it stops.
const STEPS: usize = 8;
const TOLERANCE: f64 = 1e-4;

/// The quadrature of one heart.
pub struct FreeWall<'a> {
    ventricles: &'a Ventricles,
    /// Heights at end-diastole, mm, each for `thickness` mm.
    heights: Vec<f64>,
    thickness: f64,
    /// Cosine and sine of each ray.
    rays: Vec<(f64, f64)>,
    /// Relative stray of the radius by height and ray.
    strays: Vec<f64>,
}

/// Where a ray from the RV's axis enters and leaves the LV, mm.
struct Chord {
    entry: f64,
    exit: f64,
}

impl<'a> FreeWall<'a> {
    /// The quadrature for these ventricles.
    pub fn new(ventricles: &'a Ventricles, irregularity: &Irregularity) -> Self {
        let right = &ventricles.right;
        let lowest = right.centre_w - right.radius_w;
        let thickness = (ventricles.base - lowest) / HEIGHTS as f64;
        let heights: Vec<f64> = (0..HEIGHTS)
            .map(|k| lowest + (k as f64 + 0.5) * thickness)
            .collect();
        let rays: Vec<(f64, f64)> = (0..RAYS)
            .map(|k| (TAU * k as f64 / RAYS as f64).sin_cos())
            .map(|(sine, cosine)| (cosine, sine))
            .collect();
        let strays = heights
            .iter()
            .flat_map(|w| irregularity.right.around(&rays, w / ventricles.semi_axis))
            .collect();
        Self {
            ventricles,
            heights,
            thickness,
            rays,
            strays,
        }
    }

    /// Sets the free wall of every phase.
    pub fn solve(&self, wall: &Wall, phases: &mut [Phase], end_systole: usize) {
        let columns: Vec<Column> = (0..LEFT_ANGLES)
            .map(|k| wall.column(TAU * k as f64 / LEFT_ANGLES as f64))
            .collect();
        let mut solved: Vec<usize> = (0..phases.len()).step_by(FRAMES_APART).collect();
        solved.push(end_systole);
        solved.sort_unstable();
        solved.dedup();
        let front = self.ventricles.right.front_radius;
        let mut guess = front;
        for &frame in &solved {
            guess = self.front_radius(&columns, &phases[frame], guess);
            phases[frame].rv_front_radius = guess;
        }
        // The cycle closes: after the last solved frame comes end-diastole.
        let count = phases.len();
        for (k, &first) in solved.iter().enumerate() {
            let next = solved.get(k + 1).copied().unwrap_or(count);
            let (from, to) = (phases[first], phases[next % count]);
            let gap = (next - first) as f64;
            for (steps, phase) in phases[first..next].iter_mut().enumerate().skip(1) {
                let gained = to.rv_ml - from.rv_ml;
                let x = if gained.abs() > CHANGE_ML {
                    ((phase.rv_ml - from.rv_ml) / gained).clamp(0.0, 1.0)
                } else {
                    steps as f64 / gap
                };
                phase.rv_front_radius =
                    from.rv_front_radius + x * (to.rv_front_radius - from.rv_front_radius);
            }
        }
    }

    fn front_radius(&self, columns: &[Column], phase: &Phase, guess: f64) -> f64 {
        let chords = self.chords(columns, phase);
        let wanted = phase.rv_ml * 1e3;
        let excess = |front: f64| self.volume(&chords, phase, front) - wanted;
        let (mut previous, mut current) = (0.9 * guess, guess);
        let (mut f_previous, mut f_current) = (excess(previous), excess(current));
        for _ in 0..STEPS {
            if f_current.abs() < TOLERANCE * wanted {
                break;
            }
            let slope = (f_current - f_previous) / (current - previous);
            // Both guesses at a bound: nearer the volume cannot be had.
            if slope.is_nan() || slope == 0.0 {
                break;
            }
            let next = (current - f_current / slope).clamp(BOUNDS_MM[0], BOUNDS_MM[1]);
            (previous, f_previous) = (current, f_current);
            (current, f_current) = (next, excess(next));
        }
        current
    }

    /// Volume (mm³) with the free wall at this semi-axis.
    fn volume(&self, chords: &[Chord], phase: &Phase, front: f64) -> f64 {
        let right = RightVentricle {
            front_radius: front,
            radius_v: phase.rv_radius_v,
            ..self.ventricles.right.clone()
        };
        let mut sum = 0.0;
        for (level, &w) in self.heights.iter().enumerate() {
            let share = (1.0 - ((w - right.centre_w) / right.radius_w).powi(2)).max(0.0);
            for (k, &(cosine, sine)) in self.rays.iter().enumerate() {
                let at = level * RAYS + k;
                let across = if cosine > 0.0 {
                    front
                } else {
                    right.back_radius
                };
                let square = (cosine / across).powi(2) + (sine / right.radius_v).powi(2);
                let radius = (share / square).sqrt() * (1.0 + self.strays[at]);
                let chord = &chords[at];
                let within = chord.exit.min(radius).powi(2) - chord.entry.min(radius).powi(2);
                sum += 0.5 * (radius * radius - within);
            }
        }
        sum * TAU / RAYS as f64 * self.thickness * phase.length
    }

    /// What the LV takes of every ray in a phase.
    fn chords(&self, columns: &[Column], phase: &Phase) -> Vec<Chord> {
        let centre = self.ventricles.right.centre_u;
        let apex = -self.ventricles.outer_semi_axis();
        let mut chords = Vec::with_capacity(HEIGHTS * RAYS);
        for &w in &self.heights {
            let now = (apex + (w - apex) * phase.length) as f32;
            let outer: Vec<f64> = columns
                .iter()
                .map(|column| f64::from(column.in_phase(phase).squares(now).1).max(0.0))
                .collect();
            // The LV's outer radius (squared) in a direction from its own axis.
            let outer_towards = |u: f64, v: f64| {
                let turns = (v.atan2(u) / TAU).rem_euclid(1.0) * LEFT_ANGLES as f64;
                let first = turns as usize % LEFT_ANGLES;
                let second = (first + 1) % LEFT_ANGLES;
                outer[first] + turns.fract() * (outer[second] - outer[first])
            };
            let inside = centre * centre < outer[0];
            for &(cosine, sine) in &self.rays {
                // Distance along the ray of its nearest point to the LV's axis, and beyond.
                let nearest = -centre * cosine;
                let missed = (centre * sine).powi(2);
                let along = |side: f64| {
                    let mut square = outer[0];
                    let mut at = 0.0;
                    for _ in 0..2 {
                        let Some(half) = root(square - missed) else {
                            return 0.0;
                        };
                        at = nearest + side * half;
                        square = outer_towards(centre + at * cosine, at * sine);
                    }
                    root(square - missed)
                        .map_or(at, |half| nearest + side * half)
                        .max(0.0)
                };
                chords.push(Chord {
                    entry: if inside { 0.0 } else { along(-1.0) },
                    exit: along(1.0),
                });
            }
        }
        chords
    }
}

fn root(square: f64) -> Option<f64> {
    (square > 0.0).then(|| square.sqrt())
}
