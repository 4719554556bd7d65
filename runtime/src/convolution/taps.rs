//! The weights of a convolution as networks come with them.

use super::numbers::Numbers;

/// Weights and bias, as they are given.
#[derive(Clone, Copy, Debug)]
pub struct Taps<'a> {
    /// Weights in the order output channel, input channel, row, column.
    pub weights: Numbers<'a>,
    /// One number for each output channel.
    pub bias: &'a [f32],
}

/// Weights and bias in memory.
#[derive(Clone, Copy, Debug)]
pub struct ReadTaps<'a> {
    /// As [`Taps::weights`].
    pub weights: &'a [f32],
    /// As [`Taps::bias`].
    pub bias: &'a [f32],
}

impl<'a> Taps<'a> {
    /// The same in memory, for which `memory` is used where it must be read.
    pub fn read<'b>(&self, memory: &'b mut Vec<f32>) -> ReadTaps<'b>
    where
        'a: 'b,
    {
        ReadTaps {
            weights: self.weights.read(memory),
            bias: self.bias,
        }
    }
}
