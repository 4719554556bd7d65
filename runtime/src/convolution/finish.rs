//! How a value leaves a chain: which of its channels, in what order, and what is done with each number.

use super::exponential::exponential;
use super::frame::Frame;
use super::simd::{InstructionSet, Kernel, Simd};

/// What is done with a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// `x + a`
    Add(f32),
    /// `x · a`
    Multiply(f32),
    /// The larger of x and a.
    AtLeast(f32),
    /// The smaller of x and a.
    AtMost(f32),
    /// eˣ for x of at most 88.
    Exponential,
    /// `1 / (1 + e⁻ˣ)`
    Sigmoid,
}

/// Some channels of a value as a tensor of the order channel, row, column.
///
/// With a `factor` f above 1, each f² channels that follow each other become one that is f times as high
/// and wide: channel `(c·f + i)·f + j` is at the rows i and the columns j modulo f.
#[derive(Clone, Debug, PartialEq)]
pub struct Finish {
    /// The first channel.
    pub first: usize,
    /// Channels of the result.
    pub channels: usize,
    /// How many times as high and wide the result is.
    pub factor: usize,
    /// What is done with each number, in this order.
    pub functions: Vec<Function>,
}

impl Finish {
    /// All channels as they are.
    pub fn whole(channels: usize) -> Self {
        Self {
            first: 0,
            channels,
            factor: 1,
            functions: Vec::new(),
        }
    }

    /// Makes the tensor of a frame.
    pub fn run(&self, set: InstructionSet, frame: &Frame, values: &[f32], output: &mut [f32]) {
        let (f, height, width) = (self.factor, frame.height, frame.width);
        for y in 0..height {
            let start = frame.origin() + y * frame.line();
            let row = &values[start..][..width * frame.pixel];
            for (c, i) in (0..self.channels).flat_map(|c| (0..f).map(move |i| (c, i))) {
                let channel = self.first + (c * f + i) * f;
                let to = ((c * height + y) * f + i) * width * f;
                let places = output[to..][..width * f].chunks_exact_mut(f);
                for (places, pixel) in places.zip(row.chunks_exact(frame.pixel)) {
                    for (place, value) in places.iter_mut().zip(&pixel[channel..]) {
                        *place = *value;
                    }
                }
            }
        }
        if !self.functions.is_empty() {
            set.run(Apply {
                functions: &self.functions,
                values: output,
            });
        }
    }
}

struct Apply<'a> {
    functions: &'a [Function],
    values: &'a mut [f32],
}

impl Kernel for Apply<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let whole = self.values.len() / S::LANES * S::LANES;
        let (whole, rest) = self.values.split_at_mut(whole);
        for lanes in S::lanes_mut(whole) {
            let value = apply(simd, self.functions, simd.load(lanes));
            simd.store(lanes, value);
        }
        let mut last = [0.0; 64];
        last[..rest.len()].copy_from_slice(rest);
        let lanes = &mut S::lanes_mut(&mut last)[0];
        let value = apply(simd, self.functions, simd.load(lanes));
        simd.store(lanes, value);
        rest.copy_from_slice(&last[..rest.len()]);
    }
}

#[inline(always)]
fn apply<S: Simd>(simd: S, functions: &[Function], mut x: S::Vector) -> S::Vector {
    for function in functions {
        x = match *function {
            Function::Add(a) => simd.add(x, simd.splat(a)),
            Function::Multiply(a) => simd.mul(x, simd.splat(a)),
            Function::AtLeast(a) => simd.max(x, simd.splat(a)),
            Function::AtMost(a) => {
                let zero = simd.splat(0.0);
                simd.sub(zero, simd.max(simd.sub(zero, x), simd.splat(-a)))
            }
            Function::Exponential => exponential(simd, x),
            Function::Sigmoid => {
                // The exponential is to stay finite.
                let bounded = simd.max(x, simd.splat(-88.0));
                let one = simd.splat(1.0);
                let power = exponential(simd, simd.sub(simd.splat(0.0), bounded));
                simd.div(one, simd.add(one, power))
            }
        };
    }
    x
}
