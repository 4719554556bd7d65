//! Numbers of any width out of bytes, most significant bit first.

use super::FlacError;

/// Reads bits one after the other.
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits read so far.
    position: usize,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        BitReader { bytes, position: 0 }
    }

    /// The next `count` bits, at most 56, as a number.
    pub(super) fn take(&mut self, count: u32) -> Result<u64, FlacError> {
        let (window, available) = self.window();
        if u64::from(count) > available {
            return Err(FlacError::Truncated);
        }
        self.position += count as usize;
        Ok(window.checked_shr(64 - count).unwrap_or(0))
    }

    /// The next `count` bits, at most 56, as a two's complement number.
    pub(super) fn take_signed(&mut self, count: u32) -> Result<i64, FlacError> {
        let bits = self.take(count)? as i64;
        let unused = 64 - count;
        Ok(bits
            .checked_shl(unused)
            .and_then(|bits| bits.checked_shr(unused))
            .unwrap_or(0))
    }

    /// The number of 0 bits before the next 1, which is read as well.
    pub(super) fn zeros(&mut self) -> Result<u64, FlacError> {
        let mut zeros = 0;
        loop {
            let (window, available) = self.window();
            if available == 0 {
                return Err(FlacError::Truncated);
            }
            let here = u64::from(window.leading_zeros()).min(available);
            zeros += here;
            self.position += here as usize;
            if here < available {
                self.position += 1;
                return Ok(zeros);
            }
        }
    }

    /// Moves on to the next whole byte; what is left out must be zeros.
    pub(super) fn align(&mut self) -> Result<(), FlacError> {
        let rest = (8 - self.position % 8) % 8;
        match self.take(rest as u32)? {
            0 => Ok(()),
            _ => Err(FlacError::Damaged("padding that is not zero")),
        }
    }

    /// Whole bytes read so far.
    pub(super) fn bytes_read(&self) -> usize {
        self.position.div_ceil(8)
    }

    /// The next bits, left-aligned, and how many of them there are: at least 57, or all that is left.
    fn window(&self) -> (u64, u64) {
        let rest = self.bytes.get(self.position / 8..).unwrap_or_default();
        let rest = &rest[..rest.len().min(8)];
        let mut eight = [0; 8];
        eight[..rest.len()].copy_from_slice(rest);
        let used = self.position % 8;
        let available = (rest.len() * 8).saturating_sub(used) as u64;
        (u64::from_be_bytes(eight) << used, available)
    }
}
