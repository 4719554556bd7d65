//! From what is measured in a picture to volumes and mass.
//!
//! Two slices do not show a whole heart, so what they show is turned into volumes by a ridge regression on areas and on
//! products that grow as volumes do (area times length, as in the area-length method), fitted on true pictures of the
//! training split as the same segmenter sees them. So what the segmenter always gets wrong is calibrated away, and what
//! remains wrong with true pictures is the method's own error.

use super::anatomy::{HeartMeasures, Measure};
use crate::cohort::Dataset;
use crate::information::cholesky::Cholesky;
use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

/// What is worked out from the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Left-ventricular volume at end-diastole, ml.
    LeftEndDiastolicVolume,
    /// Left-ventricular volume at end-systole, ml.
    LeftEndSystolicVolume,
    /// Left-ventricular ejection fraction, %: from the two volumes.
    EjectionFraction,
    /// Left-ventricular mass, g.
    LeftMass,
    /// Right-ventricular volume at end-diastole, ml.
    RightEndDiastolicVolume,
    /// Right-ventricular volume at end-systole, ml.
    RightEndSystolicVolume,
    /// Thickness of the left wall, mm.
    WallThickness,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Quantity; 7] = [
        Quantity::LeftEndDiastolicVolume,
        Quantity::LeftEndSystolicVolume,
        Quantity::EjectionFraction,
        Quantity::LeftMass,
        Quantity::RightEndDiastolicVolume,
        Quantity::RightEndSystolicVolume,
        Quantity::WallThickness,
    ];

    /// Its column of `subjects.csv`.
    pub fn column(self) -> &'static str {
        match self {
            Quantity::LeftEndDiastolicVolume => "lvedv_ml",
            Quantity::LeftEndSystolicVolume => "lvesv_ml",
            Quantity::EjectionFraction => "lvef",
            Quantity::LeftMass => "lvm_g",
            Quantity::RightEndDiastolicVolume => "rvedv_ml",
            Quantity::RightEndSystolicVolume => "rvesv_ml",
            Quantity::WallThickness => "wall_mm",
        }
    }

    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Quantity::EjectionFraction => "%",
            Quantity::LeftMass => "g",
            Quantity::WallThickness => "mm",
            _ => "ml",
        }
    }
}

/// One number for each quantity, NaN where unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantities([f64; Quantity::ALL.len()]);

impl Quantities {
    /// Nothing is known.
    pub const UNKNOWN: Quantities = Quantities([f64::NAN; Quantity::ALL.len()]);

    /// One quantity; NaN where unknown.
    pub fn get(&self, quantity: Quantity) -> f64 {
        self.0[quantity as usize]
    }

    /// Puts a quantity in.
    pub fn set(&mut self, quantity: Quantity, value: f64) {
        self.0[quantity as usize] = value;
    }

    /// The truth about some subjects of a data set, from its table; NaN where the table does not tell.
    pub fn truth(dataset: &Dataset, subjects: &[usize]) -> Vec<Quantities> {
        let mut truth = vec![Quantities::UNKNOWN; subjects.len()];
        for quantity in Quantity::ALL {
            let column = dataset.numbers(quantity.column()).unwrap_or_default();
            for (quantities, &subject) in truth.iter_mut().zip(subjects) {
                quantities.set(quantity, column.get(subject).copied().unwrap_or(f64::NAN));
            }
        }
        truth
    }
}

/// The ridge's penalty on standardised features, against a mean square of 1.
const PENALTY: f64 = 1e-4;
/// A feature that more than this share of the training subjects lacks is not used.
const MOST_LACKING: f64 = 0.5;
/// The fewest training subjects for each feature.
const SUBJECTS_FOR_EACH: usize = 3;

/// Turns measures into quantities.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The features that are used, as numbers in [`features`], with their mean and deviation.
    used: Vec<(usize, f64, f64)>,
    fits: Vec<Fit>,
}

#[derive(Debug, Clone, PartialEq)]
struct Fit {
    quantity: Quantity,
    mean: f64,
    coefficients: Vec<f64>,
}

