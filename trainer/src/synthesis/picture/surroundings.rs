//! What surrounds the heart in a picture: skin, fat, chest wall with ribs, lungs with their
//! vessels, mediastinum, aorta, spine, and the organs below the diaphragm. It does not move.
//!
//! Signals are relative to blood. Fat is negative: its signal opposes that of water, and the
//! receiver takes the magnitude of their sum, hence the dark line wherever the two meet.

use super::soft::{bell, cover, norm, ramp, smooth};
use super::tile::{BLOTCHES, Corner, GRAIN, SLOW};
use crate::synthesis::geometry::Ventricles;
use crate::synthesis::imaging::Scanner;
use crate::synthesis::subject::{Sex, Subject};
use crate::synthesis::torso::Torso;

/// Signals that do not follow the scanner's contrast.
mod signal {
    pub const AIR: f32 = 0.012;
    pub const LUNG: f32 = 0.11;
    pub const BLOOD: f32 = 0.95;
    pub const FLUID: f32 = 1.0;
}
/// Signals relative to the myocardium's.
mod relative {
    pub const MUSCLE: f32 = 0.62;
    pub const LIVER: f32 = 0.95;
    pub const SPLEEN: f32 = 1.35;
    pub const BOWEL: f32 = 1.1;
    pub const MARROW: f32 = 1.15;
    pub const CORTEX: f32 = 0.25;
}
/// Thickness of the chest wall under the fat, mm.
const CHEST_WALL_MM: f32 = 15.0;
/// What the sternum and the muscles behind it add in front of the heart, mm.
const STERNAL_MM: f32 = 17.0;
/// Radius of a vertebral body, of the spinal canal behind it, and of the descending aorta, mm.
const SPINE_MM: f32 = 21.0;
const CANAL_MM: f32 = 8.0;
const AORTA_MM: f32 = 12.0;
/// Softness of borders that the slice cuts at some slant: sharpness per mm.
const SLANTED: f32 = 0.45;

/// Where a look-up of texture stands: pixel row and column.
pub type Cell = [usize; 2];

/// Half width and half depth of the thorax by height, mm.
struct Outline {
    lowest: f32,
    halves: Vec<[f32; 2]>,
}

impl Outline {
    /// Distance of the heights that are tabulated, mm.
    const STEP_MM: f32 = 3.0;

    fn of(torso: &Torso) -> Self {
        let (lowest, highest) = (0.85 * torso.bottom_mm, 0.8 * torso.top_mm);
        let step = f64::from(Self::STEP_MM);
        let count = ((highest - lowest) / step).clamp(1.0, 1000.0) as usize;
        let half = |k: usize| {
            let (wide, deep) = torso.taper(lowest + step * k as f64);
            [torso.half_width_mm * wide, torso.half_depth_mm * deep].map(|x| x as f32)
        };
        Self {
            lowest: lowest as f32,
            halves: (0..=count).map(half).collect(),
        }
    }

    fn at(&self, z: f32) -> [f32; 2] {
        let steps = ((z - self.lowest) / Self::STEP_MM).max(0.0);
        let last = self.halves.len() - 1;
        let (a, b) = (
            self.halves[(steps as usize).min(last)],
            self.halves[(steps as usize + 1).min(last)],
        );
        [0, 1].map(|k| a[k] + steps.fract() * (b[k] - a[k]))
    }
}

/// The static surroundings of one heart.
pub struct Surroundings {
    outline: Outline,
    fat_mm: f32,
    breast: f32,
    diaphragm_z: f32,
    heart: [f32; 3],
    fat: f32,
    muscle: f32,
    visceral_fat: f32,
    corner: Corner,
}

/// Distance from the middle of an ellipsoid, 1 on its surface.
fn within(from: [f32; 3], radii: [f32; 3]) -> f32 {
    let square = |k: usize| (from[k] / radii[k]).powi(2);
    (square(0) + square(1) + square(2)).sqrt()
}

impl Surroundings {
    /// The surroundings of this subject's heart; `corner` is where its textures start.
    pub fn new(subject: &Subject, ventricles: &Ventricles, corner: Corner) -> Self {
        let frontal = subject.frontal_axis_deg.to_radians().sin();
        let below = ventricles.outer_radius() * 0.85 + 0.45 * ventricles.semi_axis * frontal;
        let scanner: &Scanner = &subject.imaging.scanner;
        let heart = subject.imaging.heart_centre_mm;
        Self {
            outline: Outline::of(&subject.torso),
            fat_mm: (5.0 + 1.3 * (subject.bmi - 21.0)).clamp(4.0, 40.0) as f32,
            breast: if subject.sex == Sex::Female {
                0.9
            } else {
                0.25
            },
            diaphragm_z: (heart[2] - below + 7.0) as f32,
            heart: heart.map(|x| x as f32),
            fat: scanner.signed_fat() as f32,
            muscle: scanner.myocardium as f32,
            visceral_fat: ((subject.bmi - 19.0) / 16.0).clamp(0.05, 0.9) as f32,
            corner,
        }
    }

