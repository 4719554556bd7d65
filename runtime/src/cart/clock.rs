//! How the device's clock and its sampling rate compare with the clock of this machine.
//!
//! Bytes never arrive early, but often late: they wait in buffers. So of the frames of each two seconds only the one that
//! was least delayed is kept, and a line is laid through the last of these by Theil and Sen's method, the median of the
//! slopes of all pairs (Sen, Journal of the American Statistical Association 1968;63:1379), which a few late ones do not
//! move. The device's timestamps and its sampling instants are compared apart, because the front end may have an
//! oscillator of its own: the internal one of an ADS129x is off by up to a percent or so.

use std::collections::VecDeque;
use std::time::Duration;

use crate::signal::quantile::median_in_place;

/// Seconds of which one frame is kept.
const BIN_SECONDS: f64 = 2.0;
/// How many are kept: about four minutes.
const BINS: usize = 128;
/// Fewer say nothing.
const LEAST_BINS: usize = 8;
/// From the median of absolute deviations to the standard deviation, in normally distributed values.
const NORMAL_MAD: f64 = 1.4826;
/// Two-sided 95 % of a normal distribution, in standard deviations.
const NORMAL_95: f64 = 1.96;
/// How much wider than by least squares the slope spreads that Theil and Sen's method gives: its asymptotic
/// efficiency for normal errors is 3/π.
const THEIL_SEN: f64 = 1.0233;

/// A quantity with what it may be off by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The most likely value.
    pub value: f64,
    /// Half the width of the interval that holds it with a probability of about 95 %.
    pub uncertainty: f64,
}

/// When something that came over the link was sent, and when it arrived.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Arrival {
    /// Seconds of this machine's clock.
    host: f64,
    /// Seconds of the device's clock.
    device: f64,
    /// Number of the sampling instant.
    position: f64,
}

impl Arrival {
    /// How late it came, save for a constant.
    fn delay(&self) -> f64 {
        self.host - self.device
    }
}

/// Compares clocks, given samples with the time they arrived at.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The least delayed of each two seconds, the oldest first; the last may still be replaced.
    kept: VecDeque<Arrival>,
}

impl Clock {
    /// A clock that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything: the device began anew.
    pub fn begin(&mut self) {
        self.kept.clear();
    }

    /// Takes in that the sampling instant number `position`, taken when the device's clock said `timestamp_microseconds`,
    /// arrived `arrived` after some moment that is the same for all.
    pub fn observe(&mut self, arrived: Duration, timestamp_microseconds: u64, position: u64) {
        let arrival = Arrival {
            host: arrived.as_secs_f64(),
            device: timestamp_microseconds as f64 / 1e6,
            position: position as f64,
        };
        let bin = |arrival: &Arrival| (arrival.device / BIN_SECONDS).floor();
        match self.kept.back_mut() {
            Some(last) if bin(last) == bin(&arrival) => {
                if arrival.delay() < last.delay() {
                    *last = arrival;
                }
            }
            Some(last) if arrival.device < last.device => {
                self.begin();
                self.kept.push_back(arrival);
            }
            _ => {
                if self.kept.len() == BINS {
                    self.kept.pop_front();
                }
                self.kept.push_back(arrival);
            }
        }
    }

    /// By how many millionths the device's clock runs faster than this machine's; slower where negative. `None` in the
    /// first quarter of a minute.
    pub fn drift_ppm(&self) -> Option<Estimate> {
        let slope = self.slope(|arrival| arrival.device)?;
        Some(Estimate {
            value: (slope.value - 1.0) * 1e6,
            uncertainty: slope.uncertainty * 1e6,
        })
    }

    /// Samples per second of this machine's clock. `None` in the first quarter of a minute.
    pub fn sampling_rate(&self) -> Option<Estimate> {
        self.slope(|arrival| arrival.position)
    }

