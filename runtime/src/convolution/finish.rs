//! How a value leaves a chain: which of its channels, in what order, and what is done with each number.

use super::exponential::exponential;
use super::frame::Frame;
use super::simd::{InstructionSet, Kernel, MOST_LANES, Simd};
use super::transpose::transpose;

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

    /// Where in the tensor the number of a channel, row and column lies.
    #[inline(always)]
    fn place(&self, frame: &Frame, channel: usize, y: usize, x: usize) -> usize {
        let f = self.factor;
        let (channel, j) = ((channel - self.first) / f, (channel - self.first) % f);
        let (channel, i) = (channel / f, channel % f);
        ((channel * frame.height + y) * f + i) * frame.width * f + x * f + j
    }

    /// Makes the tensor of a frame.
    pub fn run(&self, set: InstructionSet, frame: &Frame, values: &[f32], output: &mut [f32]) {
        set.run(Spread {
            finish: self,
            frame,
            values,
            output,
        });
        if !self.functions.is_empty() {
            set.run(Apply {
                functions: &self.functions,
                values: output,
            });
        }
    }
}

/// Brings numbers from the order row, column, channel to that of the tensor.
struct Spread<'a> {
    finish: &'a Finish,
    frame: &'a Frame,
    values: &'a [f32],
    output: &'a mut [f32],
}

impl Kernel for Spread<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (frame, first, f) = (self.frame, self.finish.first, self.finish.factor);
        let last = first + self.finish.channels * f * f;
        // Numbers of one pixel that lie side by side in the tensor must lie in one vector before.
        let in_vectors = f == 1 || (f == 2 && first.is_multiple_of(2));
        let whole = if in_vectors {
            frame.width / S::LANES * S::LANES
        } else {
            0
        };
        for y in 0..frame.height {
            let start = frame.origin() + y * frame.line();
            let row = &self.values[start..][..frame.width * frame.pixel];
            for vector in first / S::LANES..last.div_ceil(S::LANES) {
                // Where the row of each channel that begins numbers of a pixel goes, if it is asked for.
                let mut rows = [None; MOST_LANES];
                for (lane, row) in rows.iter_mut().enumerate().take(S::LANES) {
                    let channel = vector * S::LANES + lane;
                    if channel >= first && channel < last && channel.is_multiple_of(f) {
                        *row = Some(self.finish.place(frame, channel, y, 0));
                    }
                }
                for x in (0..whole).step_by(S::LANES) {
                    let mut pixels = [simd.splat(0.0); MOST_LANES];
                    for (lane, pixel) in pixels.iter_mut().enumerate().take(S::LANES) {
                        let from = (x + lane) * frame.pixel + vector * S::LANES;
                        *pixel = simd.load(&S::lanes(&row[from..])[0]);
                    }
                    let columns = transpose(simd, pixels);
                    for lane in 0..S::LANES {
                        let Some(to) = rows[lane] else {
                            continue;
                        };
                        let places = S::lanes_mut(&mut self.output[to + x * f..]);
                        if f == 1 {
                            simd.store(&mut places[0], columns[lane]);
                        } else if lane + 1 < S::LANES {
                            let [near, far] = simd.zip(columns[lane], columns[lane + 1]);
                            simd.store(&mut places[0], near);
                            simd.store(&mut places[1], far);
                        }
                    }
                }
            }
            for x in whole..frame.width {
                let pixel = &row[x * frame.pixel..];
                for channel in (first..last).step_by(f) {
                    let to = self.finish.place(frame, channel, y, x);
                    self.output[to..][..f].copy_from_slice(&pixel[channel..][..f]);
                }
            }
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
        // One function after the other, so that it is looked up once and not for every vector, of as many
        // numbers as stay in a first-level cache.
        for part in whole.chunks_mut(256 * S::LANES) {
            for function in self.functions {
                apply(simd, *function, S::lanes_mut(part));
            }
        }
        let mut last = [0.0; MOST_LANES];
        last[..rest.len()].copy_from_slice(rest);
        for function in self.functions {
            apply(simd, *function, &mut S::lanes_mut(&mut last)[..1]);
        }
        rest.copy_from_slice(&last[..rest.len()]);
    }
}

#[inline(always)]
fn apply<S: Simd>(simd: S, function: Function, values: &mut [S::Lanes]) {
    let zero = simd.splat(0.0);
    match function {
        Function::Add(a) => {
            let a = simd.splat(a);
            each(
                simd,
                values,
                #[inline(always)]
                |x| simd.add(x, a),
            );
        }
        Function::Multiply(a) => {
            let a = simd.splat(a);
            each(
                simd,
                values,
                #[inline(always)]
                |x| simd.mul(x, a),
            );
        }
        Function::AtLeast(a) => {
            let a = simd.splat(a);
            each(
                simd,
                values,
                #[inline(always)]
                |x| simd.max(x, a),
            );
        }
        Function::AtMost(a) => {
            let minus = simd.splat(-a);
            each(
                simd,
                values,
                #[inline(always)]
                |x| simd.sub(zero, simd.max(simd.sub(zero, x), minus)),
            );
        }
        Function::Exponential => each(
            simd,
            values,
            #[inline(always)]
            |x| exponential(simd, x),
        ),
        Function::Sigmoid => {
            let (one, least) = (simd.splat(1.0), simd.splat(-88.0));
            each(
                simd,
                values,
                #[inline(always)]
                |x| {
                    // The exponential is to stay finite.
                    let bounded = simd.max(x, least);
                    let power = exponential(simd, simd.sub(zero, bounded));
                    simd.div(one, simd.add(one, power))
                },
            );
        }
    }
}

#[inline(always)]
fn each<S: Simd>(simd: S, values: &mut [S::Lanes], function: impl Fn(S::Vector) -> S::Vector) {
    for lanes in values {
        let value = function(simd.load(lanes));
        simd.store(lanes, value);
    }
}
