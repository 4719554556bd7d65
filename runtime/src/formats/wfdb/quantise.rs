//! From millivolts to whole numbers, with the gain and baseline that bring them back.
//!
//! A recorder's samples were whole numbers once. Where a lead still is a grid, values of one step times
//! whole numbers, its step is found and every sample reads back as the very same number. Other leads
//! (filtered, computed) are rounded to steps of 1 µV or finer.

use super::signal::SampleFormat;
use super::signal_file::physical;

/// Gains of common recorders in ADC units per millivolt, tried before a grid is looked for.
const COMMON_GAINS: [f64; 6] = [200.0, 400.0, 500.0, 800.0, 1000.0, 8000.0];
/// Gains for a lead that is no grid: the finest that holds it is used. The coarsest holds any lead
/// that spans up to 65 mV, once the baseline is moved.
const GAINS: [f64; 4] = [8000.0, 4000.0, 2000.0, 1000.0];
/// The formats written, by the largest number they hold; one less would mean "missing".
const FORMATS: [(i32, SampleFormat); 3] = [
    (0x7fff, SampleFormat::Sixteen),
    (0x7f_ffff, SampleFormat::TwentyFour),
    (i32::MAX, SampleFormat::ThirtyTwo),
];

/// How often the range of gains is narrowed; what narrows it does so within three or four passes.
const MOST_PASSES: usize = 8;
/// How many steps apart the two samples of a lead that are nearest to each other may be.
const MOST_STEPS: u32 = 16;

/// One lead as whole numbers.
pub(super) struct Quantised {
    /// Numbers per millivolt.
    pub(super) gain: f64,
    /// The number of 0 mV.
    pub(super) baseline: i32,
    pub(super) values: Vec<i32>,
}

impl Quantised {
    /// The lead's numbers: exactly, if it is a grid; else to 1 µV or finer, unless it spans more than
    /// 65 mV and takes more than 32 bits at that, which gives `None`.
    pub(super) fn new(row: &[f32]) -> Option<Quantised> {
        let common = COMMON_GAINS.into_iter();
        common
            .chain(grid_gains(row))
            .find_map(|gain| Quantised::exactly(row, gain))
            .or_else(|| Quantised::rounded(row))
    }

    /// The smallest format that holds every number.
    pub(super) fn format(&self) -> SampleFormat {
        let largest = self.values.iter().map(|value| value.unsigned_abs()).max();
        let fitting = |&&(limit, _): &&(i32, SampleFormat)| largest <= Some(limit.unsigned_abs());
        match FORMATS.iter().find(fitting) {
            Some(&(_, format)) => format,
            None => SampleFormat::ThirtyTwo,
        }
    }

    /// The numbers at `gain`, if every one reads back as the sample it came from.
    fn exactly(row: &[f32], gain: f64) -> Option<Quantised> {
        let scale = 1.0 / gain;
        let values = row
            .iter()
            .map(|&sample| {
                let value = whole(f64::from(sample) * gain)?;
                (physical(value, 0, scale) == sample).then_some(value)
            })
            .collect::<Option<Vec<i32>>>()?;
        Some(
            Quantised {
                gain,
                baseline: 0,
                values,
            }
            .centred(),
        )
    }

    fn rounded(row: &[f32]) -> Option<Quantised> {
        let (lowest, highest) = row.iter().map(|&value| f64::from(value)).fold(
            (f64::INFINITY, f64::NEG_INFINITY),
            |(lowest, highest), value| (lowest.min(value), highest.max(value)),
        );
        let largest = lowest.abs().max(highest.abs());
        let narrow = f64::from(FORMATS[0].0);
        let coarsest = GAINS[GAINS.len() - 1];
        let gain = GAINS
            .into_iter()
            .find(|gain| largest * gain <= narrow)
            .unwrap_or(coarsest);
        let values = row
            .iter()
            .map(|&sample| whole(f64::from(sample) * gain))
            .collect::<Option<Vec<i32>>>()?;
        Some(
            Quantised {
                gain,
                baseline: 0,
                values,
            }
            .centred(),
        )
    }

    /// Moves the baseline if the numbers then fit 16 bits: the electrode offsets of a DC-coupled
    /// recorder are many times what its leads swing.
    fn centred(self) -> Quantised {
        let limits = (self.values.iter().min(), self.values.iter().max());
        let (Some(&lowest), Some(&highest)) = limits else {
            return self;
        };
        let narrow = i64::from(FORMATS[0].0);
        let (low, high) = (i64::from(lowest), i64::from(highest));
        if low.abs().max(high.abs()) <= narrow || high - low > 2 * narrow {
            return self;
        }
        let Ok(baseline) = i32::try_from(-(low + high).div_euclid(2)) else {
            return self;
        };
        let values = self
            .values
            .iter()
            .map(|&value| value.checked_add(baseline))
            .collect::<Option<Vec<i32>>>();
        match values {
            Some(values) if values.iter().all(|value| i64::from(*value).abs() <= narrow) => {
                Quantised {
                    baseline,
                    values,
                    ..self
                }
            }
            _ => self,
        }
    }
}

/// `value` rounded, if it is within 32 bits and not the number that means "missing".
fn whole(value: f64) -> Option<i32> {
    let rounded = value.round();
    (rounded.abs() <= f64::from(i32::MAX)).then_some(rounded as i32)
}

/// Gains of the grids that all samples may lie on, the coarsest first; only trying confirms them.
fn grid_gains(row: &[f32]) -> Vec<f64> {
    let distances = Distance::all(row);
    let Some(smallest) = distances.first() else {
        return Vec::new();
    };
    // In a short recording even the two samples nearest to each other may be some steps apart.
    (1..=MOST_STEPS)
        .filter_map(|steps| {
            let first = smallest.gains(f64::from(steps))?;
            confined(&distances, first)
        })
        .collect()
}

