//! Errors of pictures, by subject and by channel, beside what one would guess without the ECG.

use super::markdown::{figure, table};
use serde::Serialize;
use std::convert::Infallible;

/// Errors of a set of pictures whose greys run from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImageErrors {
    /// Subjects.
    pub subjects: usize,
    /// Mean absolute error.
    pub l1: f64,
    /// Mean squared error.
    pub mse: f64,
    /// Mean over the subjects of the peak signal-to-noise ratio, −10·log₁₀ of the subject's mean squared error, in dB.
    pub psnr_db: f64,
    /// The same of each channel.
    pub channels: Vec<ChannelErrors>,
    /// The same of each subject, which is not written to files.
    #[serde(skip)]
    pub of_subjects: SubjectErrors,
}

/// Errors of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ChannelErrors {
    /// Mean absolute error.
    pub l1: f64,
    /// Mean squared error.
    pub mse: f64,
    /// Mean peak signal-to-noise ratio, dB.
    pub psnr_db: f64,
}

/// Errors of each subject's picture, all channels together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SubjectErrors {
    /// Mean absolute error.
    pub l1: Vec<f64>,
    /// Mean squared error.
    pub mse: Vec<f64>,
    /// Peak signal-to-noise ratio, dB; infinite for a picture without error.
    pub psnr_db: Vec<f64>,
}

impl ImageErrors {
    /// Of `generated` against `truth`, both (subject, channel × pixel) with `values` numbers a subject.
    pub fn of(generated: &[f32], truth: &[f32], values: usize, channels: usize) -> ImageErrors {
        let mut pictures = generated.chunks_exact(values);
        let next = |_| Ok::<_, Infallible>(pictures.next().unwrap_or_default());
        match ImageErrors::of_fetched(next, truth, values, channels) {
            Ok(errors) => errors,
            Err(never) => match never {},
        }
    }

    /// Of one picture for everybody, such as the training subjects' mean.
    pub fn of_guess(guess: &[f32], truth: &[f32], channels: usize) -> ImageErrors {
        match ImageErrors::of_fetched(|_| Ok::<_, Infallible>(guess), truth, guess.len(), channels)
        {
            Ok(errors) => errors,
            Err(never) => match never {},
        }
    }

    /// Of pictures that `fetch` gives one by one, by the subject's number in `truth`, such as those of the
    /// [nearest](super::nearest) training subjects.
    ///
    /// # Errors
    /// The first that `fetch` gives.
    pub fn of_fetched<P: AsRef<[f32]>, E>(
        mut fetch: impl FnMut(usize) -> Result<P, E>,
        truth: &[f32],
        values: usize,
        channels: usize,
    ) -> Result<ImageErrors, E> {
        let channels = channels.max(1);
        let mut of_channels = vec![SubjectErrors::default(); channels];
        let mut of_subjects = SubjectErrors::default();
        for (subject, truth) in truth.chunks_exact(values).enumerate() {
            let picture = fetch(subject)?;
            let parts = picture.as_ref().chunks(values / channels);
            let (mut l1, mut mse) = (0.0, 0.0);
            for ((errors, given), truth) in of_channels
                .iter_mut()
                .zip(parts)
                .zip(truth.chunks(values / channels))
            {
                let (absolute, squared) = differences(given, truth);
                errors.push(absolute, squared);
                l1 += absolute / channels as f64;
                mse += squared / channels as f64;
            }
            of_subjects.push(l1, mse);
        }
        Ok(ImageErrors {
            subjects: of_subjects.l1.len(),
            l1: mean(&of_subjects.l1),
            mse: mean(&of_subjects.mse),
            psnr_db: mean(&of_subjects.psnr_db),
            channels: of_channels
                .iter()
                .map(|errors| ChannelErrors {
                    l1: mean(&errors.l1),
                    mse: mean(&errors.mse),
                    psnr_db: mean(&errors.psnr_db),
                })
                .collect(),
            of_subjects,
        })
    }
}

impl SubjectErrors {
    fn push(&mut self, l1: f64, mse: f64) {
        self.l1.push(l1);
        self.mse.push(mse);
        self.psnr_db.push(-10.0 * mse.log10());
    }
}

