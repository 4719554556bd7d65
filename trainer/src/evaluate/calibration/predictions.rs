//! Pictures, their predicted deviations and the truth.

use super::CalibrationError;

/// Deviations below this, a tenth of a step of the true pictures' 255 grey levels, count as this: the truth itself is
/// no finer.
pub const LEAST_DEVIATION: f64 = 0.1 / 255.0;

/// Generated and true pictures of the same subjects with the predicted standard deviation of each value's error, all
/// in grey 0 to 1 and of shape (subject, pixel).
#[derive(Debug, Clone, Copy)]
pub struct Predictions<'a> {
    generated: &'a [f32],
    deviation: &'a [f32],
    truth: &'a [f32],
    pixels: usize,
}

/// One value: the size of its error and the deviation predicted for it, at least [`LEAST_DEVIATION`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Predicted {
    /// |generated − true|.
    pub error: f64,
    /// The predicted standard deviation.
    pub deviation: f64,
}

impl<'a> Predictions<'a> {
    /// Checks that all belong together; `pixels` is the number of values of a subject.
    ///
    /// # Errors
    /// Different numbers of values or none at all, a value that is not finite, a deviation below 0.
    pub fn new(
        generated: &'a [f32],
        deviation: &'a [f32],
        truth: &'a [f32],
        pixels: usize,
    ) -> Result<Predictions<'a>, CalibrationError> {
        let alike = generated.len() == deviation.len() && generated.len() == truth.len();
        if !alike || pixels == 0 || generated.is_empty() || !generated.len().is_multiple_of(pixels)
        {
            return Err(CalibrationError::Shape {
                generated: generated.len(),
                deviations: deviation.len(),
                truths: truth.len(),
                pixels,
            });
        }
        let wrong = |place: &usize| -> bool {
            let finite = generated[*place].is_finite() && truth[*place].is_finite();
            !(finite && deviation[*place].is_finite() && deviation[*place] >= 0.0)
        };
        match (0..generated.len()).find(wrong) {
            Some(place) => Err(CalibrationError::NoNumber {
                subject: place / pixels,
                value: place % pixels,
            }),
            None => Ok(Predictions {
                generated,
                deviation,
                truth,
                pixels,
            }),
        }
    }

    /// How many subjects there are.
    pub fn subjects(&self) -> usize {
        self.generated.len() / self.pixels
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.generated.len()
    }

    /// All values, or those of one channel where a subject's pixels are `channels` pictures of one size.
    pub fn values(&self, channel: Channel) -> impl Iterator<Item = Predicted> + Clone + use<'a> {
        let (pixels, this) = (self.pixels, *self);
        let part = channel.range(pixels);
        (0..self.subjects()).flat_map(move |subject| {
            let start = subject * pixels;
            (start + part.start..start + part.end).map(move |place| this.value(place))
        })
    }

    /// The values of one subject.
    pub fn of_subject(&self, subject: usize) -> impl Iterator<Item = Predicted> + use<'a> {
        let (pixels, this) = (self.pixels, *self);
        (subject * pixels..(subject + 1) * pixels).map(move |place| this.value(place))
    }

    fn value(&self, place: usize) -> Predicted {
        Predicted {
            error: f64::from((self.generated[place] - self.truth[place]).abs()),
            deviation: f64::from(self.deviation[place]).max(LEAST_DEVIATION),
        }
    }
}

/// Which part of a subject's pixels is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// All of them.
    All,
    /// Picture `number` (from 0) of so many.
    One {
        /// Its place, from 0.
        number: usize,
        /// How many there are.
        of: usize,
    },
}

impl Channel {
    fn range(self, pixels: usize) -> std::ops::Range<usize> {
        match self {
            Channel::All => 0..pixels,
            Channel::One { number, of } => {
                let one = pixels / of.max(1);
                (number * one).min(pixels)..((number + 1) * one).min(pixels)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_by_channel_and_by_subject() {
        let generated = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
        let deviation = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
        let truth = [0.0; 8];
        let all = Predictions::new(&generated, &deviation, &truth, 4).unwrap();
        assert_eq!((all.subjects(), all.count()), (2, 8));
        let errors = |values: &mut dyn Iterator<Item = Predicted>| -> Vec<i64> {
            values
                .map(|value| (value.error * 10.0).round() as i64)
                .collect()
        };
        let second = Channel::One { number: 1, of: 2 };
        assert_eq!(errors(&mut all.values(second)), [2, 3, 6, 7]);
        assert_eq!(
            errors(&mut all.values(Channel::All)),
            [0, 1, 2, 3, 4, 5, 6, 7]
        );
        assert_eq!(errors(&mut all.of_subject(1)), [4, 5, 6, 7]);
        assert_eq!(
            all.values(Channel::All).next().unwrap().deviation,
            LEAST_DEVIATION
        );
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let new = |generated: &[f32], deviation: &[f32], pixels| {
            Predictions::new(generated, deviation, &[0.0; 4], pixels).map(|found| found.count())
        };
        assert!(matches!(
            new(&[0.0; 4], &[0.0; 3], 2),
            Err(CalibrationError::Shape { .. })
        ));
        assert!(matches!(
            new(&[0.0; 4], &[0.0; 4], 3),
            Err(CalibrationError::Shape { .. })
        ));
        assert!(matches!(
            new(&[0.0; 4], &[0.0; 4], 0),
            Err(CalibrationError::Shape { .. })
        ));
        let negative = new(&[0.0; 4], &[0.0, 0.0, 0.0, -0.1], 2);
        assert_eq!(
            negative,
            Err(CalibrationError::NoNumber {
                subject: 1,
                value: 1
            })
        );
        let diverged = new(&[0.0, f32::NAN, 0.0, 0.0], &[0.1; 4], 2);
        assert_eq!(
            diverged,
            Err(CalibrationError::NoNumber {
                subject: 0,
                value: 1
            })
        );
    }
}
