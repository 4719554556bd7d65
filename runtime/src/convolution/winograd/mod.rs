//! Convolutions of three by three taps with far fewer products: Winograd's algorithm.
//!
//! The output is cut into tiles of 4 × 4 (or, for small pictures, 2 × 2) pixels. For each tile a window
//! of the input is transformed into 36 (16) matrices of tiles times channels, each is multiplied with a
//! matrix of weights that was transformed beforehand, and the products are transformed back: 2.25 (4)
//! products for each pixel and pair of channels where the definition takes 9. Bias, the sum with another
//! picture and ReLU are part of the last step; doubling of the input is part of the first.
//!
//! - [`transforms`]: the transforms, and their mathematics;
//! - [`filters`]: how the weights go through them, once;
//! - [`steps`]: how a block of tiles does.

mod filters;
mod steps;
mod transforms;

use std::marker::PhantomData;

use super::bands;
use super::buffer::Buffer;
use super::frame::{Border, Frame};
use super::matrix::{Product, Right, Rows};
use super::simd::InstructionSet;
use super::taps::ReadTaps;
use filters::FilterStep;
use steps::{InputStep, OutputStep, Planes};
use transforms::{Four, FourDoubled, Transform, Two, TwoDoubled};

/// Memory that the transformed tiles of a block may take, and the weights that they meet: together they
/// are to stay in a second-level cache of 1 to 2 MB.
const BLOCK_FLOATS: usize = 160 * 1024;
const WEIGHT_FLOATS: usize = 240 * 1024;

/// A 3 × 3 convolution of stride 1 with its weights.
#[derive(Debug)]
pub struct Winograd {
    tile: Tile,
    input: Frame,
    output: Frame,
    /// Zeros above and to the left of the input.
    padding: (usize, usize),
    relu: bool,
    bias: Buffer,
    /// Input channels that are worked on at a time, in whole vectors. The results of the parts are
    /// summed in the output, after the last transform.
    part: usize,
    /// The transformed weights: for each part, for each product, a right matrix.
    weights: Buffer,
}

/// Some of the input channels, which are worked on together.
#[derive(Clone, Copy)]
struct Part {
    first: usize,
    /// Channels.
    channels: usize,
    /// Rows of the right matrices: the channels, and zeros up to a whole group.
    depth: usize,
    last: bool,
}

/// Some of the rows of tiles, which one thread works on.
struct Band<'a> {
    /// The input from the first row on that the band reads, with the border above that.
    input: &'a [f32],
    /// What is added, from the first row on that the band makes, with its border above that.
    residual: Option<(&'a [f32], Frame)>,
    /// The rows that it makes.
    output: &'a mut [f32],
    /// Their geometry.
    frame: Frame,
    /// Rows of tiles.
    tiles_down: usize,
}

/// What tiles are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tile {
    /// 4 × 4 pixels.
    Four,
    /// 4 × 4 pixels of an input doubled in height and width.
    FourDoubled,
    /// 2 × 2 pixels.
    Two,
    /// 2 × 2 pixels of an input doubled in height and width.
    TwoDoubled,
}

/// What a tile is in one direction.
struct Lengths {
    /// Numbers of the input that it reads.
    window: usize,
    /// Numbers that it makes of them.
    factors: usize,
    /// Products.
    products: usize,
    /// Pixels of the output.
    outputs: usize,
    /// Numbers of the input from one tile to the next.
    step: usize,
}

/// Calls a generic function with the transform of a tile and its lengths.
macro_rules! with_transform {
    ($tile:expr, $receiver:ident.$function:ident($($argument:expr),*)) => {
        match $tile {
            Tile::Four => $receiver.$function::<Four, 6, 6, 6, 4>($($argument),*),
            Tile::FourDoubled => $receiver.$function::<FourDoubled, 4, 4, 5, 4>($($argument),*),
            Tile::Two => $receiver.$function::<Two, 4, 4, 4, 2>($($argument),*),
            Tile::TwoDoubled => $receiver.$function::<TwoDoubled, 3, 3, 3, 2>($($argument),*),
        }
    };
}

impl Tile {
    /// What suits an output of this size, and vectors of so many lanes. Small pictures have few tiles, and
    /// then reading the weights, of which there are more the larger the tile, takes longer than the
    /// products: for pictures of fewer than about 23 tiles of 4 × 4 if a core computes 24 products in the
    /// time it reads three bytes, and of fewer than 8 if it computes eight, as those with short vectors do.
    pub fn suited(height: usize, width: usize, doubled: bool, lanes: usize) -> Self {
        let few = if lanes > 4 { 23 } else { 8 };
        let small = height.div_ceil(4) * width.div_ceil(4) < few;
        match (small, doubled) {
            (false, false) => Self::Four,
            (false, true) => Self::FourDoubled,
            (true, false) => Self::Two,
            (true, true) => Self::TwoDoubled,
        }
    }

