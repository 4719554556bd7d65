//! Samples of a row between samples, and the median of windows cut out so.

use std::f64::consts::PI;
use std::ops::Range;

use super::column_median::column_medians;
use super::quantile::median_in_place;

/// Samples to either side that are weighted.
const REACH: usize = 6;

/// A part of a row; what of it lies outside the row is not known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    /// 0 where not known.
    pub(super) values: Vec<f64>,
    pub(super) known: Range<usize>,
}

impl Window {
    /// The `length` samples of `row` that begin at the fractional sample `start`.
    ///
    /// By a sinc under a cosine window: frequencies up to 0.6 of half the rate come out right to 1 %.
    pub(super) fn cut(row: &[f64], start: f64, length: usize) -> Window {
        let whole = start.floor() as isize;
        let weights = weights(start - start.floor());
        let inside = |place: isize| (place - whole).clamp(0, length as isize) as usize;
        let known = inside(0)..inside(row.len() as isize);
        let known = known.start..known.end.max(known.start);
        let mut values = vec![0.0; length];
        if known.is_empty() {
            return Window { values, known };
        }
        let last = row.len() as isize - 1;
        for (tap, &weight) in weights.iter().enumerate() {
            if weight == 0.0 {
                continue;
            }
            let offset = whole + tap as isize + 1 - REACH as isize;
            let from = known.start as isize + offset;
            let to = known.end as isize + offset;
            match usize::try_from(from)
                .ok()
                .and_then(|from| row.get(from..to as usize))
            {
                Some(part) => {
                    for (value, sample) in values[known.clone()].iter_mut().zip(part) {
                        *value += weight * sample;
                    }
                }
                // At its ends the row goes on with its last sample.
                None => {
                    for (value, at) in values[known.clone()].iter_mut().zip(from..) {
                        *value += weight * row[at.clamp(0, last) as usize];
                    }
                }
            }
        }
        Window { values, known }
    }
}

/// The median at every sample over windows of one length, those that know it; the first and the last
/// known value go on where none does.
pub(super) fn median_of_windows(windows: Vec<Window>) -> Vec<f64> {
    let length = windows.first().map_or(0, |window| window.values.len());
    let range = |window: &Window| window.known.clone();
    let first = windows.iter().map(|window| range(window).start).max();
    let last = windows.iter().map(|window| range(window).end).min();
    let known_to_all = first.unwrap_or(0)..last.unwrap_or(0).max(first.unwrap_or(0));
    let mut medians: Vec<Option<f64>> = vec![None; length];
    let mut values = Vec::with_capacity(windows.len());
    for n in (0..known_to_all.start.min(length)).chain(known_to_all.end..length) {
        values.clear();
        let knowing = windows.iter().filter(|window| window.known.contains(&n));
        values.extend(knowing.map(|window| window.values[n]));
        if !values.is_empty() {
            medians[n] = Some(median_in_place(&mut values));
        }
    }
    let mut rows: Vec<Vec<f64>> = windows.into_iter().map(|window| window.values).collect();
    let all = column_medians(&mut rows);
    for n in known_to_all {
        medians[n] = Some(all[n]);
    }
    // Every window knows one run of samples, so unknown ones lie at the ends.
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
            let window = Window::cut(&row, start, 30);
            prop_assert_eq!(&window.known, &(0..30));
            for (n, value) in window.values.into_iter().enumerate() {
                prop_assert!((value - sine(start + n as f64)).abs() < 0.01);
            }
        }

        #[test]
        fn any_place_and_length(start in -50.0_f64..50.0, length in 0_usize..40, samples in 0_usize..30) {
            let window = Window::cut(&vec![2.0; samples], start, length);
            prop_assert_eq!(window.values.len(), length);
            for (n, value) in window.values.iter().enumerate() {
                let expected = if window.known.contains(&n) { 2.0 } else { 0.0 };
                prop_assert!((value - expected).abs() < 1e-9);
                let place = start.floor() + n as f64;
                prop_assert_eq!(window.known.contains(&n), place >= 0.0 && place < samples as f64);
            }
        }
    }

    #[test]
    fn the_median_is_over_those_that_know() {
        let row = [1.0, 2.0, 4.0];
        let windows = [-1.0, 0.0, 1.0].map(|start| Window::cut(&row, start, 4));
        assert_eq!(windows[0].known, 1..4);
        assert_eq!(median_of_windows(windows.to_vec()), [1.5, 2.0, 3.0, 4.0]);
        assert!(median_of_windows(Vec::new()).is_empty());
    }
}
