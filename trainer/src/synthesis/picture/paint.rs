//! One frame of a slice: the signal of every pixel, and which label fills most of it.

use super::atria::Atria;
use super::pattern::{Band, Papillary};
use super::rings::Row;
use super::scene::{Scene, Spot};
use super::soft::{cover, ramp, smooth_min};
use super::stamp::Rod;
use super::tile::{Corner, NOISE};
use super::valves::valve_plane;
use crate::synthesis::mechanics::Phase;
use crate::synthesis::random::Stream;

/// Signal of blood in the right heart, which is less oxygenated, relative to the left.
const RIGHT_BLOOD: f32 = 0.86;
/// Walls of atria and vessels relative to myocardium.
const THIN_WALL: f32 = 1.15;
/// Slow and fast changes of signal by flow, relative SD.
const SLOW_FLOW: f32 = 0.07;
const FAST_FLOW: f32 = 0.06;
/// Blood that has just come in through the base is brighter, per mm of height.
const INFLOW_PER_MM: f32 = 0.0012;
/// Radius of the fat-filled groove where both ventricles meet, mm.
const GROOVE_MM: f32 = 13.0;
/// Sharpness of the borders of fat and effusion, per mm.
const FAT_SHARPNESS: f32 = 1.0;
/// The pericardium, a dark line of this half thickness, mm, seen at this share.
const PERICARDIUM_MM: f32 = 0.8;
const PERICARDIUM_SHARE: f32 = 0.45;

/// A painted frame.
pub struct Painted {
    /// Signal row by row; fat may be negative.
    pub signal: Vec<f32>,
    /// 0 other, 1 LV cavity, 2 LV myocardium, 3 RV cavity.
    pub labels: Vec<u8>,
}

/// Signals of a frame.
struct Tones {
    myocardium: f32,
    thin_wall: f32,
    fat: f32,
    /// Weights of three slow patterns of flow, and of the fast one.
    flow: [f32; 3],
    fast_flow: f32,
    fast: Corner,
}

