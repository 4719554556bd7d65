//! Sections of the ventricles by a slice, as rings: radius by angle about a centre in the picture.
//!
//! A ring is solved along rays once per frame; a pixel then looks its angle up. Across the slice's
//! thickness a slanting wall covers a range of radii; the ring's edge is as wide, so that partial
//! volume needs no sub-slices.

use std::f32::consts::TAU;

use super::grid::Grid;
use super::pattern::Pattern;
use super::soft::{norm, signed_sqrt};
use crate::synthesis::geometry::Ventricles;
use crate::synthesis::irregularity::Irregularity;
use crate::synthesis::mechanics::{Motion, Phase};
use crate::synthesis::wall::Column;

/// Rows of a ring; a pixel's angle is rounded to one of them.
pub const ANGLES: usize = 512;
/// Rays along which a ring is solved; rows between two rays are interpolated.
const RAYS: usize = 128;
const ROWS_PER_RAY: usize = ANGLES / RAYS;
/// Newton steps for rays that climb along the wall.
const STEPS: usize = 4;
/// Radii below which an edge's own slant is not followed further, mm.
const SMALLEST_RADIUS: f32 = 3.0;

/// One angle of a ring. Lengths in mm; a sharpness is 2 over the full width of the edge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    /// Endocardium: where cavity and wall meet by definition, trabeculae inside.
    pub inner: f32,
    /// Sharpness of the endocardium.
    pub inner_sharpness: f32,
    /// Where blood ends, at the tips of the trabeculae.
    pub blood: f32,
    /// Epicardium.
    pub outer: f32,
    /// Sharpness of the epicardium.
    pub outer_sharpness: f32,
}

impl Row {
    fn between(a: &Self, b: &Self, x: f32) -> Self {
        let mean = |a: f32, b: f32| a + x * (b - a);
        Self {
            inner: mean(a.inner, b.inner),
            inner_sharpness: mean(a.inner_sharpness, b.inner_sharpness),
            blood: mean(a.blood, b.blood),
            outer: mean(a.outer, b.outer),
            outer_sharpness: mean(a.outer_sharpness, b.outer_sharpness),
        }
    }
}

/// All rows of a ring.
pub type Ring = [Row; ANGLES];

/// The row of a direction in the picture.
#[inline]
pub fn row_of(right: f32, down: f32) -> u16 {
    let turns = down.atan2(right) * (ANGLES as f32 / TAU);
    // Negative angles wrap round.
    (turns + ANGLES as f32 + 0.5) as u16 % ANGLES as u16
}

/// Direction of the first row's ray number `k` of [`RAYS`].
fn ray(k: usize) -> [f32; 2] {
    let (sine, cosine) = (k as f32 * TAU / RAYS as f32).sin_cos();
    [cosine, sine]
}

/// The rays of a slice about the LV's long axis.
pub struct LeftRays {
    rays: Vec<LeftRay>,
    /// Height of the rays' centre, mm.
    centre_w: f32,
    /// Half the slice's thickness along the long axis, and across it, mm.
    half_along: f32,
    half_across: f32,
    /// Half width of the edge by the size of a pixel, mm.
    edge: f32,
    /// Whether the rays climb along the wall, as in a long-axis picture.
    climbing: bool,
}

struct LeftRay {
    column: Column,
    /// Distance from the long axis, and height, gained per mm.
    across: f32,
    rise: f32,
    /// Angle around the ventricle, in turns.
    turns: f32,
}

impl LeftRays {
    /// Rays from `centre` (heart coordinates, on the long axis).
    pub fn new(grid: &Grid, centre: [f32; 3], motion: &Motion) -> Self {
        let rays = (0..RAYS)
            .map(|k| {
                let [right, down] = ray(k);
                let towards: [f32; 3] =
                    std::array::from_fn(|axis| right * grid.right[axis] + down * grid.down[axis]);
                let angle = towards[1].atan2(towards[0]);
                LeftRay {
                    column: motion.wall.column(f64::from(angle)),
                    across: towards[0].hypot(towards[1]),
                    rise: towards[2],
                    turns: (angle / TAU).rem_euclid(1.0),
                }
            })
            .collect();
        let half = 0.5 * grid.thickness_mm;
        let along = grid.normal[2].abs();
        Self {
            rays,
            centre_w: centre[2],
            half_along: half * grid.normal[2],
            half_across: half * (1.0 - along * along).max(0.0).sqrt(),
            edge: 0.5 * grid.pixel_mm,
            climbing: along < 0.5,
        }
    }

