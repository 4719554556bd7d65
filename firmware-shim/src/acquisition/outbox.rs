//! Encoded frames on their way to the link.

use crate::wire::{EncodeError, Frame, encode_frame};

/// Holds whole frames until the link has taken their bytes.
#[derive(Debug)]
pub(super) struct Outbox<const LEN: usize> {
    bytes: [u8; LEN],
    start: usize,
    end: usize,
}

impl<const LEN: usize> Outbox<LEN> {
    pub(super) fn new() -> Self {
        Self {
            bytes: [0; LEN],
            start: 0,
            end: 0,
        }
    }

    /// How many bytes could be added.
    pub(super) fn room(&self) -> usize {
        LEN - (self.end - self.start)
    }

    /// Adds a frame whole, or nothing of it.
    pub(super) fn push(&mut self, frame: &Frame) -> Result<(), EncodeError> {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        self.end += encode_frame(frame, &mut self.bytes[self.end..])?;
        Ok(())
    }

    /// What the link should take, in order.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// The link has taken so many bytes.
    pub(super) fn taken(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }
}
