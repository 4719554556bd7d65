//! What surrounds the heart in a picture: skin, fat, chest wall, lung, mediastinum, aorta, spine
//! and the organs below the diaphragm. It does not move.

use super::geometry::Ventricles;
use super::subject::{Sex, Subject};
use super::vector::{Vec3, logistic};

/// Signal of tissues in a balanced steady-state picture, relative to blood.
pub mod signal {
    /// Ventricular blood.
    pub const BLOOD: f64 = 1.0;
    /// Myocardium.
    pub const MYOCARDIUM: f64 = 0.34;
    /// Fat.
    pub const FAT: f64 = 0.80;
    /// Lung.
    pub const LUNG: f64 = 0.07;
    /// Liver.
    pub const LIVER: f64 = 0.42;
    /// Skeletal muscle.
    pub const MUSCLE: f64 = 0.30;
    /// Vertebral body.
    pub const BONE: f64 = 0.42;
    /// Air.
    pub const AIR: f64 = 0.015;
    /// Vessels and fat of the mediastinum, on average.
    pub const MEDIASTINUM: f64 = 0.55;
    /// Aortic blood.
    pub const AORTA: f64 = 0.95;
}

/// Thickness of the chest wall under the fat, mm.
const CHEST_WALL_MM: f64 = 15.0;
/// Radius of a vertebral body, mm.
const SPINE_MM: f64 = 23.0;
/// Radius of the descending aorta, mm.
const AORTA_MM: f64 = 12.0;

/// The static surroundings of one heart.
pub struct Background<'a> {
    subject: &'a Subject,
    fat_mm: f64,
    diaphragm_z: f64,
}

impl<'a> Background<'a> {
    /// The surroundings of this subject's heart.
    pub fn new(subject: &'a Subject, ventricles: &Ventricles) -> Self {
        let frontal = subject.frontal_axis_deg.to_radians().sin();
        let below = ventricles.outer_radius() * 0.80 + 0.45 * ventricles.semi_axis * frontal;
        Self {
            subject,
            fat_mm: (5.0 + 1.3 * (subject.bmi - 21.0)).clamp(4.0, 40.0),
            diaphragm_z: subject.heart_centre_mm[2] - below + 3.0,
        }
    }

    /// Signal at a point of the torso (mm); `texture` is a standard normal field.
    pub fn signal(&self, [x, y, z]: Vec3, texture: f64) -> f64 {
        let torso = &self.subject.torso;
        let within = |depth: f64, softness: f64| logistic((depth / softness).clamp(-30.0, 30.0));
        let (wide, deep) = torso.taper(z.clamp(0.85 * torso.bottom_mm, 0.8 * torso.top_mm));
        let level = (x / (torso.half_width_mm * wide)).hypot(y / (torso.half_depth_mm * deep));
        let under_skin = (1.0 - level) * x.hypot(y) / level.max(1e-3);

        let breast = if self.subject.sex == Sex::Female && y < -20.0 {
            1.35
        } else {
            1.0
        };
        let under_fat = under_skin - self.fat_mm * breast;
        let under_wall = under_fat - CHEST_WALL_MM;
        let body = within(under_skin, 2.0);
        let mut image = signal::AIR * (1.0 - body) + signal::FAT * body * (0.92 + 0.08 * texture);
        let mut cover = |share: f64, value: f64| image += share * (value - image);

        let ribs =
            (z / 11.0 + x / 60.0).sin().max(0.0) * within(5.0 - (under_fat - 8.0).abs(), 2.0);
        let ribs = if y < 40.0 { 0.12 * ribs } else { 0.0 };
        cover(within(under_fat, 2.0), signal::MUSCLE + ribs);
        let chest = within(under_wall, 2.0);
        cover(chest, signal::LUNG + 0.02 * texture);
        let middle = within(30.0 - x.abs() - 0.25 * (y - 20.0).abs(), 2.0) * within(y + 10.0, 8.0);
        cover(middle * chest, signal::MEDIASTINUM * (0.9 + 0.2 * texture));
        let spine = x.hypot(y - 0.60 * torso.half_depth_mm);
        cover(within(SPINE_MM - spine, 2.0), signal::BONE);
        let aorta = (x - 24.0).hypot(y - 0.40 * torso.half_depth_mm);
        cover(within(AORTA_MM - aorta, 2.0), signal::AORTA);

        // The right dome of the diaphragm is higher, over the liver.
        let right = within(-(x + 20.0), 8.0);
        let dome = 16.0 * (-((x + 70.0) / 45.0).powi(2) - ((y - 5.0) / 60.0).powi(2)).exp();
        let flank = 6.0 * ((x + 35.0) / 75.0).powi(2) * within(-x, 8.0);
        let diaphragm = self.diaphragm_z + right * dome - flank;
        let abdomen = within(diaphragm - z, 2.5) * within(under_wall + 4.0, 2.0);
        let liver = within(28.0 - x, 8.0);
        let organs = liver * signal::LIVER * (0.96 + 0.06 * texture)
            + (1.0 - liver) * (0.34 + 0.09 * texture);
        cover(abdomen, organs);
        image
    }
}
