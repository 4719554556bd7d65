//! The product of two matrices, of which the right one is known beforehand.
//!
//! All convolutions end here. Sums of several rows times several vectors of columns are held in
//! registers while the depth is gone through, so that each number loaded is used many times; the right
//! matrix is laid out ([`Packed`]) in the order in which it is then read. (Goto and van de Geijn,
//! "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3), 2008.)
#![allow(
    clippy::needless_range_loop,
    reason = "the same numbers count the rows and columns of several arrays and places in memory"
)]

use super::buffer::Buffer;
use super::grid::{Step, Steps, Strips, StripsMut};
use super::numbers::Numbers;
use super::simd::{InstructionSet, Kernel, Simd};
use super::transpose::{Places, Sources, interleave};

/// How many vectors of columns are summed at a time: as evenly as can be, and never more than three.
pub fn panels(vectors: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut first = 0;
    std::iter::from_fn(move || {
        let left = vectors - first;
        let width = match left {
            0 => return None,
            1 => 1,
            3 => 3,
            _ if left.is_multiple_of(3) => 3,
            _ => 2,
        };
        first += width;
        Some((first - width, width))
    })
}

/// A matrix of `depth` rows and `columns` columns, laid out for [`Product`].
#[derive(Debug)]
pub struct Packed {
    depth: usize,
    vectors: usize,
    values: Buffer,
}

impl Packed {
    /// Lays out a matrix whose columns are sources of `inner` numbers for each of `channels`: number `i` of
    /// channel `c` comes into the row `i · pixel + c`. All else up to `depth` rows and whole vectors of columns
    /// becomes zero.
    ///
    /// The columns are read a panel at a time, for which `memory` is used.
    pub fn new(
        set: InstructionSet,
        source: Numbers,
        columns: Columns,
        depth: usize,
        memory: &mut Vec<f32>,
    ) -> Self {
        let lanes = set.lanes();
        let vectors = columns.count.div_ceil(lanes);
        let padded = depth.next_multiple_of(set.group());
        let mut packed = Self {
            depth: padded,
            vectors,
            values: Buffer::zeros(padded * vectors * lanes),
        };
        let vector = lanes * padded;
        for (first, width) in panels(vectors) {
            let start = first * lanes;
            let count = (width * lanes).min(columns.count - start);
            let places = start * columns.apart..(start + count) * columns.apart;
            set.run(Pack {
                source: source.part(places).read(memory),
                columns: Columns { count, ..columns },
                depth: padded,
                values: &mut packed.values[first * vector..][..width * vector],
            });
        }
        packed
    }

    /// As a right matrix.
    pub fn view(&self) -> Right<'_> {
        Right {
            depth: self.depth,
            vectors: self.vectors,
            values: &self.values,
        }
    }
}

/// How a matrix lies in memory by its columns, as weights of output channels do: see [`Packed::new`].
#[derive(Clone, Copy)]
pub struct Columns {
    /// From the beginning of one to that of the next.
    pub apart: usize,
    /// How many there are.
    pub count: usize,
    /// Channels of each.
    pub channels: usize,
    /// Numbers of each channel.
    pub inner: usize,
    /// Rows from a number of a channel to its next.
    pub pixel: usize,
}

/// Writes a matrix given by its columns in the layout of [`Packed`], without the zeros around it.
pub struct Pack<'a> {
    /// Memory of the columns.
    pub source: &'a [f32],
    /// The columns.
    pub columns: Columns,
    /// Rows of the layout.
    pub depth: usize,
    /// Its memory.
    pub values: &'a mut [f32],
}

impl Kernel for Pack<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Columns {
            apart,
            count,
            channels,
            inner,
            pixel,
        } = self.columns;
        let length = channels * inner;
        let output = S::lanes_mut(self.values);
        for (first, width) in panels(count.div_ceil(S::LANES)) {
            for vector in first..first + width {
                let column = vector * S::LANES;
                let sources = Sources {
                    values: &self.source[column * apart..],
                    apart,
                    count: count - column,
                    length,
                };
                let places = Places {
                    start: first * self.depth + vector - first,
                    inner,
                    inner_apart: pixel * width,
                    outer_apart: width,
                };
                interleave(simd, sources, output, places);
            }
        }
    }
}

/// A right matrix in the layout of [`Packed`].
#[derive(Clone, Copy)]
pub struct Right<'a> {
    /// Rows.
    pub depth: usize,
    /// Columns, in vectors.
    pub vectors: usize,
    /// The values: for each panel of vectors, row by row.
    pub values: &'a [f32],
}

/// Where in memory the rows of a matrix begin: row `r` at `origin + (r / width) · line + (r % width) · step`. All
/// of these are whole vectors.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// Where the first row begins.
    pub origin: usize,
    /// How many rows follow each other in steps.
    pub width: usize,
    /// From one run of rows to the next.
    pub line: usize,
    /// From one row to the next.
    pub step: usize,
}