    fn lengths(self) -> Lengths {
        with_transform!(self, self.lengths_of())
    }

    fn lengths_of<T, const W: usize, const F: usize, const P: usize, const O: usize>(
        self,
    ) -> Lengths
    where
        T: Transform<W, F, P, O>,
    {
        Lengths {
            window: W,
            factors: F,
            products: P,
            outputs: O,
            step: T::STEP,
        }
    }

    /// The zeros that the input needs around it, given those above and to the left.
    pub fn border(
        self,
        input: (usize, usize),
        output: (usize, usize),
        padding: (usize, usize),
    ) -> Border {
        let Lengths {
            window,
            outputs,
            step,
            ..
        } = self.lengths();
        let beyond = |input: usize, output: usize, padding: usize| {
            let tiles = output.div_ceil(outputs);
            let reach = (tiles.max(1) - 1) * step + window;
            reach.saturating_sub(padding + input)
        };
        Border {
            top: padding.0,
            left: padding.1,
            bottom: beyond(input.0, output.0, padding.0),
            right: beyond(input.1, output.1, padding.1),
        }
    }
}

impl Winograd {
    /// Prepares a convolution: transforms its weights, of the order output channel, input channel, row,
    /// column, and keeps its bias.
    ///
    /// The input frame must have the border of [`Tile::border`] at least. `padding` is that above and
    /// to the left, of the doubled input where it is doubled (and then 1).
    pub fn new(
        set: InstructionSet,
        tile: Tile,
        input: Frame,
        output: Frame,
        padding: (usize, usize),
        taps: &ReadTaps,
        relu: bool,
    ) -> Self {
        let mut winograd = Self {
            tile,
            input,
            output,
            padding,
            relu,
            bias: Buffer::padded(taps.bias, output.pixel),
            part: input.pixel,
            weights: Buffer::zeros(0),
        };
        winograd.part = winograd.suited_part(set);
        let products = winograd.planes();
        let depth: usize = winograd.parts(set).map(|part| part.depth).sum();
        winograd.weights = Buffer::zeros(products * depth * output.pixel);
        with_transform!(tile, winograd.transform_weights(set, taps.weights));
        winograd
    }

    /// How many input channels suit a part: all of them, if each weight is read once anyway or all
    /// weights stay in the cache.
    fn suited_part(&self, set: InstructionSet) -> usize {
        let (down, across) = self.tiles();
        let products = self.planes();
        let fitting = WEIGHT_FLOATS / (products * self.output.pixel);
        if self.block() >= down * across || fitting >= self.input.channels {
            return self.input.pixel;
        }
        let lanes = set.lanes();
        let parts = self.input.channels.div_ceil(fitting.max(lanes));
        self.input.channels.div_ceil(parts).next_multiple_of(lanes)
    }

    fn parts(&self, set: InstructionSet) -> impl Iterator<Item = Part> + use<> {
        let (part, channels) = (self.part, self.input.channels);
        (0..channels).step_by(part.max(1)).map(move |first| {
            let count = part.min(channels - first);
            Part {
                first,
                channels: count,
                depth: count.next_multiple_of(set.group()),
                last: first + count == channels,
            }
        })
    }

    fn transform_weights<T, const W: usize, const F: usize, const P: usize, const O: usize>(
        &mut self,
        set: InstructionSet,
        weights: &[f32],
    ) where
        T: Transform<W, F, P, O>,
    {
        let mut done = 0;
        for part in self.parts(set) {
            let length = P * P * part.depth * self.output.pixel;
            set.run(FilterStep::<T, W, F, P, O> {
                weights,
                channels: (self.output.channels, self.input.channels),
                part: part.first..part.first + part.channels,
                matrix: (part.depth, self.output.pixel),
                output: &mut self.weights[done..done + length],
                transform: PhantomData,
            });
            done += length;
        }
    }

    /// How many tiles there are in each direction.
    fn tiles(&self) -> (usize, usize) {
        let outputs = self.tile.lengths().outputs;
        (
            self.output.height.div_ceil(outputs),
            self.output.width.div_ceil(outputs),
        )
    }

    /// How many products each tile takes, and so how many matrices there are.
    fn planes(&self) -> usize {
        self.tile.lengths().products.pow(2)
    }

    /// How many matrices there are of the transformed input.
    fn factors(&self) -> usize {
        self.tile.lengths().factors.pow(2)
    }

