//! The transforms of [`super::transforms`] applied to blocks of tiles.
#![allow(
    clippy::needless_range_loop,
    reason = "the same numbers count the rows and columns of several arrays and places in memory"
)]

use std::marker::PhantomData;
use std::ops::Range;

use super::super::frame::Frame;
use super::super::grid::{Grid, GridMut, Spacing};
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
pub struct InputStep<'a, T, const W: usize, const F: usize, const P: usize, const O: usize> {
    input: &'a [f32],
    frame: Frame,
    channels: usize,
    tiles: Range<usize>,
    across: usize,
    planes: (Planes, usize),
    output: &'a mut [f32],
    transform: PhantomData<T>,
}

impl<'a, T, const W: usize, const F: usize, const P: usize, const O: usize>
    InputStep<'a, T, W, F, P, O>
{
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

impl<T, const W: usize, const F: usize, const P: usize, const O: usize> Kernel
    for InputStep<'_, T, W, F, P, O>
where
    T: Transform<W, F, P, O>,
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
                let window = Spacing {
                    start: corner + vector,
                    row: line,
                    column: pixel,
                };
                let window = Grid::<_, W, W>::new(input, window);
                let mut half = [[simd.splat(0.0); F]; W];
                for column in 0..W {
                    let mut values = [simd.splat(0.0); W];
                    for row in 0..W {
                        values[row] = simd.load(window.at(row, column));
                    }
                    half[column] = T::input(simd, values);
                }
                let factors = Spacing {
                    start: row * width + vector,
                    row: F * stride,
                    column: stride,
                };
                let mut factors = GridMut::<_, F, F>::new(output, factors);
                for first in 0..F {
                    let mut values = [simd.splat(0.0); W];
                    for column in 0..W {
                        values[column] = half[column][first];
                    }
                    let whole = T::input(simd, values);
                    for second in 0..F {
                        simd.store(factors.at(first, second), whole[second]);
                    }
                }
            }
        }
    }
}

/// Transforms the products of a block of tiles into pixels.
pub struct OutputStep<'a, T, const W: usize, const F: usize, const P: usize, const O: usize> {
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

impl<T, const W: usize, const F: usize, const P: usize, const O: usize> Kernel
    for OutputStep<'_, T, W, F, P, O>
where
    T: Transform<W, F, P, O>,
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let products = S::lanes(self.products);
        let residual = self.residual.map(|(values, frame)| {
            let line = frame.line() / S::LANES;
            (S::lanes(values), frame.origin() / S::LANES, line)
        });
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
                let products_apart = Spacing {
                    start: row * pixel + vector,
                    row: P * stride,
                    column: stride,
                };
                let products = Grid::<_, P, P>::new(products, products_apart);
                // Columns of products become columns of pixels; each of these is then a row.
                let mut half = [[simd.splat(0.0); P]; O];
                for second in 0..P {
                    let mut values = [simd.splat(0.0); P];
                    for first in 0..P {
                        values[first] = simd.load(products.at(first, second));
                    }
                    let column = T::output(simd, values);
                    for y in 0..O {
                        half[y][second] = column[y];
                    }
                }
                let mut pixels = [[simd.splat(0.0); O]; O];
                for y in 0..O {
                    pixels[y] = T::output(simd, half[y]);
                }
                let spacing = |origin: usize, line: usize| Spacing {
                    start: origin + top * line + left * pixel + vector,
                    row: line,
                    column: pixel,
                };
                let place = spacing(origin, line);
                let added = residual.map(|(values, origin, line)| (values, spacing(origin, line)));
                if (rows, columns) == (O, O) {
                    if let Some((values, place)) = added {
                        add_tile(simd, &mut pixels, values, place);
                    }
                    if self.continued {
                        add_tile(simd, &mut pixels, output, place);
                    }
                    let mut places = GridMut::<_, O, O>::new(output, place);
                    for y in 0..O {
                        for x in 0..O {
                            simd.store(places.at(y, x), simd.max(pixels[y][x], floor));
                        }
                    }
                } else {
                    for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
                        let mut value = pixels[y][x];
                        if let Some((values, place)) = added {
                            value = simd.add(value, simd.load(&values[place.of(y, x)]));
                        }
                        let place = &mut output[place.of(y, x)];
                        if self.continued {
                            value = simd.add(value, simd.load(place));
                        }
                        simd.store(place, simd.max(value, floor));
                    }
                }
            }
        }
    }
}

/// Adds a whole tile of a frame to pixels.
#[inline(always)]
fn add_tile<S: Simd, const O: usize>(
    simd: S,
    pixels: &mut [[S::Vector; O]; O],
    values: &[S::Lanes],
    spacing: Spacing,
) {
    let added = Grid::<_, O, O>::new(values, spacing);
    for y in 0..O {
        for x in 0..O {
            pixels[y][x] = simd.add(pixels[y][x], simd.load(added.at(y, x)));
        }
    }
}
