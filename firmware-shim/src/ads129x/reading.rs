//! One instant of one chip: the data frame, parsed and checked (SBAS459I p. 32, "Data Retrieval").

use super::variant::{MAX_CHANNELS, Variant};
use crate::wire::LeadOff;

/// Bytes of the longest data frame.
pub const MAX_FRAME_LEN: usize = 3 + 3 * MAX_CHANNELS;

/// Upper nibble of the first byte of every data frame.
pub const MARKER: u8 = 0b1100;

/// What all channels measured at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Reading {
    /// Electrodes whose comparator says that they are off. Bits of electrodes that are not sensed
    /// mean nothing (SBAS459I p. 51): the driver clears them.
    pub lead_off: LeadOff,
    /// Levels of the general-purpose pins: GPIO1 in bit 0 to GPIO4 in bit 3.
    pub gpio: u8,
    codes: [i32; MAX_CHANNELS],
    channel_count: u8,
}

impl Reading {
    /// Reads a frame of `variant`: 24 bits `1100`, LOFF_STATP, LOFF_STATN, GPIO4…GPIO1, then 24
    /// bits of two's complement for each channel, most significant first.
    ///
    /// # Errors
    /// [`ReadingError::Length`] if `frame` is not as long as frames of `variant` are, and
    /// [`ReadingError::Marker`] if it does not begin with `1100`. A read that a new conversion
    /// interrupted keeps its marker: only its timing gives it away (see
    /// [`Clock::read_deadline`](super::Clock::read_deadline)).
    pub fn parse(frame: &[u8], variant: Variant) -> Result<Self, ReadingError> {
        if frame.len() != variant.frame_len() {
            return Err(ReadingError::Length {
                expected: variant.frame_len(),
                actual: frame.len(),
            });
        }
        let (status, channels) = frame.split_at(3);
        let [first, second, third] = [status[0], status[1], status[2]];
        if first >> 4 != MARKER {
            return Err(ReadingError::Marker { first });
        }
        let mut codes = [0; MAX_CHANNELS];
        for (code, bytes) in codes.iter_mut().zip(channels.chunks_exact(3)) {
            // The sign bit comes to stand where an i32 has it; the shift back extends it.
            *code = i32::from_be_bytes([bytes[0], bytes[1], bytes[2], 0]) >> 8;
        }
        Ok(Self {
            lead_off: LeadOff {
                positive: first << 4 | second >> 4,
                negative: second << 4 | third >> 4,
            },
            gpio: third & 0x0F,
            codes,
            // At most eight.
            channel_count: variant.channel_count() as u8,
        })
    }

    /// Reads a frame that was clocked out twice in a row, and refuses it unless both are equal. The
    /// chip's interface has no checksum, so this is what tells that a bit was turned over on the
    /// wires, or that a conversion came amid the read.
    ///
    /// # Errors
    /// As [`Reading::parse`] for the first copy, and [`ReadingError::Unequal`].
    pub fn parse_repeated(bytes: &[u8], variant: Variant) -> Result<Self, ReadingError> {
        let length = variant.frame_len();
        if bytes.len() != 2 * length {
            return Err(ReadingError::Length {
                expected: 2 * length,
                actual: bytes.len(),
            });
        }
        let (frame, again) = bytes.split_at(length);
        let reading = Self::parse(frame, variant)?;
        let differs = frame
            .iter()
            .zip(again)
            .position(|(one, other)| one != other);
        match differs {
            None => Ok(reading),
            Some(byte) => Err(ReadingError::Unequal { byte }),
        }
    }

    /// The codes of the channels in order, −8,388,608 to 8,388,607;
    /// [`microvolts_per_code`](crate::wire::microvolts_per_code) scales them.
    pub fn codes(&self) -> &[i32] {
        &self.codes[..usize::from(self.channel_count)]
    }

    /// The same, without the electrodes that `sensed` does not name.
    pub(super) fn with_only(mut self, sensed: LeadOff) -> Self {
        self.lead_off.positive &= sensed.positive;
        self.lead_off.negative &= sensed.negative;
        self
    }
}

/// Bytes that are no data frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ReadingError {
    /// Too few or too many bytes.
    #[error("a data frame of this chip has {expected} bytes, not {actual}: check the variant")]
    Length {
        /// Bytes of a frame of this variant.
        expected: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The frame does not begin with `1100`.
    #[error(
        "a data frame begins with {first:#04x} instead of 0xC0 to 0xCF: check SPI mode 1, the wiring of DOUT and that \
         conversions run"
    )]
    Marker {
        /// The first byte.
        first: u8,
    },
    /// Two copies of the frame differ.
    #[error(
        "two copies of a data frame differ at byte {byte}: read sooner after DRDY falls, slow the SPI clock down, or \
         shorten its wires"
    )]
    Unequal {
        /// The first byte that differs, counted from 0.
        byte: usize,
    },
}