impl Calibration {
    /// Fits on the measures of true pictures and the truth about their subjects, in one order. A quantity of which too
    /// few subjects have both stays unknown.
    pub fn fit(measures: &[HeartMeasures], truth: &[Quantities]) -> Calibration {
        let all: Vec<Vec<f64>> = measures.iter().map(features).collect();
        let columns = all.first().map_or(0, Vec::len);
        let known = |column: usize| {
            let values = all.iter().filter(|row| row[column].is_finite());
            values.count() as f64 >= (1.0 - MOST_LACKING) * all.len() as f64
        };
        let kept: Vec<usize> = (0..columns).filter(|&column| known(column)).collect();
        let whole: Vec<usize> = (0..all.len().min(truth.len()))
            .filter(|&row| kept.iter().all(|&column| all[row][column].is_finite()))
            .collect();
        let mut used = Vec::new();
        for &column in &kept {
            let values = whole.iter().map(|&row| all[row][column]);
            let (mean, deviation) = mean_and_deviation(values);
            if deviation > 1e-9 * (1.0 + mean.abs()) {
                used.push((column, mean, deviation));
            }
        }
        let mut calibration = Calibration {
            used,
            fits: Vec::new(),
        };
        for quantity in Quantity::ALL {
            let rows = whole.iter().copied();
            let rows: Vec<usize> = rows
                .filter(|&row| truth[row].get(quantity).is_finite())
                .collect();
            if quantity != Quantity::EjectionFraction
                && let Some(fit) = calibration.fit_one(quantity, &rows, &all, truth)
            {
                calibration.fits.push(fit);
            }
        }
        calibration
    }

    fn fit_one(
        &self,
        quantity: Quantity,
        rows: &[usize],
        features: &[Vec<f64>],
        truth: &[Quantities],
    ) -> Option<Fit> {
        if rows.len() < SUBJECTS_FOR_EACH * self.used.len().max(1) {
            return None;
        }
        let count = rows.len() as f64;
        let scaled: Vec<f64> = rows
            .iter()
            .flat_map(|&row| self.scaled(&features[row]))
            .collect();
        let design = Array2::from_shape_vec((rows.len(), self.used.len()), scaled).ok()?;
        let answers: Array1<f64> = rows.iter().map(|&row| truth[row].get(quantity)).collect();
        let mean = answers.sum() / count;
        let mut normal = design.t().dot(&design) / count;
        normal.diag_mut().mapv_inplace(|x| x + PENALTY);
        let right = design.t().dot(&(answers - mean)) / count;
        let solved = Cholesky::factor(normal)?.solve(&right.insert_axis(Axis(1)).view());
        Some(Fit {
            quantity,
            mean,
            coefficients: solved.into_raw_vec_and_offset().0,
        })
    }

    /// Quantities of one heart, the same for the same measures; a quantity is unknown (NaN) where a measure that it is
    /// worked out from is.
    pub fn apply(&self, measures: &HeartMeasures) -> Quantities {
        let scaled = self.scaled(&features(measures));
        let mut found = Quantities::UNKNOWN;
        for fit in &self.fits {
            let terms = fit.coefficients.iter().zip(&scaled);
            let value = fit.mean + terms.map(|(a, b)| a * b).sum::<f64>();
            found.set(fit.quantity, value);
        }
        with_ejection_fraction(found)
    }

    /// Quantities of one heart, and where one is unknown the training subjects' mean: a picture in which no heart is
    /// found tells nothing, and must not count for less than that.
    pub fn apply_or_mean(&self, measures: &HeartMeasures) -> Quantities {
        let mut found = self.apply(measures);
        for fit in &self.fits {
            if !found.get(fit.quantity).is_finite() {
                found.set(fit.quantity, fit.mean);
            }
        }
        with_ejection_fraction(found)
    }

    fn scaled(&self, features: &[f64]) -> Vec<f64> {
        let scale = |&(column, mean, deviation): &(usize, f64, f64)| {
            features
                .get(column)
                .map_or(f64::NAN, |value| (value - mean) / deviation)
        };
        self.used.iter().map(scale).collect()
    }
}

fn with_ejection_fraction(mut found: Quantities) -> Quantities {
    let diastole = found.get(Quantity::LeftEndDiastolicVolume);
    let systole = found.get(Quantity::LeftEndSystolicVolume);
    let fraction = match diastole > 0.0 {
        true => 100.0 * (1.0 - systole / diastole),
        false => f64::NAN,
    };
    found.set(Quantity::EjectionFraction, fraction);
    found
}

