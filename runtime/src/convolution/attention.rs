//! Self-attention of several heads over the pixels of a frame, added to the frame.
//!
//! With channels last a frame is the matrix of tokens that attention works on, so nothing is moved.
//! `y = x + softmax(q kᵀ) v · Wo + bo` with q, k and v products of x with a matrix each, plus bias, and
//! the softmax within each head. (A. Vaswani et al., "Attention is all you need", NeurIPS 2017, 3.2.)

use super::buffer::Buffer;
use super::exponential::exponential;
use super::frame::Frame;
use super::matrix::{Columns, Pack, Packed, Product, Rows, panels};
use super::numbers::Numbers;
use super::simd::{InstructionSet, Kernel, MOST_LANES, Simd};
use super::taps::Taps;

/// What an attention layer is made of. All matrices have the order output, input.
#[derive(Clone, Copy, Debug)]
pub struct AttentionTaps<'a> {
    /// Heads, which share the queries' and the values' features evenly.
    pub heads: usize,
    /// What queries are multiplied with before they meet the keys.
    pub scale: f32,
    /// Makes queries of tokens.
    pub query: Taps<'a>,
    /// Makes keys of tokens.
    pub key: Taps<'a>,
    /// Makes values of tokens.
    pub value: Taps<'a>,
    /// Makes what is added of the heads' results.
    pub output: Taps<'a>,
}

/// An attention layer with its weights.
#[derive(Debug)]
pub struct Attention {
    input: Frame,
    output: Frame,
    heads: usize,
    /// Features of all heads together.
    features: usize,
    query: Linear,
    key: Linear,
    value: Linear,
    last: Linear,
}

/// A matrix with its bias.
#[derive(Debug)]
struct Linear {
    weights: Packed,
    bias: Buffer,
}

impl Linear {
    fn new(set: InstructionSet, taps: &Taps, inputs: usize, scale: f32) -> Self {
        let outputs = taps.bias.len();
        let bias: Vec<f32> = taps.bias.iter().map(|bias| bias * scale).collect();
        let mut memory = Vec::new();
        let weights = taps.weights.read(&mut memory).iter();
        let weights: Vec<f32> = weights.map(|weight| weight * scale).collect();
        let columns = Columns {
            apart: inputs,
            count: outputs,
            channels: inputs,
            inner: 1,
            pixel: inputs,
        };
        Self {
            weights: Packed::new(
                set,
                Numbers::Singles(&weights),
                columns,
                inputs,
                &mut memory,
            ),
            bias: Buffer::padded(&bias, outputs.next_multiple_of(set.lanes())),
        }
    }
}

/// How the memory that an attention layer needs while it runs is divided.
struct Division {
    /// Floats of a token in queries, keys, values and results.
    pitch: usize,
    /// Floats of a row of scores.
    score_pitch: usize,
    /// Tokens.
    tokens: usize,
    /// Columns of a packed matrix of keys and of values.
    key_columns: usize,
    value_columns: usize,
    /// Rows of a packed matrix of keys and of values.
    key_depth: usize,
    value_depth: usize,
}

impl Division {
    fn parts(&self) -> [usize; 7] {
        let tokens = self.tokens * self.pitch;
        [
            tokens,
            tokens,
            tokens,
            tokens,
            self.tokens * self.score_pitch,
            self.key_depth * self.key_columns,
            self.value_depth * self.value_columns,
        ]
    }
}

impl Attention {
    /// Prepares a layer. Queries, keys and values have as many features each.
    pub fn new(set: InstructionSet, input: Frame, output: Frame, taps: &AttentionTaps) -> Self {
        let features = taps.query.bias.len();
        let channels = input.channels;
        Self {
            input,
            output,
            heads: taps.heads,
            features,
            query: Linear::new(set, &taps.query, channels, taps.scale),
            key: Linear::new(set, &taps.key, channels, 1.0),
            value: Linear::new(set, &taps.value, channels, 1.0),
            last: Linear::new(set, &taps.output, features, 1.0),
        }
    }

    fn division(&self, set: InstructionSet) -> Division {
        let (lanes, group) = (set.lanes(), set.group());
        let tokens = self.input.height * self.input.width;
        let head = self.features / self.heads;
        Division {
            // A head's results are written in whole vectors; those of the last may reach beyond.
            pitch: self.features.next_multiple_of(lanes) + lanes,
            score_pitch: tokens.next_multiple_of(lanes),
            tokens,
            key_columns: tokens.next_multiple_of(lanes),
            value_columns: head.next_multiple_of(lanes),
            key_depth: head.next_multiple_of(group),
            value_depth: tokens.next_multiple_of(group),
        }
    }

    /// Floats of memory needed while it runs.
    pub fn scratch(&self, set: InstructionSet) -> usize {
        self.division(set).parts().iter().sum()
    }

