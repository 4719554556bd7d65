//! Ranges and ticks.

/// An axis: what it shows, and from where to where.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Quantity and unit.
    pub label: String,
    /// Its lower end.
    pub low: f64,
    /// Its upper end, above the lower.
    pub high: f64,
}

/// About as many ticks as an axis gets.
const TICKS: f64 = 5.0;

impl Axis {
    /// An axis from `low` to `high`; ends that are no numbers or in no order become 0 and 1.
    pub fn new(label: &str, low: f64, high: f64) -> Axis {
        let sound = low.is_finite() && high.is_finite() && low < high;
        let [low, high] = if sound { [low, high] } else { [0.0, 1.0] };
        Axis {
            label: label.to_owned(),
            low,
            high,
        }
    }

    /// An axis on which all finite `values` lie, with a little room at both ends.
    pub fn around(label: &str, values: impl IntoIterator<Item = f64>) -> Axis {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let room = match high > low {
            true => 0.05 * (high - low),
            false => 0.5,
        };
        Axis::new(label, low - room, high + room)
    }

    /// As [`Axis::around`], from 0 where no value is below it.
    pub fn from_zero(label: &str, values: impl IntoIterator<Item = f64>) -> Axis {
        let around = Axis::around(label, values.into_iter().chain([0.0]));
        let low = if around.low < -0.06 * around.high {
            around.low
        } else {
            0.0
        };
        Axis::new(label, low, around.high)
    }

    /// Where a value lies, 0 at the lower end, 1 at the upper.
    pub fn part(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// Whether a value lies on the axis.
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Round values on the axis, 1, 2 or 5 times a power of ten apart, with their texts.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let rough = (self.high - self.low) / TICKS;
        let power = 10f64.powf(rough.log10().floor());
        let step = power
            * [1.0, 2.0, 5.0, 10.0]
                .into_iter()
                .find(|&factor| factor * power >= 0.999 * rough)
                .unwrap_or(10.0);
        let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        let first = (self.low / step - 1e-6).ceil();
        let count = ((self.high / step + 1e-6).floor() - first).clamp(0.0, 20.0) as usize;
        (0..=count)
            .map(|number| {
                // Adding 0 takes the sign off a negative nought.
                let value = (first + number as f64) * step + 0.0;
                (
                    value,
                    format!("{value:.decimals$}").replacen('-', "\u{2212}", 1),
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(low: f64, high: f64) -> Vec<String> {
        let ticks = Axis::new("", low, high).ticks();
        ticks.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(texts(0.0, 1.0), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(texts(-13.0, 24.0), ["\u{2212}10", "0", "10", "20"]);
        assert_eq!(
            texts(0.0012, 0.0031),
            ["0.0015", "0.0020", "0.0025", "0.0030"]
        );
        assert_eq!(texts(f64::NAN, 3.0), texts(0.0, 1.0));
    }

    #[test]
    fn ranges_hold_the_values() {
        let axis = Axis::around("", [2.0, f64::NAN, 4.0]);
        assert_eq!((axis.low, axis.high), (1.9, 4.1));
        assert!((axis.part(3.0) - 0.5).abs() < 1e-12);
        let single = Axis::around("", [7.0, 7.0]);
        assert_eq!((single.low, single.high), (6.5, 7.5));
        assert_eq!(Axis::from_zero("", [3.0]).low, 0.0);
        assert!(Axis::from_zero("", [-3.0, 1.0]).low < -3.0);
        assert!(Axis::around("", []).high > 0.0);
    }

    proptest! {
        #[test]
        fn there_are_a_few_ticks_and_all_on_the_axis(low in -1e6f64..1e6, width in 1e-3f64..1e6) {
            let axis = Axis::new("", low, low + width);
            let ticks = axis.ticks();
            prop_assert!((2..=7).contains(&ticks.len()), "{ticks:?}");
            prop_assert!(ticks.iter().all(|(value, _)| (-0.01..=1.01).contains(&axis.part(*value))));
        }
    }
}