    /// Height of the rays' centre, mm.
    pub fn height(&self) -> f32 {
        self.centre_w
    }

    /// The ring in a phase.
    pub fn ring(&self, motion: &Motion, phase: &Phase, pattern: &Pattern) -> Ring {
        let mut ring = [Row::default(); ANGLES];
        for (k, ray) in self.rays.iter().enumerate() {
            let column = ray.column.in_phase(phase);
            let squares = |w: f32| column.squares(w);
            let mut row = if self.climbing {
                self.climbing_row(ray, squares)
            } else {
                self.level_row(ray, squares)
            };
            let w = self.centre_w + row.inner.max(0.0) * ray.rise;
            let then = motion.wall.height_at_end_diastole(phase, f64::from(w)) as f32;
            let depth = pattern.left_trabeculae(ray.turns, then, phase.emptying as f32);
            row.blood = row.inner - depth.min(0.45 * row.inner.max(0.0));
            ring[ROWS_PER_RAY * k] = row;
        }
        interpolate(&mut ring);
        ring
    }

    /// A ray across the long axis: radius from the height of the wall there.
    fn level_row(&self, ray: &LeftRay, squares: impl Fn(f32) -> (f32, f32)) -> Row {
        let middle = self.centre_w;
        let first = signed_sqrt(squares(middle).0).max(0.0);
        let middle = middle + ray.rise * first;
        let radii = |w: f32| {
            let (inner, outer) = squares(w);
            (
                signed_sqrt(inner) / ray.across,
                signed_sqrt(outer) / ray.across,
            )
        };
        let (inner, outer) = radii(middle);
        let (inner_low, outer_low) = radii(middle - self.half_along);
        let (inner_high, outer_high) = radii(middle + self.half_along);
        let sharpness = |low: f32, high: f32| 1.0 / norm(self.edge, 0.5 * (high - low));
        Row {
            inner,
            inner_sharpness: sharpness(inner_low, inner_high),
            blood: inner,
            outer,
            outer_sharpness: sharpness(outer_low, outer_high),
        }
    }

    /// A ray that climbs: where it crosses the wall, by Newton's method from outside.
    fn climbing_row(&self, ray: &LeftRay, squares: impl Fn(f32) -> (f32, f32)) -> Row {
        let crossing = |surface: fn((f32, f32)) -> f32| {
            let excess = |r: f32| {
                let square = surface(squares(self.centre_w + r * ray.rise));
                (r * ray.across).powi(2) - square
            };
            let mut r = 60.0f32;
            for _ in 0..STEPS {
                let (here, ahead) = (excess(r), excess(r + 1.0));
                let slope = ahead - here;
                if slope.abs() < 1e-3 {
                    break;
                }
                r = (r - here / slope).clamp(0.0, 150.0);
            }
            r
        };
        let (inner, outer) = (crossing(|s| s.0), crossing(|s| s.1));
        // Half the arrow of the chord that the slice's thickness cuts off the round wall.
        let slant = |r: f32| 0.5 * self.half_across.powi(2) / r.max(SMALLEST_RADIUS);
        Row {
            inner,
            inner_sharpness: 1.0 / (self.edge + slant(inner)),
            blood: inner,
            outer,
            outer_sharpness: 1.0 / (self.edge + slant(outer)),
        }
    }
}

/// The rays of a slice about the RV's axis.
pub struct RightRays {
    rays: Vec<RightRay>,
    /// From the RV ellipsoid's centre to the rays', at end-diastole, mm.
    centre: [f32; 3],
    /// Half the slice's thickness in heart coordinates.
    half: [f32; 3],
    edge: f32,
    apex: f32,
    centre_w: f32,
    ellipsoid_w: f32,
    back_radius: f32,
    radius_w: f32,
    wall: f32,
}

