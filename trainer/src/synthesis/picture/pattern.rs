//! What is particular about the inside of one heart: trabeculae, papillary muscles, bands of the
//! right ventricle, and the grain of its muscle. All of it is tied to places of the wall and moves
//! with them.

use std::f32::consts::TAU;

use super::rings::ANGLES;
use super::soft::{bell, norm};
use super::tile::{BLOTCHES, Corner, SIDE, SLOW};
use crate::synthesis::geometry::Ventricles;
use crate::synthesis::heart::SimulatedHeart;
use crate::synthesis::mechanics::Phase;
use crate::synthesis::random::{Purpose, Stream};
use crate::synthesis::subject::Subject;

/// Height of one row of the trabecular tile, mm (they run lengthwise, so rows are tall).
const ROW_MM: f32 = 2.2;
/// Mean depth of the LV's trabeculae at the base, and what the apex adds, mm.
const LEFT_DEPTH_MM: (f32, f32) = (1.3, 3.6);
/// The same in the right ventricle.
const RIGHT_DEPTH_MM: (f32, f32) = (1.6, 4.2);
/// Beams among the trabeculae: how far they move the border of the blood (SD), and within what
/// distance of it, mm.
const BEAMS_MM: f32 = 2.2;
const BEAMS_REACH_MM: f32 = 6.0;
/// A band's round end stays this far inside the cavity, mm.
const BAND_END_MM: f32 = 1.0;
/// Relative SD of the fine and of the coarse grain of muscle.
const FINE_GRAIN: f32 = 0.085;
const COARSE_GRAIN: f32 = 0.075;

/// The column of a tile that belongs to a ring's row: once round the ring is once round the tile.
#[inline]
fn column(row: u16) -> usize {
    usize::from(row) / (ANGLES / SIDE)
}

/// One head of a papillary muscle.
#[derive(Clone, Copy, Debug)]
pub struct Papillary {
    /// Angle around the ventricle, radians.
    pub angle: f32,
    /// Lower and upper end at end-diastole, mm.
    pub heights: [f32; 2],
    /// Radius at its thickest, mm.
    pub radius: f32,
    /// Free blood between it and the wall at end-diastole, mm.
    pub gap: f32,
    /// Length of its cross-section along the wall, mm.
    pub width: f32,
}

/// Where a band of the right ventricle is fixed.
#[derive(Clone, Copy, Debug)]
pub struct BandEnd {
    /// Height at end-diastole, mm.
    pub height: f32,
    /// Angle, radians: around the LV for an end on the septum, about the RV's axis otherwise.
    pub angle: f32,
    /// Whether it is on the septum.
    pub septal: bool,
}

impl BandEnd {
    /// Its place in heart coordinates in a phase, at present height `w`, mm.
    pub fn place(&self, heart: &SimulatedHeart, phase: &Phase, w: f32) -> [f32; 3] {
        let right = &heart.ventricles.right;
        let (sine, cosine) = self.angle.sin_cos();
        if self.septal {
            let (_, outer) = heart
                .motion
                .wall
                .contour(phase, f64::from(self.angle), f64::from(w));
            let outer = outer as f32 - 1.0;
            return [outer * cosine, outer * sine, w];
        }
        // On the endocardium as the rings have it, not beyond.
        let level = (self.height - right.centre_w as f32) / right.radius_w as f32;
        let height = f64::from(self.height) / heart.ventricles.semi_axis;
        let strays = &heart.motion.irregularity.right;
        let stray = 1.0 + strays.at(f64::from(self.angle), height) as f32;
        let across = cosine / phase.rv_front_radius as f32;
        let along = sine / phase.rv_radius_v as f32;
        let share = (1.0 - level * level).max(0.0).sqrt();
        let radius = share * stray / norm(across, along) - BAND_END_MM;
        [right.centre_u as f32 + radius * cosine, radius * sine, w]
    }
}

/// A muscular band through the right ventricle.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    /// Where it is fixed.
    pub ends: [BandEnd; 2],
    /// Radius, mm.
    pub radius: f32,
}

/// The inside of one heart.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Heads of both papillary muscles of the LV.
    pub papillaries: Vec<Papillary>,
    /// Moderator band and its lesser fellows.
    pub bands: Vec<Band>,
    /// How far the right and the left pulmonary veins lie in front of the four-chamber plane, mm.
    pub veins_mm: [f32; 2],
    left: Corner,
    right: Corner,
    muscle: Corner,
    beams: Corner,
    trabeculation: f32,
    apex: f32,
    tall: f32,
}

impl Pattern {
    /// The pattern of this subject's heart.
    pub fn of(subject: &Subject, ventricles: &Ventricles) -> Self {
        let mut stream = Stream::for_frame(
            subject.seed,
            subject.index,
            Purpose::Contours,
            1, // apart from the contours' own stream
            0,
        );
        let semi_axis = ventricles.semi_axis as f32;
        let mut papillaries = Vec::new();
        // Anterolateral and posteromedial group.
        for middle in [2.2, -2.35] {
            let heads = 1 + (stream.uniform() * 2.6) as usize;
            let group = middle + stream.normal(0.0, 0.13);
            for head in 0..heads {
                let apart = (head as f64 - 0.5 * (heads - 1) as f64) * 0.30;
                let top = stream.normal(0.06, 0.06) - 0.05 * head as f64;
                let size = subject.imaging.papillary_size * stream.normal(0.0, 0.15).exp();
                let shared = [1.0, 0.84, 0.72][heads - 1];
                papillaries.push(Papillary {
                    angle: (group + apart + stream.normal(0.0, 0.05)) as f32,
                    heights: [-0.66, top].map(|h| h as f32 * semi_axis),
                    radius: (4.9 * shared * size) as f32,
                    gap: stream.uniform_in(-0.8, 2.6) as f32,
                    width: stream.uniform_in(0.0, 3.5) as f32,
                });
            }
        }
        let bands = bands(&mut stream, semi_axis);
        Self {
            papillaries,
            bands,
            veins_mm: [0, 1].map(|_| stream.normal(0.0, 7.0) as f32),
            left: Corner::draw(&mut stream),
            right: Corner::draw(&mut stream),
            muscle: Corner::draw(&mut stream),
            beams: Corner::draw(&mut stream),
            trabeculation: subject.imaging.trabeculation as f32,
            apex: -ventricles.outer_semi_axis() as f32,
            tall: (ventricles.base + ventricles.outer_semi_axis()) as f32,
        }
    }

