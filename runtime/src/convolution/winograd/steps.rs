//! The transforms of [`super::transforms`] applied to blocks of tiles and to weights.

use std::marker::PhantomData;
use std::ops::Range;

use super::super::frame::Frame;
use super::super::matrix;
use super::super::simd::{Kernel, Simd};
use super::transforms::Transform;

/// How the matrices of a block, one for each product, follow each other in memory: of as many rows as
/// the block has tiles, `pixel` floats each.
#[derive(Clone, Copy)]
pub struct Planes {
    stride: usize,
}

impl Planes {
    /// For blocks of so many tiles.
    pub fn new(block: usize, pixel: usize) -> Self {
        Self {
            stride: Self::stride(block, pixel),
        }
    }

    /// Floats from one matrix to the next: one cache line more than it needs, because addresses that
    /// differ by large powers of two share the same few places of a cache.
    pub fn stride(block: usize, pixel: usize) -> usize {
        block * pixel + 16
    }

    /// One of the matrices.
    pub fn plane<'a>(&self, memory: &'a [f32], index: usize) -> &'a [f32] {
        &memory[index * self.stride..][..self.stride]
    }

    /// One of the matrices, to be written.
    pub fn plane_mut<'a>(&self, memory: &'a mut [f32], index: usize) -> &'a mut [f32] {
        &mut memory[index * self.stride..][..self.stride]
    }
}

/// Transforms the input of a block of tiles.
pub struct InputStep<'a, T, const W: usize, const P: usize, const O: usize> {
    input: &'a [f32],
    frame: Frame,
    channels: usize,
    tiles: Range<usize>,
    across: usize,
    planes: (Planes, usize),
    output: &'a mut [f32],
    transform: PhantomData<T>,
}

impl<'a, T, const W: usize, const P: usize, const O: usize> InputStep<'a, T, W, P, O> {
    /// `input` begins where the window of the first tile does, with the first of so many `channels`;
    /// of `tiles` there are `across` in each row. `planes` come with the floats of one of their rows.
    pub fn new(
        input: &'a [f32],
        frame: Frame,
        channels: usize,
        tiles: Range<usize>,
        across: usize,
        planes: (Planes, usize),
        output: &'a mut [f32],
    ) -> Self {
        Self {
            input,
            frame,
            channels,
            tiles,
            across,
            planes,
            output,
            transform: PhantomData,
        }
    }
}

impl<T, const W: usize, const P: usize, const O: usize> Kernel for InputStep<'_, T, W, P, O>
where
    T: Transform<W, P, O>,
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let input = S::lanes(self.input);
        let output = S::lanes_mut(self.output);
        let pixel = self.frame.pixel / S::LANES;
        let line = self.frame.line() / S::LANES;
        let (planes, width) = self.planes;
        let (stride, width) = (planes.stride / S::LANES, width / S::LANES);
        for (row, tile) in self.tiles.enumerate() {
            let (y, x) = (tile / self.across, tile % self.across);
            let corner = y * T::STEP * line + x * T::STEP * pixel;
            for vector in 0..self.channels / S::LANES {
                let mut half = [[simd.splat(0.0); P]; W];
                for column in 0..W {
                    let mut window = [simd.splat(0.0); W];
                    for row in 0..W {
                        window[row] =
                            simd.load(&input[corner + row * line + column * pixel + vector]);
                    }
                    half[column] = T::input(simd, window);
                }
                let place = row * width + vector;
                for first in 0..P {
                    let mut window = [simd.splat(0.0); W];
                    for column in 0..W {
                        window[column] = half[column][first];
                    }
                    let whole = T::input(simd, window);
                    for second in 0..P {
                        simd.store(
                            &mut output[(first * P + second) * stride + place],
                            whole[second],
                        );
                    }
                }
            }
        }
    }
}

/// Transforms the products of a block of tiles into pixels.
pub struct OutputStep<'a, T, const W: usize, const P: usize, const O: usize> {
    /// The products, in matrices.
    pub products: &'a [f32],
    /// How these follow each other.
    pub planes: Planes,
    /// The tiles.
    pub tiles: Range<usize>,
    /// How many tiles there are in each row.
    pub across: usize,
    /// Whether what the output holds already is to be added.
    pub continued: bool,
    /// One number for each channel.
    pub bias: Option<&'a [f32]>,
    /// A frame to be added.
    pub residual: Option<(&'a [f32], Frame)>,
    /// Whether negative values become zero in the end.
    pub relu: bool,
    /// The output.
    pub output: &'a mut [f32],
    /// Its geometry.
    pub frame: Frame,
    /// The transform.
    pub transform: PhantomData<T>,
}

