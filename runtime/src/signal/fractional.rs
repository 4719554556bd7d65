//! Samples of a row between samples.

use std::f64::consts::PI;

use super::dot::dot;
use super::qrs::median_in_place;

/// Samples to either side that are weighted.
const REACH: usize = 6;

/// A window of `length` samples of `row` that begins at the fractional sample `start`: none where it
/// lies outside the row.
///
/// By a sinc under a cosine window: frequencies up to 0.6 of half the rate come out right to 1 %.
pub(super) fn window(row: &[f64], start: f64, length: usize) -> Vec<Option<f64>> {
    let whole = start.floor();
    let weights = weights(start - whole);
    let first = whole as isize - REACH as isize + 1;
    let last = row.len() as isize - 1;
    (0..length as isize)
        .map(|n| {
            let middle = whole as isize + n;
            if middle < 0 || middle > last {
                return None;
            }
            let from = first + n;
            let inside = usize::try_from(from)
                .ok()
                .and_then(|from| row.get(from..from + 2 * REACH));
            Some(match inside {
                Some(taps) => dot(taps, &weights),
                // At its ends the row goes on with its last sample.
                None => (from..)
                    .zip(&weights)
                    .map(|(at, weight)| row[at.clamp(0, last) as usize] * weight)
                    .sum(),
            })
        })
        .collect()
}

/// The median at every sample over windows of one length, those that have that sample; the first and
/// the last known value go on where none has.
pub(super) fn median_of_windows(windows: &[Vec<Option<f64>>]) -> Vec<f64> {
    let length = windows.first().map_or(0, Vec::len);
    let mut values = Vec::with_capacity(windows.len());
    let medians: Vec<Option<f64>> = (0..length)
        .map(|n| {
            values.clear();
            values.extend(windows.iter().filter_map(|window| window[n]));
            (!values.is_empty()).then(|| median_in_place(&mut values))
        })
        .collect();
    // Every window is one run of known samples, so unknown ones lie at the ends.
    let mut known = medians.iter().flatten().next().copied().unwrap_or(0.0);
    medians
        .into_iter()
        .map(|value| {
            known = value.unwrap_or(known);
            known
        })
        .collect()
}

/// Weights of the samples around a place `fraction` of a sample after one of them; they sum to 1.
fn weights(fraction: f64) -> [f64; 2 * REACH] {
    if fraction == 0.0 {
        return std::array::from_fn(|tap| if tap == REACH - 1 { 1.0 } else { 0.0 });
    }
    let weights: [f64; 2 * REACH] = std::array::from_fn(|tap| {
        let distance = tap as f64 - (REACH - 1) as f64 - fraction;
        let edge = (PI * distance / (2.0 * REACH as f64)).cos();
        (PI * distance).sin() / (PI * distance) * edge
    });
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sine_is_shifted(start in 20.0_f64..40.0, frequency in 0.0_f64..0.3) {
            let sine = |t: f64| (PI * frequency * t + 0.4).sin();
            let row: Vec<f64> = (0..100).map(|n| sine(f64::from(n))).collect();
            for (n, value) in window(&row, start, 30).into_iter().enumerate() {
                prop_assert!((value.unwrap() - sine(start + n as f64)).abs() < 0.01);
            }
        }
    }

    #[test]
    fn outside_there_is_nothing_and_whole_samples_stay_as_they_are() {
        let row = [1.0, 2.0, 4.0];
        let expected = [None, Some(1.0), Some(2.0), Some(4.0), None];
        assert_eq!(window(&row, -1.0, 5), expected);
        assert_eq!(window(&row, -1.5, 1), [None]);
    }
}
