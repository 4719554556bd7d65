//! What lies above the mitral plane: both atria with the pulmonary veins, the roots of the great
//! arteries, their walls, and the fat of the atrioventricular groove.
//!
//! The floor of the atria follows the base of the ventricles while their roof stays, so they fill
//! as the ventricles empty.

use super::soft::{bell, ramp};
use crate::synthesis::geometry::Ventricles;
use crate::synthesis::mechanics::Phase;
use crate::synthesis::subject::Subject;

/// Height of the atrial roof above the mitral plane at end-diastole in a heart of 150 ml, mm.
const ROOF_MM: f32 = 47.0;
/// Centre of an atrium, as a fraction of the way from base to roof.
const CENTRE: f32 = 0.32;
/// Radius of a pulmonary vein at its mouth and where it is lost to sight, mm.
const VEIN_MM: [f32; 2] = [5.5, 1.8];
/// Thickness of the walls and of the septum between the atria, mm.
const WALL_MM: f32 = 1.8;
const SEPTUM_MM: f32 = 2.2;
/// Fat on the atria, and what the groove adds, mm.
const FAT_MM: (f32, f32) = (1.2, 4.5);
/// Height over which the groove's fat spreads to either side of the base, mm.
const GROOVE_MM: f32 = 17.0;

/// An ellipsoid in heart coordinates.
#[derive(Clone, Copy, Debug)]
struct Ellipsoid {
    centre: [f32; 3],
    /// One over each semi-axis.
    per_radius: [f32; 3],
}

impl Ellipsoid {
    fn new(centre: [f32; 3], radii: [f32; 3]) -> Self {
        Self {
            centre,
            per_radius: radii.map(|r| 1.0 / r),
        }
    }

    /// Approximate distance of a point from the surface, mm, negative inside.
    #[inline]
    fn distance(&self, p: &[f32; 3]) -> f32 {
        let (mut level, mut slope) = (0.0, 0.0);
        for ((x, centre), per_radius) in p.iter().zip(&self.centre).zip(&self.per_radius) {
            let scaled = (x - centre) * per_radius;
            level += scaled * scaled;
            slope += (scaled * per_radius).powi(2);
        }
        (level - 1.0) / (2.0 * slope.sqrt() + 1e-3)
    }
}

/// A straight vessel that narrows towards its far end.
#[derive(Clone, Copy, Debug)]
struct Vessel {
    from: [f32; 3],
    along: [f32; 3],
    per_square: f32,
    radius: f32,
    /// What it loses of its radius on the way, mm.
    taper: f32,
}

impl Vessel {
    fn new(from: [f32; 3], to: [f32; 3], [radius, far_radius]: [f32; 2]) -> Self {
        let along: [f32; 3] = std::array::from_fn(|k| to[k] - from[k]);
        let square: f32 = along.iter().map(|x| x * x).sum();
        Self {
            from,
            along,
            per_square: 1.0 / square,
            radius,
            taper: radius - far_radius,
        }
    }

    #[inline]
    fn distance(&self, p: &[f32; 3]) -> f32 {
        let from: [f32; 3] = std::array::from_fn(|k| p[k] - self.from[k]);
        let dot: f32 = from.iter().zip(&self.along).map(|(a, b)| a * b).sum();
        let at = (dot * self.per_square).clamp(0.0, 1.0);
        let square: f32 = (0..3).map(|k| (from[k] - at * self.along[k]).powi(2)).sum();
        square.sqrt() - self.radius + at * self.taper
    }
}

/// Shares of a pixel above the base.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shares {
    /// Fat, outermost.
    pub fat: f32,
    /// Walls with what they enclose.
    pub wall: f32,
    /// Blood of the left side: left atrium, pulmonary veins and aorta.
    pub left_blood: f32,
    /// Blood of the right side: right atrium and pulmonary trunk.
    pub right_blood: f32,
}

/// Atria and great vessels in one phase.
#[derive(Clone, Debug)]
pub struct Atria {
    base: f32,
    left: Ellipsoid,
    appendage: Ellipsoid,
    right: Ellipsoid,
    left_vessels: [Vessel; 3],
    right_vessels: [Vessel; 1],
    sharpness: f32,
    fat: f32,
}

