//! CONFIG1 to CONFIG4 (SBAS459, "CONFIG1: Configuration Register 1" and the sections named so).

use super::coded::coded_field;
use super::data_rate::{DataRate, PowerMode};
use super::map::{Contents, bit};

coded_field! {
    /// Bit 6 of CONFIG1, DAISY_EN: what follows the last bit of a frame. The codes are those of the
    /// register's section and of drivers in use; SBAS459I p. 38 speaks of "setting" the bit for a
    /// daisy chain.
    pub enum Readback {
        /// What the chip's DAISY_IN receives: the frame of the next chip in the chain.
        DaisyChain = 0,
        /// The frame again.
        Multiple = 1,
    }
}

/// CONFIG1, address 01h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config1 {
    /// Bits 7 and 2–0, HR and DR: the data rate.
    pub data_rate: DataRate,
    /// Bit 6, DAISY_EN.
    pub readback: Readback,
    /// Bit 5, CLK_EN: the internal oscillator drives the pin CLK (SBAS459I p. 30, table 7).
    pub clock_output: bool,
}

impl Contents for Config1 {
    fn encode(self) -> u8 {
        self.data_rate.mode().code() << 7
            | self.readback.code() << 6
            | bit(self.clock_output, 5)
            | self.data_rate.code()
    }

    fn decode(byte: u8) -> Option<Self> {
        if byte & 0x18 != 0 {
            return None;
        }
        Some(Self {
            data_rate: DataRate::from_code(PowerMode::from_code(byte >> 7)?, byte & 7)?,
            readback: Readback::from_code(byte >> 6 & 1)?,
            clock_output: byte & 0x20 != 0,
        })
    }
}

coded_field! {
    /// Bit 4 of CONFIG2, INT_TEST: where the test signal comes from.
    pub enum TestSource {
        /// The pins TESTP_PACE_OUT1 and TESTN_PACE_OUT2.
        External = 0,
        /// The chip's own generator.
        Internal = 1,
    }
}

coded_field! {
    /// Bit 2 of CONFIG2, TEST_AMP: amplitude of the internal test signal. It changes between plus
    /// and minus this.
    pub enum TestAmplitude {
        /// V_REF / 2400: 1 mV at a reference of 2.4 V.
        Single = 0,
        /// Twice that.
        Double = 1,
    }
}

impl TestAmplitude {
    /// The amplitude in microvolts, from zero to peak, at that reference.
    pub fn microvolts(self, reference_microvolts: u32) -> f64 {
        f64::from(1 + self.code()) * f64::from(reference_microvolts) / 2400.0
    }
}

coded_field! {
    /// Bits 1–0 of CONFIG2, TEST_FREQ: frequency of the internal test signal. Code 2 is not used.
    pub enum TestFrequency {
        /// A square wave of f_CLK / 2²¹: 0.98 Hz.
        Slow = 0,
        /// A square wave of f_CLK / 2²⁰: 1.95 Hz.
        Fast = 1,
        /// Constant.
        Direct = 3,
    }
}

impl TestFrequency {
    /// Periods of the chip's clock in one period of the square wave; `None` where it is constant.
    pub const fn period_clocks(self) -> Option<u32> {
        match self {
            Self::Slow => Some(1 << 21),
            Self::Fast => Some(1 << 20),
            Self::Direct => None,
        }
    }
}

/// CONFIG2, address 02h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config2 {
    /// Bit 6, reserved: sources disagree on its value (see
    /// [`Register::reset_value`](super::Register::reset_value)), so what is read is kept.
    pub reserved: bool,
    /// Bit 5, WCT_CHOP: the terminals' amplifiers are chopped at f_MOD / 16 whatever the rate.
    pub constant_chopping: bool,
    /// Bit 4, INT_TEST.
    pub test_source: TestSource,
    /// Bit 2, TEST_AMP.
    pub test_amplitude: TestAmplitude,
    /// Bits 1–0, TEST_FREQ.
    pub test_frequency: TestFrequency,
}

impl Contents for Config2 {
    fn encode(self) -> u8 {
        bit(self.reserved, 6)
            | bit(self.constant_chopping, 5)
            | self.test_source.code() << 4
            | self.test_amplitude.code() << 2
            | self.test_frequency.code()
    }