impl Rows {
    /// These rows, of which there are so many: if all follow each other, they are at equal distances.
    pub fn of(self, count: usize) -> Self {
        let width = if count <= self.width {
            usize::MAX
        } else {
            self.width
        };
        Self { width, ..self }
    }

    /// Rows at equal distances.
    pub fn evenly(step: usize) -> Self {
        Self {
            origin: 0,
            width: usize::MAX,
            line: 0,
            step,
        }
    }

    /// Where rows from `first` on begin, in units of so many values.
    #[inline(always)]
    fn starts<const ROWS: usize>(&self, first: usize, unit: usize) -> [usize; ROWS] {
        let mut starts = [0; ROWS];
        let (mut y, mut x) = (first / self.width, first % self.width);
        for start in &mut starts {
            *start = (self.origin + y * self.line + x * self.step) / unit;
            x += 1;
            if x == self.width {
                (y, x) = (y + 1, 0);
            }
        }
        starts
    }

    /// The first row and the distance of rows from `first` on, in units of so many values, if it is always the same.
    #[inline(always)]
    fn even(&self, first: usize, unit: usize) -> Option<(usize, usize)> {
        let start = (self.origin + first * self.step) / unit;
        (self.width == usize::MAX).then_some((start, self.step / unit))
    }

    /// Pieces of so many rows from `first` on, from a place of each on, in memory of units of so many values.
    #[inline(always)]
    fn strips<'a, T, const ROWS: usize>(
        &self,
        memory: &'a [T],
        unit: usize,
        (first, place): (usize, usize),
        length: usize,
    ) -> Strips<'a, T, ROWS> {
        if let Some((start, apart)) = self.even(first, unit) {
            return Strips::evenly(memory, start + place, apart, length);
        }
        let mut starts = self.starts::<ROWS>(first, unit);
        for start in &mut starts {
            *start += place;
        }
        Strips::new(memory, starts, length)
    }

    /// As [`strips`](Self::strips), to be written.
    #[inline(always)]
    fn strips_mut<'a, T, const ROWS: usize>(
        &self,
        memory: &'a mut [T],
        unit: usize,
        (first, place): (usize, usize),
        length: usize,
    ) -> StripsMut<'a, T, ROWS> {
        if let Some((start, apart)) = self.even(first, unit) {
            return StripsMut::evenly(memory, start + place, apart, length);
        }
        let mut starts = self.starts::<ROWS>(first, unit);
        for start in &mut starts {
            *start += place;
        }
        StripsMut::new(memory, starts, length)
    }
}

/// `output = relu(left · right + bias + residual)`, each of the last three if wanted.
///
/// A row of the left matrix is made of as many pieces as there are `segments`, which say where each
/// piece begins, counted from where the row begins; all are equally long.
pub struct Product<'a> {
    /// Rows of the left matrix and of the output.
    pub rows: usize,
    /// Memory of the left matrix.
    pub left: &'a [f32],
    /// Its rows.
    pub left_rows: Rows,
    /// Pieces of each of its rows.
    pub segments: &'a [usize],
    /// The right matrix.
    pub right: Right<'a>,
    /// One number for each column, as whole vectors.
    pub bias: Option<&'a [f32]>,
    /// Memory of what is added, with its rows.
    pub residual: Option<(&'a [f32], Rows)>,
    /// Whether negative values become zero.
    pub relu: bool,
    /// Memory of the output.
    pub output: &'a mut [f32],
    /// Its rows.
    pub output_rows: Rows,
}