    /// Signal at a point of the torso (mm).
    pub fn signal(&self, [x, y, z]: [f32; 3], [row, column]: Cell) -> f32 {
        let [half_width, half_depth] = self.outline.at(z);
        let level = norm(x / half_width, y / half_depth).max(1e-3);
        let under_skin = (1.0 - level) * norm(x, y) / level;
        if under_skin < -3.0 {
            return signal::AIR;
        }
        let blotch = BLOTCHES.at(self.corner, row, column);
        let slow = SLOW.at(self.corner, row, column);

        let mut image = signal::AIR;
        // A thin skin, then fat, thicker in front (and on the breasts) than at the flanks.
        cover(&mut image, ramp(under_skin, 0.7), self.muscle);
        let fat = self.fat * (1.0 + 0.05 * slow);
        cover(&mut image, ramp(under_skin - 2.0, 0.7), fat);
        let front = smooth(-y - 20.0, 0.03);
        let lobe = bell((x.abs() - 75.0) / 70.0) * bell((z + 40.0) / 110.0);
        let fat_mm = self.fat_mm * (0.75 + 0.25 * front + self.breast * front * lobe);
        let under_fat = under_skin - 2.0 - fat_mm - 1.2 * slow;
        if under_fat < -4.0 {
            return image;
        }
        // In front of the heart the wall is thicker by the sternum and what lies behind it.
        let sternal = front * bell((x - 15.0) / 95.0) * bell((z - self.heart[2]) / 120.0);
        let under_wall = under_fat - CHEST_WALL_MM - STERNAL_MM * sternal;
        cover(
            &mut image,
            ramp(under_fat, SLANTED),
            self.chest_wall(under_fat, [x, y, z], blotch),
        );
        if under_wall < -4.0 {
            return image;
        }
        let inside = ramp(under_wall, SLANTED);
        let mut chest = self.lung([row, column]);
        self.mediastinum(&mut chest, [x, y, z], half_depth, [slow, blotch]);
        self.fat_pad(&mut chest, [x, y, z], under_wall, slow);
        self.abdomen(&mut chest, [x, y, z], [slow, blotch], under_wall);
        cover(&mut image, inside, chest);
        self.spine(&mut image, x, y, half_depth, blotch);
        image
    }

    /// Muscle with ribs that run obliquely downwards to the front.
    fn chest_wall(&self, depth: f32, [x, y, z]: [f32; 3], blotch: f32) -> f32 {
        let mut signal = self.muscle * (relative::MUSCLE + 0.06 * blotch);
        // Fat between the two layers of muscle.
        cover(&mut signal, 0.5 * bell((depth - 5.0) / 2.8), self.fat);
        // Intercostal spacing of about 26 mm; the sternum in the middle in front.
        let turns = (z - 0.35 * y + 0.12 * x.abs()) / 26.0 + 40.0;
        let across = (turns - turns.floor() - 0.5) * 26.0;
        let sternum = ramp(22.0 - x.abs(), 0.5) * ramp(-y, 0.1);
        let from_rib =
            norm(across, 1.3 * (depth - 10.0)) * (1.0 - sternum) + sternum * (depth - 8.5).abs();
        cover(
            &mut signal,
            ramp(6.5 - from_rib, 1.0),
            relative::CORTEX * self.muscle,
        );
        cover(
            &mut signal,
            ramp(4.8 - from_rib, 1.0),
            relative::MARROW * self.muscle,
        );
        signal
    }

    /// Lung: hardly any signal, but vessels seen end-on.
    fn lung(&self, [row, column]: Cell) -> f32 {
        let vessels = self.corner.moved(101, 57);
        let small = (GRAIN.at(vessels, row, column) - 2.5).clamp(0.0, 0.5);
        let large = (BLOTCHES.at(vessels, row, column) - 2.0).clamp(0.0, 0.5);
        let slow = SLOW.at(vessels, row, column);
        signal::LUNG * (1.0 + 0.25 * slow) + 0.8 * small + 1.3 * large
    }

    /// Fat and vessels between the lungs, with the descending aorta.
    fn mediastinum(
        &self,
        chest: &mut f32,
        [x, y, z]: [f32; 3],
        half_depth: f32,
        [slow, blotch]: [f32; 2],
    ) {
        let behind = y - self.heart[1];
        let half_width = 24.0 + 3.0 * slow + 0.10 * behind.abs();
        let middle = ramp(half_width - (x - 6.0).abs(), 0.3) * ramp(y + 10.0, 0.15);
        let mixed = if blotch > 0.3 {
            0.45 + 0.3 * blotch
        } else {
            0.75 * self.fat
        };
        cover(chest, middle, mixed);
        let aorta = [24.0, 0.42 * half_depth];
        // It comes nearer to the midline on its way down.
        let away = norm(x - aorta[0] - 0.05 * z, y - aorta[1]);
        cover(chest, ramp(AORTA_MM + 3.0 - away, 0.6), 0.3 * self.muscle);
        cover(
            chest,
            ramp(AORTA_MM - away, 0.8),
            signal::BLOOD * (1.0 + 0.05 * slow),
        );
    }

