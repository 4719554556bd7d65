//! Ranges and ticks of an axis.

/// How values are laid along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Axis {
    /// An axis for `values`, of which those that are not finite are left out: logarithmic where they are positive and
    /// span a factor of ten or more. `None` where none is left.
    pub(super) fn fitting(values: impl Iterator<Item = f32>) -> Option<Axis> {
        let (low, high) = range(values)?;
        match low > 0.0 && high / low >= 10.0 {
            true => Some(Axis {
                low,
                high,
                logarithmic: true,
            }),
            false => Some(Axis::around(low, high)),
        }
    }

    /// As [`Axis::fitting`], and never logarithmic.
    pub(super) fn fitting_linear(values: impl Iterator<Item = f32>) -> Option<Axis> {
        range(values).map(|(low, high)| Axis::around(low, high))
    }

    /// A linear axis with a margin.
    fn around(low: f64, high: f64) -> Axis {
        let margin = match high - low {
            0.0 => high.abs().max(1e-6) * 0.1,
            span => span * 0.05,
        };
        Axis {
            low: low - margin,
            high: high + margin,
            logarithmic: false,
        }
    }

    /// A linear axis from `low` to `high`.
    pub(super) fn linear(low: f64, high: f64) -> Axis {
        Axis {
            low,
            high: high.max(low + 1.0),
            logarithmic: false,
        }
    }

    /// Where a value lies: 0 at the low end, 1 at the high end.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.logarithmic {
            true => (value / self.low).ln() / (self.high / self.low).ln(),
            false => (value - self.low) / (self.high - self.low),
        }
    }

    /// About `count` round values within the axis.
    pub(super) fn ticks(&self, count: usize) -> Vec<f64> {
        if self.logarithmic {
            return self.decades(count);
        }
        let rough = (self.high - self.low) / count.max(1) as f64;
        let decade = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|factor| factor * decade)
            .into_iter()
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(rough);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }

    fn decades(&self, count: usize) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor(), self.high.log10().ceil());
        let decades = (last - first).max(1.0) as usize;
        let stride = decades.div_ceil(count.max(1)).max(1);
        let within: &[f64] = if self.high / self.low < 100.0 {
            &[1.0, 2.0, 5.0]
        } else {
            &[1.0]
        };
        (0..=decades)
            .step_by(stride)
            .flat_map(|decade| {
                let power = 10f64.powf(first + decade as f64);
                within.iter().map(move |factor| factor * power)
            })
            // The ends themselves belong to it, whatever the last bits of an f32 say.
            .filter(|tick| (self.low * 0.999..=self.high * 1.001).contains(tick))
            .collect()
    }
}

/// The lowest and the highest of the finite values.
fn range(values: impl Iterator<Item = f32>) -> Option<(f64, f64)> {
    let finite = values.filter(|value| value.is_finite()).map(f64::from);
    finite.fold(None, |range: Option<(f64, f64)>, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// A tick's words: short, without noise in the last digits.
pub(super) fn label(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        return format!("{value:.1e}").replace(".0e", "e");
    }
    let text = format!("{value:.4}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".to_owned(),
        short => short.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let axis = Axis::fitting([0.12, 0.31, f32::NAN].into_iter()).unwrap();
        let ticks: Vec<String> = axis.ticks(5).into_iter().map(label).collect();
        assert_eq!(ticks, ["0.15", "0.2", "0.25", "0.3"]);
        assert!((axis.place(0.215) - 0.5).abs() < 1e-6);

        let axis = Axis::fitting([1e-3, 4.0].into_iter()).unwrap();
        let ticks: Vec<String> = axis.ticks(5).into_iter().map(label).collect();
        assert_eq!(ticks, ["0.001", "0.01", "0.1", "1"]);
        assert!((axis.place(4.0) - 1.0).abs() < 1e-6 && axis.place(1e-3).abs() < 1e-6);

        assert_eq!(
            Axis::linear(1.0, 30.0).ticks(6),
            [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]
        );
        assert_eq!(Axis::fitting([f32::NAN].into_iter()), None);
        let flat = Axis::fitting([0.0, 0.0].into_iter()).unwrap();
        assert!((flat.place(0.0) - 0.5).abs() < 1e-9);
        assert_eq!(
            [1e-5, 1.2e-4, -0.0, 250_000.0].map(label),
            ["1e-5", "1.2e-4", "0", "2.5e5"]
        );
    }
}