impl Scene<'_> {
    /// Paints a frame of the cycle; `stream` is the frame's own.
    pub fn paint(&self, frame: usize, stream: &mut Stream) -> Painted {
        let motion = &self.heart.motion;
        let phase = &motion.phases[frame];
        let tones = self.tones(frame, stream);
        let left = self.left.ring(motion, phase, &self.pattern);
        let right = self.right.ring(phase, &self.pattern);
        let atria = self.atria(frame);
        let base = phase.base as f32;
        let base_sharpness = 1.0 / self.base_edge;
        // Height at end-diastole, for the grain of the muscle.
        let stretch = 1.0 / phase.length as f32;
        let lowest = -self.heart.ventricles.outer_semi_axis() as f32;

        let mut signal = self.background.clone();
        let mut labels = vec![0; signal.len()];
        for spot in &self.spots {
            let below = ramp(base - spot.height, base_sharpness);
            let left_row = &left[usize::from(spot.left_row)];
            let right_row = &right[usize::from(spot.right_row)];
            let pixel = spot.pixel as usize;
            let value = &mut signal[pixel];
            let distance = smooth_min(
                spot.left_mm - left_row.outer,
                spot.right_mm - right_row.outer,
                GROOVE_MM,
            );
            let groove = atria.groove_fat(spot.height);
            self.shells(value, spot, distance - groove, below, &tones);
            if below < 1.0 {
                self.above(value, spot, &atria, below, &tones);
            }
            if distance > 2.0 {
                continue;
            }
            let shares = Shares::of(spot, left_row, right_row, below);
            if shares.muscle > 0.0 {
                let thickness = (left_row.outer - left_row.inner).max(1.0);
                let depth = (spot.left_mm - left_row.inner) / thickness;
                let then = lowest + (spot.height - lowest) * stretch;
                let grain = self.pattern.muscle(spot.left_row, depth, then);
                cover(value, shares.muscle, tones.myocardium * grain);
            }
            let flow = self.flow(spot, &tones) + INFLOW_PER_MM * (spot.height - base);
            cover(value, shares.right_blood, RIGHT_BLOOD * (1.0 + flow));
            cover(value, shares.left_blood, 1.0 + flow);
            labels[pixel] = shares.label();
        }
        for rod in self.papillaries(phase) {
            rod.draw(&self.grid, &mut signal);
        }
        for rod in self.bands(phase) {
            rod.draw(&self.grid, &mut signal);
        }
        if self.long_axis {
            for rod in valve_plane(self, frame) {
                rod.draw(&self.grid, &mut signal);
            }
        }
        Painted { signal, labels }
    }

    fn tones(&self, frame: usize, stream: &mut Stream) -> Tones {
        let scanner = &self.heart.subject.imaging.scanner;
        let phases = &self.heart.motion.phases;
        let turn = std::f32::consts::TAU * frame as f32 / phases.len() as f32;
        let next = &phases[(frame + 1) % phases.len()];
        let before = &phases[(frame + phases.len() - 1) % phases.len()];
        // Fastest emptying is about 0.1 per frame.
        let speed = (5.0 * (next.emptying - before.emptying).abs()).min(1.0) as f32;
        let flow = scanner.flow as f32;
        let slow = SLOW_FLOW * flow;
        let myocardium = scanner.myocardium as f32;
        Tones {
            myocardium,
            thin_wall: THIN_WALL * myocardium,
            fat: scanner.signed_fat() as f32,
            flow: [slow, slow * turn.cos(), slow * turn.sin()],
            fast_flow: FAST_FLOW * flow * (0.7 + 0.6 * speed),
            fast: Corner::draw(stream),
        }
    }

    /// Relative change of the blood's signal by flow.
    #[inline]
    fn flow(&self, spot: &Spot, tones: &Tones) -> f32 {
        let pixel = spot.pixel as usize;
        let (row, column) = (pixel / self.grid.side, pixel % self.grid.side);
        let slow = |k: usize| tones.flow[k] * spot.flow[k];
        slow(0) + slow(1) + slow(2) + tones.fast_flow * NOISE.at(tones.fast, row, column)
    }

    /// Effusion, fat and pericardium round the heart.
    #[inline]
    fn shells(&self, value: &mut f32, spot: &Spot, distance: f32, below: f32, tones: &Tones) {
        let fat = below * ramp(spot.fat_mm + spot.effusion_mm - distance, FAT_SHARPNESS);
        cover(value, fat, tones.fat);
        if spot.effusion_mm > 0.3 {
            let line = (distance - spot.effusion_mm).abs();
            cover(
                value,
                below * ramp(spot.effusion_mm - distance, FAT_SHARPNESS),
                1.0,
            );
            let share = PERICARDIUM_SHARE * below * ramp(PERICARDIUM_MM - line, FAT_SHARPNESS);
            cover(value, share, 0.0);
        }
    }

    /// Atria, great vessels and their fat, where the pixel reaches above the base.
    #[inline]
    fn above(&self, value: &mut f32, spot: &Spot, atria: &Atria, below: f32, tones: &Tones) {
        let here = self.grid.in_heart(self.grid.pixel(spot.pixel as usize));
        let shares = atria.shares(&here, spot.wobble);
        let above = 1.0 - below;
        let flow = self.flow(spot, tones);
        cover(value, above * shares.fat, tones.fat);
        cover(value, above * shares.wall, tones.thin_wall);
        cover(
            value,
            above * shares.right_blood,
            RIGHT_BLOOD * (1.0 + flow),
        );
        cover(value, above * shares.left_blood, 1.0 + flow);
    }

    /// Papillary muscles that the slice cuts across.
    fn papillaries(&self, phase: &Phase) -> Vec<Rod> {
        let along = self.grid.normal[2].abs();
        if along < 0.5 {
            return Vec::new();
        }
        let rods = self.pattern.papillaries.iter();
        rods.filter_map(|head| self.papillary(head, phase))
            .collect()
    }

    fn papillary(&self, head: &Papillary, phase: &Phase) -> Option<Rod> {
        let scanner = &self.heart.subject.imaging.scanner;
        let wall = &self.heart.motion.wall;
        let half = 0.5 * self.grid.thickness_mm;
        let centre = self.left.height();
        let now = |w: f32| self.present(w, phase);
        let [low, high] = head.heights.map(now);
        let covered = ((centre + half).min(high) - (centre - half).max(low)) / (2.0 * half);
        if covered <= 0.0 {
            return None;
        }
        // Thickest in the middle of its length.
        let position = (centre.clamp(low, high) - low) / (high - low).max(1.0);
        let slender = 1.0 - 0.5 * (2.0 * position - 1.0).powi(2);
        let emptying = phase.emptying as f32;
        let radius = head.radius * slender * (1.0 + 0.12 * emptying);
        let angle = f64::from(head.angle);
        let inner = wall.contour(phase, angle, f64::from(centre)).0 as f32;
        let gap = head.gap * (1.0 - 0.7 * emptying);
        let away = (inner - 0.9 * radius - gap).max(0.9 * radius);
        let (sine, cosine) = head.angle.sin_cos();
        // Its cross-section is a little longer along the wall.
        let half_width = 0.5 * head.width;
        let end = |side: f32| {
            let shift = side * half_width;
            let point = [
                away * cosine - shift * sine,
                away * sine + shift * cosine,
                centre,
            ];
            self.grid.position(point).0
        };
        Some(Rod {
            from: end(-1.0),
            to: end(1.0),
            radius,
            share: 0.95 * covered.min(1.0),
            signal: scanner.myocardium as f32,
        })
    }

    /// Bands of the right ventricle where the slice meets them.
    fn bands(&self, phase: &Phase) -> Vec<Rod> {
        let rods = self.pattern.bands.iter();
        rods.filter_map(|band| self.band(band, phase)).collect()
    }

    fn band(&self, band: &Band, phase: &Phase) -> Option<Rod> {
        let ends = [0, 1].map(|k| {
            let end = band.ends[k];
            let w = self.present(end.height, phase);
            end.place(self.heart, phase, w)
        });
        let [(from, from_above), (to, to_above)] = ends.map(|end| self.grid.position(end));
        // The part within the slice's thickness.
        let half = 0.5 * self.grid.thickness_mm;
        let reach = half + 0.5 * band.radius;
        let slope = to_above - from_above;
        let cut = |above: f32| {
            if slope.abs() < 1e-3 {
                f32::from(u8::from(above > from_above))
            } else {
                ((above - from_above) / slope).clamp(0.0, 1.0)
            }
        };
        let (a, b) = (cut(-reach), cut(reach));
        let middle = from_above + 0.5 * (a + b) * slope;
        if (a - b).abs() < 0.02 || middle.abs() > reach {
            return None;
        }
        let at = |x: f32| std::array::from_fn(|k| from[k] + x * (to[k] - from[k]));
        // Where it runs within the slice it fills only part of the thickness.
        let steep = slope.abs() / (slope.abs() + 2.0 * half);
        let filled = (1.7 * band.radius / (2.0 * half)).min(1.0);
        Some(Rod {
            from: at(a.min(b)),
            to: at(a.max(b)),
            radius: band.radius,
            share: (filled + steep * (1.0 - filled)).min(0.9),
            signal: self.heart.subject.imaging.scanner.myocardium as f32,
        })
    }

    /// Present height of what is at height `w` at end-diastole, mm.
    fn present(&self, w: f32, phase: &Phase) -> f32 {
        let lowest = -self.heart.ventricles.outer_semi_axis() as f32;
        lowest + (w - lowest) * phase.length as f32
    }
}

