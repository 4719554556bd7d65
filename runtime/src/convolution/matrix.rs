//! The product of two matrices, of which the right one is known beforehand.
//!
//! All convolutions end here. Sums of several rows times several vectors of columns are held in
//! registers while the depth is gone through, so that each number loaded is used many times; the right
//! matrix is laid out ([`Packed`]) in the order in which it is then read. (Goto and van de Geijn,
//! "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3), 2008.)

use super::buffer::Buffer;
use super::grid::{Strips, StripsMut};
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
    pub fn new(set: InstructionSet, columns: Columns, depth: usize) -> Self {
        let lanes = set.lanes();
        let vectors = columns.count.div_ceil(lanes);
        let padded = depth.next_multiple_of(set.group());
        let mut packed = Self {
            depth: padded,
            vectors,
            values: Buffer::zeros(padded * vectors * lanes),
        };
        set.run(Pack {
            columns,
            depth: padded,
            values: &mut packed.values,
        });
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

/// A matrix by its columns, as weights of output channels are stored: see [`Packed::new`].
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    /// Memory of the columns.
    pub values: &'a [f32],
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
    /// The matrix.
    pub columns: Columns<'a>,
    /// Rows of the layout.
    pub depth: usize,
    /// Its memory.
    pub values: &'a mut [f32],
}

impl Kernel for Pack<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Columns {
            values,
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
                    values: &values[column * apart..],
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
    /// Rows at equal distances.
    pub fn evenly(step: usize) -> Self {
        Self {
            origin: 0,
            width: usize::MAX,
            line: 0,
            step,
        }
    }

    #[inline(always)]
    fn starts<const ROWS: usize>(&self, first: usize) -> [usize; ROWS] {
        let mut starts = [self.origin; ROWS];
        if self.width == usize::MAX {
            for (row, start) in starts.iter_mut().enumerate() {
                *start += (first + row) * self.step;
            }
            return starts;
        }
        let (mut y, mut x) = (first / self.width, first % self.width);
        for start in &mut starts {
            *start += y * self.line + x * self.step;
            x += 1;
            if x == self.width {
                (y, x) = (y + 1, 0);
            }
        }
        starts
    }
}

impl Rows {
    /// Where rows from `first` on have their column of so many vectors, in vectors.
    #[inline(always)]
    fn vectors<S: Simd, const ROWS: usize>(&self, first: usize, vector: usize) -> [usize; ROWS] {
        let mut starts = self.starts::<ROWS>(first);
        for start in &mut starts {
            *start = *start / S::LANES + vector;
        }
        starts
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
        let mut row = 0;
        while row < self.rows {
            let left = self.rows - row;
            // Where numbers are kept in registers of their own, they leave fewer for the sums.
            let kept_numbers = S::GROUP > 1;
            row += match VECTORS {
                1 if left >= 8 => self.block::<S, 8, VECTORS>(simd, row, vector),
                2 if S::MANY_REGISTERS && !kept_numbers && left >= 12 => {
                    self.block::<S, 12, VECTORS>(simd, row, vector)
                }
                2 if S::MANY_REGISTERS && left >= 8 => {
                    self.block::<S, 8, VECTORS>(simd, row, vector)
                }
                2 if !S::MANY_REGISTERS && left >= 6 => {
                    self.block::<S, 6, VECTORS>(simd, row, vector)
                }
                3 if kept_numbers && left >= 6 => self.block::<S, 6, VECTORS>(simd, row, vector),
                3 if S::MANY_REGISTERS && !kept_numbers && left >= 8 => {
                    self.block::<S, 8, VECTORS>(simd, row, vector)
                }
                _ if left >= 4 => self.block::<S, 4, VECTORS>(simd, row, vector),
                _ if left >= 2 => self.block::<S, 2, VECTORS>(simd, row, vector),
                _ => self.block::<S, 1, VECTORS>(simd, row, vector),
            };
        }
    }

    /// Sums `ROWS` rows times `VECTORS` vectors of columns; gives how many rows that were.
    #[inline(always)]
    fn block<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        row: usize,
        vector: usize,
    ) -> usize {
        let depth = self.right.depth / self.segments.len();
        let panel = &self.right.values[vector * S::LANES * self.right.depth..];
        let mut sums = [[simd.splat(0.0); VECTORS]; ROWS];
        if let Some(bias) = self.bias {
            let bias = S::lanes(&bias[vector * S::LANES..][..VECTORS * S::LANES]);
            for sums in &mut sums {
                for (sum, bias) in sums.iter_mut().zip(bias) {
                    *sum = simd.load(bias);
                }
            }
        }
        let starts = self.left_rows.starts::<ROWS>(row);
        let left = S::groups(self.left);
        for (index, segment) in self.segments.iter().enumerate() {
            let length = depth * VECTORS * S::LANES;
            let panel = S::lanes(&panel[index * length..][..length]);
            let mut starts = starts;
            for start in &mut starts {
                *start = (*start + segment) / S::GROUP;
            }
            let left = Strips::new(left, starts, depth / S::GROUP);
            sums = accumulate::<S, ROWS, VECTORS>(simd, sums, left, depth / S::GROUP, panel);
        }
        if let Some((residual, rows)) = self.residual {
            let starts = rows.vectors::<S, ROWS>(row, vector);
            let residual = Strips::new(S::lanes(residual), starts, VECTORS);
            for row in 0..ROWS {
                for vector in 0..VECTORS {
                    sums[row][vector] =
                        simd.add(sums[row][vector], simd.load(residual.at(row, vector)));
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
        let starts = self.output_rows.vectors::<S, ROWS>(row, vector);
        let mut output = StripsMut::new(S::lanes_mut(self.output), starts, VECTORS);
        for row in 0..ROWS {
            for vector in 0..VECTORS {
                simd.store(output.at(row, vector), sums[row][vector]);
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
    left: Strips<S::Group, ROWS>,
    steps: usize,
    panel: &[S::Lanes],
) -> [[S::Vector; VECTORS]; ROWS] {
    // The steps come first, so that the compiler sees that no place lies beyond them.
    for (step, lines) in (0..steps).zip(panel.chunks_exact(S::GROUP * VECTORS)) {
        let mut scalars = [simd.scalars(left.at(0, step)); ROWS];
        for row in 1..ROWS {
            scalars[row] = simd.scalars(left.at(row, step));
        }
        // One after the other in so many words: a loop over them is not always unrolled, and then the
        // compiler spreads each number over a vector of its own, and keeps these in memory.
        sums = multiply::<S, 0, ROWS, VECTORS>(simd, sums, scalars, lines);
        if S::GROUP == 4 {
            sums = multiply::<S, 1, ROWS, VECTORS>(simd, sums, scalars, lines);
            sums = multiply::<S, 2, ROWS, VECTORS>(simd, sums, scalars, lines);
            sums = multiply::<S, 3, ROWS, VECTORS>(simd, sums, scalars, lines);
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
    lines: &[S::Lanes],
) -> [[S::Vector; VECTORS]; ROWS] {
    let mut columns = [simd.load(&lines[INDEX as usize * VECTORS]); VECTORS];
    for vector in 1..VECTORS {
        columns[vector] = simd.load(&lines[INDEX as usize * VECTORS + vector]);
    }
    for row in 0..ROWS {
        for vector in 0..VECTORS {
            sums[row][vector] =
                simd.mul_add_scalar::<INDEX>(scalars[row], columns[vector], sums[row][vector]);
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
