//! Cascades of second-order sections, run forward or forward and backward.

/// One section, H(z) = (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// Numerator b0, b1, b2.
    pub numerator: [f64; 3],
    /// Denominator a1, a2; a0 is 1.
    pub denominator: [f64; 2],
}

impl Section {
    /// The gain for a constant input.
    fn gain_at_zero(&self) -> f64 {
        self.numerator.iter().sum::<f64>() / (1.0 + self.denominator.iter().sum::<f64>())
    }

    /// The state in which a constant input of 1 gives a constant output at once.
    fn settled_state(&self) -> [f64; 2] {
        let gain = self.gain_at_zero();
        let [_, b1, b2] = self.numerator;
        let [a1, a2] = self.denominator;
        let second = b2 - a2 * gain;
        [b1 - a1 * gain + second, second]
    }

    /// Filters `N` signals side by side, in place, from `state`, transposed direct form II. Each step waits
    /// for the one before, so that several signals take hardly longer than one.
    fn run<const N: usize>(&self, signals: &mut [[f64; N]], mut state: [[f64; N]; 2]) {
        let [b0, b1, b2] = self.numerator;
        let [a1, a2] = self.denominator;
        for values in signals {
            for lane in 0..N {
                let input = values[lane];
                let output = b0 * input + state[0][lane];
                state[0][lane] = b1 * input - a1 * output + state[1][lane];
                state[1][lane] = b2 * input - a2 * output;
                values[lane] = output;
            }
        }
    }
}

/// Signals that are filtered side by side.
const LANES: usize = 4;

/// A filter made of sections in series.
#[derive(Clone, Debug, PartialEq)]
pub struct Sections(Vec<Section>);

impl Sections {
    /// The cascade of `sections`.
    pub fn new(sections: Vec<Section>) -> Sections {
        Sections(sections)
    }

    /// The sections in series.
    pub fn as_slice(&self) -> &[Section] {
        &self.0
    }

    /// The padding in samples that SciPy's `sosfiltfilt` takes unless told otherwise.
    pub fn usual_padding(&self) -> usize {
        let zero = |pick: fn(&Section) -> f64| {
            self.0
                .iter()
                .filter(|&section| pick(section) == 0.0)
                .count()
        };
        let spare =
            zero(|section| section.numerator[2]).min(zero(|section| section.denominator[1]));
        3 * (2 * self.0.len() + 1 - spare)
    }

    /// Filters forward and backward, so that no wave is shifted; the magnitude response counts twice.
    ///
    /// As SciPy's `sosfiltfilt`: the signal is continued at both ends by `padding` samples of its own,
    /// turned about the end point, and both passes begin settled at the first value. Padding is cut
    /// to one sample less than the signal. A high-pass needs some periods of its corner as padding.
    pub fn zero_phase(&self, signal: &[f64], padding: usize) -> Vec<f64> {
        let [filtered] = self.zero_phase_side_by_side([signal], padding);
        filtered
    }

    /// As [`Sections::zero_phase`], each of `rows`; faster, where rows have one length.
    pub fn zero_phase_rows(&self, rows: &[Vec<f64>], padding: usize) -> Vec<Vec<f64>> {
        let mut filtered = Vec::with_capacity(rows.len());
        let (fours, rest) = rows.as_chunks::<LANES>();
        for four in fours {
            if four.iter().all(|row| row.len() == four[0].len()) {
                let four = four.each_ref().map(Vec::as_slice);
                filtered.extend(self.zero_phase_side_by_side(four, padding));
            } else {
                filtered.extend(four.iter().map(|row| self.zero_phase(row, padding)));
            }
        }
        filtered.extend(rest.iter().map(|row| self.zero_phase(row, padding)));
        filtered
    }