    fn decode(byte: u8) -> Option<Self> {
        if byte & 0x88 != 0 {
            return None;
        }
        Some(Self {
            reserved: byte & 0x40 != 0,
            constant_chopping: byte & 0x20 != 0,
            test_source: TestSource::from_code(byte >> 4 & 1)?,
            test_amplitude: TestAmplitude::from_code(byte >> 2 & 1)?,
            test_frequency: TestFrequency::from_code(byte & 3)?,
        })
    }
}

/// CONFIG3, address 03h. Bit 6 is always 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config3 {
    /// Bit 7, PD_REFBUF (1 is on): the internal reference's buffer.
    pub reference_buffer: bool,
    /// Bit 5, VREF_4V: the internal reference gives 4 V instead of 2.4 V; needs 5 V of supply.
    pub reference_4_volts: bool,
    /// Bit 4, RLD_MEAS: the pin RLDIN is led to channels with that input.
    pub right_leg_measured: bool,
    /// Bit 3, RLDREF_INT: the drive's reference is made inside, (AVDD + AVSS) / 2.
    pub right_leg_internal_reference: bool,
    /// Bit 2, PD_RLD (1 is on): the right leg drive's amplifier.
    pub right_leg_drive: bool,
    /// Bit 1, RLD_LOFF_SENS: senses whether the right leg's electrode is off.
    pub right_leg_sensed: bool,
    /// Bit 0, RLD_STAT, read-only: the right leg's electrode is off.
    pub right_leg_off: bool,
}

impl Contents for Config3 {
    fn encode(self) -> u8 {
        bit(self.reference_buffer, 7)
            | 0x40
            | bit(self.reference_4_volts, 5)
            | bit(self.right_leg_measured, 4)
            | bit(self.right_leg_internal_reference, 3)
            | bit(self.right_leg_drive, 2)
            | bit(self.right_leg_sensed, 1)
            | bit(self.right_leg_off, 0)
    }

    fn decode(byte: u8) -> Option<Self> {
        (byte & 0x40 != 0).then_some(Self {
            reference_buffer: byte & 0x80 != 0,
            reference_4_volts: byte & 0x20 != 0,
            right_leg_measured: byte & 0x10 != 0,
            right_leg_internal_reference: byte & 0x08 != 0,
            right_leg_drive: byte & 0x04 != 0,
            right_leg_sensed: byte & 0x02 != 0,
            right_leg_off: byte & 0x01 != 0,
        })
    }
}

coded_field! {
    /// Bits 7–5 of CONFIG4, RESP_FREQ: the clock that modulates the respiration circuit. Below
    /// 32 kHz it only appears as a square wave on GPIO3 and GPIO4 (SBAS459I p. 71).
    pub enum RespirationFrequency {
        /// 64 kHz.
        Khz64 = 0,
        /// 32 kHz.
        Khz32 = 1,
        /// 16 kHz.
        Khz16 = 2,
        /// 8 kHz.
        Khz8 = 3,
        /// 4 kHz.
        Khz4 = 4,
        /// 2 kHz.
        Khz2 = 5,
        /// 1 kHz.
        Khz1 = 6,
        /// 500 Hz.
        Hz500 = 7,
    }
}

/// CONFIG4, address 17h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config4 {
    /// Bits 7–5, RESP_FREQ.
    pub respiration_frequency: RespirationFrequency,
    /// Bit 3, SINGLE_SHOT: one conversion for each START.
    pub single_shot: bool,
    /// Bit 2, WCT_TO_RLD: the Wilson terminal leads to the right leg drive.
    pub terminal_to_right_leg: bool,
    /// Bit 1, PD_LOFF_COMP (1 is on): the comparators without which no electrode is ever reported
    /// off.
    pub lead_off_comparators: bool,
}

impl Contents for Config4 {
    fn encode(self) -> u8 {
        self.respiration_frequency.code() << 5
            | bit(self.single_shot, 3)
            | bit(self.terminal_to_right_leg, 2)
            | bit(self.lead_off_comparators, 1)
    }

    fn decode(byte: u8) -> Option<Self> {
        if byte & 0x11 != 0 {
            return None;
        }
        Some(Self {
            respiration_frequency: RespirationFrequency::from_code(byte >> 5)?,
            single_shot: byte & 0x08 != 0,
            terminal_to_right_leg: byte & 0x04 != 0,
            lead_off_comparators: byte & 0x02 != 0,
        })
    }
}
