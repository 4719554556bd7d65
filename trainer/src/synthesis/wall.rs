//! The wall of the left ventricle at end-diastole as a table over angle and height, and its
//! contours in any phase of the cycle.
//!
//! Each place keeps its cross-section of wall while the ventricle shortens, so mass is conserved;
//! its endocardium moves inwards as far as its function lets it.

use std::f64::consts::{PI, TAU};

use super::geometry::{Ventricles, wrapped};
use super::imaging::Imaging;
use super::irregularity::Irregularity;
use super::mechanics::Phase;

/// Places around the axis, and along it from the epicardial apex to its mirror image (the
/// ellipsoid goes on above the mitral plane, where the picture cuts it off).
const AROUND: usize = 64;
const ALONG: usize = 49;
/// Angular half-width of the septum's and the lateral wall's share in dyssynchrony, radians.
const SEPTUM_WIDTH: f64 = 0.8;
const LATERAL_WIDTH: f64 = 0.9;
/// How far the lateral wall is pushed when the septum is pulled in, and the other way round.
const LATERAL_SHARE: f64 = 0.5;
/// Septal motion that is lost for good, per unit of dyssynchrony.
const SEPTAL_LOSS: f64 = 0.7;

/// One place of the wall.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Square of the endocardial radius, mm²; negative beyond the cavity's tip.
    inner_square: f32,
    /// Square of the epicardial radius minus that of the endocardium, mm²; negative beyond the
    /// ventricle's tip.
    wall_square: f32,
    /// Motion relative to healthy wall.
    function: f32,
    /// Share in the septum's dyssynchrony: 1 septum, negative laterally.
    septal: f32,
}

impl Place {
    fn between(a: &Self, b: &Self, x: f32) -> Self {
        let mix = |a: f32, b: f32| a + x * (b - a);
        Self {
            inner_square: mix(a.inner_square, b.inner_square),
            wall_square: mix(a.wall_square, b.wall_square),
            function: mix(a.function, b.function),
            septal: mix(a.septal, b.septal),
        }
    }

    /// Squares of the endocardial and the epicardial radius in a phase, mm².
    #[inline]
    fn squares(&self, motion: &Inward) -> (f32, f32) {
        let left = 1.0 - motion.contraction * self.function - motion.septal * self.septal;
        let inner = self.inner_square * left * left;
        (inner, inner.max(0.0) + self.wall_square * motion.per_length)
    }
}

/// What a phase does to the wall.
#[derive(Clone, Copy, Debug)]
struct Inward {
    contraction: f32,
    septal: f32,
    per_length: f32,
}

impl Inward {
    fn of(phase: &Phase) -> Self {
        Self {
            contraction: phase.contraction as f32,
            septal: phase.septal_motion as f32,
            per_length: (1.0 / phase.length) as f32,
        }
    }
}

/// The wall of one heart.
#[derive(Clone, Debug)]
pub struct Wall {
    /// Height of the epicardial apex at end-diastole, mm.
    lowest: f64,
    /// Distance of the table's heights, mm.
    step: f64,
    /// Places by height and, fastest, angle from 0.
    places: Vec<Place>,
    integral: VolumeIntegral,
}

