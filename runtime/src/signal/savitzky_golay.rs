//! Smoothing by polynomials fitted to a moving window (Savitzky & Golay, Analytical Chemistry
//! 1964).

use super::dot::dot;

/// Windows and orders beyond these are no smoothing of an ECG any more.
const WIDEST: usize = 501;
const HIGHEST_ORDER: usize = 10;

/// A filter for one window width and polynomial order.
#[derive(Clone, Debug, PartialEq)]
pub struct SavitzkyGolay {
    /// For every sample of a window, the weights of all its samples in the polynomial's value
    /// there; row by row.
    weights: Vec<f64>,
    window: usize,
}

impl SavitzkyGolay {
    /// A filter that fits polynomials of this order to so many samples, or none where the window is
    /// even or wider than 501 samples, or the order is above 10 or not below the window.
    pub fn new(window: usize, order: usize) -> Option<Self> {
        let fits = !window.is_multiple_of(2) && window <= WIDEST;
        if !fits || order >= window || order > HIGHEST_ORDER {
            return None;
        }
        let polynomials = orthonormal(window, order);
        let weights = (0..window)
            .flat_map(|row| (0..window).map(move |column| (row, column)))
            .map(|(row, column)| {
                let products = polynomials
                    .iter()
                    .map(|values| values[row] * values[column]);
                products.sum()
            })
            .collect();
        Some(Self { weights, window })
    }

    /// The smoothed signal: each sample becomes the value there of the polynomial fitted to the
    /// window about it, near the ends of that fitted to the first or last window, as
    /// `scipy.signal.savgol_filter` does in its mode `interp`. A signal shorter than the window
    /// is left as it is.
    pub fn smooth(&self, signal: &[f64]) -> Vec<f64> {
        let (window, half) = (self.window, self.window / 2);
        let Some(last) = signal.len().checked_sub(window) else {
            return signal.to_vec();
        };
        (0..signal.len())
            .map(|index| {
                let start = index.saturating_sub(half).min(last);
                dot(self.row(index - start), &signal[start..start + window])
            })
            .collect()
    }

    fn row(&self, number: usize) -> &[f64] {
        &self.weights[number * self.window..(number + 1) * self.window]
    }
}

/// Polynomials of order 0 to `order` on the samples of a window, orthogonal to one another and of
/// norm 1 (Gram–Schmidt, each made from the one before times the position).
fn orthonormal(window: usize, order: usize) -> Vec<Vec<f64>> {
    let half = (window / 2) as f64;
    let position = |sample: usize| (sample as f64 - half) / half.max(1.0);
    let mut found: Vec<Vec<f64>> = Vec::with_capacity(order + 1);
    for degree in 0..=order {
        let mut next: Vec<f64> = match found.last() {
            None => vec![1.0; window],
            Some(last) => (0..window).map(|n| last[n] * position(n)).collect(),
        };
        // Twice, for what rounding left the first time.
        for other in found.iter().chain(&found) {
            let share = dot(&next, other);
            next.iter_mut()
                .zip(other)
                .for_each(|(value, other)| *value -= share * other);
        }
        let norm = dot(&next, &next).sqrt();
        debug_assert!(norm > 0.0, "degree {degree} below {window} samples");
        next.iter_mut().for_each(|value| *value /= norm);
        found.push(next);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn impossible_filters_are_none() {
        for (window, order) in [(0, 0), (4, 2), (5, 5), (503, 3), (21, 11), (1, 1)] {
            assert_eq!(SavitzkyGolay::new(window, order), None, "{window} {order}");
        }
        assert!(SavitzkyGolay::new(501, 10).is_some());
        let identity = SavitzkyGolay::new(1, 0).unwrap();
        assert_eq!(identity.smooth(&[3.0, -1.0]), [3.0, -1.0]);
    }

    proptest! {
        #[test]
        fn polynomials_of_its_order_pass_unchanged(
            half in 2_usize..30,
            coefficients in prop::collection::vec(-1.0_f64..1.0, 1..5),
            length in 0_usize..200,
        ) {
            let filter = SavitzkyGolay::new(2 * half + 1, 4).unwrap();
            let value = |n: usize| {
                let at = n as f64 / 100.0 - 1.0;
                coefficients.iter().rev().fold(0.0, |sum, factor| sum * at + factor)
            };
            let signal: Vec<f64> = (0..length).map(value).collect();
            let smooth = filter.smooth(&signal);
            prop_assert_eq!(smooth.len(), length);
            for (is, was) in smooth.iter().zip(&signal) {
                prop_assert!((is - was).abs() < 1e-9, "{} {}", is, was);
            }
        }
    }
}
