//! Making a picture larger or smaller by a matrix for its rows and one for its columns, as bilinear
//! interpolation of any kind does.

use super::frame::Frame;
use super::simd::{InstructionSet, Kernel, Simd};

/// For each place of the result, from where on it reads and with what weights, which are equally many for all.
#[derive(Clone, Debug)]
struct Sparse {
    firsts: Vec<usize>,
    weights: Vec<f32>,
    /// Weights of each place.
    each: usize,
}

impl Sparse {
    /// The nonzero numbers of a matrix of as many rows as there are results.
    fn new(matrix: &[f32], inputs: usize) -> Self {
        let rows = matrix.chunks_exact(inputs.max(1));
        let spans: Vec<(usize, usize)> = rows
            .clone()
            .map(|row| {
                let first = row.iter().position(|weight| *weight != 0.0).unwrap_or(0);
                let last = row.iter().rposition(|weight| *weight != 0.0).unwrap_or(0);
                (first, last + 1 - first)
            })
            .collect();
        let longest = spans.iter().map(|(_, length)| *length).max().unwrap_or(0);
        // Two at least, where there are two: see `Step`.
        let each = longest.max(2).min(inputs);
        let first = |(first, _): &(usize, usize)| (*first).min(inputs - each);
        let firsts: Vec<usize> = spans.iter().map(first).collect();
        let weights = rows
            .zip(&firsts)
            .flat_map(|(row, first)| row[*first..][..each].to_vec())
            .collect();
        Self {
            firsts,
            weights,
            each,
        }
    }

    /// For each place of the result, from where on it reads and with what weights.
    #[inline(always)]
    fn places(&self) -> impl Iterator<Item = (usize, &[f32])> {
        let weights = self.weights.chunks_exact(self.each.max(1));
        self.firsts.iter().copied().zip(weights)
    }
}

/// A resampling with its weights.
#[derive(Debug)]
pub struct Resample {
    input: Frame,
    output: Frame,
    rows: Sparse,
    columns: Sparse,
}

impl Resample {
    /// Prepares it: matrices of output height × input height and output width × input width.
    pub fn new(input: Frame, output: Frame, rows: &[f32], columns: &[f32]) -> Self {
        Self {
            input,
            output,
            rows: Sparse::new(rows, input.height),
            columns: Sparse::new(columns, input.width),
        }
    }

    /// Floats of memory needed while it runs.
    pub fn scratch(&self) -> usize {
        self.input.width * self.input.pixel
    }

    /// Computes the output frame from the input frame.
    pub fn run(&self, set: InstructionSet, input: &[f32], output: &mut [f32], scratch: &mut [f32]) {
        set.run(Step {
            resample: self,
            input,
            output,
            scratch,
        });
    }
}

/// One resampling. That from two numbers each, which is linear interpolation, has loops of its own.
struct Step<'a> {
    resample: &'a Resample,
    input: &'a [f32],
    output: &'a mut [f32],
    scratch: &'a mut [f32],
}

impl Kernel for Step<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Resample {
            input: from,
            output: to,
            rows,
            columns,
        } = self.resample;
        let pixel = from.pixel / S::LANES;
        let row = S::lanes_mut(self.scratch);
        for (y, (first, weights)) in rows.places().enumerate() {
            // One row of the result, not yet as wide.
            let line = |index: usize| {
                let start = from.origin() + (first + index) * from.line();
                S::lanes(&self.input[start..][..from.width * from.pixel])
            };
            if let [a, b] = weights {
                let (a, b) = (simd.splat(*a), simd.splat(*b));
                for ((sum, x), y) in row.iter_mut().zip(line(0)).zip(line(1)) {
                    let product = simd.mul(simd.load(x), a);
                    simd.store(sum, simd.mul_add(simd.load(y), b, product));
                }
            } else {
                for (index, weight) in weights.iter().enumerate() {
                    let weight = simd.splat(*weight);
                    for (sum, value) in row.iter_mut().zip(line(index)) {
                        let so_far = if index == 0 {
                            simd.splat(0.0)
                        } else {
                            simd.load(sum)
                        };
                        simd.store(sum, simd.mul_add(simd.load(value), weight, so_far));
                    }
                }
            }
            let start = to.origin() + y * to.line();
            let line = S::lanes_mut(&mut self.output[start..][..to.width * to.pixel]);
            for ((first, weights), pixels) in columns.places().zip(line.chunks_exact_mut(pixel)) {
                let read = &row[first * pixel..];
                if let [a, b] = weights {
                    let (a, b) = (simd.splat(*a), simd.splat(*b));
                    let (near, far) = read.split_at(pixel);
                    for ((place, x), y) in pixels.iter_mut().zip(near).zip(far) {
                        let product = simd.mul(simd.load(x), a);
                        simd.store(place, simd.mul_add(simd.load(y), b, product));
                    }
                } else {
                    for (vector, place) in pixels.iter_mut().enumerate() {
                        let mut sum = simd.splat(0.0);
                        for (index, weight) in weights.iter().enumerate() {
                            let value = simd.load(&read[index * pixel + vector]);
                            sum = simd.mul_add(simd.splat(*weight), value, sum);
                        }
                        simd.store(place, sum);
                    }
                }
            }
        }
    }
}
