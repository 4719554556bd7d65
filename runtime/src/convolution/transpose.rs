//! Rows into columns: numbers that lie one after the other come to lie in the same lane of vectors that
//! follow each other, and the other way round.
#![allow(
    clippy::needless_range_loop,
    reason = "the same numbers count the rows and columns of several arrays and places in memory"
)]

use super::simd::{MOST_LANES, Simd};

/// As many vectors as a vector has lanes, as the rows of a square matrix; those beyond are not looked at.
pub type Square<S> = [<S as Simd>::Vector; MOST_LANES];

/// Turns rows into columns.
#[inline(always)]
pub fn transpose<S: Simd>(simd: S, rows: Square<S>) -> Square<S> {
    // Each round moves one bit of a row's number to that of a lane; there are as many rounds as bits.
    let mut rows = round(simd, round(simd, rows));
    if S::LANES >= 8 {
        rows = round(simd, rows);
    }
    if S::LANES >= 16 {
        rows = round(simd, rows);
    }
    rows
}

#[inline(always)]
fn round<S: Simd>(simd: S, rows: Square<S>) -> Square<S> {
    let mut mixed = rows;
    for row in 0..S::LANES / 2 {
        [mixed[2 * row], mixed[2 * row + 1]] = simd.zip(rows[row], rows[row + S::LANES / 2]);
    }
    mixed
}

/// Where the vector of the k-th numbers goes: to `start + (k / inner) · outer_apart + (k % inner) · inner_apart`.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The place of the first.
    pub start: usize,
    /// How many follow each other in steps of `inner_apart`.
    pub inner: usize,
    /// From one of these to the next.
    pub inner_apart: usize,
    /// From one run of these to the next.
    pub outer_apart: usize,
}

impl Places {
    /// Places at equal distances.
    pub fn evenly(start: usize, apart: usize) -> Self {
        Self {
            start,
            inner: 1,
            inner_apart: 0,
            outer_apart: apart,
        }
    }

    #[inline(always)]
    fn of(&self, index: usize) -> usize {
        if self.inner == 1 {
            return self.start + index * self.outer_apart;
        }
        let (outer, inner) = (index / self.inner, index % self.inner);
        self.start + outer * self.outer_apart + inner * self.inner_apart
    }
}

/// Numbers of several sources, all of the same length, of which source l goes into lane l.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Their memory.
    pub values: &'a [f32],
    /// From the beginning of one to that of the next.
    pub apart: usize,
    /// How many there are; the lanes of those beyond become zero.
    pub count: usize,
    /// How long each is.
    pub length: usize,
}

/// Writes the vectors of the sources' k-th numbers into their places.
#[inline(always)]
pub fn interleave<S: Simd>(simd: S, sources: Sources, output: &mut [S::Lanes], places: Places) {
    let lanes = S::LANES;
    let Sources {
        values,
        apart,
        count,
        length,
    } = sources;
    let count = count.min(lanes);
    let mut rows = [simd.splat(0.0); MOST_LANES];
    let whole = length / lanes * lanes;
    for first in (0..whole).step_by(lanes) {
        for lane in 0..lanes {
            if lane < count {
                rows[lane] = simd.load(&S::lanes(&values[lane * apart + first..])[0]);
            }
        }
        let columns = transpose(simd, rows);
        for index in 0..lanes {
            simd.store(&mut output[places.of(first + index)], columns[index]);
        }
    }
    if whole < length {
        let mut last = [0.0; MOST_LANES];
        for lane in 0..lanes {
            if lane < count {
                let rest = &values[lane * apart + whole..][..length - whole];
                last[..rest.len()].copy_from_slice(rest);
                rows[lane] = simd.load(&S::lanes(&last)[0]);
            }
        }
        let columns = transpose(simd, rows);
        for index in 0..lanes {
            if whole + index < length {
                simd.store(&mut output[places.of(whole + index)], columns[index]);
            }
        }
    }
}
