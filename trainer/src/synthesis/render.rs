//! Cine pictures of the simulated heart with their labels.
//!
//! A slice is the mean of several thin ones across its thickness, so borders show partial volume;
//! then come the scanner's blur, coil sensitivity and Rician noise. Labels are 1 LV cavity, 2 LV
//! myocardium, 3 RV cavity (UK Biobank's convention), whichever fills most of the voxel.

use super::background::Background;
use super::heart::SimulatedHeart;
use super::plane::Plane;
use super::random::{Purpose, Stream};
use super::smoothing::{gaussian, slow_field, texture};
use super::tissue::{Painter, Shown};
use super::vector::{Vec3, add, scale, sub};

/// Frames of a cine cycle; frame 0 is end-diastole.
pub const FRAMES_PER_CYCLE: usize = 50;
/// Correlation lengths (SD) of tissue texture and trabeculae, mm.
const TEXTURE_MM: f64 = 2.85;
const TRABECULAE_MM: f64 = 2.1;
/// Blur of the scanner, pixels.
const BLUR_PIXELS: f64 = 0.45;
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
    /// Pixels along each side.
    pub pixels: usize,
    /// Size of a pixel, mm.
    pub pixel_mm: f64,
    /// Slice thickness, mm.
    pub thickness_mm: f64,
    /// Thin slices averaged across it, at the least 1.
    pub sub_slices: usize,
    /// SD of the receiver's noise relative to blood.
    pub noise: f64,
}

