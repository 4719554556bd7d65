//! The anatomy of generated pictures beside that of true ones and the truth.

use super::SegmentationError;
use super::agreement::{Agreement, agreement};
use super::anatomy::{HeartMeasures, Layout, Measure, measure_all};
use super::calibration::{Calibration, Quantities, Quantity};
use super::examples::{PIXELS, pictures, unit_grey};
use super::segmenter::Segmenter;
use crate::cohort::Dataset;
use serde::Serialize;

/// Subjects whose pictures are in memory at once.
const AT_ONCE: usize = 64;

/// The anatomy of generated pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnatomyFigures {
    /// Subjects.
    pub subjects: usize,
    /// Generated pictures in which no left ventricle was found; their quantities count as the training subjects' mean.
    pub generated_without_left_ventricle: usize,
    /// True pictures in which none was found, counted in the same way.
    pub true_without_left_ventricle: usize,
    /// Volumes, mass and wall against the truth.
    pub quantities: Vec<QuantityFigures>,
    /// Lengths and areas in the generated picture against those in the true one.
    pub measures: Vec<MeasureFigures>,
}

/// One quantity worked out from pictures, against the truth about the subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuantityFigures {
    /// The quantity.
    pub quantity: Quantity,
    /// Its unit.
    pub unit: &'static str,
    /// From generated pictures.
    pub generated_against_truth: Option<Agreement>,
    /// From true pictures: the error of the method itself.
    pub true_picture_against_truth: Option<Agreement>,
    /// From generated pictures against what the same method finds in true ones.
    pub generated_against_true_picture: Option<Agreement>,
}

/// One length or area in the generated picture, against the true picture's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureFigures {
    /// The measure.
    pub measure: Measure,
    /// Its unit.
    pub unit: &'static str,
    /// Over the subjects in both of whose pictures it was found.
    pub generated_against_true_picture: Option<Agreement>,
}

/// One quantity of every subject, in the subjects' order, NaN where unknown: what scatter and Bland–Altman plots show.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantitySeries {
    /// The quantity.
    pub quantity: Quantity,
    /// The truth.
    pub truth: Vec<f64>,
    /// From the generated pictures.
    pub generated: Vec<f64>,
    /// From the true pictures.
    pub true_picture: Vec<f64>,
}

impl QuantitySeries {
    /// The points of a Bland–Altman plot of the generated pictures, (mean of both, generated − truth), of the subjects of
    /// whom both are known.
    pub fn bland_altman(&self) -> Vec<[f64; 2]> {
        let both = self.generated.iter().zip(&self.truth);
        both.filter(|(generated, truth)| generated.is_finite() && truth.is_finite())
            .map(|(generated, truth)| [(generated + truth) / 2.0, generated - truth])
            .collect()
    }
}

/// Figures and series of generated pictures, for subjects in one order: the measures of their generated and of their true
/// pictures, and the truth about them. `calibration` is that of true pictures of the training split; `seed` draws the
/// bootstrap of the intervals.
///
/// # Panics
/// Where the numbers of subjects differ.
pub fn anatomy_figures(
    generated: &[HeartMeasures],
    true_pictures: &[HeartMeasures],
    truth: &[Quantities],
    calibration: &Calibration,
    seed: u64,
) -> (AnatomyFigures, Vec<QuantitySeries>) {
    let subjects = generated.len();
    assert_eq!(subjects, true_pictures.len(), "subjects with true pictures");
    assert_eq!(subjects, truth.len(), "subjects with a truth");
    let estimate = |measures: &[HeartMeasures]| -> Vec<Quantities> {
        let each = measures.iter();
        each.map(|one| calibration.apply_or_mean(one)).collect()
    };
    let (from_generated, from_true) = (estimate(generated), estimate(true_pictures));
    let without = |measures: &[HeartMeasures]| {
        let lacking = measures.iter().filter(|one| !one.has_left_ventricle());
        lacking.count()
    };
    let series: Vec<QuantitySeries> = Quantity::ALL
        .into_iter()
        .map(|quantity| {
            let column = |of: &[Quantities]| of.iter().map(|one| one.get(quantity)).collect();
            QuantitySeries {
                quantity,
                truth: column(truth),
                generated: column(&from_generated),
                true_picture: column(&from_true),
            }
        })
        .collect();
    let quantities = series.iter().map(|series| QuantityFigures {
        quantity: series.quantity,
        unit: series.quantity.unit(),
        generated_against_truth: agreement(&series.generated, &series.truth, seed),
        true_picture_against_truth: agreement(&series.true_picture, &series.truth, seed),
        generated_against_true_picture: agreement(&series.generated, &series.true_picture, seed),
    });
    let measures = Measure::ALL.into_iter().map(|measure| {
        let column =
            |of: &[HeartMeasures]| -> Vec<f64> { of.iter().map(|one| one.get(measure)).collect() };
        MeasureFigures {
            measure,
            unit: measure.unit(),
            generated_against_true_picture: agreement(
                &column(generated),
                &column(true_pictures),
                seed,
            ),
        }
    });
    let figures = AnatomyFigures {
        subjects,
        generated_without_left_ventricle: without(generated),
        true_without_left_ventricle: without(true_pictures),
        quantities: quantities.collect(),
        measures: measures.collect(),
    };
    (figures, series)
}

