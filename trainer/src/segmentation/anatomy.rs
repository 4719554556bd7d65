//! Lengths, areas and positions of one heart, measured in the labels of its pictures.

use super::component::largest_component;
use super::examples::PIXELS;
use crate::cohort::picture::SIDE;
use crate::cohort::{Frames, Views};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Labels, as [`LABELS`](crate::cohort::label_maps::LABELS) numbers them.
const CAVITY: u8 = 1;
const MUSCLE: u8 = 2;
const RIGHT: u8 = 3;

/// One thing that is measured. The names of "short" ones are those of the short axis, of "long" ones those of the
/// four-chamber view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Area of the left cavity in the short axis at end-diastole, cm².
    ShortCavityDiastole,
    /// The same at end-systole.
    ShortCavitySystole,
    /// Area of the left muscle in the short axis at end-diastole, cm².
    ShortMuscleDiastole,
    /// The same at end-systole.
    ShortMuscleSystole,
    /// Area of the right cavity in the short axis at end-diastole, cm².
    ShortRightDiastole,
    /// The same at end-systole.
    ShortRightSystole,
    /// Mean thickness of the left wall in the short axis at end-diastole, mm: the radius of a circle as large as cavity
    /// and muscle less that of one as large as the cavity.
    WallDiastole,
    /// Where the left ventricle's middle (cavity and muscle) is in the short axis at end-diastole, mm to the right of the
    /// picture's.
    CentreRight,
    /// The same, mm below the picture's middle.
    CentreDown,
    /// The part of the short axis' cavity that is gone at end-systole, %.
    AreaEjection,
    /// Length of the left cavity in the four-chamber view at end-diastole, mm, along its main axis.
    LongLengthDiastole,
    /// The same at end-systole.
    LongLengthSystole,
    /// Area of the left cavity in the four-chamber view at end-diastole, cm².
    LongCavityDiastole,
    /// The same at end-systole.
    LongCavitySystole,
    /// Area of the left muscle in the four-chamber view at end-diastole, cm².
    LongMuscleDiastole,
    /// Area of the right cavity in the four-chamber view at end-diastole, cm².
    LongRightDiastole,
    /// The same at end-systole.
    LongRightSystole,
}

impl Measure {
    /// All of them.
    pub const ALL: [Measure; 17] = [
        Measure::ShortCavityDiastole,
        Measure::ShortCavitySystole,
        Measure::ShortMuscleDiastole,
        Measure::ShortMuscleSystole,
        Measure::ShortRightDiastole,
        Measure::ShortRightSystole,
        Measure::WallDiastole,
        Measure::CentreRight,
        Measure::CentreDown,
        Measure::AreaEjection,
        Measure::LongLengthDiastole,
        Measure::LongLengthSystole,
        Measure::LongCavityDiastole,
        Measure::LongCavitySystole,
        Measure::LongMuscleDiastole,
        Measure::LongRightDiastole,
        Measure::LongRightSystole,
    ];

    /// As tables name it.
    pub fn label(self) -> &'static str {
        match self {
            Measure::ShortCavityDiastole => "LV cavity area, short axis, end-diastole",
            Measure::ShortCavitySystole => "LV cavity area, short axis, end-systole",
            Measure::ShortMuscleDiastole => "LV muscle area, short axis, end-diastole",
            Measure::ShortMuscleSystole => "LV muscle area, short axis, end-systole",
            Measure::ShortRightDiastole => "RV cavity area, short axis, end-diastole",
            Measure::ShortRightSystole => "RV cavity area, short axis, end-systole",
            Measure::WallDiastole => "mean LV wall thickness, short axis, end-diastole",
            Measure::CentreRight => "LV centre to the right, short axis",
            Measure::CentreDown => "LV centre downwards, short axis",
            Measure::AreaEjection => "area ejection fraction, short axis",
            Measure::LongLengthDiastole => "LV length, four-chamber, end-diastole",
            Measure::LongLengthSystole => "LV length, four-chamber, end-systole",
            Measure::LongCavityDiastole => "LV cavity area, four-chamber, end-diastole",
            Measure::LongCavitySystole => "LV cavity area, four-chamber, end-systole",
            Measure::LongMuscleDiastole => "LV muscle area, four-chamber, end-diastole",
            Measure::LongRightDiastole => "RV cavity area, four-chamber, end-diastole",
            Measure::LongRightSystole => "RV cavity area, four-chamber, end-systole",
        }
    }

    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Measure::WallDiastole
            | Measure::CentreRight
            | Measure::CentreDown
            | Measure::LongLengthDiastole
            | Measure::LongLengthSystole => "mm",
            Measure::AreaEjection => "%",
            _ => "cm²",
        }
    }
}

/// What was measured of one heart; NaN where the pictures do not show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeartMeasures([f64; Measure::ALL.len()]);

impl HeartMeasures {
    /// Nothing is known.
    pub const UNKNOWN: HeartMeasures = HeartMeasures([f64::NAN; Measure::ALL.len()]);

    /// One measure; NaN where the pictures do not show it.
    pub fn get(&self, measure: Measure) -> f64 {
        self.0[measure as usize]
    }

