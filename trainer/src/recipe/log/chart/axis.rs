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
        let (low, high) = values
            .filter(|value| value.is_finite())
            .map(f64::from)
            .fold(None, |range: Option<(f64, f64)>, value| {
                let (low, high) = range.unwrap_or((value, value));
                Some((low.min(value), high.max(value)))
            })?;
        let logarithmic = low > 0.0 && high / low >= 10.0;
        let margin = match (logarithmic, high - low) {
            (true, _) => 0.0,
            (false, 0.0) => high.abs().max(1e-6) * 0.1,
            (false, span) => span * 0.05,
        };
        Some(Axis {
            low: low - margin,
            high: high + margin,
            logarithmic,
        })
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
        let within: &[f64] = if decades <= 2 {
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
            .filter(|tick| (self.low..=self.high).contains(tick))
            .collect()
    }
}

/// A tick's words: short, without noise in the last digits.
pub(super) fn label(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        return format!("{value:.0e}");
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
        let ticks: Vec<String> = axis.ticks(4).into_iter().map(label).collect();
        assert_eq!(ticks, ["0.15", "0.2", "0.25", "0.3"]);
        assert!((axis.place(0.215) - 0.5).abs() < 1e-6);

        let axis = Axis::fitting([1e-3, 4.0].into_iter()).unwrap();
        let ticks: Vec<String> = axis.ticks(5).into_iter().map(label).collect();
        assert_eq!(ticks, ["0.001", "0.01", "0.1", "1"]);
        assert!((axis.place(4.0) - 1.0).abs() < 1e-9 && axis.place(1e-3).abs() < 1e-9);

        assert_eq!(
            Axis::linear(1.0, 30.0).ticks(6),
            [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]
        );
        assert_eq!(Axis::fitting([f32::NAN].into_iter()), None);
        let flat = Axis::fitting([0.0, 0.0].into_iter()).unwrap();
        assert!((flat.place(0.0) - 0.5).abs() < 1e-9);
        assert_eq!(
            [label(1e-5), label(-0.0), label(250_000.0)],
            ["1e-5", "0", "2e5"]
        );
    }
}