impl Wall {
    /// The wall of these ventricles with this heart's irregularity and regional function. All of
    /// it below the mitral plane is `muscle_ml`: what a scar has lost is spread over the rest.
    pub fn build(
        ventricles: &Ventricles,
        imaging: &Imaging,
        irregularity: &Irregularity,
        muscle_ml: f64,
    ) -> Self {
        let outer_axis = ventricles.outer_semi_axis();
        let step = 2.0 * outer_axis / (ALONG - 1) as f64;
        let angles: Vec<f64> = (0..AROUND)
            .map(|k| wrapped(TAU * k as f64 / AROUND as f64))
            .collect();
        let circle: Vec<(f64, f64)> = angles.iter().map(|a| (a.cos(), a.sin())).collect();
        let septal: Vec<(f64, f64)> = angles.iter().map(|&a| septal_shares(a)).collect();
        let mut places = Vec::with_capacity(AROUND * ALONG);
        for level in 0..ALONG {
            let w = -outer_axis + step * level as f64;
            let height = w / ventricles.semi_axis;
            let inner_ring = 1.0 - height * height;
            let outer_ring = 1.0 - (w / outer_axis).powi(2);
            let inner_strays = irregularity.endocardium.around(&circle, height);
            let wall_strays = irregularity.wall.around(&circle, height);
            let smooth: Vec<f64> = angles
                .iter()
                .map(|&angle| {
                    let outer = ventricles.radius + ventricles.wall_at(angle, w);
                    let inner = ventricles.radius.powi(2) * inner_ring.max(0.0);
                    outer * outer * outer_ring - inner
                })
                .collect();
            let strayed: Vec<f64> = smooth
                .iter()
                .zip(&wall_strays)
                .map(|(wall, stray)| wall * (1.0 + stray))
                .collect();
            // The ring keeps its cross-section exactly; at the tips there is none.
            let (wanted, found): (f64, f64) = (smooth.iter().sum(), strayed.iter().sum());
            let kept = if found.abs() > 1e-6 {
                wanted / found
            } else {
                1.0
            };
            for k in 0..AROUND {
                let (septum, push) = septal[k];
                let mut function = 1.0 - SEPTAL_LOSS * imaging.septal_dyssynchrony * septum;
                if let Some(scar) = &ventricles.scar {
                    let depth = (0.4 + 0.8 * scar.transmurality).min(1.0);
                    let dead = ventricles.scar_weight(angles[k], w) * depth;
                    function -= imaging.scar_hypokinesis * dead;
                }
                let square = ventricles.radius.powi(2) * inner_ring * (1.0 + inner_strays[k]);
                places.push(Place {
                    inner_square: square as f32,
                    wall_square: (strayed[k] * kept) as f32,
                    function: function.max(0.0) as f32,
                    septal: push as f32,
                });
            }
        }
        let mut wall = Self {
            lowest: -outer_axis,
            step,
            places,
            integral: VolumeIntegral::default(),
        };
        let thicker = (muscle_ml * 1e3 / wall.muscle_mm3(ventricles.base)) as f32;
        for place in &mut wall.places {
            place.wall_square *= thicker;
        }
        wall.integral = VolumeIntegral::of(&wall, ventricles.base);
        wall
    }

    /// The table's rings with the fraction of each one's slab that is below the mitral plane.
    fn rings_below(&self, base: f64) -> impl Iterator<Item = (f64, &[Place])> {
        let rings = self.places.chunks_exact(AROUND).enumerate();
        rings.map(move |(level, ring)| {
            let w = self.lowest + self.step * level as f64;
            (((base - w) / self.step + 0.5).clamp(0.0, 1.0), ring)
        })
    }

    fn muscle_mm3(&self, base: f64) -> f64 {
        let square = |ring: &[Place]| -> f64 {
            ring.iter()
                .map(|place| f64::from(place.wall_square.max(0.0)))
                .sum()
        };
        let total: f64 = self
            .rings_below(base)
            .map(|(below, ring)| below * square(ring))
            .sum();
        total * PI / AROUND as f64 * self.step
    }

    /// The contraction of healthy wall at which the cavity's cross-sections have shrunk to
    /// `fraction` on the whole, with the septum moved by `septal_motion` (see [`Phase`]).
    pub fn contraction(&self, fraction: f64, septal_motion: f64) -> f64 {
        self.integral.contraction(fraction, septal_motion)
    }

    /// The height (mm) at end-diastole of what is at height `w` in a phase.
    pub fn height_at_end_diastole(&self, phase: &Phase, w: f64) -> f64 {
        self.lowest + (w - self.lowest) / phase.length
    }

    /// Endocardial and epicardial radius (mm, 0 beyond the tip) at an angle (radians) and a
    /// present height (mm).
    pub fn contour(&self, phase: &Phase, angle: f64, w: f64) -> (f64, f64) {
        let (first, second, x) = neighbours(angle);
        let at = |level: usize| {
            let ring = &self.places[level * AROUND..][..AROUND];
            Place::between(&ring[first], &ring[second], x)
        };
        let steps = (self.height_at_end_diastole(phase, w) - self.lowest) / self.step;
        let (level, part) = level_of(steps as f32);
        let place = Place::between(&at(level), &at(level + 1), part);
        let (inner, outer) = place.squares(&Inward::of(phase));
        let radius = |square: f32| f64::from(square.max(0.0)).sqrt();
        (radius(inner), radius(outer))
    }

