//! Two chips on one bus: sixteen channels over one SPI (SBAS459I p. 38, "Daisy-Chain Mode").
//!
//! CS, SCLK, DIN, START and RESET reach both chips; DOUT of the second leads into DAISY_IN of the
//! first, whose DOUT and DRDY reach the host. Both therefore hold the same settings, and only the
//! first one's registers can be read. Both must run on one clock: either from outside, or the first
//! chip's, which [`Configuration::clock_output`](super::Configuration::clock_output) leads out.
//! The second one's CLKSEL is then low.

use super::configuration::Configuration;
use super::driver::Ads129x;
use super::error::Error;
use super::reading::{MAX_FRAME_LEN, Reading, ReadingError};
use super::registers::Readback;
use super::session::ReadMode;
use super::variant::Variant;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::SpiDevice;

/// Bytes of the longest data frame of two chips: two frames and the one bit between them, which
/// means nothing.
pub const MAX_CHAINED_LEN: usize = 2 * MAX_FRAME_LEN + 1;

/// Bytes that must be clocked to get the frames of both.
pub const fn chained_len(first: Variant, second: Variant) -> usize {
    first.frame_len() + second.frame_len() + 1
}

/// Reads what [`chained_len`] bytes bring: the first chip's frame, one bit that means nothing, and
/// the second chip's frame, which is therefore shifted by a bit against the bytes.
///
/// # Errors
/// As [`Reading::parse`], for either frame.
pub fn parse_chained(
    bytes: &[u8],
    first: Variant,
    second: Variant,
) -> Result<[Reading; 2], ReadingError> {
    let expected = chained_len(first, second);
    if bytes.len() != expected {
        return Err(ReadingError::Length {
            expected,
            actual: bytes.len(),
        });
    }
    let (own, passed_on) = bytes.split_at(first.frame_len());
    let mut shifted = [0; MAX_FRAME_LEN];
    // Never longer than the longest frame.
    let frame = &mut shifted[..second.frame_len()];
    for (byte, pair) in frame.iter_mut().zip(passed_on.windows(2)) {
        *byte = pair[0] << 1 | pair[1] >> 7;
    }
    Ok([Reading::parse(own, first)?, Reading::parse(frame, second)?])
}

/// A chain of two, driven as one.
#[derive(Debug)]
pub struct DaisyChain<Spi, Ready, Reset, Start, Delay> {
    first: Ads129x<Spi, Ready, Reset, Start, Delay>,
    second: Variant,
}

impl<Spi, Ready, Reset, Start, Delay> DaisyChain<Spi, Ready, Reset, Start, Delay>
where
    Spi: SpiDevice,
    Ready: InputPin,
    Reset: OutputPin,
    Start: OutputPin,
    Delay: DelayNs,
{
    /// A chain whose first chip answers to `first` and whose second is a `second`, which nothing can
    /// verify but its frames.
    pub const fn new(first: Ads129x<Spi, Ready, Reset, Start, Delay>, second: Variant) -> Self {
        Self { first, second }
    }

    /// The driver of the bus, whose calls reach both chips, but for what reads registers. Its
    /// [`Ads129x::read`] gives the first chip's reading alone.
    pub const fn driver(&mut self) -> &mut Ads129x<Spi, Ready, Reset, Start, Delay> {
        &mut self.first
    }

    /// As [`Ads129x::configure`], for both chips.
    ///
    /// # Errors
    /// Also [`Error::Configuration`] if the settings are none for the second chip, and
    /// [`Error::NotChained`] if they do not chain the two.
    pub fn configure(&mut self, configuration: &Configuration) -> Result<(), Error> {
        if configuration.readback != Readback::DaisyChain {
            return Err(Error::NotChained);
        }
        configuration.check(self.second)?;
        self.first.configure(configuration)
    }

    /// Begins conversions. In a chain they can be read on command or continuously.
    pub fn start(&mut self, mode: ReadMode) -> Result<(), Error> {
        self.first.start(mode)
    }

    /// Reads what both chips converted, as [`Ads129x::read`] does; it takes twice as long.
    pub fn read(&mut self) -> Result<[Reading; 2], Error> {
        let variant = self.first.variant().ok_or(Error::NotPoweredUp)?;
        let mut buffer = [0; MAX_CHAINED_LEN];
        // Never longer than the longest two frames.
        let bytes = &mut buffer[..chained_len(variant, self.second)];
        let sensed = self.first.read_bytes(bytes)?;
        let readings = parse_chained(bytes, variant, self.second)?;
        Ok(readings.map(|reading| reading.with_only(sensed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_frame_begins_a_bit_late() {
        let mut bytes = [0_u8; 15 + 21 + 1];
        bytes[0] = 0xC0;
        // One bit of nothing, then 1100 and a status of 0.
        bytes[15] = 0b1110_0000;
        // First code of the second chip: 0x800001, behind 25 bits.
        bytes[18] = 0b0100_0000;
        bytes[20] = 0b0000_0000;
        bytes[21] = 0b1000_0000;
        let readings = parse_chained(&bytes, Variant::Ads1294, Variant::Ads1296).expect("two");
        assert_eq!(readings[0].codes(), [0; 4]);
        assert_eq!(readings[1].codes(), [-8_388_607, 0, 0, 0, 0, 0]);
        bytes[15] = 0b0100_0000;
        assert_eq!(
            parse_chained(&bytes, Variant::Ads1294, Variant::Ads1296),
            Err(ReadingError::Marker { first: 0x80 })
        );
        assert_eq!(
            parse_chained(&bytes[1..], Variant::Ads1294, Variant::Ads1296),
            Err(ReadingError::Length {
                expected: 37,
                actual: 36
            })
        );
    }
}
