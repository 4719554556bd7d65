//! One frame of a slice: the signal of every pixel, and which label fills most of it.

use super::atria::Atria;
use super::fill::Shares;
use super::scene::{Scene, Spot};
use super::soft::{cover, ramp, smooth_min};
use super::tile::{Corner, NOISE};
use super::valves::valve_plane;
use crate::synthesis::random::Stream;

/// Signal of blood in the right heart, which is less oxygenated, relative to the left.
const RIGHT_BLOOD: f32 = 0.80;
/// Walls of atria and vessels relative to myocardium.
const THIN_WALL: f32 = 1.15;
/// Slow and fast changes of signal by flow, relative SD.
const SLOW_FLOW: f32 = 0.07;
const FAST_FLOW: f32 = 0.085;
/// Blood that has just come in through the base is brighter, per mm of height.
const INFLOW_PER_MM: f32 = 0.0012;
/// Radius of the fat-filled groove where both ventricles meet, mm.
const GROOVE_MM: f32 = 13.0;
/// Pixels farther than this outside the epicardium hold nothing of the ventricles, mm.
const NEAR_MM: f32 = 4.0;
/// Sharpness of the borders of fat and effusion, per mm.
const FAT_SHARPNESS: f32 = 0.75;
/// Height below the base over which an effusion reaches its full thickness, mm.
const EFFUSION_CLOSES_MM: f32 = 30.0;
/// The pericardium, a dark line of this half thickness, mm, seen at this share.
const PERICARDIUM_MM: f32 = 0.8;
const PERICARDIUM_SHARE: f32 = 0.45;

/// What a frame's pixels need.
struct Frame {
    /// Height of the mitral plane on the long axis, mm.
    base: f32,
    atria: Atria,
    myocardium: f32,
    thin_wall: f32,
    fat: f32,
    /// Weights of three slow patterns of flow, and of the fast one.
    flow: [f32; 3],
    fast_flow: f32,
    fast: Corner,
}

impl Scene<'_> {
    /// Paints a frame of the cycle into `signal` (row by row; fat may be negative) and gives its
    /// labels: 0 other, 1 LV cavity, 2 LV myocardium, 3 RV cavity. `stream` is the frame's own.
    pub fn paint(&self, number: usize, stream: &mut Stream, signal: &mut Vec<f32>) -> Vec<u8> {
        let motion = &self.heart.motion;
        let phase = &motion.phases[number];
        let frame = self.frame(number, stream);
        let left = self.left.ring(motion, phase, &self.pattern);
        let right = self.right.ring(phase, &self.pattern);
        let base_sharpness = 1.0 / self.base_edge;
        // Height at end-diastole, for the grain of the muscle.
        let stretch = 1.0 / phase.length as f32;
        let lowest = -self.heart.ventricles.outer_semi_axis() as f32;

        signal.clone_from(&self.background);
        let mut labels = vec![0; signal.len()];
        for spot in &self.spots {
            let below = ramp(frame.base - spot.height, base_sharpness);
            let left_row = &left[usize::from(spot.left_row)];
            let right_row = &right[usize::from(spot.right_row)];
            let pixel = spot.pixel as usize;
            let value = &mut signal[pixel];
            let distance = smooth_min(
                spot.left_mm - left_row.outer,
                spot.right_mm - right_row.outer,
                GROOVE_MM,
            );
            shells(value, spot, distance, below, &frame);
            if below < 1.0 {
                self.above(value, spot, below, &frame);
            }
            if distance > NEAR_MM {
                continue;
            }
            let shares = Shares::of(spot, left_row, right_row, below, &self.pattern);
            if shares.muscle > 0.0 {
                let depth = spot.left_mm - left_row.inner;
                let then = lowest + (spot.height - lowest) * stretch;
                let grain = self.pattern.muscle(spot.left_row, depth, then);
                cover(value, shares.muscle, frame.myocardium * grain);
            }
            if shares.left_blood + shares.right_blood > 0.0 {
                let inflow = INFLOW_PER_MM * (spot.height - frame.base);
                let flow = self.flow(spot, &frame) + inflow;
                cover(value, shares.right_blood, RIGHT_BLOOD * (1.0 + flow));
                cover(value, shares.left_blood, 1.0 + flow);
            }
            labels[pixel] = shares.label();
        }
        let mut rods = self.papillaries(phase);
        rods.extend(self.bands(phase));
        if self.long_axis {
            rods.extend(valve_plane(self, number));
        }
        for rod in rods {
            rod.draw(&self.grid, signal);
        }
        labels
    }

    fn frame(&self, number: usize, stream: &mut Stream) -> Frame {
        let scanner = &self.heart.subject.imaging.scanner;
        let phases = &self.heart.motion.phases;
        let turn = std::f32::consts::TAU * number as f32 / phases.len() as f32;
        let next = &phases[(number + 1) % phases.len()];
        let before = &phases[(number + phases.len() - 1) % phases.len()];
        // Fastest emptying is about 0.1 per frame.
        let speed = (5.0 * (next.emptying - before.emptying).abs()).min(1.0) as f32;
        let flow = scanner.flow as f32;
        let slow = SLOW_FLOW * flow;
        let myocardium = scanner.myocardium as f32;
        Frame {
            base: phases[number].base as f32,
            atria: self.atria(number),
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
    fn flow(&self, spot: &Spot, frame: &Frame) -> f32 {
        let pixel = spot.pixel as usize;
        let (row, column) = (pixel / self.grid.side, pixel % self.grid.side);
        let slow = |k: usize| frame.flow[k] * spot.flow[k];
        slow(0) + slow(1) + slow(2) + frame.fast_flow * NOISE.at(frame.fast, row, column)
    }

    /// Atria, great vessels and their fat, where the pixel reaches above the base.
    #[inline]
    fn above(&self, value: &mut f32, spot: &Spot, below: f32, frame: &Frame) {
        let here = self.grid.in_heart(self.grid.pixel(spot.pixel as usize));
        let shares = frame.atria.shares(&here, spot.wobble);
        let above = 1.0 - below;
        let flow = self.flow(spot, frame);
        cover(value, above * shares.fat, frame.fat);
        cover(value, above * shares.wall, frame.thin_wall);
        cover(
            value,
            above * shares.right_blood,
            RIGHT_BLOOD * (1.0 + flow),
        );
        cover(value, above * shares.left_blood, 1.0 + flow);
    }
}

/// Effusion, fat and pericardium round the heart.
#[inline]
fn shells(value: &mut f32, spot: &Spot, distance: f32, below: f32, frame: &Frame) {
    let distance = distance - frame.atria.groove_fat(spot.height);
    // The pericardium closes round the great vessels: no effusion at the base.
    let open = ((frame.base - spot.height) / EFFUSION_CLOSES_MM).clamp(0.0, 1.0);
    let effusion = spot.effusion_mm * (2.0 - open) * open;
    let fat_depth = spot.fat_mm + effusion - distance;
    if fat_depth * FAT_SHARPNESS <= -1.0 {
        return;
    }
    cover(value, below * ramp(fat_depth, FAT_SHARPNESS), frame.fat);
    if effusion > 0.3 {
        let line = (distance - effusion).abs();
        cover(value, below * ramp(effusion - distance, FAT_SHARPNESS), 1.0);
        let share = PERICARDIUM_SHARE * below * ramp(PERICARDIUM_MM - line, FAT_SHARPNESS);
        cover(value, share, 0.0);
    }
}
