//! Making a picture larger or smaller by a matrix for its rows and one for its columns, as bilinear
//! interpolation of any kind does.

use super::frame::Frame;
use super::simd::{InstructionSet, Kernel, Simd};

/// For each place of the result, from where on it reads and with what weights.
#[derive(Clone, Debug)]
struct Sparse(Vec<(usize, Vec<f32>)>);

impl Sparse {
    /// The nonzero numbers of a matrix of as many rows as there are results.
    fn new(matrix: &[f32], inputs: usize) -> Self {
        let rows = matrix.chunks_exact(inputs.max(1)).map(|row| {
            let first = row.iter().position(|weight| *weight != 0.0).unwrap_or(0);
            let last = row.iter().rposition(|weight| *weight != 0.0).unwrap_or(0);
            (first, row[first..=last].to_vec())
        });
        Self(rows.collect())
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
        for (y, (first, weights)) in rows.0.iter().enumerate() {
            // One row of the result, not yet as wide.
            for (index, weight) in weights.iter().enumerate() {
                let start = from.origin() + (first + index) * from.line();
                let line = S::lanes(&self.input[start..][..from.width * from.pixel]);
                let weight = simd.splat(*weight);
                for (sum, value) in row.iter_mut().zip(line) {
                    let product = simd.mul(simd.load(value), weight);
                    let sum_so_far = if index == 0 {
                        product
                    } else {
                        simd.add(simd.load(sum), product)
                    };
                    simd.store(sum, sum_so_far);
                }
            }
            let start = to.origin() + y * to.line();
            let line = S::lanes_mut(&mut self.output[start..][..to.width * to.pixel]);
            for ((first, weights), pixels) in columns.0.iter().zip(line.chunks_exact_mut(pixel)) {
                for (vector, place) in pixels.iter_mut().enumerate() {
                    let mut sum = simd.splat(0.0);
                    for (index, weight) in weights.iter().enumerate() {
                        let value = simd.load(&row[(first + index) * pixel + vector]);
                        sum = simd.mul_add(simd.splat(*weight), value, sum);
                    }
                    simd.store(place, sum);
                }
            }
        }
    }
}
