//! Ridge regressions from latent to volumes and the like.
//!
//! The penalty is the one that errs least on the validation split. The interval is split-conformal (Lei et al., J Am Stat
//! Assoc 2018;113:1094): for as many as its coverage says of subjects like those of the validation split, the truth lies
//! within. The one penalty chosen on the same subjects makes it narrower by no more than chance.

use super::Sample;
use crate::cohort::Dataset;
use crate::information::large_ridge::{LargeRidge, Scaling};
use ecg2mri::model::statistics::{Interval, Readout};
use ndarray::{Array2, ArrayView2, Axis};

/// What is read, by the column of the subjects' table, with its unit.
const COLUMNS: [(&str, &str); 7] = [
    ("lvedv_ml", "ml"),
    ("lvesv_ml", "ml"),
    ("lvef", "%"),
    ("lvm_g", "g"),
    ("rvedv_ml", "ml"),
    ("rvesv_ml", "ml"),
    ("wall_mm", "mm"),
];

/// Share of subjects whose truth lies within the interval.
const COVERAGE: f64 = 0.9;

/// The readouts of those columns that the data set has with enough subjects.
pub(super) fn fit(dataset: &Dataset, training: &Sample, validation: &Sample) -> Vec<Readout> {
    let columns = COLUMNS.iter();
    columns
        .filter_map(|(name, unit)| {
            let truth = dataset.numbers(name)?;
            let known = |sample: &Sample| known_of(sample, &truth);
            readout(name, unit, &known(training), &known(validation))
        })
        .collect()
}

/// Latents (subject, latent) and figures (subject, 1) of the subjects whose figure is known.
struct Known {
    latents: Array2<f64>,
    truth: Array2<f64>,
}

fn known_of(sample: &Sample, truth: &[f64]) -> Known {
    let known: Vec<usize> = (0..sample.subjects.len())
        .filter(|&place| truth[sample.subjects[place]].is_finite())
        .collect();
    let figures: Vec<f64> = known
        .iter()
        .map(|&place| truth[sample.subjects[place]])
        .collect();
    Known {
        latents: sample.latents.select(Axis(0), &known),
        truth: Array2::from_shape_fn((known.len(), 1), |(row, _)| figures[row]),
    }
}

/// One readout; `None` where there are too few subjects for its interval.
fn readout(name: &str, unit: &str, training: &Known, validation: &Known) -> Option<Readout> {
    let length = training.latents.ncols();
    if training.truth.nrows() < 2 {
        return None;
    }
    let ridge = LargeRidge::new(
        &training.latents.view(),
        &training.truth.view(),
        Scaling::Standardised,
    );
    let chosen = ridge.best_for(&validation.latents.view(), &validation.truth.view());
    let answered = |latents: &ArrayView2<f64>| chosen.model.answer(latents);
    let residuals = &validation.truth - answered(&validation.latents.view());
    let half_width = conformal_half_width(residuals.iter().copied())?;
    // A linear map is known by what it makes of zero and of each axis.
    let intercept = answered(&Array2::zeros((1, length)).view())[[0, 0]];
    let weights = answered(&Array2::eye(length).view()) - intercept;
    let squares = |values: &Array2<f64>| values.iter().map(|value| value * value).sum::<f64>();
    let about_mean = &validation.truth - validation.truth.mean()?;
    let varies = squares(&about_mean);
    (varies > 0.0).then(|| Readout {
        name: name.to_owned(),
        unit: unit.to_owned(),
        weights: weights.iter().map(|&weight| weight as f32).collect(),
        intercept,
        interval: Interval {
            coverage: COVERAGE,
            half_width,
        },
        r_squared: 1.0 - squares(&residuals) / varies,
    })
}

/// The residual that as many others do not exceed as the coverage asks for, one unseen subject counted in; `None` where
/// there are too few to say.
fn conformal_half_width(residuals: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sizes: Vec<f64> = residuals.map(f64::abs).collect();
    sizes.sort_by(f64::total_cmp);
    let rank = (COVERAGE * (sizes.len() + 1) as f64).ceil() as usize;
    sizes.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    /// Figures 100 + 20·z₀ − 10·z₁ + noise of 10, of latents of six numbers.
    fn drawn(subjects: usize, seed: u64) -> Known {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        let latents =
            Array2::from_shape_simple_fn((subjects, 6), || StandardNormal.sample(&mut stream));
        let truth = Array2::from_shape_fn((subjects, 1), |(row, _)| {
            let noise: f64 = StandardNormal.sample(&mut stream);
            100.0 + 20.0 * latents[[row, 0]] - 10.0 * latents[[row, 1]] + 10.0 * noise
        });
        Known { latents, truth }
    }

    #[test]
    fn a_linear_figure_is_read_with_an_interval_that_covers_as_promised() {
        let found = readout("lvedv_ml", "ml", &drawn(3000, 1), &drawn(1000, 2)).unwrap();
        assert!((found.intercept - 100.0).abs() < 1.0, "{}", found.intercept);
        for (weight, expected) in found.weights.iter().zip([20.0, -10.0, 0.0, 0.0]) {
            assert!((weight - expected).abs() < 1.0, "{weight}");
        }
        // 500 of the 600 units of variance.
        assert!(
            (found.r_squared - 5.0 / 6.0).abs() < 0.03,
            "{}",
            found.r_squared
        );
        let unseen = drawn(4000, 3);
        let rows = unseen.latents.rows().into_iter().zip(&unseen.truth);
        let within = rows.filter(|(row, truth)| {
            let latent: Vec<f32> = row.iter().map(|&value| value as f32).collect();
            let estimate = found.estimate(&latent);
            (estimate.low..=estimate.high).contains(*truth)
        });
        let share = within.count() as f64 / 4000.0;
        assert!((share - COVERAGE).abs() < 0.02, "{share}");
    }

    #[test]
    fn too_few_subjects_give_no_readout() {
        assert!(readout("lvef", "%", &drawn(50, 1), &drawn(8, 2)).is_none());
        assert!(readout("lvef", "%", &drawn(50, 1), &drawn(9, 2)).is_some());
        assert!(readout("lvef", "%", &drawn(1, 1), &drawn(50, 2)).is_none());
        assert!(readout("lvef", "%", &drawn(50, 1), &drawn(0, 2)).is_none());
    }
}
