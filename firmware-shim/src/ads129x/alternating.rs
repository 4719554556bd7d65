//! Electrodes sensed by alternating current: how large the excitation, a quarter of the data rate, is
//! in the samples (SBAS459, "AC Lead-Off").
//!
//! The comparators see direct current alone, so with
//! [`LeadOffMethod::AlternatingCurrent`](super::LeadOffMethod::AlternatingCurrent) the samples must
//! tell. What is measured is a channel's: to tell its two electrodes apart, sense one of them at a
//! time.

use super::reading::Reading;
use super::registers::Channels;
use super::variant::MAX_CHANNELS;

/// In-phase and quadrature parts.
type Parts = (i64, i64);

/// Measures what of each channel lies at a quarter of the data rate. A constant offset does not
/// count at all, an ECG less the longer it is measured: a second will do.
#[derive(Debug, Clone, Copy)]
pub struct AlternatingLeadOff {
    complete: [Parts; MAX_CHANNELS],
    /// Of the period under way, which counts once it is complete.
    under_way: [Parts; MAX_CHANNELS],
    readings: u32,
}

impl AlternatingLeadOff {
    /// Nothing measured yet.
    pub const fn new() -> Self {
        Self {
            complete: [(0, 0); MAX_CHANNELS],
            under_way: [(0, 0); MAX_CHANNELS],
            readings: 0,
        }
    }

    /// Takes the next reading. After one that was lost begin anew.
    pub fn push(&mut self, reading: &Reading) {
        let phase = self.readings % 4;
        for (part, &code) in self.under_way.iter_mut().zip(reading.codes()) {
            let code = i64::from(code);
            match phase {
                0 => part.0 += code,
                1 => part.1 += code,
                2 => part.0 -= code,
                _ => part.1 -= code,
            }
        }
        if phase == 3 {
            for (sum, part) in self.complete.iter_mut().zip(&mut self.under_way) {
                *sum = (sum.0 + part.0, sum.1 + part.1);
                *part = (0, 0);
            }
        }
        self.readings = self.readings.wrapping_add(1);
    }

    /// Readings taken.
    pub const fn readings(&self) -> u32 {
        self.readings
    }

    /// Amplitude at a quarter of the data rate in codes, from zero to peak, of channel `index`,
    /// counted from 0; `None` before the fourth reading or if there is no such channel. The chip's
    /// digital filter has weakened it to 73 %, sinc³ at that frequency.
    pub fn amplitude(&self, index: usize) -> Option<u32> {
        let periods = i64::from(self.readings / 4);
        let &(in_phase, quadrature) = self.complete.get(index)?;
        // Four more bits than codes have.
        let in_phase = (16 * in_phase).checked_div(periods)?.unsigned_abs();
        let quadrature = (16 * quadrature).checked_div(periods)?.unsigned_abs();
        // Below 2^60: a period's parts are below 2^24, times 16.
        let magnitude = (in_phase * in_phase + quadrature * quadrature).isqrt();
        u32::try_from(magnitude / 32).ok()
    }

    /// Channels whose amplitude exceeds `codes`: more than a good contact lets come about.
    pub fn channels_above(&self, codes: u32) -> Channels {
        let above = (0..MAX_CHANNELS)
            .filter(|&index| self.amplitude(index).is_some_and(|found| found > codes));
        Channels(above.fold(0, |bits, index| bits | 1 << index))
    }
}

impl Default for AlternatingLeadOff {
    fn default() -> Self {
        Self::new()
    }
}
