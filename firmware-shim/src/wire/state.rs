//! What the device does and what it has counted (spec §6).

use super::command::{LeadOffMode, LeadOffSettings};
use super::encode::{EncodeError, Writer};
use super::parse::{PayloadError, at_least};
use super::samples::LeadOff;

/// What the device does, the settings that no sample's meaning depends on, and all it has counted
/// since the session began. Sent with every hello, so that a host knows the totals even where event
/// frames were lost on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// What it does.
    pub activity: Activity,
    /// How it senses whether electrodes are attached.
    pub lead_off: LeadOffSettings,
    /// Electrodes off now, debounced.
    pub electrodes_off: LeadOff,
    /// Number of the next sampling instant: delivered and lost ones before it.
    pub next_instant: u32,
    /// What it has counted.
    pub counts: Counts,
}

/// What a device counts in a session. Every count wraps from 2³² − 1 to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Sampling instants lost in the device, by cause in the order of
    /// [`LossCause::ALL`](super::LossCause::ALL).
    pub lost: [u32; 4],
    /// Samples frames dropped because the link did not take them in time.
    pub frames_dropped: u32,
    /// Sampling instants in those frames.
    pub instants_dropped: u32,
    /// Event frames dropped for want of room.
    pub events_dropped: u32,
    /// Stretches of bytes from the host that were no command, and commands missing by their
    /// sequence numbers.
    pub commands_damaged: u32,
}

/// What the device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It does not sample.
    Stopped,
    /// It samples.
    Sampling,
    /// It tests itself: its samples are of the test signal.
    SelfTest,
    /// A code that this revision does not know.
    Other(u8),
}

impl Activity {
    /// The activity's code on the wire.
    pub fn code(self) -> u8 {
        match self {
            Self::Stopped => 0,
            Self::Sampling => 1,
            Self::SelfTest => 2,
            Self::Other(code) => code,
        }
    }

    /// The activity with that code on the wire.
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Stopped,
            1 => Self::Sampling,
            2 => Self::SelfTest,
            other => Self::Other(other),
        }
    }
}

impl State {
    pub(crate) fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put(&[self.activity.code()])?;
        self.lead_off.put(writer)?;
        writer.put(&[self.electrodes_off.positive, self.electrodes_off.negative])?;
        writer.put(&self.next_instant.to_le_bytes())?;
        for count in self.counts.in_order() {
            writer.put(&count.to_le_bytes())?;
        }
        Ok(())
    }

    pub(crate) fn parse(payload: &[u8]) -> Result<Self, PayloadError> {
        const COUNTS: usize = 8;
        const LEN: usize = 12 + 4 * COUNTS;
        let bytes: [u8; LEN] = at_least(payload)?;
        let [
            activity,
            mode,
            current_nanoamperes,
            threshold_half_percent,
            sensed_positive,
            sensed_negative,
            positive,
            negative,
            numbers @ ..,
        ] = bytes;
        let mut read = [0; 1 + COUNTS];
        for (number, bytes) in read.iter_mut().zip(numbers.as_chunks().0) {
            *number = u32::from_le_bytes(*bytes);
        }
        let [
            next_instant,
            l0,
            l1,
            l2,
            l3,
            frames,
            instants,
            events,
            commands,
        ] = read;
        Ok(Self {
            activity: Activity::from_code(activity),
            lead_off: LeadOffSettings {
                mode: LeadOffMode::from_code(mode),
                current_nanoamperes,
                threshold_half_percent,
                sensed: LeadOff {
                    positive: sensed_positive,
                    negative: sensed_negative,
                },
            },
            electrodes_off: LeadOff { positive, negative },
            next_instant,
            counts: Counts {
                lost: [l0, l1, l2, l3],
                frames_dropped: frames,
                instants_dropped: instants,
                events_dropped: events,
                commands_damaged: commands,
            },
        })
    }
}

impl Counts {
    /// As they stand in the frame.
    fn in_order(&self) -> [u32; 8] {
        let [l0, l1, l2, l3] = self.lost;
        [
            l0,
            l1,
            l2,
            l3,
            self.frames_dropped,
            self.instants_dropped,
            self.events_dropped,
            self.commands_damaged,
        ]
    }

    /// Sampling instants lost in the device, of whatever cause.
    pub fn lost_in_all(&self) -> u32 {
        self.lost
            .iter()
            .fold(0, |sum, &lost| sum.wrapping_add(lost))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_activity_survives_its_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(Activity::from_code(code).code(), code);
        }
    }
}