    /// How much `quantity` grows in a second of this machine's clock.
    fn slope(&self, quantity: impl Fn(&Arrival) -> f64) -> Option<Estimate> {
        let (first, points) = (self.kept.front()?, self.kept.len());
        if points < LEAST_BINS {
            return None;
        }
        // From the first on, so that large numbers do not eat the digits.
        let origin = (first.host, quantity(first));
        let shifted = |arrival: &Arrival| (arrival.host - origin.0, quantity(arrival) - origin.1);
        let line: Vec<(f64, f64)> = self.kept.iter().map(shifted).collect();
        let mut slopes = Vec::with_capacity(points * points / 2);
        for (number, one) in line.iter().enumerate() {
            for other in line.iter().take(number) {
                if one.0 > other.0 {
                    slopes.push((one.1 - other.1) / (one.0 - other.0));
                }
            }
        }
        let value = median_in_place(&mut slopes);
        let mut residuals: Vec<f64> = line.iter().map(|(x, y)| y - value * x).collect();
        let middle = median_in_place(&mut residuals);
        let mut deviations: Vec<f64> = residuals
            .iter()
            .map(|residual| (residual - middle).abs())
            .collect();
        let deviation = NORMAL_MAD * median_in_place(&mut deviations);
        let mean = line.iter().map(|(x, _)| x).sum::<f64>() / points as f64;
        let spread = line.iter().map(|(x, _)| (x - mean).powi(2)).sum::<f64>();
        (spread > 0.0).then(|| Estimate {
            value,
            uncertainty: NORMAL_95 * THEIL_SEN * deviation / spread.sqrt(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator of numbers from 0 to 1 that are as good as random.
    fn noise(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// A device whose clock is `ppm` fast and that takes `rate` samples in a second of ours, listened to for `seconds`
    /// through a link that delays by up to 15 ms, and now and then for much longer.
    fn listened(ppm: f64, rate: f64, seconds: usize, seed: u64) -> Clock {
        let (mut clock, mut noise) = (Clock::new(), noise(seed));
        for frame in 0..seconds * 50 {
            let sent = frame as f64 / 50.0;
            let stalled = noise() < 0.02;
            let delay = 0.003 + 0.015 * noise() + if stalled { noise() } else { 0.0 };
            let timestamp = (sent * (1.0 + ppm * 1e-6) * 1e6).round() as u64;
            let position = (sent * rate).round() as u64;
            clock.observe(
                Duration::from_secs_f64(100.0 + sent + delay),
                timestamp,
                position,
            );
        }
        clock
    }

    #[test]
    fn drift_and_rate_are_found_through_delays() {
        for (seed, (ppm, rate)) in [
            (0.0, 500.0),
            (-35.0, 500.0),
            (12_000.0, 494.7),
            (-8_000.0, 1004.0),
        ]
        .into_iter()
        .enumerate()
        {
            let clock = listened(ppm, rate, 600, seed as u64);
            let drift = clock.drift_ppm().expect("ten minutes");
            assert!((drift.value - ppm).abs() < 5.0, "{ppm} {drift:?}");
            assert!(drift.uncertainty < 5.0, "{ppm} {drift:?}");
            let found = clock.sampling_rate().expect("ten minutes");
            assert!((found.value / rate - 1.0).abs() < 10e-6, "{rate} {found:?}");
        }
    }

    #[test]
    fn the_uncertainty_is_what_it_says() {
        let ppm = 40.0;
        let holds = (0..200)
            .filter(|&seed| {
                let drift = listened(ppm, 500.0, 60, seed)
                    .drift_ppm()
                    .expect("a minute");
                (drift.value - ppm).abs() <= drift.uncertainty
            })
            .count();
        // 95 % of 200 are 190; delays that are least of fifty are not normally distributed, but near enough.
        assert!((175..=200).contains(&holds), "{holds}");
    }

    #[test]
    fn too_little_says_nothing_and_a_restart_forgets() {
        assert_eq!(listened(0.0, 500.0, 13, 1).drift_ppm(), None);
        let mut clock = listened(0.0, 500.0, 60, 1);
        assert!(clock.drift_ppm().is_some());
        clock.observe(Duration::from_secs(200), 0, 0);
        assert_eq!(clock.drift_ppm(), None);
        assert_eq!(clock.sampling_rate(), None);
    }
}
