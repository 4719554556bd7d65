//! Two chips on one bus: the second's DOUT leads into the first's DAISY_IN (SBAS459I p. 38,
//! "Daisy-Chain Mode").

use super::chip::Chip;
use super::fault::SimulatedFault;
use super::hardware::Hardware;
use super::signal::Signal;
use crate::ads129x::MAX_FRAME_LEN;
use crate::ads129x::registers::{Config1, Contents, Readback, Register};

/// A chain of two. CS, SCLK, DIN, START and RESET reach both; the host sees DOUT and DRDY of the
/// first.
#[derive(Debug)]
pub struct Chain<A, B> {
    /// The chip whose DOUT reaches the host.
    pub first: Chip<A>,
    /// The chip behind it.
    pub second: Chip<B>,
    /// What came out of the second of its frame.
    arrived: [u8; MAX_FRAME_LEN],
}

impl<A: Signal, B: Signal> Chain<A, B> {
    /// Chains two chips.
    pub fn new(first: Chip<A>, second: Chip<B>) -> Self {
        Self {
            first,
            second,
            arrived: [0; MAX_FRAME_LEN],
        }
    }

    /// Byte `offset` behind the first chip's frame: one bit that means nothing, then the second
    /// chip's frame.
    fn passed_on(&self, offset: usize) -> u8 {
        let byte = |index: usize| self.arrived.get(index).copied().unwrap_or(0);
        let bit_before = offset.checked_sub(1).map_or(1, |before| byte(before) & 1);
        bit_before << 7 | byte(offset) >> 1
    }
}

impl<A: Signal, B: Signal> Hardware for Chain<A, B> {
    fn advance(&mut self, nanoseconds: u64) {
        self.first.advance(nanoseconds);
        self.second.advance(nanoseconds);
    }

    fn select(&mut self) -> Result<(), SimulatedFault> {
        self.arrived = [0; MAX_FRAME_LEN];
        self.first.select()?;
        self.second.select()
    }

    fn exchange(&mut self, byte: u8) -> u8 {
        let positions = (self.first.frame_position(), self.second.frame_position());
        let own = self.first.exchange(byte);
        let other = self.second.exchange(byte);
        let (Some(position), Some(arriving)) = positions else {
            return own;
        };
        if let Some(place) = self.arrived.get_mut(arriving) {
            *place = other;
        }
        let config = Config1::decode(self.first.register(Register::Config1));
        let chained = config.is_some_and(|config| config.readback == Readback::DaisyChain);
        match position.checked_sub(self.first.variant().frame_len()) {
            Some(offset) if chained => self.passed_on(offset),
            _ => own,
        }
    }

    fn deselect(&mut self) {
        self.first.deselect();
        self.second.deselect();
    }

    fn set_start(&mut self, high: bool) {
        self.first.set_start(high);
        self.second.set_start(high);
    }

    fn set_reset(&mut self, high: bool) {
        self.first.set_reset(high);
        self.second.set_reset(high);
    }

    fn is_data_ready(&self) -> bool {
        self.first.is_data_ready()
    }

    fn until_data_ready(&self) -> Option<u64> {
        self.first.until_data_ready()
    }
}