impl<T, const W: usize, const P: usize, const O: usize> Kernel for OutputStep<'_, T, W, P, O>
where
    T: Transform<W, P, O>,
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let products = S::lanes(self.products);
        let bias = self.bias.map(S::lanes);
        let output = S::lanes_mut(self.output);
        let pixel = self.frame.pixel / S::LANES;
        let line = self.frame.line() / S::LANES;
        let origin = self.frame.origin() / S::LANES;
        let stride = self.planes.stride / S::LANES;
        let floor = simd.splat(if self.relu { 0.0 } else { f32::NEG_INFINITY });
        for (row, tile) in self.tiles.enumerate() {
            let (top, left) = (tile / self.across * O, tile % self.across * O);
            let rows = (self.frame.height - top).min(O);
            let columns = (self.frame.width - left).min(O);
            for vector in 0..pixel {
                let place = row * pixel + vector;
                // Columns of products become columns of pixels; each of these is then a row.
                let mut half = [[simd.splat(0.0); P]; O];
                for second in 0..P {
                    let mut window = [simd.splat(0.0); P];
                    for first in 0..P {
                        window[first] = simd.load(&products[(first * P + second) * stride + place]);
                    }
                    let column = T::output(simd, window);
                    for y in 0..O {
                        half[y][second] = column[y];
                    }
                }
                let bias = match bias {
                    Some(bias) => simd.load(&bias[vector]),
                    None => simd.splat(0.0),
                };
                for (y, window) in half.into_iter().enumerate() {
                    let mut pixels = T::output(simd, window);
                    if y >= rows {
                        continue;
                    }
                    for value in &mut pixels {
                        *value = simd.add(*value, bias);
                    }
                    if let Some((residual, frame)) = self.residual {
                        let residual = S::lanes(residual);
                        let start = (frame.origin() + (top + y) * frame.line()) / S::LANES
                            + left * pixel
                            + vector;
                        for x in 0..O {
                            if x < columns {
                                let added = simd.load(&residual[start + x * pixel]);
                                pixels[x] = simd.add(pixels[x], added);
                            }
                        }
                    }
                    let start = origin + (top + y) * line + left * pixel + vector;
                    for x in 0..O {
                        if x < columns {
                            let place = &mut output[start + x * pixel];
                            if self.continued {
                                pixels[x] = simd.add(pixels[x], simd.load(place));
                            }
                            simd.store(place, simd.max(pixels[x], floor));
                        }
                    }
                }
            }
        }
    }
}

/// Transforms the weights.
pub struct FilterStep<'a, T, const W: usize, const P: usize, const O: usize> {
    weights: &'a [f32],
    channels: (usize, usize),
    part: Range<usize>,
    matrix: (usize, usize),
    output: &'a mut [f32],
    transform: PhantomData<T>,
}

impl<'a, T, const W: usize, const P: usize, const O: usize> FilterStep<'a, T, W, P, O> {
    /// Of the weights of so many output and input channels, a part of the latter becomes matrices of so
    /// many rows and columns in the layout of [`matrix::Packed`], one after the other.
    pub fn new(
        weights: &'a [f32],
        channels: (usize, usize),
        part: Range<usize>,
        matrix: (usize, usize),
        output: &'a mut [f32],
    ) -> Self {
        Self {
            weights,
            channels,
            part,
            matrix,
            output,
            transform: PhantomData,
        }
    }
}

impl<T, const W: usize, const P: usize, const O: usize> Kernel for FilterStep<'_, T, W, P, O>
where
    T: Transform<W, P, O>,
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (outputs, inputs) = self.channels;
        let (depth, columns) = self.matrix;
        let plane = depth * columns / S::LANES;
        let output = S::lanes_mut(self.output);
        // Nine taps of one input channel for as many output channels as a vector holds.
        let mut gathered = vec![0.0; 9 * S::LANES];
        for (first, width) in matrix::panels(columns / S::LANES) {
            for vector in first..first + width {
                for (row, channel) in self.part.clone().enumerate() {
                    for lane in 0..S::LANES {
                        let column = vector * S::LANES + lane;
                        let from = (column * inputs + channel) * 9;
                        for tap in 0..9 {
                            gathered[tap * S::LANES + lane] = if column < outputs {
                                self.weights[from + tap]
                            } else {
                                0.0
                            };
                        }
                    }
                    let taps = S::lanes(&gathered);
                    let mut half = [[simd.splat(0.0); P]; 3];
                    for column in 0..3 {
                        let window = [
                            simd.load(&taps[column]),
                            simd.load(&taps[3 + column]),
                            simd.load(&taps[6 + column]),
                        ];
                        half[column] = T::filter(simd, window);
                    }
                    let place = first * depth + row * width + vector - first;
                    for index in 0..P {
                        let window = [half[0][index], half[1][index], half[2][index]];
                        let whole = T::filter(simd, window);
                        for column in 0..P {
                            simd.store(
                                &mut output[(index * P + column) * plane + place],
                                whole[column],
                            );
                        }
                    }
                }
            }
        }
    }
}
