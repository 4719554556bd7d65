//! Memory whose first float lies at the start of a cache line, so that no vector crosses two.

use std::ops::{Deref, DerefMut};

const LINE_BYTES: usize = 64;

/// Floats in a cache line.
pub const LINE_FLOATS: usize = LINE_BYTES / size_of::<f32>();

/// Floats, zero at first, aligned to 64 bytes.
#[derive(Debug, Default)]
pub struct Buffer {
    // Longer than asked for; a vector's memory stays where it is as long as its length does.
    memory: Vec<f32>,
    start: usize,
    length: usize,
}

impl Buffer {
    /// So many zeros.
    pub fn zeros(length: usize) -> Self {
        let memory = vec![0.0; length + LINE_FLOATS];
        let start = memory.as_ptr().align_offset(LINE_BYTES);
        // `align_offset` may answer that it does not know; any start is right then, if slower.
        let start = if start + length > memory.len() {
            0
        } else {
            start
        };
        Self {
            memory,
            start,
            length,
        }
    }

    /// These values, and zeros after them up to `length`.
    pub fn padded(values: &[f32], length: usize) -> Self {
        let mut buffer = Self::zeros(length);
        buffer[..values.len()].copy_from_slice(values);
        buffer
    }
}

impl Deref for Buffer {
    type Target = [f32];

    #[inline]
    fn deref(&self) -> &[f32] {
        &self.memory[self.start..self.start + self.length]
    }
}

impl DerefMut for Buffer {
    #[inline]
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.memory[self.start..self.start + self.length]
    }
}
