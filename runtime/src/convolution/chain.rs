//! Layers that feed each other, from tensors with channels first to tensors with channels first, and
//! with channels last in between.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::attention::{Attention, AttentionTaps};
use super::buffer::{Buffer, LINE_FLOATS};
use super::direct::{Direct, Geometry};
use super::finish::Finish;
use super::frame::{Border, Frame};
use super::resample::Resample;
use super::simd::InstructionSet;
use super::taps::Taps;
use super::winograd::{Tile, Winograd};

/// Height, width and channels of a value; a signal has the height 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Channels.
    pub channels: usize,
}

impl Extent {
    fn size(&self) -> (usize, usize) {
        (self.height, self.width)
    }
}

/// A layer to be prepared; values are named by their index in [`Plan::values`].
#[derive(Clone, Debug)]
pub struct Layer<'a> {
    /// What it does.
    pub work: Work<'a>,
    /// The value it reads.
    pub input: usize,
    /// The value it makes.
    pub output: usize,
}

/// What a layer does.
#[derive(Clone, Debug)]
pub enum Work<'a> {
    /// A convolution, with what may follow it.
    Convolution {
        /// Whether the input is doubled in height and width first; only with 3 × 3 taps, stride 1 and
        /// padding 1.
        doubled: bool,
        /// Taps, strides and padding.
        geometry: Geometry,
        /// Weights.
        taps: Taps<'a>,
        /// A value that is added, of the output's extent.
        residual: Option<usize>,
        /// Whether negative values become zero in the end.
        relu: bool,
    },
    /// Self-attention, added to its input.
    Attention(AttentionTaps<'a>),
    /// Making a picture larger or smaller.
    Resample {
        /// Matrix of output height × input height.
        rows: &'a [f32],
        /// Matrix of output width × input width.
        columns: &'a [f32],
    },
}

/// What a chain is to do.
#[derive(Clone, Debug, Default)]
pub struct Plan<'a> {
    /// All values.
    pub values: Vec<Extent>,
    /// Which of them are given, in the order of [`Chain::run`].
    pub inputs: Vec<usize>,
    /// Which of them are asked for and in what form, in the order of [`Chain::run`].
    pub outputs: Vec<(usize, Finish)>,
    /// The layers, each after those that make what it reads.
    pub layers: Vec<Layer<'a>>,
}

/// A chain of layers, prepared for one instruction set. It may be shared by threads.
#[derive(Debug)]
pub struct Chain {
    set: InstructionSet,
    frames: Vec<Frame>,
    inputs: Vec<usize>,
    outputs: Vec<(usize, Finish)>,
    steps: Vec<Step>,
    /// Where in the memory of a run each value lies.
    values: Vec<Range<usize>>,
    /// Floats of memory for all values.
    length: usize,
    /// Floats of memory that each thread needs besides.
    scratch: usize,
    /// Memory of runs that are over, for those to come.
    idle: Mutex<Vec<Memory>>,
}

/// The memory of one run.
#[derive(Debug)]
struct Memory {
    /// All values, one after the other.
    values: Buffer,
    /// For each thread, what it needs besides.
    scratches: Vec<Buffer>,
}

#[derive(Debug)]
struct Step {
    layer: Prepared,
    input: usize,
    residual: Option<usize>,
    output: usize,
}

#[derive(Debug)]
enum Prepared {
    Winograd(Winograd),
    Direct(Direct),
    Attention(Box<Attention>),
    Resample(Resample),
}

/// How a convolution is computed.
fn tile(set: InstructionSet, work: &Work, output: Extent) -> Option<Tile> {
    match work {
        Work::Convolution {
            doubled, geometry, ..
        } if geometry.kernel == (3, 3)
            && geometry.stride == (1, 1)
            // For a handful of pixels, reading transformed weights takes longer than more products.
            && (*doubled || output.height * output.width > 16) =>
        {
            Some(Tile::suited(
                output.height,
                output.width,
                *doubled,
                set.lanes(),
            ))
        }
        _ => None,
    }
}

impl Chain {
    /// Prepares all layers.
    pub fn new(set: InstructionSet, plan: &Plan) -> Self {
        let mut borders = vec![Border::default(); plan.values.len()];
        for layer in &plan.layers {
            let output = plan.values[layer.output];
            let input = plan.values[layer.input].size();
            if let Work::Convolution { geometry, .. } = &layer.work {
                let border = match tile(set, &layer.work, output) {
                    Some(tile) => tile.border(input, output.size(), geometry.padding),
                    None => geometry.border(input, output.size()),
                };
                borders[layer.input] = borders[layer.input].union(border);
            }
        }
        let frame = |(extent, border): (&Extent, Border)| {
            let Extent {
                height,
                width,
                channels,
            } = *extent;
            Frame::new(height, width, channels, border, set.lanes())
        };
        let frames: Vec<Frame> = plan.values.iter().zip(borders).map(frame).collect();
        // The weights of one layer after the other go through the same memory.
        let mut memory = Vec::new();
        let step =
            |layer: &Layer| Step::new(set, layer, &frames, plan.values[layer.output], &mut memory);
        let steps: Vec<Step> = plan.layers.iter().map(step).collect();
        let scratch = steps.iter().map(|step| step.scratch(set)).max();
        let mut end = 0;
        let mut next = |length: usize| {
            let start = end;
            end += length.next_multiple_of(LINE_FLOATS);
            start..start + length
        };
        let values = frames.iter().map(|frame| next(frame.length())).collect();
        Self {
            set,
            frames,
            inputs: plan.inputs.clone(),
            outputs: plan.outputs.clone(),
            steps,
            values,
            length: end,
            scratch: scratch.unwrap_or(0),
            idle: Mutex::default(),
        }
    }