    /// Computes the output frame from the input frame.
    pub fn run(&self, set: InstructionSet, input: &[f32], output: &mut [f32], scratch: &mut [f32]) {
        let division = self.division(set);
        let [
            queries,
            keys,
            values,
            results,
            scores,
            packed_keys,
            packed_values,
        ] = split(scratch, division.parts());
        let tokens = Rows::evenly(division.pitch);
        for (linear, projected) in [
            (&self.query, &mut *queries),
            (&self.key, &mut *keys),
            (&self.value, &mut *values),
        ] {
            linear.apply(
                set,
                (input, self.input.rows()),
                None,
                (projected, tokens),
                division.tokens,
            );
        }
        let head = self.features / self.heads;
        for first in (0..self.features).step_by(head.max(1)) {
            packed_keys.fill(0.0);
            set.run(Pack {
                source: &keys[first..],
                columns: Columns {
                    apart: division.pitch,
                    count: division.tokens,
                    channels: head,
                    inner: 1,
                    pixel: head,
                },
                depth: division.key_depth,
                values: packed_keys,
            });
            pack_rows(
                set,
                packed_values,
                (division.value_depth, division.value_columns),
                values
                    .chunks_exact(division.pitch)
                    .map(|row| &row[first..][..head]),
            );
            Product {
                rows: division.tokens,
                left: &queries[first..],
                left_rows: tokens,
                segments: &[0],
                right: super::matrix::Right {
                    depth: division.key_depth,
                    vectors: division.key_columns / set.lanes(),
                    values: packed_keys,
                },
                bias: None,
                residual: None,
                relu: false,
                output: scores,
                output_rows: Rows::evenly(division.score_pitch),
            }
            .compute(set);
            set.run(Softmax {
                rows: scores,
                pitch: division.score_pitch,
                length: division.tokens,
            });
            Product {
                rows: division.tokens,
                left: scores,
                left_rows: Rows::evenly(division.score_pitch),
                segments: &[0],
                right: super::matrix::Right {
                    depth: division.value_depth,
                    vectors: division.value_columns / set.lanes(),
                    values: packed_values,
                },
                bias: None,
                residual: None,
                relu: false,
                output: &mut results[first..],
                output_rows: tokens,
            }
            .compute(set);
        }
        self.last.apply(
            set,
            (results, tokens),
            Some((input, self.input.rows())),
            (output, self.output.rows()),
            division.tokens,
        );
    }
}

impl Linear {
    fn apply(
        &self,
        set: InstructionSet,
        (left, left_rows): (&[f32], Rows),
        residual: Option<(&[f32], Rows)>,
        (output, output_rows): (&mut [f32], Rows),
        rows: usize,
    ) {
        Product {
            rows,
            left,
            left_rows,
            segments: &[0],
            right: self.weights.view(),
            bias: Some(&self.bias),
            residual,
            relu: false,
            output,
            output_rows,
        }
        .compute(set);
    }
}

/// Cuts memory into parts of these lengths.
fn split<const PARTS: usize>(
    mut memory: &mut [f32],
    lengths: [usize; PARTS],
) -> [&mut [f32]; PARTS] {
    lengths.map(|length| {
        let (part, rest) = std::mem::take(&mut memory).split_at_mut(length);
        memory = rest;
        part
    })
}

/// Lays out a matrix given by its rows as [`Packed`] does, in memory that is there; zero where there is no
/// value.
fn pack_rows<'a>(
    set: InstructionSet,
    packed: &mut [f32],
    (depth, columns): (usize, usize),
    rows: impl Iterator<Item = &'a [f32]> + Clone,
) {
    packed.fill(0.0);
    let lanes = set.lanes();
    for (first, width) in panels(columns / lanes) {
        let panel = &mut packed[first * lanes * depth..][..width * lanes * depth];
        for (line, row) in panel.chunks_exact_mut(width * lanes).zip(rows.clone()) {
            let row = &row[first * lanes..];
            let row = &row[..row.len().min(line.len())];
            line[..row.len()].copy_from_slice(row);
        }
    }
}

/// Makes each row positive with the sum 1; what lies after `length` becomes nothing.
struct Softmax<'a> {
    rows: &'a mut [f32],
    pitch: usize,
    length: usize,
}

impl Kernel for Softmax<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut kept = [0.0; MOST_LANES];
        for row in self.rows.chunks_exact_mut(self.pitch) {
            row[self.length..].fill(f32::MIN);
            let row = S::lanes_mut(row);
            let mut largest = simd.splat(f32::MIN);
            for lanes in row.iter() {
                largest = simd.max(largest, simd.load(lanes));
            }
            let lanes = &mut kept[..S::LANES];
            simd.store(&mut S::lanes_mut(lanes)[0], largest);
            let mut most = f32::MIN;
            for &value in lanes.iter() {
                most = if value > most { value } else { most };
            }
            let most = simd.splat(most);
            let mut total = simd.splat(0.0);
            for lanes in row.iter_mut() {
                let value = exponential(simd, simd.sub(simd.load(lanes), most));
                total = simd.add(total, value);
                simd.store(lanes, value);
            }
            let lanes = &mut kept[..S::LANES];
            simd.store(&mut S::lanes_mut(lanes)[0], total);
            let mut sum = 0.0;
            for &value in lanes.iter() {
                sum += value;
            }
            let share = simd.splat(1.0 / sum);
            for lanes in row.iter_mut() {
                simd.store(lanes, simd.mul(simd.load(lanes), share));
            }
        }
    }
}