struct RightRay {
    towards: [f32; 3],
    /// 1 plus the stray of the radius.
    stray: f32,
    turns: f32,
}

impl RightRays {
    /// Rays from `centre` (heart coordinates, on the RV's axis).
    pub fn new(
        grid: &Grid,
        centre: [f32; 3],
        ventricles: &Ventricles,
        irregularity: &Irregularity,
    ) -> Self {
        let right = &ventricles.right;
        let height = f64::from(centre[2]) / ventricles.semi_axis;
        let rays = (0..RAYS)
            .map(|k| {
                let [to_right, to_down] = ray(k);
                let towards: [f32; 3] = std::array::from_fn(|axis| {
                    to_right * grid.right[axis] + to_down * grid.down[axis]
                });
                let angle = f64::from(towards[1].atan2(towards[0]));
                RightRay {
                    towards,
                    stray: 1.0 + irregularity.right.at(angle, height) as f32,
                    turns: (angle as f32 / TAU).rem_euclid(1.0),
                }
            })
            .collect();
        Self {
            rays,
            centre: [centre[0] - right.centre_u as f32, centre[1], centre[2]],
            half: grid.normal.map(|x| 0.5 * grid.thickness_mm * x),
            edge: 0.5 * grid.pixel_mm,
            apex: -ventricles.outer_semi_axis() as f32,
            centre_w: centre[2],
            ellipsoid_w: right.centre_w as f32,
            back_radius: right.back_radius as f32,
            radius_w: right.radius_w as f32,
            wall: ventricles.rv_wall as f32,
        }
    }

    /// The ring in a phase.
    pub fn ring(&self, phase: &Phase, pattern: &Pattern) -> Ring {
        let mut ring = [Row::default(); ANGLES];
        let per_length = 1.0 / phase.length as f32;
        let emptying = phase.emptying as f32;
        let wall = self.wall * (1.0 + 0.35 * emptying);
        let across_v = 1.0 / phase.rv_radius_v as f32;
        // The rays' centre and the slice's half thickness in the ellipsoid at end-diastole.
        let height = self.apex + (self.centre_w - self.apex) * per_length;
        let start = [self.centre[0], self.centre[1], height - self.ellipsoid_w];
        let half = [self.half[0], self.half[1], self.half[2] * per_length];
        for (k, ray) in self.rays.iter().enumerate() {
            let front = if ray.towards[0] > 0.0 {
                phase.rv_front_radius as f32
            } else {
                self.back_radius
            };
            let scale = [1.0 / front, across_v, 1.0 / self.radius_w];
            let towards = [ray.towards[0], ray.towards[1], ray.towards[2] * per_length];
            let radius = |depth: f32| {
                let (mut a, mut b, mut c) = (0.0, 0.0, -1.0);
                for axis in 0..3 {
                    let along = towards[axis] * scale[axis];
                    let from = (start[axis] + depth * half[axis]) * scale[axis];
                    a += along * along;
                    b += along * from;
                    c += from * from;
                }
                (signed_sqrt(b * b - a * c) - b) / a * ray.stray
            };
            let inner = radius(0.0);
            let sharpness = 1.0 / norm(self.edge, 0.5 * (radius(1.0) - radius(-1.0)));
            let w = height + inner.max(0.0) * towards[2];
            let depth = pattern.right_trabeculae(ray.turns, w, emptying);
            ring[ROWS_PER_RAY * k] = Row {
                inner,
                inner_sharpness: sharpness,
                blood: inner - depth.min(0.3 * inner.max(0.0)),
                outer: inner + wall,
                outer_sharpness: sharpness,
            };
        }
        interpolate(&mut ring);
        ring
    }
}

/// Fills the rows between rays.
fn interpolate(ring: &mut Ring) {
    for first in (0..ANGLES).step_by(ROWS_PER_RAY) {
        let (a, b) = (ring[first], ring[(first + ROWS_PER_RAY) % ANGLES]);
        for k in 1..ROWS_PER_RAY {
            ring[first + k] = Row::between(&a, &b, k as f32 / ROWS_PER_RAY as f32);
        }
    }
}