    /// How many tiles are worked on at a time.
    fn block(&self) -> usize {
        let each = self.factors() * self.part + self.planes() * self.output.pixel;
        let (down, across) = self.tiles();
        // A multiple of the rows that the product takes at a time.
        (BLOCK_FLOATS / each)
            .max(12)
            .next_multiple_of(24)
            .min(down * across)
    }

    /// Floats of memory that a thread needs while it runs.
    pub fn scratch(&self) -> usize {
        self.transformed() + self.planes() * Planes::stride(self.block(), self.output.pixel)
    }

    /// Floats of the transformed input.
    fn transformed(&self) -> usize {
        self.factors() * Planes::stride(self.block(), self.part)
    }

    /// How many of so many threads suit it.
    pub fn suited_threads(&self, threads: usize) -> usize {
        let (down, across) = self.tiles();
        bands::suited(down * across * self.weights.len(), threads)
    }

    /// Computes the output frame from the input frame, and what is to be added to it, which has the
    /// output's geometry but for its border. There is a thread for each of `scratches`.
    pub fn run(
        &self,
        set: InstructionSet,
        input: &[f32],
        residual: Option<(&[f32], Frame)>,
        output: &mut [f32],
        scratches: &mut [Buffer],
    ) {
        let (down, _) = self.tiles();
        let lengths = self.tile.lengths();
        let row = lengths.outputs * self.output.line();
        // Everything a band touches of the output lies in its own rows, below the border.
        let rows = &mut output[self.output.border.top * self.output.line()..];
        let rows = &mut rows[..self.output.height * self.output.line()];
        bands::in_bands(down, row, rows, scratches, |band, rows, scratch| {
            let above = band.start * lengths.outputs;
            let band = Band {
                input: &input[band.start * lengths.step * self.input.line()..],
                residual: residual.map(|(values, frame)| (&values[above * frame.line()..], frame)),
                output: rows,
                frame: self.output.below(above),
                tiles_down: band.len(),
            };
            let scratch = scratch.split_at_mut(self.transformed());
            with_transform!(self.tile, self.run_with(set, band, scratch));
        });
    }

    fn run_with<T, const W: usize, const F: usize, const P: usize, const O: usize>(
        &self,
        set: InstructionSet,
        band: Band,
        (transformed, products): (&mut [f32], &mut [f32]),
    ) where
        T: Transform<W, F, P, O>,
    {
        let Band {
            input,
            residual,
            output,
            frame,
            tiles_down: down,
        } = band;
        let (_, across) = self.tiles();
        let block = self.block();
        let before = Planes::new(block, self.part);
        let after = Planes::new(block, self.output.pixel);
        let corner = self.input.before(self.padding.0, self.padding.1);
        let mut weights: &[f32] = &self.weights;
        for part in self.parts(set) {
            let matrix = part.depth * self.output.pixel;
            let (these, others) = weights.split_at(P * P * matrix);
            weights = others;
            for first in (0..down * across).step_by(block.max(1)) {
                let tiles = first..(first + block).min(down * across);
                set.run(InputStep::<T, W, F, P, O>::new(
                    &input[corner + part.first..],
                    self.input,
                    part.channels.next_multiple_of(set.lanes()),
                    tiles.clone(),
                    across,
                    (before, self.part),
                    transformed,
                ));
                for (first, second) in
                    (0..P).flat_map(|row| (0..P).map(move |column| (row, column)))
                {
                    let (plane, factor) = (
                        first * P + second,
                        T::FACTOR_OF[first] * F + T::FACTOR_OF[second],
                    );
                    // This product alone is a part of every pixel, and of each once: its bias is theirs.
                    let common = part.last && (first, second) == (1, 1);
                    Product {
                        rows: tiles.len(),
                        left: before.plane(transformed, factor),
                        left_rows: Rows::evenly(self.part),
                        segments: &[0],
                        right: Right {
                            depth: part.depth,
                            vectors: self.output.pixel / set.lanes(),
                            values: &these[plane * matrix..][..matrix],
                        },
                        bias: common.then_some(&*self.bias),
                        residual: None,
                        relu: false,
                        output: after.plane_mut(products, plane),
                        output_rows: Rows::evenly(self.output.pixel),
                    }
                    .compute(set);
                }
                set.run(OutputStep::<T, W, F, P, O> {
                    products,
                    planes: after,
                    tiles,
                    across,
                    continued: part.first > 0,
                    residual: residual.filter(|_| part.last),
                    relu: self.relu && part.last,
                    output,
                    frame,
                    transform: PhantomData,
                });
            }
        }
    }
}
