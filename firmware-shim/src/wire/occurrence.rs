//! What happened on the device, and when (spec §6): its "event" frames. [`Event`](super::Event) is
//! what the decoder says.

use super::encode::{EncodeError, Writer};
use super::parse::{PayloadError, at_least};
use super::samples::{LeadOff, Status};

/// Something that happened on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Number of the sampling instant that it concerns; with lost instants that of the first.
    pub instant: u32,
    /// What happened.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Sampling instants were lost in the device. The next samples frame carries the flag of the
    /// cause, and its first instant lies so many further on. Where several causes meet before one
    /// frame there is one event for each, all with the first instant of the whole stretch.
    Lost {
        /// Why.
        cause: LossCause,
        /// How many instants.
        instants: u32,
    },
    /// Samples frames were dropped because the link did not take them in time: the frames and their
    /// instants are missing from the numbers.
    LinkFull {
        /// Instants in those frames.
        instants: u32,
    },
    /// The front end gives no data-ready edges though it should.
    DataReadyStopped {
        /// Milliseconds since the last edge, or since sampling was to start.
        milliseconds: u32,
    },
    /// The front end had lost its settings and was given them again.
    FrontEndReset,
    /// Electrodes came off or on: debounced, so later than the bits of single samples frames.
    LeadOffChanged(
        /// Those off now.
        LeadOff,
    ),
    /// A command took effect before the sampling instant given.
    CommandApplied {
        /// Its kind byte: see [`Command::code`](super::Command::code).
        command: u8,
    },
    /// Data-ready edges came when none was due: the front end does not sample at the rate that was
    /// set, or the line picks up interference.
    OddEdges {
        /// How many since this was last told.
        edges: u32,
    },
    /// A code that this revision does not know.
    Other {
        /// The code.
        code: u8,
        /// Its count field.
        count: u32,
        /// Its two detail bytes.
        detail: [u8; 2],
    },
}

/// Why the device lost sampling instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossCause {
    /// The queue between interrupt and main loop was full.
    Overrun,
    /// A data-ready edge was missed, as told by the time since the last.
    MissedDataReady,
    /// They came without the front end's `1100` marker.
    BadSync,
    /// An SPI transfer failed.
    SpiError,
}

impl LossCause {
    /// All causes, in the order of their codes, of their status bits and of their counts in
    /// [`Counts::lost`](super::Counts::lost).
    pub const ALL: [Self; 4] = [
        Self::Overrun,
        Self::MissedDataReady,
        Self::BadSync,
        Self::SpiError,
    ];

    /// The flag in the status of the samples frame after the loss.
    pub fn status(self) -> Status {
        match self {
            Self::Overrun => Status::OVERRUN,
            Self::MissedDataReady => Status::MISSED_DATA_READY,
            Self::BadSync => Status::BAD_SYNC,
            Self::SpiError => Status::SPI_ERROR,
        }
    }

    /// The event's code on the wire, 1–4.
    fn code(self) -> u8 {
        self as u8 + 1
    }
}

mod code {
    pub(super) const LINK_FULL: u8 = 5;
    pub(super) const DATA_READY_STOPPED: u8 = 6;
    pub(super) const FRONT_END_RESET: u8 = 7;
    pub(super) const LEAD_OFF_CHANGED: u8 = 8;
    pub(super) const COMMAND_APPLIED: u8 = 9;
    pub(super) const ODD_EDGES: u8 = 10;
}

impl Occurrence {
    pub(crate) fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let (code, count, detail) = self.what.fields();
        writer.put(&[code])?;
        writer.put(&self.instant.to_le_bytes())?;
        writer.put(&count.to_le_bytes())?;
        writer.put(&detail)
    }

    pub(crate) fn parse(payload: &[u8]) -> Result<Self, PayloadError> {
        let [code, i0, i1, i2, i3, c0, c1, c2, c3, d0, d1] = at_least(payload)?;
        let count = u32::from_le_bytes([c0, c1, c2, c3]);
        Ok(Self {
            instant: u32::from_le_bytes([i0, i1, i2, i3]),
            what: Happening::from_fields(code, count, [d0, d1]),
        })
    }
}

impl Happening {
    /// Code, count and detail on the wire.
    fn fields(self) -> (u8, u32, [u8; 2]) {
        match self {
            Self::Lost { cause, instants } => (cause.code(), instants, [0; 2]),
            Self::LinkFull { instants } => (code::LINK_FULL, instants, [0; 2]),
            Self::DataReadyStopped { milliseconds } => {
                (code::DATA_READY_STOPPED, milliseconds, [0; 2])
            }
            Self::FrontEndReset => (code::FRONT_END_RESET, 0, [0; 2]),
            Self::LeadOffChanged(LeadOff { positive, negative }) => {
                (code::LEAD_OFF_CHANGED, 0, [positive, negative])
            }
            Self::CommandApplied { command } => (code::COMMAND_APPLIED, 0, [command, 0]),
            Self::OddEdges { edges } => (code::ODD_EDGES, edges, [0; 2]),
            Self::Other {
                code,
                count,
                detail,
            } => (code, count, detail),
        }
    }

    fn from_fields(code: u8, count: u32, detail: [u8; 2]) -> Self {
        let [first, second] = detail;
        match code {
            1..=4 => Self::Lost {
                cause: LossCause::ALL[usize::from(code - 1)],
                instants: count,
            },
            code::LINK_FULL => Self::LinkFull { instants: count },
            code::DATA_READY_STOPPED => Self::DataReadyStopped {
                milliseconds: count,
            },
            code::FRONT_END_RESET => Self::FrontEndReset,
            code::LEAD_OFF_CHANGED => Self::LeadOffChanged(LeadOff {
                positive: first,
                negative: second,
            }),
            code::COMMAND_APPLIED => Self::CommandApplied { command: first },
            code::ODD_EDGES => Self::OddEdges { edges: count },
            code => Self::Other {
                code,
                count,
                detail,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_flags_and_codes_are_in_one_order() {
        for (position, cause) in LossCause::ALL.into_iter().enumerate() {
            assert_eq!(cause.status(), Status(1 << (position + 1)));
            assert_eq!(usize::from(cause.code()), position + 1);
        }
    }
}
