//! What is found of a beat: where its waves begin, peak and end.

/// Where a wave begins, peaks and ends.
///
/// Sample numbers, counted from 0, with fractions; which rate they count at says what holds the wave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wave {
    /// Where it begins.
    pub onset: f64,
    /// Where it is farthest from the line between its ends.
    pub peak: f64,
    /// Where it ends.
    pub offset: f64,
}

impl Wave {
    /// From begin to end, in samples.
    pub fn duration(&self) -> f64 {
        self.offset - self.onset
    }

    pub(super) fn shifted(self, by: f64) -> Wave {
        self.mapped(|at| at + by)
    }

    pub(super) fn scaled(self, by: f64) -> Wave {
        self.mapped(|at| at * by)
    }

    fn mapped(self, change: impl Fn(f64) -> f64) -> Wave {
        Wave {
            onset: change(self.onset),
            peak: change(self.peak),
            offset: change(self.offset),
        }
    }

    /// Whether all of it lies in a recording of `length` samples.
    pub(super) fn is_within(&self, length: usize) -> bool {
        self.onset >= 0.0 && self.offset <= length as f64 - 1.0
    }
}

/// The waves of one beat, in one lead or over all leads; `None` where there is no such wave, or where it
/// is not all within the recording.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Waves {
    /// The P wave that leads over to this beat.
    pub p: Option<Wave>,
    /// The QRS complex; its peak in a lead is R, or where R is small the deepest point; over all leads it is
    /// the largest deflection of the vector.
    pub qrs: Option<Wave>,
    /// The T wave.
    pub t: Option<Wave>,
}

/// A wave over all leads and in each of them.
#[derive(Clone, Debug)]
pub(super) struct Located {
    pub(super) global: Wave,
    pub(super) leads: Vec<Option<Wave>>,
}