/// Mean absolute and mean squared difference.
fn differences(given: &[f32], truth: &[f32]) -> (f64, f64) {
    let (mut absolute, mut squared) = (0.0, 0.0);
    for (given, truth) in given.iter().zip(truth) {
        let difference = f64::from(given - truth);
        absolute += difference.abs();
        squared += difference * difference;
    }
    (absolute / truth.len() as f64, squared / truth.len() as f64)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Errors of the pictures from ECGs and of what they must beat.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImageComparison {
    /// What each channel shows, such as "short axis, end-diastole".
    pub channel_names: Vec<String>,
    /// Pictures from ECGs.
    pub generated: ImageErrors,
    /// The training subjects' mean picture.
    pub mean_image: ImageErrors,
    /// The training subjects' median picture.
    pub median_image: ImageErrors,
    /// The picture of the training subject whose latent is nearest to the ECG's.
    pub nearest_neighbour: ImageErrors,
}

impl ImageComparison {
    /// Mean absolute error of the generated pictures over that of the mean picture: below 1 where the ECG helps.
    pub fn l1_over_mean_image(&self) -> f64 {
        self.generated.l1 / self.mean_image.l1
    }

    /// A row for all channels and one for each, a column for each kind of picture.
    pub fn markdown(&self) -> String {
        let kinds = [
            &self.generated,
            &self.mean_image,
            &self.median_image,
            &self.nearest_neighbour,
        ];
        let row = |name: String, decimals: usize, of: &dyn Fn(&ImageErrors) -> f64| {
            let cells = kinds.iter().map(|errors| figure(of(errors), decimals));
            std::iter::once(name).chain(cells).collect::<Vec<String>>()
        };
        let mut rows = vec![
            row("L1".to_owned(), 4, &|errors| errors.l1),
            row("MSE".to_owned(), 5, &|errors| errors.mse),
            row("PSNR, dB".to_owned(), 2, &|errors| errors.psnr_db),
        ];
        for (channel, name) in self.channel_names.iter().enumerate() {
            rows.push(row(format!("L1, {name}"), 4, &|errors| {
                errors.channels.get(channel).map_or(f64::NAN, |of| of.l1)
            }));
        }
        table(
            &[
                "figure",
                "from the ECG",
                "mean image",
                "median image",
                "nearest training subject",
            ],
            &rows,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Two subjects of two channels of two pixels.
    const TRUTH: [f32; 8] = [0.0, 1.0, 0.5, 0.5, 1.0, 1.0, 0.0, 0.0];
    const GIVEN: [f32; 8] = [0.5, 1.0, 0.5, 0.5, 0.0, 0.0, 0.5, 0.5];

    #[test]
    fn by_hand() {
        let found = ImageErrors::of(&GIVEN, &TRUTH, 4, 2);
        // Absolute: (0.5, 0, 0, 0) and (1, 1, 0.5, 0.5).
        assert_eq!(found.of_subjects.l1, [0.125, 0.75]);
        assert_eq!(found.of_subjects.mse, [0.0625, 0.625]);
        assert_eq!((found.l1, found.mse), (0.4375, 0.34375));
        assert!((found.of_subjects.psnr_db[0] - 12.041199826559248).abs() < 1e-9);
        assert!((found.psnr_db - (12.041199826559248 + 2.041199826559248) / 2.0).abs() < 1e-9);
        assert_eq!((found.channels[0].l1, found.channels[1].l1), (0.625, 0.25));
        assert_eq!(found.channels[0].mse, (0.125 + 1.0) / 2.0);
    }

    #[test]
    fn a_guess_is_that_picture_for_everybody() {
        let guess = [0.5, 1.0, 0.5, 0.0];
        let all = ImageErrors::of(&guess.repeat(2), &TRUTH, 4, 2);
        assert_eq!(ImageErrors::of_guess(&guess, &TRUTH, 2), all);
        let fetched = ImageErrors::of_fetched(|_| Err::<&[f32], _>("lost"), &TRUTH, 4, 2);
        assert_eq!(fetched, Err("lost"));
        let perfect = ImageErrors::of(&TRUTH, &TRUTH, 4, 2);
        assert_eq!((perfect.l1, perfect.psnr_db), (0.0, f64::INFINITY));
    }

    #[test]
    fn the_table_has_all_kinds() {
        let errors = ImageErrors::of(&GIVEN, &TRUTH, 4, 2);
        let comparison = ImageComparison {
            channel_names: vec!["one".to_owned(), "two".to_owned()],
            generated: errors.clone(),
            mean_image: errors.clone(),
            median_image: errors.clone(),
            nearest_neighbour: errors,
        };
        assert_eq!(comparison.l1_over_mean_image(), 1.0);
        let text = comparison.markdown();
        assert_eq!(text.lines().count(), 7);
        assert!(
            text.contains("| L1, two | 0.2500 | 0.2500 | 0.2500 | 0.2500 |"),
            "{text}"
        );
    }
}