    /// Fat between the heart and the chest wall in front of it.
    fn fat_pad(&self, chest: &mut f32, [x, y, z]: [f32; 3], under_wall: f32, slow: f32) {
        let thickness = 5.0 + 26.0 * self.visceral_fat;
        let wide = bell((x - 18.0) / 75.0) * bell((z - self.heart[2] + 10.0) / 95.0);
        let pad = thickness * wide * ramp(-y, 0.03) - under_wall + 2.0 * slow;
        cover(chest, ramp(pad, 0.5), self.fat);
    }

    /// Below the diaphragm, whose right dome is higher: liver, stomach, spleen, fat.
    fn abdomen(
        &self,
        chest: &mut f32,
        [x, y, z]: [f32; 3],
        [slow, blotch]: [f32; 2],
        under_wall: f32,
    ) {
        let right = ramp(-(x + 15.0), 0.05);
        let dome = 18.0 * bell((x + 70.0) / 95.0) * bell((y - 5.0) / 120.0);
        let left_dome = 10.0 * bell((x - 75.0) / 60.0) * bell((y - 15.0) / 90.0);
        // It falls off steeply towards the ribs, where the lung reaches down.
        let rim = 40.0 * bell(under_wall / 45.0);
        let surface = self.diaphragm_z + right * dome + left_dome - rim + 2.0 * slow;
        let depth = surface - z;
        let inside = ramp(depth, 0.35);
        if inside <= 0.0 {
            return;
        }
        let m = self.muscle;
        // What lies between the organs: fat in the stout, bowel and muscle otherwise.
        let fatty = ramp(slow + 2.0 * self.visceral_fat - 0.8, 1.5);
        let mut organs = m * (relative::BOWEL + 0.20 * blotch);
        cover(&mut organs, fatty, self.fat);
        // Stomach under the left dome, half full.
        let stomach = within([x - 62.0, y + 8.0, depth - 34.0], [38.0, 42.0, 30.0]);
        let inside_stomach = 32.0 * (1.0 - stomach) + 1.5 * slow;
        cover(&mut organs, ramp(inside_stomach, 0.6), 1.2 * m);
        let content = if y < -2.0 { 0.25 } else { 1.35 };
        cover(
            &mut organs,
            ramp(inside_stomach - 4.0, 0.6),
            m * (content + 0.22 * blotch),
        );
        let spleen = within([x - 105.0, y - 48.0, depth - 30.0], [30.0, 38.0, 38.0]);
        cover(
            &mut organs,
            ramp(30.0 * (1.0 - spleen), 0.6),
            m * (relative::SPLEEN + 0.05 * blotch),
        );
        // The liver reaches over to the left under the heart.
        let reach = 48.0 + 3.0 * slow - 0.35 * (depth - 8.0).max(0.0) - 0.25 * y;
        let vessels = (blotch - 1.6).clamp(0.0, 0.6);
        let liver = m * (relative::LIVER + 0.04 * blotch) + 0.75 * vessels;
        cover(
            &mut organs,
            ramp(reach - x, 0.4) * ramp(depth - 2.0, 0.6),
            liver,
        );
        // Inferior vena cava within it.
        let cava = norm(x + 18.0, y - 22.0);
        cover(&mut organs, ramp(11.0 - cava, 0.6), signal::BLOOD);
        cover(chest, inside, organs);
    }

    /// Vertebral body, canal with its fluid, muscle beside it.
    fn spine(&self, image: &mut f32, x: f32, y: f32, half_depth: f32, blotch: f32) {
        let body_y = 0.60 * half_depth;
        let beside = norm(x.abs() - 30.0, 0.8 * (y - body_y - 28.0));
        cover(
            image,
            ramp(20.0 - beside, 0.5),
            self.muscle * (relative::MUSCLE + 0.06 * blotch),
        );
        let body = norm(x, 1.15 * (y - body_y));
        cover(
            image,
            ramp(SPINE_MM - body, 0.6),
            self.muscle * (relative::MARROW + 0.10 * blotch),
        );
        let canal = norm(x, y - body_y - SPINE_MM - 5.0);
        cover(
            image,
            ramp(CANAL_MM + 4.0 - canal, 0.6),
            relative::CORTEX * self.muscle,
        );
        cover(image, ramp(CANAL_MM - canal, 0.6), signal::FLUID);
        cover(image, ramp(CANAL_MM - 3.5 - canal, 0.8), 1.2 * self.muscle);
    }
}