/// A distance of two samples, or of one from zero: on a grid a whole number of steps.
#[derive(Clone, Copy)]
struct Distance {
    millivolts: f64,
    /// What single precision leaves open, in millivolts either way.
    uncertainty: f64,
}

impl Distance {
    /// Those of neighbours in size, and those from zero, in ascending order.
    fn all(row: &[f32]) -> Vec<Distance> {
        let mut samples = row.to_vec();
        samples.push(0.0);
        samples.sort_by(f32::total_cmp);
        samples.dedup();
        let rounding = |sample: f32| f64::from(sample.abs().next_up() - sample.abs()) / 2.0;
        let neighbours = samples.iter().zip(samples.iter().skip(1));
        let between = neighbours.map(|(&one, &other)| Distance {
            millivolts: f64::from(other) - f64::from(one),
            uncertainty: rounding(one) + rounding(other),
        });
        let from_zero = samples.iter().map(|&sample| Distance {
            millivolts: f64::from(sample.abs()),
            uncertainty: rounding(sample),
        });
        let mut distances: Vec<Distance> = between.chain(from_zero).collect();
        distances.retain(|distance| distance.millivolts > 0.0);
        distances.sort_by(|one, other| one.millivolts.total_cmp(&other.millivolts));
        distances
    }

    /// The lowest and the highest gain at which this is so many steps; `None` if it may be none.
    fn gains(self, steps: f64) -> Option<(f64, f64)> {
        let least = self.millivolts - self.uncertainty;
        (least > 0.0).then(|| (steps / (self.millivolts + self.uncertainty), steps / least))
    }
}

/// Narrows a range of gains by every distance that can be only one number of steps in it, until none
/// does any more. Gives the shortest number that is left, since that is the recorder's, and `None` if
/// some distance is no whole number of steps at any gain.
fn confined(distances: &[Distance], (mut low, mut high): (f64, f64)) -> Option<f64> {
    for _ in 0..MOST_PASSES {
        let before = (low, high);
        for distance in distances {
            let fewest = ((distance.millivolts - distance.uncertainty) * low).ceil();
            let most = ((distance.millivolts + distance.uncertainty) * high).floor();
            if fewest > most {
                return None;
            }
            if fewest == most
                && let Some((lowest, highest)) = distance.gains(fewest)
            {
                (low, high) = (low.max(lowest), high.min(highest));
            }
        }
        if low > high {
            return None;
        }
        if (low, high) == before {
            break;
        }
    }
    let middle = (low + high) / 2.0;
    (0..17)
        .filter_map(|digits| format!("{middle:.digits$e}").parse::<f64>().ok())
        .find(|gain| (low..=high).contains(gain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_back(quantised: &Quantised) -> Vec<f32> {
        let scale = 1.0 / quantised.gain;
        let samples = quantised.values.iter();
        samples
            .map(|&value| physical(value, quantised.baseline, scale))
            .collect()
    }

    /// Samples of a recorder with this many units per millivolt.
    fn recorded(values: &[i32], gain: f64) -> Vec<f32> {
        values
            .iter()
            .map(|&value| physical(value, 0, 1.0 / gain))
            .collect()
    }

    #[test]
    fn the_recorders_own_gain_is_found() {
        let values: Vec<i32> = (-900..900).map(|n| n * n % 1013 - 400).collect();
        for gain in [
            1000.0,
            204.918_032_786_885_25,
            393.7,
            333.0,
            6553.5,
            1e6 / 2.98,
        ] {
            let row = recorded(&values, gain);
            let quantised = Quantised::new(&row).unwrap();
            assert_eq!(read_back(&quantised), row, "{gain}");
            assert_eq!(quantised.format(), SampleFormat::Sixteen, "{gain}");
        }
    }

    #[test]
    fn formats_grow_with_the_numbers() {
        for (largest, format) in [
            (32767, SampleFormat::Sixteen),
            (32768, SampleFormat::Sixteen),
            (8_388_607, SampleFormat::TwentyFour),
            (8_388_608, SampleFormat::ThirtyTwo),
        ] {
            let row = recorded(&[0, 1, largest], 1000.0);
            let quantised = Quantised::new(&row).unwrap();
            assert_eq!(quantised.format(), format, "{largest}");
            assert_eq!(read_back(&quantised), row);
        }
        assert!(Quantised::new(&[1e-7, 3e9]).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_recorders_samples_read_back_exactly(
            values in prop::collection::vec(-30_000_i32..30_000, 200..300),
            gain in prop_oneof![10.0_f64..20_000.0, (1_u32..20_000).prop_map(f64::from)],
        ) {
            let row = recorded(&values, gain);
            let quantised = Quantised::new(&row).unwrap();
            prop_assert_eq!(read_back(&quantised), row);
        }

        #[test]
        fn anything_else_is_rounded_to_a_microvolt(
            row in prop::collection::vec(-30.0_f32..30.0, 1..40),
            offset in prop_oneof![Just(0.0_f32), -300.0_f32..300.0],
        ) {
            let row: Vec<f32> = row.into_iter().map(|value| value + offset).collect();
            let quantised = Quantised::new(&row).unwrap();
            for (was, is) in row.iter().zip(read_back(&quantised)) {
                // Half a step of 1 uV, and the rounding of f32 at this offset.
                prop_assert!((was - is).abs() <= 0.000_501 + was.abs() * 1e-6, "{was} {is}");
            }
        }
    }
}
