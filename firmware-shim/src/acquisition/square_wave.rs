//! Measures a square wave on every channel, and judges it.

use super::clock::Timebase;
use super::front_end::TestSignal;
use crate::wire::{CODE_MAX, ChannelTest, Faults, MAX_CHANNELS, SelfTest, Verdict};
use heapless::Vec;

/// By how much an amplitude may differ: the test signal's own accuracy, the reference's and the
/// amplifier's together are within it.
const AMPLITUDE_TOLERANCE_PERCENT: u8 = 5;

/// By how much a period may differ: two oscillators and one sample at either end.
const PERIOD_TOLERANCE_PERCENT: u8 = 5;

/// Whole periods measured after the first, which finds the levels.
const PERIODS: u32 = 3;

/// Measures instant after instant, in fixed memory: the first period finds each channel's extremes,
/// those after it the mean of either level and the time between rising edges.
#[derive(Debug)]
pub(super) struct SquareWave {
    expected: TestSignal,
    first_sample: Option<u32>,
    first_ticks: u64,
    samples: u16,
    channels: Vec<Level, MAX_CHANNELS>,
}

/// What is known of one channel.
#[derive(Debug, Clone, Copy)]
struct Level {
    least: i32,
    most: i32,
    /// Sum and number of the codes in the lower and in the upper quarter.
    lower: (i64, u32),
    upper: (i64, u32),
    was_upper: bool,
    /// The first rising edge and the last, and how many came after the first.
    edges: Option<(u64, u64, u32)>,
}

impl Level {
    const UNKNOWN: Self = Self {
        least: i32::MAX,
        most: i32::MIN,
        lower: (0, 0),
        upper: (0, 0),
        // So that the first rising edge is one that was seen from below.
        was_upper: true,
        edges: None,
    };

    fn find_extremes(&mut self, code: i32) {
        self.least = self.least.min(code);
        self.most = self.most.max(code);
    }

    fn measure(&mut self, code: i32, ticks: u64) {
        // Codes have 24 bits, so their differences do not overflow.
        let quarter = (self.most - self.least) / 4;
        if code >= self.most - quarter {
            self.upper = (self.upper.0 + i64::from(code), self.upper.1 + 1);
            if !self.was_upper {
                self.edges = Some(match self.edges {
                    None => (ticks, ticks, 0),
                    Some((first, _, count)) => (first, ticks, count + 1),
                });
            }
            self.was_upper = true;
        } else if code <= self.least + quarter {
            self.lower = (self.lower.0 + i64::from(code), self.lower.1 + 1);
            self.was_upper = false;
        }
    }

    fn amplitude(&self) -> i32 {
        let ((upper, above), (lower, below)) = (self.upper, self.lower);
        if above == 0 || below == 0 {
            return 0;
        }
        // Means of 24-bit codes, so their difference fits.
        (upper / i64::from(above) - lower / i64::from(below)) as i32
    }

    fn period(&self, timebase: Timebase) -> u32 {
        match self.edges {
            Some((first, last, count)) if count > 0 => {
                let period = timebase.microseconds(last - first) / u64::from(count);
                u32::try_from(period).unwrap_or(u32::MAX)
            }
            _ => 0,
        }
    }
}

impl SquareWave {
    pub(super) fn new(expected: TestSignal) -> Self {
        Self {
            expected,
            first_sample: None,
            first_ticks: 0,
            samples: 0,
            channels: Vec::new(),
        }
    }

    /// Takes in the codes of one instant, and tells whether there are enough.
    pub(super) fn push(
        &mut self,
        number: u32,
        ticks: u64,
        codes: &[i32],
        timebase: Timebase,
    ) -> bool {
        if self.first_sample.is_none() {
            self.first_sample = Some(number);
            self.first_ticks = ticks;
            self.channels = codes.iter().map(|_| Level::UNKNOWN).collect();
        }
        self.samples = self.samples.saturating_add(1);
        let passed = timebase.microseconds(ticks - self.first_ticks);
        let period = u64::from(self.expected.period_microseconds);
        let first_period = passed <= period;
        for (level, &code) in self.channels.iter_mut().zip(codes) {
            if first_period {
                level.find_extremes(code);
            } else {
                level.measure(code, ticks);
            }
        }
        // One period more than is measured, since the first edge may come as late as that.
        passed >= period * u64::from(PERIODS + 2)
    }

    /// What a self-test takes at most, in microseconds.
    pub(super) fn longest_microseconds(&self) -> u64 {
        u64::from(self.expected.period_microseconds) * u64::from(PERIODS + 4) + 500_000
    }

    /// Judges what was measured.
    pub(super) fn judge(
        &self,
        complete: bool,
        gains: &[u8],
        reference_microvolts: u32,
        timebase: Timebase,
    ) -> SelfTest {
        let channels: Vec<ChannelTest, MAX_CHANNELS> = self
            .channels
            .iter()
            .zip(gains)
            .map(|(level, &gain)| self.judge_channel(level, gain, reference_microvolts, timebase))
            .collect();
        let sound = channels
            .iter()
            .all(|channel| channel.faults == Faults::NONE || channel.faults == Faults::NOT_TESTED);
        SelfTest {
            verdict: match (complete, sound) {
                (false, _) => Verdict::Inconclusive,
                (true, true) => Verdict::Passed,
                (true, false) => Verdict::Failed,
            },
            first_sample: self.first_sample.unwrap_or_default(),
            samples: self.samples,
            expected_period_microseconds: self.expected.period_microseconds,
            amplitude_tolerance_percent: AMPLITUDE_TOLERANCE_PERCENT,
            period_tolerance_percent: PERIOD_TOLERANCE_PERCENT,
            channels,
        }
    }

    fn judge_channel(
        &self,
        level: &Level,
        gain: u8,
        reference_microvolts: u32,
        timebase: Timebase,
    ) -> ChannelTest {
        let scaled =
            u64::from(self.expected.step_microvolts) * u64::from(gain) * u64::from(CODE_MAX as u32);
        let expected_amplitude =
            i32::try_from(scaled / u64::from(reference_microvolts.max(1))).unwrap_or(i32::MAX);
        let mut channel = ChannelTest {
            faults: Faults::NONE,
            amplitude: level.amplitude(),
            expected_amplitude,
            period_microseconds: level.period(timebase),
        };
        if gain == 0 {
            channel.faults = Faults::NOT_TESTED;
            return channel;
        }
        let amplitudes = (channel.amplitude.into(), expected_amplitude.into());
        if !within(amplitudes, AMPLITUDE_TOLERANCE_PERCENT) {
            channel.faults = channel.faults.with(Faults::AMPLITUDE);
        }
        let periods = (
            channel.period_microseconds.into(),
            self.expected.period_microseconds.into(),
        );
        if !within(periods, PERIOD_TOLERANCE_PERCENT) {
            channel.faults = channel.faults.with(Faults::PERIOD);
        }
        channel
    }
}

/// Whether the first is within so many percent of the second.
fn within((found, expected): (i64, i64), percent: u8) -> bool {
    (found - expected).abs() * 100 <= expected * i64::from(percent)
}