/// How much of a pixel each part of the ventricles fills.
struct Shares {
    cavity: f32,
    wall: f32,
    right: f32,
    muscle: f32,
    left_blood: f32,
    right_blood: f32,
}

impl Shares {
    #[inline]
    fn of(spot: &Spot, left: &Row, right: &Row, below: f32) -> Self {
        let cavity = ramp(left.inner - spot.left_mm, left.inner_sharpness);
        let outer = ramp(left.outer - spot.left_mm, left.outer_sharpness);
        let blood = ramp(left.blood - spot.left_mm, left.inner_sharpness);
        let rest = below * (1.0 - outer);
        let right_cavity = ramp(right.inner - spot.right_mm, right.inner_sharpness);
        let right_blood = ramp(right.blood - spot.right_mm, right.inner_sharpness);
        let right_outer = ramp(right.outer - spot.right_mm, right.outer_sharpness);
        Self {
            cavity: below * cavity,
            wall: below * (outer - cavity).max(0.0),
            right: rest * right_cavity,
            muscle: below * outer + rest * right_outer,
            left_blood: below * blood,
            right_blood: rest * right_blood,
        }
    }

    /// The label that fills most; ties go to the lower one.
    #[inline]
    fn label(&self) -> u8 {
        let other = 1.0 - self.cavity - self.wall - self.right;
        let mut best = (0, other);
        for (label, share) in [(1, self.cavity), (2, self.wall), (3, self.right)] {
            if share > best.1 {
                best = (label, share);
            }
        }
        best.0
    }
}
