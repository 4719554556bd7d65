//! The transform of the weights, which is done once, when a layer is prepared.
#![allow(
    clippy::needless_range_loop,
    reason = "the same numbers count the rows and columns of several arrays and places in memory"
)]

use std::marker::PhantomData;
use std::ops::Range;

use super::super::grid::{GridMut, Spacing};
use super::super::matrix;
use super::super::simd::{Kernel, Simd};
use super::super::transpose::{Places, Sources, interleave};
use super::transforms::Transform;

/// Taps of each pair of channels.
const TAPS: usize = 9;

/// Input channels whose taps are gathered at a time, so that these stay in a first-level cache.
const GATHERED: usize = 16;

/// Of the weights of so many output and input channels, makes a part of the latter matrices in the layout
/// of [`matrix::Packed`], one for each product.
pub struct FilterStep<'a, T, const W: usize, const F: usize, const P: usize, const O: usize> {
    /// Weights in the order output channel, input channel, row, column.
    pub weights: &'a [f32],
    /// Output and input channels.
    pub channels: (usize, usize),
    /// Which of the input channels.
    pub part: Range<usize>,
    /// Rows and columns of each matrix.
    pub matrix: (usize, usize),
    /// The matrices, one after the other.
    pub output: &'a mut [f32],
    /// The transform.
    pub transform: PhantomData<T>,
}

impl<T, const W: usize, const F: usize, const P: usize, const O: usize> Kernel
    for FilterStep<'_, T, W, F, P, O>
where
    T: Transform<W, F, P, O>,
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (outputs, inputs) = self.channels;
        let (depth, columns) = self.matrix;
        let plane = depth * columns / S::LANES;
        let output = S::lanes_mut(self.output);
        // Taps of several input channels, each for as many output channels as a vector holds.
        let mut gathered = vec![0.0; GATHERED * TAPS * S::LANES];
        let gathered = S::lanes_mut(&mut gathered);
        for (first, width) in matrix::panels(columns / S::LANES) {
            for vector in first..first + width {
                let column = vector * S::LANES;
                for done in self.part.clone().step_by(GATHERED) {
                    let count = GATHERED.min(self.part.end - done);
                    let sources = Sources {
                        values: &self.weights[(column * inputs + done) * TAPS..],
                        apart: inputs * TAPS,
                        count: outputs - column,
                        length: count * TAPS,
                    };
                    interleave(simd, sources, gathered, Places::evenly(0, 1));
                    for (channel, taps) in gathered.chunks_exact(TAPS).take(count).enumerate() {
                        let row = done - self.part.start + channel;
                        let place = Spacing {
                            start: first * depth + row * width + vector - first,
                            row: P * plane,
                            column: plane,
                        };
                        let mut half = [[simd.splat(0.0); P]; 3];
                        for column in 0..3 {
                            let window = [
                                simd.load(&taps[column]),
                                simd.load(&taps[3 + column]),
                                simd.load(&taps[6 + column]),
                            ];
                            half[column] = T::filter(simd, window);
                        }
                        let mut matrices = GridMut::<_, P, P>::new(output, place);
                        for row in 0..P {
                            let window = [half[0][row], half[1][row], half[2][row]];
                            let whole = T::filter(simd, window);
                            for column in 0..P {
                                simd.store(matrices.at(row, column), whole[column]);
                            }
                        }
                    }
                }
            }
        }
    }
}