impl Default for PictureSettings {
    fn default() -> Self {
        Self {
            pixels: 128,
            pixel_mm: 1.4,
            thickness_mm: 8.0,
            sub_slices: 3,
            noise: 0.03,
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
    /// One picture per frame, row by row from the top left; signal relative to blood, about 0..1.3.
    pub images: Vec<Vec<f32>>,
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

/// What the random streams of one slice give it, the same in every frame.
struct Fields {
    background: Vec<f64>,
    trabeculae: Vec<f64>,
    sensitivity: Vec<f64>,
}

impl SimulatedHeart {
    /// The mid-ventricular short-axis slice as the standard picture takes it, in these frames of
    /// the cycle (taken modulo [`FRAMES_PER_CYCLE`]).
    pub fn short_axis(&self, frames: &[usize]) -> Slice {
        let view = View::ShortAxis {
            offset_mm: self.mid_ventricle_mm(),
        };
        self.picture(view, frames, &PictureSettings::default())
    }

    /// The four-chamber slice likewise.
    pub fn four_chamber(&self, frames: &[usize]) -> Slice {
        self.picture(View::FourChamber, frames, &PictureSettings::default())
    }

    /// Height of the mid-ventricular slice above the LV's equator, mm (negative: below).
    pub fn mid_ventricle_mm(&self) -> f64 {
        0.5 * (self.ventricles.base - self.ventricles.semi_axis) * 0.55
    }

    /// Any slice in any frames. A frame's pixels do not depend on which others are asked for.
    pub fn picture(&self, view: View, frames: &[usize], settings: &PictureSettings) -> Slice {
        let plane = Plane::of(self, view);
        let key = match view {
            View::ShortAxis { offset_mm } => offset_mm.to_bits(),
            View::FourChamber => FOUR_CHAMBER_KEY,
        };
        let fields = self.fields(&plane, key, settings);
        let depths: Vec<Vec<Vec3>> = self.thin_slices(&plane, settings);
        let mut slice = Slice {
            frames: frames
                .iter()
                .map(|frame| frame % FRAMES_PER_CYCLE)
                .collect(),
            pixels: settings.pixels,
            images: Vec::with_capacity(frames.len()),
            labels: Vec::with_capacity(frames.len()),
            affine: plane.affine(settings.pixels, settings.pixel_mm, settings.thickness_mm),
            time_step_s: self.subject.rr_ms() / 1000.0 / FRAMES_PER_CYCLE as f64,
            pixel_mm: settings.pixel_mm,
            thickness_mm: settings.thickness_mm,
        };
        for frame in slice.frames.clone() {
            let painter = self.painter(view, frame, settings);
            let (mut image, labels) = painted(&painter, &fields, &depths);
            gaussian(&mut image, settings.pixels, BLUR_PIXELS);
            let subject = &self.subject;
            let mut receiver = Stream::for_frame(
                subject.seed,
                subject.index,
                Purpose::FrameNoise,
                key,
                frame as u32,
            );
            let picture = image
                .iter()
                .zip(&fields.sensitivity)
                .map(|(signal, sensitivity)| {
                    let real = signal * sensitivity + settings.noise * receiver.standard_normal();
                    real.hypot(settings.noise * receiver.standard_normal()) as f32
                });
            slice.images.push(picture.collect());
            slice.labels.push(labels);
        }
        slice
    }

    fn painter(&self, view: View, frame: usize, settings: &PictureSettings) -> Painter<'_> {
        let shown = match view {
            View::ShortAxis { offset_mm } => Shown {
                atria: offset_mm > 0.6 * self.ventricles.base,
                valves: false,
            },
            View::FourChamber => Shown {
                atria: true,
                valves: true,
            },
        };
        Painter::new(
            &self.subject,
            &self.ventricles,
            self.motion.phases[frame],
            self.motion.phases[self.motion.end_systole].time_ms,
            0.75 * settings.pixel_mm,
            shown,
        )
    }

    /// Heart coordinates of every pixel of each thin slice.
    fn thin_slices(&self, plane: &Plane, settings: &PictureSettings) -> Vec<Vec<Vec3>> {
        let count = settings.sub_slices.max(1);
        let centre = self.subject.imaging.heart_centre_mm;
        (0..count)
            .map(|k| {
                let position = (k as f64 - 0.5 * (count - 1) as f64) / count as f64;
                let shift = scale(plane.normal, position * settings.thickness_mm);
                pixel_points(plane, settings)
                    .map(|point| self.axes.to_heart(sub(add(point, shift), centre)))
                    .collect()
            })
            .collect()
    }

    fn fields(&self, plane: &Plane, key: u64, settings: &PictureSettings) -> Fields {
        let subject = &self.subject;
        let mut stream = Stream::for_frame(subject.seed, subject.index, Purpose::Texture, key, 0);
        let side = settings.pixels;
        let grain = texture(&mut stream, side, TEXTURE_MM / settings.pixel_mm);
        let trabeculae = texture(&mut stream, side, TRABECULAE_MM / settings.pixel_mm);
        let slow = slow_field(&mut stream, side);
        let surroundings = Background::new(subject, &self.ventricles);
        let background = pixel_points(plane, settings)
            .zip(&grain)
            .map(|(point, &grain)| surroundings.signal(point, grain))
            .collect();
        // The anterior coil sees what is near the chest best.
        let mut sensitivity: Vec<f64> = pixel_points(plane, settings)
            .zip(&slow)
            .map(|([_, y, _], slow)| (-0.25 * y / subject.torso.half_depth_mm + slow).exp())
            .collect();
        let mean = sensitivity.iter().sum::<f64>() / sensitivity.len() as f64;
        for value in &mut sensitivity {
            *value /= mean;
        }
        Fields {
            background,
            trabeculae,
            sensitivity,
        }
    }
}

/// Torso coordinates of every pixel, row by row.
fn pixel_points(plane: &Plane, settings: &PictureSettings) -> impl Iterator<Item = Vec3> {
    let (side, size) = (settings.pixels, settings.pixel_mm);
    let middle = 0.5 * (side as f64 - 1.0);
    (0..side * side).map(move |pixel| {
        let position = |index: usize| (index as f64 - middle) * size;
        plane.point(position(pixel % side), position(pixel / side))
    })
}

/// Mean of the thin slices, and the label that fills most of each voxel.
fn painted(painter: &Painter<'_>, fields: &Fields, depths: &[Vec<Vec3>]) -> (Vec<f64>, Vec<u8>) {
    let share = 1.0 / depths.len() as f64;
    let count = fields.background.len();
    let mut image = Vec::with_capacity(count);
    let mut labels = Vec::with_capacity(count);
    for pixel in 0..count {
        let (background, trabeculae) = (fields.background[pixel], fields.trabeculae[pixel]);
        let mut signal = 0.0;
        let mut fractions = [0.0; 3];
        for points in depths {
            let sample = painter.paint(points[pixel], background, trabeculae);
            signal += share * sample.signal;
            for (total, fraction) in fractions.iter_mut().zip(sample.fractions) {
                *total += share * fraction;
            }
        }
        image.push(signal);
        labels.push(largest(fractions));
    }
    (image, labels)
}

/// 0 for the rest, or 1..3 for the largest fraction; ties go to the lower label.
fn largest(fractions: [f64; 3]) -> u8 {
    let mut best = (0, 1.0 - fractions.iter().sum::<f64>());
    for (label, fraction) in (1u8..).zip(fractions) {
        if fraction > best.1 {
            best = (label, fraction);
        }
    }
    best.0
}