/// Temperature of the chip in degrees Celsius from the voltage in microvolts that a channel with
/// input [`Input::Temperature`](super::registers::Input::Temperature) measures (SBAS459,
/// "Temperature Sensor (TempP, TempN)").
pub fn celsius(microvolts: f64) -> f64 {
    (microvolts - 145_300.0) / 490.0 + 25.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The frame that would be read, built independently of the parser: bit by bit.
    fn frame(variant: Variant, lead_off: LeadOff, gpio: u8, codes: &[i32]) -> std::vec::Vec<u8> {
        let mut bits = std::vec::Vec::new();
        let mut push = |value: u32, width: u32| {
            bits.extend((0..width).rev().map(|bit| value >> bit & 1));
        };
        push(0b1100, 4);
        push(lead_off.positive.into(), 8);
        push(lead_off.negative.into(), 8);
        push(gpio.into(), 4);
        for &code in &codes[..variant.channel_count()] {
            push(code as u32 & 0xFF_FFFF, 24);
        }
        bits.chunks(8)
            .map(|byte| byte.iter().fold(0, |value, &bit| value << 1 | bit as u8))
            .collect()
    }

    extern crate std;

    proptest! {
        #[test]
        fn every_frame_reads_back(
            variant in prop::sample::select(&Variant::ALL),
            positive in any::<u8>(),
            negative in any::<u8>(),
            gpio in 0_u8..16,
            codes in prop::collection::vec(-(1 << 23)..(1 << 23), 8),
        ) {
            let lead_off = LeadOff { positive, negative };
            let bytes = frame(variant, lead_off, gpio, &codes);
            let reading = Reading::parse(&bytes, variant).expect("a frame");
            prop_assert_eq!(reading.lead_off, lead_off);
            prop_assert_eq!(reading.gpio, gpio);
            prop_assert_eq!(reading.codes(), &codes[..variant.channel_count()]);
        }

        #[test]
        fn a_copy_that_differs_in_a_bit_is_refused(
            variant in prop::sample::select(&Variant::ALL),
            codes in prop::collection::vec(-(1 << 23)..(1 << 23), 8),
            position in any::<prop::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let once = frame(variant, LeadOff::NONE, 0, &codes);
            let mut bytes = once.repeat(2);
            let reading = Reading::parse(&once, variant);
            prop_assert_eq!(Reading::parse_repeated(&bytes, variant), reading);
            let hit = position.index(bytes.len());
            bytes[hit] ^= 1_u8 << bit;
            let expected = if hit == 0 && bit >= 4 {
                ReadingError::Marker { first: bytes[0] }
            } else {
                ReadingError::Unequal { byte: hit % once.len() }
            };
            prop_assert_eq!(Reading::parse_repeated(&bytes, variant), Err(expected));
            prop_assert!(Reading::parse_repeated(&once, variant).is_err());
        }

        #[test]
        fn only_the_marker_and_the_right_length_pass(
            bytes in prop::collection::vec(any::<u8>(), 0..40),
            variant in prop::sample::select(&Variant::ALL),
        ) {
            let expected = if bytes.len() != variant.frame_len() {
                Err(ReadingError::Length { expected: variant.frame_len(), actual: bytes.len() })
            } else if bytes[0] & 0xF0 != 0xC0 {
                Err(ReadingError::Marker { first: bytes[0] })
            } else {
                Ok(())
            };
            prop_assert_eq!(Reading::parse(&bytes, variant).map(|_| ()), expected);
        }
    }

    #[test]
    fn extreme_codes_keep_their_sign() {
        let mut bytes = [0; MAX_FRAME_LEN];
        bytes[..12].copy_from_slice(&[0xC0, 0, 0, 0x80, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        let reading = Reading::parse(&bytes, Variant::Ads1298).expect("a frame");
        assert_eq!(reading.codes(), [-8_388_608, 8_388_607, -1, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn electrodes_that_are_not_sensed_are_cleared() {
        let codes = [0; 8];
        let all = LeadOff {
            positive: 0xFF,
            negative: 0xFF,
        };
        let bytes = frame(Variant::Ads1298, all, 0, &codes);
        let sensed = LeadOff {
            positive: 0b101,
            negative: 0b10,
        };
        let reading = Reading::parse(&bytes, Variant::Ads1298).expect("a frame");
        assert_eq!(reading.with_only(sensed).lead_off, sensed);
    }

    #[test]
    fn room_temperature_is_the_datasheet_voltage() {
        assert_eq!(celsius(145_300.0), 25.0);
        assert_eq!(celsius(145_790.0), 26.0);
    }
}