    /// Puts a measure in.
    pub fn set(&mut self, measure: Measure, value: f64) {
        self.0[measure as usize] = value;
    }

    /// Whether a left ventricle was found in the short axis at end-diastole.
    pub fn has_left_ventricle(&self) -> bool {
        self.get(Measure::ShortCavityDiastole).is_finite()
    }
}

/// What a subject's channels show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// The views, the short axis first.
    pub views: Views,
    /// The frames of each view; of whole cycles none but the first is measured.
    pub frames: Frames,
    /// Size of a pixel, mm.
    pub pixel_mm: f64,
}

impl Layout {
    /// Pictures of a subject.
    pub fn channels(&self) -> usize {
        self.views.count() * self.frames.count()
    }

    /// The channels of a view at end-diastole and end-systole.
    fn times(&self, view: usize) -> [Option<usize>; 2] {
        if view >= self.views.count() {
            return [None; 2];
        }
        let first = view * self.frames.count();
        [
            Some(first),
            (self.frames == Frames::EdEs).then_some(first + 1),
        ]
    }
}

/// Measures of many hearts from their labels, (subject, channel, 128, 128), on all threads of the rayon pool.
pub fn measure_all(labels: &[u8], layout: &Layout) -> Vec<HeartMeasures> {
    labels
        .par_chunks(layout.channels().max(1) * PIXELS)
        .map(|labels| measure(labels, layout))
        .collect()
}

/// Measures of one heart from its labels, (channel, 128, 128). Of each label the largest connected part counts. An area
/// is unknown where neither cavity nor muscle is seen, and 0 where only the other is: a cavity may close at end-systole.
pub fn measure(labels: &[u8], layout: &Layout) -> HeartMeasures {
    let mut found = HeartMeasures::UNKNOWN;
    let seen = |channel: Option<usize>| {
        let channel = channel?;
        let map = labels.get(channel * PIXELS..(channel + 1) * PIXELS)?;
        Chambers::see(map, layout.pixel_mm)
    };
    let [diastole, systole] = layout.times(0).map(seen);
    if let Some(seen) = &diastole {
        found.set(Measure::ShortCavityDiastole, seen.cavity_cm2);
        found.set(Measure::ShortMuscleDiastole, seen.muscle_cm2);
        found.set(Measure::ShortRightDiastole, seen.right_cm2);
        found.set(Measure::WallDiastole, seen.wall_mm());
        found.set(Measure::CentreRight, seen.centre_mm[0]);
        found.set(Measure::CentreDown, seen.centre_mm[1]);
    }
    if let Some(seen) = &systole {
        found.set(Measure::ShortCavitySystole, seen.cavity_cm2);
        found.set(Measure::ShortMuscleSystole, seen.muscle_cm2);
        found.set(Measure::ShortRightSystole, seen.right_cm2);
    }
    if let (Some(full), Some(empty)) = (&diastole, &systole)
        && full.cavity_cm2 > 0.0
    {
        let ejected = 1.0 - empty.cavity_cm2 / full.cavity_cm2;
        found.set(Measure::AreaEjection, 100.0 * ejected);
    }
    let [diastole, systole] = layout.times(1).map(seen);
    if let Some(seen) = &diastole {
        found.set(Measure::LongCavityDiastole, seen.cavity_cm2);
        found.set(Measure::LongMuscleDiastole, seen.muscle_cm2);
        found.set(Measure::LongRightDiastole, seen.right_cm2);
        found.set(Measure::LongLengthDiastole, seen.length_mm);
    }
    if let Some(seen) = &systole {
        found.set(Measure::LongCavitySystole, seen.cavity_cm2);
        found.set(Measure::LongRightSystole, seen.right_cm2);
        found.set(Measure::LongLengthSystole, seen.length_mm);
    }
    found
}

/// What one picture shows.
struct Chambers {
    cavity_cm2: f64,
    muscle_cm2: f64,
    right_cm2: f64,
    /// Middle of cavity and muscle, right of and below the picture's.
    centre_mm: [f64; 2],
    /// Of the cavity along its main axis; 0 where there is none.
    length_mm: f64,
}

impl Chambers {
    /// `None` where there is neither left cavity nor muscle.
    fn see(map: &[u8], pixel_mm: f64) -> Option<Chambers> {
        let [cavity, muscle, right] =
            [CAVITY, MUSCLE, RIGHT].map(|label| largest_component(map, SIDE, label));
        let left: Vec<usize> = cavity.iter().chain(&muscle).copied().collect();
        let centre_mm = mean_place(&left)?.map(|place| place * pixel_mm);
        let cm2 = |pixels: &[usize]| pixels.len() as f64 * pixel_mm * pixel_mm / 100.0;
        Some(Chambers {
            cavity_cm2: cm2(&cavity),
            muscle_cm2: cm2(&muscle),
            right_cm2: cm2(&right),
            centre_mm,
            length_mm: length(&cavity) * pixel_mm,
        })
    }

    fn wall_mm(&self) -> f64 {
        let radius_mm = |cm2: f64| (100.0 * cm2 / PI).sqrt();
        radius_mm(self.cavity_cm2 + self.muscle_cm2) - radius_mm(self.cavity_cm2)
    }
}