impl Product<'_> {
    /// Computes it.
    pub fn compute(self, set: InstructionSet) {
        set.run(self);
    }

    /// Goes through all rows for one panel of `VECTORS` vectors.
    #[inline(always)]
    fn panel<S: Simd, const VECTORS: usize>(&mut self, simd: S, vector: usize) {
        let steps = self.right.depth / self.segments.len() / S::GROUP;
        let mut row = 0;
        while row < self.rows {
            let left = self.rows - row;
            // Where numbers are kept in registers of their own, they leave fewer for the sums.
            let kept_numbers = S::GROUP > 1;
            row += match VECTORS {
                1 if left >= 8 => self.block::<S, 8, VECTORS>(simd, (row, vector), steps),
                2 if S::MANY_REGISTERS && !kept_numbers && left >= 12 => {
                    self.block::<S, 12, VECTORS>(simd, (row, vector), steps)
                }
                2 if S::MANY_REGISTERS && left >= 8 => {
                    self.block::<S, 8, VECTORS>(simd, (row, vector), steps)
                }
                2 if !S::MANY_REGISTERS && left >= 6 => {
                    self.block::<S, 6, VECTORS>(simd, (row, vector), steps)
                }
                3 if kept_numbers && left >= 6 => {
                    self.block::<S, 6, VECTORS>(simd, (row, vector), steps)
                }
                3 if S::MANY_REGISTERS && !kept_numbers && left >= 8 => {
                    self.block::<S, 8, VECTORS>(simd, (row, vector), steps)
                }
                // Four rows of three would leave no register free, and compilers then need one more.
                3 if !S::MANY_REGISTERS && left >= 3 && left != 4 => {
                    self.block::<S, 3, VECTORS>(simd, (row, vector), steps)
                }
                _ if left >= 4 && (VECTORS < 3 || S::MANY_REGISTERS) => {
                    self.block::<S, 4, VECTORS>(simd, (row, vector), steps)
                }
                _ if left >= 2 => self.block::<S, 2, VECTORS>(simd, (row, vector), steps),
                _ => self.block::<S, 1, VECTORS>(simd, (row, vector), steps),
            };
        }
    }

    /// Sums `ROWS` rows times `VECTORS` vectors of columns; gives how many rows that were.
    #[inline(always)]
    fn block<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        (row, vector): (usize, usize),
        steps: usize,
    ) -> usize {
        let panel = &S::lanes(self.right.values)[vector * self.right.depth..];
        let mut sums = [[simd.splat(0.0); VECTORS]; ROWS];
        if let Some(bias) = self.bias {
            let bias = S::lanes(&bias[vector * S::LANES..][..VECTORS * S::LANES]);
            for sums in &mut sums {
                for (sum, bias) in sums.iter_mut().zip(bias) {
                    *sum = simd.load(bias);
                }
            }
        }
        let left = S::groups(self.left);
        for (index, segment) in self.segments.iter().enumerate() {
            let panel = &panel[index * steps * S::GROUP * VECTORS..];
            let place = (row, segment / S::GROUP);
            let left = self.left_rows.strips(left, S::GROUP, place, steps);
            sums = accumulate(simd, sums, Steps::new(left, panel, S::GROUP));
        }
        let place = (row, vector);
        if let Some((residual, rows)) = self.residual {
            let residual = S::lanes(residual);
            let residual: Strips<_, ROWS> = rows.strips(residual, S::LANES, place, VECTORS);
            for (row, sums) in sums.iter_mut().enumerate() {
                for (vector, sum) in sums.iter_mut().enumerate() {
                    *sum = simd.add(*sum, simd.load(residual.at(row, vector)));
                }
            }
        }
        if self.relu {
            for sums in &mut sums {
                for sum in sums {
                    *sum = simd.max(*sum, simd.splat(0.0));
                }
            }
        }
        let output = S::lanes_mut(self.output);
        let mut output: StripsMut<_, ROWS> =
            self.output_rows
                .strips_mut(output, S::LANES, place, VECTORS);
        for (row, sums) in sums.iter().enumerate() {
            for (vector, sum) in sums.iter().enumerate() {
                simd.store(output.at(row, vector), *sum);
            }
        }
        ROWS
    }
}

/// Adds the product of `ROWS` pieces of rows with a piece of a panel to the sums.
#[inline(always)]
fn accumulate<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    mut sums: [[S::Vector; VECTORS]; ROWS],
    steps: Steps<S::Group, S::Lanes, ROWS, VECTORS>,
) -> [[S::Vector; VECTORS]; ROWS] {
    for step in steps {
        let mut scalars = [simd.scalars(step.values[0]); ROWS];
        if S::GROUP > 1 {
            for row in 1..ROWS {
                scalars[row] = simd.scalars(step.values[row]);
            }
        }
        // One after the other in so many words: a loop over them is not always unrolled, and then the
        // compiler spreads each number over a vector of its own, and keeps these in memory.
        sums = multiply::<S, 0, ROWS, VECTORS>(simd, sums, scalars, &step);
        if S::GROUP == 4 {
            sums = multiply::<S, 1, ROWS, VECTORS>(simd, sums, scalars, &step);
            sums = multiply::<S, 2, ROWS, VECTORS>(simd, sums, scalars, &step);
            sums = multiply::<S, 3, ROWS, VECTORS>(simd, sums, scalars, &step);
        }
    }
    sums
}

/// Adds the products of one number of each row with a line of the panel.
#[inline(always)]
fn multiply<S: Simd, const INDEX: i32, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    mut sums: [[S::Vector; VECTORS]; ROWS],
    scalars: [S::Scalars; ROWS],
    step: &Step<S::Group, S::Lanes, ROWS, VECTORS>,
) -> [[S::Vector; VECTORS]; ROWS] {
    let mut columns = [simd.load(step.at(INDEX as usize, 0)); VECTORS];
    for vector in 1..VECTORS {
        columns[vector] = simd.load(step.at(INDEX as usize, vector));
    }
    for row in 0..ROWS {
        // A number of which there is only one product for each vector is best loaded when it is needed.
        let scalars = if S::GROUP > 1 {
            scalars[row]
        } else {
            simd.scalars(step.values[row])
        };
        for vector in 0..VECTORS {
            sums[row][vector] =
                simd.mul_add_scalar::<INDEX>(scalars, columns[vector], sums[row][vector]);
        }
    }
    sums
}

impl Kernel for Product<'_> {
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        for (vector, width) in panels(self.right.vectors) {
            match width {
                1 => self.panel::<S, 1>(simd, vector),
                2 => self.panel::<S, 2>(simd, vector),
                _ => self.panel::<S, 3>(simd, vector),
            }
        }
    }
}
