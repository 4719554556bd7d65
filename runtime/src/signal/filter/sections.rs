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

    /// Filters in place from `state`, transposed direct form II.
    fn run(&self, signal: &mut [f64], mut state: [f64; 2]) {
        let [b0, b1, b2] = self.numerator;
        let [a1, a2] = self.denominator;
        for value in signal {
            let input = *value;
            let output = b0 * input + state[0];
            state[0] = b1 * input - a1 * output + state[1];
            state[1] = b2 * input - a2 * output;
            *value = output;
        }
    }
}

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
        let (Some(&first), Some(&last)) = (signal.first(), signal.last()) else {
            return Vec::new();
        };
        let padding = padding.min(signal.len() - 1);
        let before = signal[1..=padding]
            .iter()
            .rev()
            .map(|value| 2.0 * first - value);
        let after = signal[signal.len() - 1 - padding..signal.len() - 1]
            .iter()
            .rev()
            .map(|value| 2.0 * last - value);
        let mut extended: Vec<f64> = before.chain(signal.iter().copied()).chain(after).collect();
        self.run_settled(&mut extended);
        extended.reverse();
        self.run_settled(&mut extended);
        extended.reverse();
        extended[padding..padding + signal.len()].to_vec()
    }

    fn run_settled(&self, signal: &mut [f64]) {
        let mut level = signal.first().copied().unwrap_or(0.0);
        for section in &self.0 {
            let [first, second] = section.settled_state();
            section.run(signal, [first * level, second * level]);
            level *= section.gain_at_zero();
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