/// Column and row of a pixel, from the picture's middle.
fn place(pixel: usize) -> [f64; 2] {
    let middle = (SIDE as f64 - 1.0) / 2.0;
    [pixel % SIDE, pixel / SIDE].map(|index| index as f64 - middle)
}

fn mean_place(pixels: &[usize]) -> Option<[f64; 2]> {
    let mut sum = [0.0; 2];
    for &pixel in pixels {
        let [x, y] = place(pixel);
        sum = [sum[0] + x, sum[1] + y];
    }
    (!pixels.is_empty()).then(|| sum.map(|sum| sum / pixels.len() as f64))
}

/// Length in pixels of a group along the axis in which it is spread most, from edge to edge; 0 of none.
fn length(pixels: &[usize]) -> f64 {
    let Some([middle_x, middle_y]) = mean_place(pixels) else {
        return 0.0;
    };
    let apart = |&pixel: &usize| {
        let [x, y] = place(pixel);
        [x - middle_x, y - middle_y]
    };
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for [x, y] in pixels.iter().map(apart) {
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    // The main axis of the 2 × 2 matrix of second moments.
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let along = |[x, y]: [f64; 2]| x * angle.cos() + y * angle.sin();
    let ends = pixels.iter().map(apart).map(along);
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
        (low.min(at), high.max(at))
    });
    high - low + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout {
        views: Views::ShortAxisAndFourChamber,
        frames: Frames::EdEs,
        pixel_mm: 1.4,
    };

    /// Rings about (`x`, `y`) pixels from the middle: cavity within `inner` pixels, muscle within `outer`.
    fn rings(x: f64, y: f64, inner: f64, outer: f64) -> Vec<u8> {
        (0..PIXELS)
            .map(|pixel| {
                let [column, row] = place(pixel);
                match (column - x).hypot(row - y) {
                    far if far < inner => CAVITY,
                    far if far < outer => MUSCLE,
                    _ => 0,
                }
            })
            .collect()
    }

    #[test]
    fn circles_have_their_areas_and_walls() {
        let mut diastole = rings(6.0, -9.0, 17.0, 24.0);
        // What lies apart is no heart.
        diastole[..60].fill(CAVITY);
        let labels = [diastole, rings(6.0, -9.0, 10.0, 22.0)].concat();
        let found = measure(&labels, &LAYOUT);
        let near = |measure: Measure, expected: f64, tolerance: f64| {
            let value = found.get(measure);
            assert!((value - expected).abs() < tolerance, "{measure:?}: {value}");
        };
        let cm2 = |radius: f64| PI * (radius * 0.14).powi(2);
        near(Measure::ShortCavityDiastole, cm2(17.0), 0.3);
        near(Measure::ShortMuscleDiastole, cm2(24.0) - cm2(17.0), 0.3);
        near(Measure::WallDiastole, 7.0 * 1.4, 0.2);
        near(Measure::CentreRight, 6.0 * 1.4, 0.1);
        near(Measure::CentreDown, -9.0 * 1.4, 0.1);
        near(Measure::AreaEjection, 100.0 * (1.0 - 100.0 / 289.0), 1.0);
        assert_eq!(found.get(Measure::ShortRightDiastole), 0.0);
        // There is no four-chamber view in these labels.
        assert!(found.get(Measure::LongLengthDiastole).is_nan());
        assert!(found.has_left_ventricle());
    }

    #[test]
    fn the_length_is_along_the_main_axis() {
        let (sine, cosine) = 0.6f64.sin_cos();
        let ellipse: Vec<u8> = (0..PIXELS)
            .map(|pixel| {
                let [x, y] = place(pixel);
                let (along, across) = (cosine * x + sine * y, cosine * y - sine * x);
                u8::from((along / 30.0).hypot(across / 14.0) < 1.0)
            })
            .collect();
        let labels = [vec![0; 2 * PIXELS], ellipse.clone(), ellipse].concat();
        let found = measure_all(&[&labels[..], &labels[..]].concat(), &LAYOUT);
        assert_eq!(found.len(), 2);
        let length = found[1].get(Measure::LongLengthDiastole);
        assert!((length - 60.0 * 1.4).abs() < 2.5, "{length}");
        assert!(!found[0].has_left_ventricle());
    }

    #[test]
    fn a_cavity_may_close_and_one_frame_is_enough() {
        let labels = [rings(0.0, 0.0, 12.0, 20.0), rings(0.0, 0.0, 0.0, 18.0)].concat();
        let both = Layout {
            views: Views::ShortAxis,
            ..LAYOUT
        };
        let found = measure(&labels, &both);
        assert_eq!(found.get(Measure::ShortCavitySystole), 0.0);
        assert_eq!(found.get(Measure::AreaEjection), 100.0);
        let one = Layout {
            frames: Frames::Ed,
            ..both
        };
        let found = measure_all(&labels, &one);
        assert_eq!(found.len(), 2);
        assert!(found[0].get(Measure::ShortCavitySystole).is_nan());
    }
}