    /// As [`Sections::zero_phase`], of signals of one length.
    fn zero_phase_side_by_side<const N: usize>(
        &self,
        signals: [&[f64]; N],
        padding: usize,
    ) -> [Vec<f64>; N] {
        let length = signals.first().map_or(0, |signal| signal.len());
        let Some(last) = length.checked_sub(1) else {
            return std::array::from_fn(|_| Vec::new());
        };
        let padding = padding.min(last);
        let at = |n: usize| signals.map(|signal| signal[n]);
        // A sample turned about the end point.
        let turned = |end: [f64; N], n: usize| -> [f64; N] {
            std::array::from_fn(|lane| 2.0 * end[lane] - signals[lane][n])
        };
        let (first_values, last_values) = (at(0), at(last));
        let before = (1..=padding).rev().map(|n| turned(first_values, n));
        let after = (last - padding..last).rev().map(|n| turned(last_values, n));
        let mut extended: Vec<[f64; N]> = before.chain((0..length).map(at)).chain(after).collect();
        self.run_settled(&mut extended);
        extended.reverse();
        self.run_settled(&mut extended);
        extended.reverse();
        let kept = &extended[padding..padding + length];
        std::array::from_fn(|lane| kept.iter().map(|values| values[lane]).collect())
    }

    fn run_settled<const N: usize>(&self, signals: &mut [[f64; N]]) {
        let mut level = signals.first().copied().unwrap_or([0.0; N]);
        for section in &self.0 {
            let state = section.settled_state();
            section.run(signals, state.map(|share| level.map(|level| share * level)));
            let gain = section.gain_at_zero();
            level = level.map(|level| level * gain);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::signal::filter::{Band, butterworth};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_constant_passes_or_vanishes(level in -100.0_f64..100.0, length in 1_usize..300, padding in 0_usize..400) {
            let signal = vec![level; length];
            let low = butterworth(4, Band::LowPass { cutoff_hz: 40.0 }, 500.0).unwrap();
            let high = butterworth(3, Band::HighPass { cutoff_hz: 0.5 }, 500.0).unwrap();
            for value in low.zero_phase(&signal, padding) {
                prop_assert!((value - level).abs() < 1e-9);
            }
            for value in high.zero_phase(&signal, padding) {
                prop_assert!(value.abs() < 1e-9);
            }
        }

        #[test]
        fn rows_side_by_side_are_as_one_by_one(
            signal in prop::collection::vec(-5.0_f64..5.0, 0..120),
            rows in 0_usize..11,
            uneven in any::<bool>(),
        ) {
            let low = butterworth(3, Band::LowPass { cutoff_hz: 40.0 }, 500.0).unwrap();
            let rows: Vec<Vec<f64>> = (0..rows)
                .map(|row| {
                    let left_out = if uneven { row.min(signal.len()) } else { 0 };
                    signal[left_out..].iter().map(|value| value * row as f64).collect()
                })
                .collect();
            let one_by_one: Vec<Vec<f64>> = rows.iter().map(|row| low.zero_phase(row, 50)).collect();
            prop_assert_eq!(low.zero_phase_rows(&rows, 50), one_by_one);
        }

        #[test]
        fn filters_are_linear_and_finite(
            signal in prop::collection::vec(-5.0_f64..5.0, 1..200),
            factor in -3.0_f64..3.0,
        ) {
            let notch = butterworth(2, Band::BandStop { low_hz: 49.0, high_hz: 51.0 }, 500.0).unwrap();
            let scaled: Vec<f64> = signal.iter().map(|value| value * factor).collect();
            let filtered = notch.zero_phase(&signal, 100);
            prop_assert_eq!(filtered.len(), signal.len());
            for (once, other) in filtered.iter().zip(notch.zero_phase(&scaled, 100)) {
                prop_assert!((once * factor - other).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn nothing_stays_nothing() {
        let low = butterworth(2, Band::LowPass { cutoff_hz: 40.0 }, 500.0).unwrap();
        assert!(low.zero_phase(&[], 10).is_empty());
    }
}