    /// Runs all layers, on so many threads where that pays: from the given values, in the order of the plan, to those
    /// asked for, all in the order channel, row, column. The number of threads makes no difference to the values.
    pub fn run(&self, threads: usize, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut memory = idle.unwrap_or_else(|| Memory {
            values: Buffer::zeros(self.length),
            scratches: Vec::new(),
        });
        let suited = self.steps.iter().map(|step| step.suited_threads(threads));
        let threads = suited.max().unwrap_or(1);
        let lacking = threads.saturating_sub(memory.scratches.len());
        memory
            .scratches
            .extend((0..lacking).map(|_| Buffer::zeros(self.scratch)));
        for (&value, given) in self.inputs.iter().zip(inputs) {
            let place = self.values[value].clone();
            self.frames[value].fill(self.set, &mut memory.values[place], given);
        }
        for step in &self.steps {
            self.run_step(step, &mut memory.values, &mut memory.scratches[..threads]);
        }
        for ((value, finish), wanted) in self.outputs.iter().zip(outputs) {
            let place = self.values[*value].clone();
            finish.run(
                self.set,
                &self.frames[*value],
                &memory.values[place],
                wanted,
            );
        }
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(memory);
    }

    fn run_step(&self, step: &Step, values: &mut [f32], scratches: &mut [Buffer]) {
        let place = |value: usize| self.values[value].clone();
        let apart = "values lie side by side, and no layer writes what it reads";
        // What is added may be what is read, and is then the same piece of memory.
        let other = step.residual.filter(|residual| *residual != step.input);
        let Some(residual) = other else {
            let places = [place(step.output), place(step.input)];
            let [output, input] = values.get_disjoint_mut(places).expect(apart);
            let residual = step.residual.map(|value| (&*input, self.frames[value]));
            return step.run(self.set, input, residual, output, scratches);
        };
        let places = [place(step.output), place(step.input), place(residual)];
        let [output, input, added] = values.get_disjoint_mut(places).expect(apart);
        let residual = Some((&*added, self.frames[residual]));
        step.run(self.set, input, residual, output, scratches);
    }
}

impl Step {
    fn new(
        set: InstructionSet,
        layer: &Layer,
        frames: &[Frame],
        extent: Extent,
        memory: &mut Vec<f32>,
    ) -> Self {
        let (input, output) = (frames[layer.input], frames[layer.output]);
        let mut residual = None;
        let prepared = match &layer.work {
            Work::Convolution {
                geometry,
                taps,
                residual: added,
                relu,
                ..
            } => {
                residual = *added;
                match tile(set, &layer.work, extent) {
                    Some(tile) => Prepared::Winograd(Winograd::new(
                        set,
                        tile,
                        input,
                        output,
                        geometry.padding,
                        &taps.read(memory),
                        *relu,
                    )),
                    None => Prepared::Direct(Direct::new(
                        set, *geometry, input, output, taps, *relu, memory,
                    )),
                }
            }
            Work::Attention(taps) => {
                Prepared::Attention(Box::new(Attention::new(set, input, output, taps)))
            }
            Work::Resample { rows, columns } => {
                Prepared::Resample(Resample::new(input, output, rows, columns))
            }
        };
        Self {
            layer: prepared,
            input: layer.input,
            residual,
            output: layer.output,
        }
    }

    /// Floats of memory that a thread needs while the layer runs.
    fn scratch(&self, set: InstructionSet) -> usize {
        match &self.layer {
            Prepared::Winograd(layer) => layer.scratch(),
            Prepared::Direct(_) => 0,
            Prepared::Attention(layer) => layer.scratch(set),
            Prepared::Resample(layer) => layer.scratch(),
        }
    }

    /// How many of so many threads suit the layer.
    fn suited_threads(&self, threads: usize) -> usize {
        match &self.layer {
            Prepared::Winograd(layer) => layer.suited_threads(threads),
            _ => 1,
        }
    }

    /// Runs the layer, on no more threads than there are `scratches`.
    fn run(
        &self,
        set: InstructionSet,
        input: &[f32],
        residual: Option<(&[f32], Frame)>,
        output: &mut [f32],
        scratches: &mut [Buffer],
    ) {
        let threads = self.suited_threads(scratches.len());
        match &self.layer {
            Prepared::Winograd(layer) => {
                layer.run(set, input, residual, output, &mut scratches[..threads]);
            }
            Prepared::Direct(layer) => layer.run(set, input, residual, output),
            Prepared::Attention(layer) => layer.run(set, input, output, &mut scratches[0]),
            Prepared::Resample(layer) => layer.run(set, input, output, &mut scratches[0]),
        }
    }
}
