//! Slopes and bends of a signal after smoothing by a cubic B-spline: the quadratic-spline wavelet
//! of Mallat & Zhong (IEEE Trans Pattern Anal 1992;14:710), at any scale instead of powers of two.

use super::dot::dot;

/// The smoothing of one scale, with its first and second derivative.
pub(super) struct Spline {
    slope: Vec<f64>,
    bend: Vec<f64>,
}

impl Spline {
    /// The spline that four moving averages over `width` samples make: 4 `width` samples long, about
    /// 1.2 `width` from its middle to where it has fallen to a half.
    pub(super) fn new(width: usize) -> Spline {
        // Three averages and a difference over `width`: the derivative of four averages. Two averages
        // and two differences: the second derivative.
        let average_over = |taps: &[f64], width: usize| -> Vec<f64> {
            (0..taps.len() + width - 1)
                .map(|n| {
                    let from = (n + 1).saturating_sub(width);
                    let to = (n + 1).min(taps.len());
                    taps[from..to].iter().sum::<f64>() / width as f64
                })
                .collect()
        };
        let average = |taps: &[f64]| average_over(taps, width);
        let difference = |taps: &[f64]| -> Vec<f64> {
            let at = |n: Option<usize>| n.and_then(|n| taps.get(n)).copied().unwrap_or(0.0);
            (0..taps.len() + width)
                .map(|n| (at(n.checked_sub(width)) - at(Some(n))) / width as f64)
                .collect()
        };
        let twice = average(&average(&[1.0]));
        Spline {
            // One more average, over two, since taps of even number have no middle.
            slope: average_over(&difference(&average(&twice)), 2),
            bend: difference(&difference(&twice)),
        }
    }

    /// The slope at every sample, in units of `row` per sample.
    ///
    /// The first and last sample go on beyond the ends.
    pub(super) fn slopes(&self, row: &[f64]) -> Vec<f64> {
        correlate(row, &self.slope)
    }

    /// How much the signal bends down at every sample, in units of `row` per squared sample: largest
    /// at the top of a wave that is about as wide as the spline, whatever level it stands on.
    pub(super) fn bends(&self, row: &[f64]) -> Vec<f64> {
        let mut bends = correlate(row, &self.bend);
        bends.iter_mut().for_each(|bend| *bend = -*bend);
        bends
    }
}

/// `row` weighted by `taps` about every sample.
fn correlate(row: &[f64], taps: &[f64]) -> Vec<f64> {
    let (Some(&first), Some(&last)) = (row.first(), row.last()) else {
        return Vec::new();
    };
    let before = taps.len() / 2;
    let mut extended = Vec::with_capacity(row.len() + taps.len());
    extended.resize(before, first);
    extended.extend_from_slice(row);
    extended.resize(row.len() + taps.len(), last);
    (0..row.len())
        .map(|n| dot(&extended[n..n + taps.len()], taps))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn straight_lines_and_parabolas_are_measured_exactly(
            width in 1_usize..12,
            level in -5.0_f64..5.0,
            slope in -0.1_f64..0.1,
            bend in -0.01_f64..0.01,
        ) {
            let row: Vec<f64> = (0..200)
                .map(|n| f64::from(n) - 100.0)
                .map(|t| level + slope * t - bend * t * t / 2.0)
                .collect();
            let spline = Spline::new(width);
            prop_assert!((spline.bends(&row)[100] - bend).abs() < 1e-9);
            prop_assert!((spline.slopes(&row)[100] - slope).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_of_nothing() {
        assert!(Spline::new(4).slopes(&[]).is_empty());
    }
}
