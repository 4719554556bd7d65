//! A frame into bytes (spec §2 and §3).

use super::frame::{CHECKSUM, CHECKSUM_LEN, DELIMITER, Frame, HEADER_LEN, VERSION};
use super::hello::{Hello, HelloError, Lead};
use super::payload::Payload;
use super::samples::{Samples, SamplesError};
use super::stuffing::stuff_in_place;

/// Bytes of a samples payload before its codes.
const SAMPLES_FIXED_LEN: usize = 11;

/// Bytes of one code.
const CODE_LEN: usize = 3;

/// Writes `frame` into `out` as it goes over the wire, the closing delimiter included, and returns
/// the number of bytes written. [`MAX_ENCODED_LEN`](super::MAX_ENCODED_LEN) bytes always suffice,
/// [`max_samples_frame_len`] for samples of a known size.
///
/// # Errors
///
/// When `out` is too small, the hello lacks a channel, rate or reference, or there are no samples.
/// What `out` then holds must not be sent.
pub fn encode_frame<B: Payload>(frame: &Frame<B>, out: &mut [u8]) -> Result<usize, EncodeError> {
    let mut writer = Writer::new(out);
    put_frame(&mut writer, frame)?;
    writer.finish()
}

/// Most bytes that a frame of `samples` sampling instants of `channels` channels takes on the wire,
/// delimiter included.
pub const fn max_samples_frame_len(channels: usize, samples: usize) -> usize {
    let raw = HEADER_LEN + SAMPLES_FIXED_LEN + channels * samples * CODE_LEN + CHECKSUM_LEN;
    cobs::max_encoding_length(raw) + 1
}

fn put_frame<B: Payload>(writer: &mut Writer<'_>, frame: &Frame<B>) -> Result<(), EncodeError> {
    let header = &frame.header;
    writer.put(&[VERSION, frame.body.kind()])?;
    writer.put(&header.session.to_le_bytes())?;
    writer.put(&header.sequence.to_le_bytes())?;
    writer.put(&header.timestamp_microseconds.to_le_bytes())?;
    frame.body.put(writer)
}

/// Collects a frame in the caller's buffer, where it is summed and stuffed at the end, so that no second buffer is
/// needed.
pub struct Writer<'a> {
    out: &'a mut [u8],
    /// End of what was put; the first byte stays free for the stuffing.
    end: usize,
}

impl<'a> Writer<'a> {
    fn new(out: &'a mut [u8]) -> Self {
        Self { out, end: 1 }
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.room(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    /// The next `length` bytes of the frame, to be filled.
    fn room(&mut self, length: usize) -> Result<&mut [u8], EncodeError> {
        let available = self.out.len();
        let start = self.end;
        self.end += length;
        self.out
            .get_mut(start..self.end)
            .ok_or(EncodeError::BufferTooSmall { available })
    }

    pub(crate) fn put_hello(&mut self, hello: &Hello) -> Result<(), EncodeError> {
        hello.check()?;
        let firmware = hello.firmware;
        self.put(&[hello.configuration, hello.device.code()])?;
        self.put(&[firmware.major, firmware.minor, firmware.patch])?;
        self.put(&hello.sampling_rate_millihertz.to_le_bytes())?;
        self.put(&hello.reference_microvolts.to_le_bytes())?;
        let sensed = hello.lead_off_sensed;
        self.put(&[sensed.positive, sensed.negative])?;
        // The vector holds at most MAX_CHANNELS, so the count fits a byte.
        self.put(&[hello.channels.len() as u8])?;
        for channel in &hello.channels {
            self.put(&[channel.gain, channel.lead.map_or(0, Lead::code)])?;
        }
        Ok(())
    }

    pub(crate) fn put_samples(&mut self, samples: &Samples) -> Result<(), EncodeError> {
        let block = &samples.block;
        if block.is_empty() {
            return Err(SamplesError::SampleCount { samples: 0 }.into());
        }
        self.put(&samples.first_sample.to_le_bytes())?;
        self.put(&[samples.configuration])?;
        self.put(&samples.status.0.to_le_bytes())?;
        self.put(&[samples.lead_off.positive, samples.lead_off.negative])?;
        // The block holds at most MAX_SAMPLES, so the count fits a byte.
        self.put(&[block.channel_count(), block.sample_count() as u8])?;
        let codes = block.codes();
        let bytes = self.room(CODE_LEN * codes.len())?;
        for (bytes, code) in bytes.chunks_exact_mut(CODE_LEN).zip(codes) {
            // The block keeps codes within 24 bits, so the fourth byte only repeats the sign.
            bytes.copy_from_slice(&code.to_le_bytes()[..CODE_LEN]);
        }
        Ok(())
    }

    /// Adds the checksum, stuffs the frame and closes it, and returns its length.
    fn finish(mut self) -> Result<usize, EncodeError> {
        let available = self.out.len();
        let too_small = EncodeError::BufferTooSmall { available };
        let raw = self.out.get(1..self.end).ok_or(too_small)?;
        let sum = CHECKSUM.checksum(raw);
        self.put(&sum.to_le_bytes())?;
        let stuffed = stuff_in_place(self.out, self.end).ok_or(too_small)?;
        *self.out.get_mut(stuffed).ok_or(too_small)? = DELIMITER;
        Ok(stuffed + 1)
    }
}

/// Why a frame could not be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The frame does not fit.
    #[error(
        "the frame does not fit a buffer of {available} bytes: MAX_ENCODED_LEN always suffices"
    )]
    BufferTooSmall {
        /// Bytes of the buffer given.
        available: usize,
    },
    /// The hello lacks a channel, rate or reference.
    #[error(transparent)]
    Hello(#[from] HelloError),
    /// There are no samples in the frame.
    #[error(transparent)]
    Samples(#[from] SamplesError),
}