/// Measures of pictures, (subject, channel, 128, 128) in any unit of grey.
///
/// # Errors
/// Where the values are not whole pictures, and where a run fails.
pub fn measure_pictures(
    segmenter: &mut Segmenter,
    pictures: &[f32],
    layout: &Layout,
) -> Result<Vec<HeartMeasures>, SegmentationError> {
    let subject = layout.channels() * PIXELS;
    let mut found = Vec::new();
    for some in pictures.chunks(AT_ONCE * subject) {
        found.extend(measure_all(&segmenter.labels(some)?, layout));
    }
    Ok(found)
}

/// Measures of some subjects' true pictures.
///
/// # Errors
/// Where a picture cannot be read, and where a run fails.
pub fn measure_subjects(
    segmenter: &mut Segmenter,
    dataset: &Dataset,
    subjects: &[usize],
) -> Result<Vec<HeartMeasures>, SegmentationError> {
    let layout = layout(dataset);
    let mut found = Vec::new();
    for some in subjects.chunks(AT_ONCE) {
        let mut grey = Vec::new();
        for &subject in some {
            grey.extend(unit_grey(&pictures(dataset, subject)?));
        }
        found.extend(measure_pictures(segmenter, &grey, &layout)?);
    }
    Ok(found)
}

/// What a data set's subjects' channels show.
pub fn layout(dataset: &Dataset) -> Layout {
    Layout {
        views: dataset.header.views,
        frames: dataset.header.frames,
        pixel_mm: dataset.header.pixel_mm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hearts whose cavity is as large as their volume says, seen with an error that grows and shrinks by turns.
    fn seen(error: f64) -> Vec<HeartMeasures> {
        let heart = |index: usize| {
            let mut measures = HeartMeasures::UNKNOWN;
            let sign = if index.is_multiple_of(2) { 1.0 } else { -1.0 };
            let area = 15.0 + index as f64 / 20.0 + sign * error;
            measures.set(Measure::ShortCavityDiastole, area);
            measures
        };
        (0..200).map(heart).collect()
    }

    #[test]
    fn a_generated_picture_is_held_against_truth_and_true_picture() {
        let truth: Vec<Quantities> = (0..200)
            .map(|index| {
                let mut truth = Quantities::UNKNOWN;
                truth.set(Quantity::LeftEndDiastolicVolume, 100.0 + f64::from(index));
                truth
            })
            .collect();
        let true_pictures = seen(0.0);
        let calibration = Calibration::fit(&true_pictures, &truth);
        let mut generated = seen(0.5);
        generated[7] = HeartMeasures::UNKNOWN;
        let (figures, series) =
            anatomy_figures(&generated, &true_pictures, &truth, &calibration, 1);
        assert_eq!(figures.generated_without_left_ventricle, 1);
        assert_eq!(figures.true_without_left_ventricle, 0);
        let volume = &figures.quantities[0];
        let own = volume.true_picture_against_truth.unwrap();
        assert!(own.r_squared.value > 0.999 && own.mean_absolute_error < 0.5);
        let found = volume.generated_against_truth.unwrap();
        // Half a cm² is ten ml here.
        assert!((found.mean_absolute_error - 10.0).abs() < 1.5, "{found:?}");
        assert_eq!(found.subjects, 200);
        assert!(figures.quantities[3].generated_against_truth.is_none());
        let area = figures.measures[0].generated_against_true_picture.unwrap();
        assert_eq!(area.subjects, 199);
        assert!((area.mean_absolute_error - 0.5).abs() < 1e-9);
        let points = series[0].bland_altman();
        assert_eq!(points.len(), 200);
        assert!((points[0][1] - 10.0).abs() < 1.5);
        assert!(series[3].bland_altman().is_empty());
    }
}