    /// Depth of the LV's trabeculae (mm) at an angle (turns) and a height at end-diastole (mm):
    /// hardly any on the septum and at the base, most at the apex.
    #[inline]
    pub fn left_trabeculae(&self, turns: f32, w: f32, emptying: f32) -> f32 {
        let lateral = 0.5 - 0.5 * (turns * TAU).cos();
        let (base, apex) = LEFT_DEPTH_MM;
        let depth = (0.35 + 0.65 * lateral) * (base + apex * self.apical(w));
        self.spikes(self.left, turns, w) * depth * self.trabeculation * (1.0 + 0.35 * emptying)
    }

    /// The same of the right ventricle, about its own axis.
    #[inline]
    pub fn right_trabeculae(&self, turns: f32, w: f32, emptying: f32) -> f32 {
        let free = 0.5 + 0.5 * (turns * TAU).cos();
        let (base, apex) = RIGHT_DEPTH_MM;
        let depth = (0.25 + 0.75 * free) * (base + apex * self.apical(w));
        self.spikes(self.right, turns, w) * depth * self.trabeculation * (1.0 + 0.5 * emptying)
    }

    /// 0 in the upper third, 1 at the apex.
    fn apical(&self, w: f32) -> f32 {
        (1.15 - 1.6 * (w - self.apex) / self.tall).clamp(0.0, 1.0)
    }

    /// Positive, mean about 1, spiky.
    #[inline]
    fn spikes(&self, corner: Corner, turns: f32, w: f32) -> f32 {
        let column = (turns * SIDE as f32) as usize;
        let rows = ((w - self.apex) / ROW_MM).max(0.0);
        let (row, part) = (rows as usize, rows.fract());
        let (below, above) = (
            BLOTCHES.at(corner, row, column),
            BLOTCHES.at(corner, row + 1, column),
        );
        let value = below + part * (above - below);
        let raised = value.max(-0.6) + 0.6;
        // Some stretches of wall are smoother than others.
        let stretch = (1.0 + 0.55 * SLOW.at(corner, row, column)).max(0.15);
        stretch * (0.25 + 0.6 * raised + 0.35 * raised * raised)
    }

    /// By how much (mm) the border between blood and trabeculae is moved out at a depth under the
    /// endocardium where the trabeculae are `trabeculae` mm deep: beams that stand free in the
    /// blood, and gaps between beams and wall.
    #[inline]
    pub fn beams(&self, row: u16, depth: f32, trabeculae: f32) -> f32 {
        let from_border = (depth - trabeculae) / BEAMS_REACH_MM;
        if from_border.abs() >= 1.0 {
            return 0.0;
        }
        let fade = bell(from_border) * (0.6 * trabeculae).min(1.0);
        let layer = (depth + 8.0).max(0.0) as usize;
        BEAMS_MM * fade * BLOTCHES.at(self.beams, layer, column(row))
    }

    /// Signal of muscle relative to its mean, at a ring's row, a depth under the endocardium and a
    /// height at end-diastole (mm).
    #[inline]
    pub fn muscle(&self, row: u16, depth: f32, w: f32) -> f32 {
        let layer = (1.7 * depth.max(0.0)) as usize;
        let level = ((w - self.apex).max(0.0) * 0.5) as usize;
        let column = column(row);
        1.0 + FINE_GRAIN * BLOTCHES.at(self.muscle, 3 * level + layer, column)
            + COARSE_GRAIN * SLOW.at(self.muscle, level + layer, column)
    }
}

/// The moderator band from the septum to the free wall near the apex, and lesser bands that cut
/// off corners of the free wall.
fn bands(stream: &mut Stream, semi_axis: f32) -> Vec<Band> {
    let mut end = |height: (f64, f64), angle: (f64, f64), septal: bool| BandEnd {
        height: stream.normal(height.0, height.1) as f32 * semi_axis,
        angle: stream.normal(angle.0, angle.1) as f32,
        septal,
    };
    let mut bands = vec![Band {
        ends: [
            end((-0.38, 0.08), (-0.15, 0.2), true),
            end((-0.50, 0.08), (-0.1, 0.3), false),
        ],
        radius: 2.3,
    }];
    for radius in [1.8, 1.6, 1.4, 1.2] {
        let first = end((-0.35, 0.25), (0.0, 0.9), false);
        let turn = end((0.0, 0.10), (0.75, 0.2), false);
        bands.push(Band {
            ends: [
                first,
                BandEnd {
                    height: first.height + turn.height,
                    angle: first.angle - turn.angle * first.angle.signum(),
                    septal: false,
                },
            ],
            radius,
        });
    }
    bands
}
