//! Cine pictures of the simulated heart with their labels.
//!
//! Labels are 1 LV cavity, 2 LV myocardium, 3 RV cavity (UK Biobank's convention), whichever fills
//! most of the voxel; trabeculae and papillary muscles belong to the cavity.

use super::heart::SimulatedHeart;
use super::picture::{Grid, Receiver, Scene};
use super::plane::Plane;
use super::random::{Purpose, Stream};

/// Frames of a cine cycle; frame 0 is end-diastole.
pub const FRAMES_PER_CYCLE: usize = 50;
/// Pixels along each side of a picture as scanned.
pub const PIXELS: usize = 128;
/// Slice thickness as scanned, mm.
pub const THICKNESS_MM: f64 = 8.0;
/// Key of the four-chamber plane's random streams; short-axis planes use their offset's bits.
const FOUR_CHAMBER_KEY: u64 = u64::MAX;

/// Which way the slice lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum View {
    /// Across the long axis, `offset_mm` above (towards the base of) the LV's equator.
    ShortAxis {
        /// Distance from the equator along the long axis, mm.
        offset_mm: f64,
    },
    /// Along the long axis through both ventricles and atria.
    FourChamber,
}

/// How a picture is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureSettings {
    /// Pixels along each side; 0 is taken as 1.
    pub pixels: usize,
    /// Size of a pixel, mm.
    pub pixel_mm: f64,
    /// Slice thickness, mm.
    pub thickness_mm: f64,
    /// SD of the receiver's noise relative to blood.
    pub noise: f64,
}

impl Default for PictureSettings {
    fn default() -> Self {
        Self {
            pixels: PIXELS,
            pixel_mm: 1.4,
            thickness_mm: THICKNESS_MM,
            noise: 0.02,
        }
    }
}

/// Frames of one slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Index in the cycle of each frame.
    pub frames: Vec<usize>,
    /// Width and height in pixels.
    pub pixels: usize,
    /// One picture per frame, row by row from the top left, in the scanner's own units.
    pub images: Vec<Vec<i16>>,
    /// What blood in the left ventricle has in these units, about.
    pub blood_units: f64,
    /// Labels likewise: 0 other, 1 LV cavity, 2 LV myocardium, 3 RV cavity.
    pub labels: Vec<Vec<u8>>,
    /// From voxel (column, row, slice) to patient mm, right–anterior–superior (NIfTI).
    pub affine: [[f64; 4]; 4],
    /// Time between neighbouring frames of the full cycle, s.
    pub time_step_s: f64,
    /// Pixel size, mm.
    pub pixel_mm: f64,
    /// Slice thickness, mm.
    pub thickness_mm: f64,
}

impl SimulatedHeart {
    /// The mid-ventricular short-axis slice as this subject's scanner takes it, in these frames of
    /// the cycle (taken modulo [`FRAMES_PER_CYCLE`]).
    pub fn short_axis(&self, frames: &[usize]) -> Slice {
        let view = View::ShortAxis {
            offset_mm: self.mid_ventricle_mm(),
        };
        self.picture(view, frames, &self.picture_settings(view))
    }

    /// The four-chamber slice likewise.
    pub fn four_chamber(&self, frames: &[usize]) -> Slice {
        let view = View::FourChamber;
        self.picture(view, frames, &self.picture_settings(view))
    }

    /// How this subject's scanner takes a view.
    pub fn picture_settings(&self, view: View) -> PictureSettings {
        let scanner = &self.subject.imaging.scanner;
        PictureSettings {
            pixel_mm: match view {
                View::ShortAxis { .. } => scanner.pixel_mm,
                View::FourChamber => scanner.long_axis_pixel_mm,
            },
            noise: scanner.noise,
            ..PictureSettings::default()
        }
    }

    /// Height of the mid-ventricular slice above the LV's equator, mm (negative: below).
    pub fn mid_ventricle_mm(&self) -> f64 {
        0.5 * (self.ventricles.base - self.ventricles.semi_axis) * 0.55
    }

    /// Any slice in any frames. A frame's pixels do not depend on which others are asked for.
    pub fn picture(&self, view: View, frames: &[usize], settings: &PictureSettings) -> Slice {
        let subject = &self.subject;
        let plane = Plane::of(self, view);
        let pixels = settings.pixels.max(1);
        let key = match view {
            View::ShortAxis { offset_mm } => offset_mm.to_bits(),
            View::FourChamber => FOUR_CHAMBER_KEY,
        };
        let stream = |purpose: Purpose, frame: usize| {
            Stream::for_frame(subject.seed, subject.index, purpose, key, frame as u32)
        };
        let grid = Grid::new(
            &plane,
            &self.axes,
            subject.imaging.heart_centre_mm,
            pixels,
            settings.pixel_mm,
            settings.thickness_mm,
        );
        let mut texture = stream(Purpose::Texture, 0);
        let scanner = &subject.imaging.scanner;
        let mut receiver =
            Receiver::new(&grid, &subject.torso, scanner, settings.noise, &mut texture);
        let scene = Scene::new(self, view, grid, &mut texture);
        let frames: Vec<usize> = frames
            .iter()
            .map(|frame| frame % FRAMES_PER_CYCLE)
            .collect();
        let mut signal = Vec::new();
        let (images, labels) = frames
            .iter()
            .map(|&frame| {
                let mut noise = stream(Purpose::FrameNoise, frame);
                let labels = scene.paint(frame, &mut noise, &mut signal);
                (receiver.receive(&signal, &mut noise), labels)
            })
            .unzip();
        Slice {
            frames,
            pixels,
            images,
            blood_units: scanner.blood_units,
            labels,
            affine: plane.affine(pixels, settings.pixel_mm, settings.thickness_mm),
            time_step_s: subject.rr_ms() / 1000.0 / FRAMES_PER_CYCLE as f64,
            pixel_mm: settings.pixel_mm,
            thickness_mm: settings.thickness_mm,
        }
    }
}
