//! What every frame carries (spec §3), and the sizes all implementations may rely on.

use super::acknowledgement::Acknowledgement;
use super::hello::Hello;
use super::occurrence::Occurrence;
use super::samples::Samples;
use super::self_test::SelfTest;
use super::state::State;
use crc::{CRC_32_ISO_HDLC, Crc};

/// The protocol version this crate speaks: the first byte of every frame.
pub const VERSION: u8 = 1;

/// Most channels in one frame: those of one ADS1298.
pub const MAX_CHANNELS: usize = 8;

/// Most sampling instants in one frame.
pub const MAX_SAMPLES: usize = 20;

/// Longest frame of any kind before byte stuffing, checksum included, in bytes. Version 1 promises
/// that kinds added later stay within it, so that a decoder can skip them in a fixed buffer.
pub const MAX_RAW_LEN: usize = 512;

/// Longest frame on the wire, delimiter included, in bytes: a buffer of this size takes any frame.
pub const MAX_ENCODED_LEN: usize = cobs::max_encoding_length(MAX_RAW_LEN) + 1;

/// Bytes of version, kind, session, sequence number and timestamp.
pub(crate) const HEADER_LEN: usize = 16;

/// Bytes of the checksum that ends every frame.
pub(crate) const CHECKSUM_LEN: usize = 4;

/// The byte that ends a frame on the wire and occurs nowhere within one.
pub(crate) const DELIMITER: u8 = 0;

/// CRC-32/ISO-HDLC, the checksum of Ethernet and zlib: over everything before it, and sent
/// little-endian, which is the bit order in which its burst-error guarantee holds.
pub(crate) static CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// When and in which order a frame was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Number of the sender's session: changes at every start of the firmware or of the host's
    /// program, and differs from those of the two sessions before, as a counter or a random number
    /// does.
    pub session: u16,
    /// Number of the frame in its session, from 0, one more for each frame of any kind; wraps from
    /// 2³² − 1 to 0.
    pub sequence: u32,
    /// Microseconds of the sender's monotonic clock since the session began. In a samples frame
    /// the instant of its first sample, else the instant the frame was made.
    pub timestamp_microseconds: u64,
}

/// One frame: its header and what it carries, a [`Body`] from device to host or a
/// [`Command`](super::Command) from host to device.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame<B = Body> {
    /// When and in which order it was made.
    pub header: Header,
    /// What it carries.
    pub body: B,
}

/// What a frame from device to host carries. Later revisions of version 1 add kinds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "without an allocator the samples cannot be boxed"
)]
pub enum Body {
    /// Who the device is and what its samples mean.
    Hello(Hello),
    /// Samples of all channels.
    Samples(Samples),
    /// What the device does and what it has counted.
    State(State),
    /// Something that happened on the device.
    Occurrence(Occurrence),
    /// What a self-test found.
    SelfTest(SelfTest),
    /// What became of a command.
    Acknowledgement(Acknowledgement),
}
