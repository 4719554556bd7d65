//! Convolutions by their definition, as products of matrices.
//!
//! With channels last, the numbers that one row of taps covers lie one after the other, and the border
//! of zeros is in memory; so each row of taps of an output pixel is a piece of a row of the left
//! matrix, which is never written down. A layer that joins all inputs with all outputs is a convolution
//! of one tap of a picture of one pixel.

use super::buffer::Buffer;
use super::frame::{Border, Frame};
use super::matrix::{Columns, Packed, Product, Rows};
use super::simd::InstructionSet;
use super::taps::Taps;

/// Taps, strides and padding of a convolution; each pair is for rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Taps.
    pub kernel: (usize, usize),
    /// Pixels from one window to the next.
    pub stride: (usize, usize),
    /// Zeros above and to the left.
    pub padding: (usize, usize),
}

impl Geometry {
    /// The zeros that the input needs around it.
    pub fn border(&self, input: (usize, usize), output: (usize, usize)) -> Border {
        let beyond = |input: usize, output: usize, kernel: usize, stride: usize, padding: usize| {
            ((output.max(1) - 1) * stride + kernel).saturating_sub(padding + input)
        };
        let ((tall, wide), (down, across)) = (self.kernel, self.stride);
        Border {
            top: self.padding.0,
            left: self.padding.1,
            bottom: beyond(input.0, output.0, tall, down, self.padding.0),
            right: beyond(input.1, output.1, wide, across, self.padding.1),
        }
    }
}

/// A convolution with its weights.
#[derive(Debug)]
pub struct Direct {
    geometry: Geometry,
    input: Frame,
    output: Frame,
    relu: bool,
    bias: Buffer,
    weights: Packed,
    segments: Vec<usize>,
}

impl Direct {
    /// Prepares a convolution. The input frame must have the border of [`Geometry::border`] at least.
    pub fn new(
        set: InstructionSet,
        geometry: Geometry,
        input: Frame,
        output: Frame,
        taps: &Taps,
        relu: bool,
        memory: &mut Vec<f32>,
    ) -> Self {
        let (tall, wide) = geometry.kernel;
        let columns = Columns {
            apart: input.channels * tall * wide,
            count: output.channels,
            channels: input.channels,
            inner: tall * wide,
            pixel: input.pixel,
        };
        Self {
            geometry,
            input,
            output,
            relu,
            bias: Buffer::padded(taps.bias, output.pixel),
            weights: Packed::new(
                set,
                taps.weights,
                columns,
                tall * wide * input.pixel,
                memory,
            ),
            segments: (0..tall).map(|row| row * input.line()).collect(),
        }
    }

    /// Computes the output frame from the input frame, and what is to be added to it, which has the
    /// output's geometry but for its border.
    pub fn run(
        &self,
        set: InstructionSet,
        input: &[f32],
        residual: Option<(&[f32], Frame)>,
        output: &mut [f32],
    ) {
        let (down, across) = self.geometry.stride;
        let rows = self.output.height * self.output.width;
        Product {
            rows,
            left: input,
            left_rows: Rows {
                origin: self
                    .input
                    .before(self.geometry.padding.0, self.geometry.padding.1),
                width: self.output.width,
                line: down * self.input.line(),
                step: across * self.input.pixel,
            }
            .of(rows),
            segments: &self.segments,
            right: self.weights.view(),
            bias: Some(&self.bias),
            residual: residual.map(|(values, frame)| (values, frame.rows())),
            relu: self.relu,
            output,
            output_rows: self.output.rows(),
        }
        .compute(set);
    }
}
