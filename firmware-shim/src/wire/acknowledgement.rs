//! What became of a command (spec §6).

use super::encode::{EncodeError, Writer};
use super::parse::{PayloadError, at_least};

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Session in the header of the command's frame.
    pub session: u16,
    /// Sequence number in the header of the command's frame.
    pub sequence: u32,
    /// The command's kind byte: see [`Command::code`](super::Command::code).
    pub command: u8,
    /// What became of it.
    pub outcome: Outcome,
    /// Number of the configuration in force afterwards, which the hello and the samples carry.
    pub configuration: u8,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Carried out; where it is about the front end, written there and read back. A self-test is
    /// begun.
    Done,
    /// The device has no such command.
    Unknown,
    /// The front end cannot be set so; nothing was changed.
    Impossible,
    /// A self-test is under way, or one command and another that waits; nothing was changed. Send it
    /// again later.
    Busy,
    /// An SPI transfer failed; what the front end is set to is uncertain.
    SpiError,
    /// The front end holds something other than what was written to it.
    NotVerified,
    /// A code that this revision does not know.
    Other(u8),
}

impl Outcome {
    /// The outcome's code on the wire.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Unknown => 1,
            Self::Impossible => 2,
            Self::Busy => 3,
            Self::SpiError => 4,
            Self::NotVerified => 5,
            Self::Other(code) => code,
        }
    }

    /// The outcome with that code on the wire.
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Done,
            1 => Self::Unknown,
            2 => Self::Impossible,
            3 => Self::Busy,
            4 => Self::SpiError,
            5 => Self::NotVerified,
            other => Self::Other(other),
        }
    }
}

impl Acknowledgement {
    pub(crate) fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put(&self.session.to_le_bytes())?;
        writer.put(&self.sequence.to_le_bytes())?;
        writer.put(&[self.command, self.outcome.code(), self.configuration])
    }

    pub(crate) fn parse(payload: &[u8]) -> Result<Self, PayloadError> {
        let [s0, s1, n0, n1, n2, n3, command, outcome, configuration] = at_least(payload)?;
        Ok(Self {
            session: u16::from_le_bytes([s0, s1]),
            sequence: u32::from_le_bytes([n0, n1, n2, n3]),
            command,
            outcome: Outcome::from_code(outcome),
            configuration,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_survives_its_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(Outcome::from_code(code).code(), code);
        }
    }
}