impl Atria {
    /// The atria of this subject; `veins_mm` is `Pattern::veins_mm` and `edge_mm` half the width
    /// of the borders.
    pub fn new(
        subject: &Subject,
        ventricles: &Ventricles,
        phase: &Phase,
        veins_mm: [f32; 2],
        edge_mm: f32,
    ) -> Self {
        let base = phase.base as f32;
        let size = (subject.lvedv_ml / 150.0).powf(0.2) as f32;
        let large = subject.left_atrial_size as f32;
        let filling = 1.0 + 0.05 * phase.emptying as f32;
        let roof = ventricles.base as f32 + ROOF_MM * size;
        let outer = ventricles.outer_radius() as f32;
        let atrium = |u: f32, v: f32, radii: [f32; 2], size: f32| {
            let tall = roof + 6.0 * (size - 1.0) * ROOF_MM / 10.0 - base;
            Ellipsoid::new(
                [u, v, base + CENTRE * tall],
                [
                    radii[0] * size * filling,
                    radii[1] * size * filling,
                    (1.0 - CENTRE) * tall,
                ],
            )
        };
        let [right_v, left_v] = [veins_mm[0] - 2.0, veins_mm[1] + 2.0];
        // The right atrium sits on the tricuspid valve, whose outer hinge moves with the free wall.
        let right = &ventricles.right;
        let right_u = (right.centre_u + phase.rv_front_radius) as f32 - 20.0 * size;
        let up = |u: f32, v: f32, above: f32| [u, v, base + above];
        Self {
            base,
            left: atrium(-3.0 * large, -6.0, [27.0, 22.0], size * large),
            appendage: Ellipsoid::new(up(-24.0, 16.0, 15.0), [8.0, 13.0, 11.0]),
            right: atrium(right_u, -7.0, [23.0, 25.0], size),
            left_vessels: [
                // Right and left pulmonary vein, aorta.
                Vessel::new(
                    up(8.0, right_v, 30.0),
                    [24.0, right_v - 2.0, roof + 8.0],
                    VEIN_MM,
                ),
                Vessel::new(
                    up(-14.0, left_v, 28.0),
                    [-38.0, left_v + 4.0, roof - 2.0],
                    VEIN_MM,
                ),
                Vessel::new(
                    up(9.0, 16.5 * size, -6.0),
                    up(18.0, 18.0 * size, 60.0),
                    [12.0 * size; 2],
                ),
            ],
            right_vessels: [Vessel::new(
                up(0.85 * outer, 0.95 * outer, -8.0),
                up(0.3 * outer, 1.15 * outer, 55.0),
                [13.0 * size; 2],
            )],
            sharpness: 1.0 / edge_mm,
            fat: (0.5 + 0.12 * (subject.bmi - 20.0)).clamp(0.4, 2.2) as f32,
        }
    }

    /// Thickness of the groove's fat at a height, above the base or below it, mm.
    #[inline]
    pub fn groove_fat(&self, w: f32) -> f32 {
        self.fat * FAT_MM.1 * bell((w - self.base) / GROOVE_MM)
    }

    /// Distances (mm, negative inside) of left atrium with its veins, right atrium, aorta and
    /// pulmonary trunk from a point in heart coordinates.
    #[inline]
    fn distances(&self, p: &[f32; 3], wobble: f32) -> [f32; 4] {
        let left = self
            .left
            .distance(p)
            .min(self.appendage.distance(p))
            .min(self.left_vessels[0].distance(p))
            .min(self.left_vessels[1].distance(p));
        [
            left + wobble,
            self.right.distance(p) + wobble,
            self.left_vessels[2].distance(p),
            self.right_vessels[0].distance(p),
        ]
    }

    /// Whether a point is within `margin` mm of anything that is shown.
    pub fn reaches(&self, p: &[f32; 3], wobble: f32, margin: f32) -> bool {
        let nearest = self
            .distances(p, wobble)
            .into_iter()
            .fold(f32::MAX, f32::min);
        nearest < self.fat * FAT_MM.0 + self.groove_fat(p[2]) + WALL_MM + margin
    }

    /// What is at a point (heart coordinates, mm), its outlines moved in by `wobble` mm.
    #[inline]
    pub fn shares(&self, p: &[f32; 3], wobble: f32) -> Shares {
        let [left, right, aorta, trunk] = self.distances(p, wobble);
        let edge = |depth: f32| ramp(depth, self.sharpness);
        // Where the atria meet, the septum lies half way between them.
        let apart = edge((left - right).abs() - SEPTUM_MM);
        let nearest = left.min(right).min(aorta).min(trunk);
        let fat = self.fat * FAT_MM.0 + self.groove_fat(p[2]);
        let aortic = edge(-aorta);
        let ring = edge(aorta - WALL_MM);
        Shares {
            fat: ramp(fat + WALL_MM - nearest, 0.7 * self.sharpness),
            wall: edge(WALL_MM - nearest),
            left_blood: (edge(-left) * apart * ring * edge(right - left)).max(aortic),
            right_blood: (edge(-right) * apart * ring * edge(left - right))
                .max(edge(-trunk) * ring),
        }
    }
}