/// What the regression sees: areas and lengths, and products of them that grow as volumes do. Where the heart lies and
/// what share it ejects are left out: a volume should come from the size that is seen.
fn features(measures: &HeartMeasures) -> Vec<f64> {
    use Measure::*;
    let get = |measure| measures.get(measure);
    let mut features = [
        ShortCavityDiastole,
        ShortCavitySystole,
        ShortMuscleDiastole,
        ShortMuscleSystole,
        ShortRightDiastole,
        ShortRightSystole,
        WallDiastole,
        LongLengthDiastole,
        LongLengthSystole,
        LongCavityDiastole,
        LongCavitySystole,
        LongMuscleDiastole,
        LongRightDiastole,
        LongRightSystole,
    ]
    .map(get)
    .to_vec();
    // Area times length.
    let lengths = [LongLengthDiastole, LongLengthSystole];
    for (area, length) in [
        (ShortCavityDiastole, lengths[0]),
        (ShortCavitySystole, lengths[1]),
        (ShortMuscleDiastole, lengths[0]),
        (ShortMuscleSystole, lengths[1]),
        (ShortRightDiastole, lengths[0]),
        (ShortRightSystole, lengths[1]),
    ] {
        features.push(get(area) * get(length));
    }
    // The cube of a side.
    let sides = [
        ShortCavityDiastole,
        ShortCavitySystole,
        LongCavityDiastole,
        LongCavitySystole,
        LongRightDiastole,
        LongRightSystole,
    ];
    features.extend(sides.map(|area| get(area).powf(1.5)));
    // The area-length method in one plane, 8 A² / (3 π L).
    for (area, length) in [
        (LongCavityDiastole, lengths[0]),
        (LongCavitySystole, lengths[1]),
    ] {
        features.push(get(area).powi(2) / get(length).max(1.0));
    }
    features
}

fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares = values.map(|value| (value - mean).powi(2)).sum::<f64>();
    (mean, (squares / count).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Hearts whose volumes are area times length, with every measure the short axis and lengths give.
    fn hearts(count: usize, seed: u64, long: bool) -> (Vec<HeartMeasures>, Vec<Quantities>) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| {
                let mut measures = HeartMeasures::UNKNOWN;
                for measure in Measure::ALL {
                    let known = long || !measure.label().contains("four-chamber");
                    if known {
                        measures.set(measure, random.random_range(10.0..30.0));
                    }
                }
                let volume =
                    |area: Measure, length: Measure| measures.get(area) * measures.get(length);
                let mut truth = Quantities::UNKNOWN;
                let (full, empty) = match long {
                    true => (
                        volume(Measure::ShortCavityDiastole, Measure::LongLengthDiastole),
                        0.4 * volume(Measure::ShortCavitySystole, Measure::LongLengthSystole),
                    ),
                    false => (
                        5.0 * measures.get(Measure::ShortCavityDiastole),
                        2.0 * measures.get(Measure::ShortCavitySystole),
                    ),
                };
                truth.set(Quantity::LeftEndDiastolicVolume, full);
                truth.set(Quantity::LeftEndSystolicVolume, empty);
                (measures, truth)
            })
            .unzip()
    }

    #[test]
    fn volumes_that_are_products_are_found() {
        for long in [true, false] {
            let (measures, truth) = hearts(400, 1, long);
            let calibration = Calibration::fit(&measures, &truth);
            let (unseen, expected) = hearts(50, 2, long);
            for (measures, expected) in unseen.iter().zip(&expected) {
                let found = calibration.apply(measures);
                for quantity in [
                    Quantity::LeftEndDiastolicVolume,
                    Quantity::LeftEndSystolicVolume,
                ] {
                    let (found, expected) = (found.get(quantity), expected.get(quantity));
                    assert!(
                        (found - expected).abs() < 0.03 * expected + 3.0,
                        "{found} for {expected}"
                    );
                }
                assert!(found.get(Quantity::EjectionFraction).is_finite());
                // No subject had a mass to learn from.
                assert!(found.get(Quantity::LeftMass).is_nan());
            }
        }
    }

    #[test]
    fn a_picture_without_a_heart_is_unknown_or_the_mean() {
        let (measures, truth) = hearts(400, 1, true);
        let calibration = Calibration::fit(&measures, &truth);
        let volume = Quantity::LeftEndDiastolicVolume;
        assert!(
            calibration
                .apply(&HeartMeasures::UNKNOWN)
                .get(volume)
                .is_nan()
        );
        let mean = truth.iter().map(|one| one.get(volume)).sum::<f64>() / 400.0;
        let found = calibration
            .apply_or_mean(&HeartMeasures::UNKNOWN)
            .get(volume);
        assert!((found - mean).abs() < 1e-9);
    }

    #[test]
    fn nothing_to_learn_from_gives_nothing() {
        let calibration = Calibration::fit(&[], &[]);
        let found = calibration.apply_or_mean(&HeartMeasures::UNKNOWN);
        assert!(
            Quantity::ALL
                .iter()
                .all(|&quantity| found.get(quantity).is_nan())
        );
    }
}
