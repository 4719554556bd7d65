//! What a frame may carry in each direction (spec §3): the kinds and their numbers.

use super::command::Command;
use super::continuity::SampleSpan;
use super::encode::{EncodeError, Writer};
use super::frame::Body;
use super::parse::{PayloadError, parse_hello, parse_samples};
use super::self_test::SelfTest;
use super::state::State;
use super::{acknowledgement::Acknowledgement, occurrence::Occurrence};

/// The kind byte of each frame.
pub(crate) mod kind {
    pub(crate) const HELLO: u8 = 0x01;
    pub(crate) const SAMPLES: u8 = 0x02;
    pub(crate) const STATE: u8 = 0x03;
    pub(crate) const OCCURRENCE: u8 = 0x04;
    pub(crate) const SELF_TEST: u8 = 0x05;
    pub(crate) const ACKNOWLEDGEMENT: u8 = 0x06;
    /// From here on frames go from host to device.
    pub(crate) const FIRST_COMMAND: u8 = 0x80;
}

/// What frames of one direction carry: [`Body`] from device to host, [`Command`] from host to device.
/// No other type implements it.
pub trait Payload: Sealed {}

impl Payload for Body {}
impl Payload for Command {}

/// How a payload goes into bytes and comes back.
pub trait Sealed: Sized {
    /// Whether frames of that kind go in this direction.
    fn accepts(kind: u8) -> bool;

    /// The kind byte of a frame that carries this.
    fn kind(&self) -> u8;

    /// Writes the payload.
    fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// Reads the payload of a frame of that kind; `None` if the kind is not known.
    fn parse(kind: u8, payload: &[u8]) -> Result<Option<Self>, PayloadError>;

    /// The sampling instants it delivers, if it carries samples.
    fn span(&self) -> Option<SampleSpan>;
}

impl Sealed for Body {
    fn accepts(kind: u8) -> bool {
        kind < kind::FIRST_COMMAND
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Hello(_) => kind::HELLO,
            Self::Samples(_) => kind::SAMPLES,
            Self::State(_) => kind::STATE,
            Self::Occurrence(_) => kind::OCCURRENCE,
            Self::SelfTest(_) => kind::SELF_TEST,
            Self::Acknowledgement(_) => kind::ACKNOWLEDGEMENT,
        }
    }

    fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Hello(hello) => writer.put_hello(hello),
            Self::Samples(samples) => writer.put_samples(samples),
            Self::State(state) => state.put(writer),
            Self::Occurrence(occurrence) => occurrence.put(writer),
            Self::SelfTest(self_test) => self_test.put(writer),
            Self::Acknowledgement(acknowledgement) => acknowledgement.put(writer),
        }
    }

    fn parse(kind: u8, payload: &[u8]) -> Result<Option<Self>, PayloadError> {
        Ok(Some(match kind {
            kind::HELLO => Self::Hello(parse_hello(payload)?),
            kind::SAMPLES => Self::Samples(parse_samples(payload)?),
            kind::STATE => Self::State(State::parse(payload)?),
            kind::OCCURRENCE => Self::Occurrence(Occurrence::parse(payload)?),
            kind::SELF_TEST => Self::SelfTest(SelfTest::parse(payload)?),
            kind::ACKNOWLEDGEMENT => Self::Acknowledgement(Acknowledgement::parse(payload)?),
            _ => return Ok(None),
        }))
    }

    fn span(&self) -> Option<SampleSpan> {
        match self {
            Self::Samples(samples) => Some(SampleSpan {
                first: samples.first_sample,
                // A block holds at most MAX_SAMPLES.
                count: samples.block.sample_count() as u32,
            }),
            _ => None,
        }
    }
}

impl Sealed for Command {
    fn accepts(kind: u8) -> bool {
        kind >= kind::FIRST_COMMAND
    }

    fn kind(&self) -> u8 {
        self.code()
    }

    fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.put_fields(writer)
    }

    fn parse(kind: u8, payload: &[u8]) -> Result<Option<Self>, PayloadError> {
        Self::parse_fields(kind, payload)
    }

    fn span(&self) -> Option<SampleSpan> {
        None
    }
}
