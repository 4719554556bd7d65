//! The weights of a convolution as networks come with them.

/// Weights and bias.
#[derive(Clone, Copy, Debug)]
pub struct Taps<'a> {
    /// Weights in the order output channel, input channel, row, column.
    pub weights: &'a [f32],
    /// One number for each output channel.
    pub bias: &'a [f32],
}