    /// The wall at one angle (radians), from apex to base.
    pub fn column(&self, angle: f64) -> Column {
        let (first, second, x) = neighbours(angle);
        let places = self
            .places
            .chunks_exact(AROUND)
            .map(|ring| Place::between(&ring[first], &ring[second], x))
            .collect();
        Column {
            lowest: self.lowest as f32,
            per_step: (1.0 / self.step) as f32,
            places,
        }
    }
}

/// The table's angles on either side of an angle (radians), and how far it is from the first.
fn neighbours(angle: f64) -> (usize, usize, f32) {
    let turns = (angle / TAU).rem_euclid(1.0) * AROUND as f64;
    let first = turns as usize % AROUND;
    (first, (first + 1) % AROUND, turns.fract() as f32)
}

/// The table's level below a height in steps, and how far the height is above it. Beyond its ends
/// the table goes on straight.
#[inline]
fn level_of(steps: f32) -> (usize, f32) {
    let level = (steps.max(0.0) as usize).min(ALONG - 2);
    (level, steps - level as f32)
}

/// Share of a place in the septum, and in its dyssynchronous motion.
fn septal_shares(angle: f64) -> (f64, f64) {
    let septum = (-(angle / SEPTUM_WIDTH).powi(2)).exp();
    let lateral = (-((PI - angle.abs()) / LATERAL_WIDTH).powi(2)).exp();
    (septum, septum - LATERAL_SHARE * lateral)
}

/// The wall at one angle.
#[derive(Clone, Debug)]
pub struct Column {
    lowest: f32,
    per_step: f32,
    places: Vec<Place>,
}

/// The wall at one angle in one phase.
pub struct MovedColumn<'a> {
    column: &'a Column,
    inward: Inward,
    /// Steps of the table per present mm.
    per_mm: f32,
}

impl Column {
    /// The column in a phase.
    pub fn in_phase(&self, phase: &Phase) -> MovedColumn<'_> {
        let inward = Inward::of(phase);
        MovedColumn {
            column: self,
            inward,
            per_mm: self.per_step * inward.per_length,
        }
    }
}

impl MovedColumn<'_> {
    /// Squares of the endocardial and epicardial radius at a present height, mm²; negative beyond
    /// the tips.
    #[inline]
    pub fn squares(&self, w: f32) -> (f32, f32) {
        let places = &self.column.places;
        let (level, part) = level_of((w - self.column.lowest) * self.per_mm);
        Place::between(&places[level], &places[level + 1], part).squares(&self.inward)
    }
}

/// Sums over the endocardium of r², r²g, r²g², r²f, r²fg and r²f², where f is the regional
/// function and g the share in septal motion.
#[derive(Clone, Copy, Debug, Default)]
struct VolumeIntegral {
    plain: f64,
    septal: f64,
    septal_squared: f64,
    function: f64,
    function_septal: f64,
    function_squared: f64,
}

impl VolumeIntegral {
    fn of(wall: &Wall, base: f64) -> Self {
        let mut sums = Self::default();
        for (weight, ring) in wall.rings_below(base) {
            for place in ring {
                let area = weight * f64::from(place.inner_square.max(0.0));
                let (f, g) = (f64::from(place.function), f64::from(place.septal));
                sums.plain += area;
                sums.septal += area * g;
                sums.septal_squared += area * g * g;
                sums.function += area * f;
                sums.function_septal += area * f * g;
                sums.function_squared += area * f * f;
            }
        }
        sums
    }

    /// Solves Σ r² (1 − d·g − ε·f)² = fraction · Σ r² for ε.
    fn contraction(&self, fraction: f64, d: f64) -> f64 {
        let a = self.plain - 2.0 * d * self.septal + d * d * self.septal_squared;
        let b = self.function - d * self.function_septal;
        let c = self.function_squared;
        let discriminant = b * b - c * (a - fraction * self.plain);
        (b - discriminant.max(0.0).sqrt()) / c
    }
}
