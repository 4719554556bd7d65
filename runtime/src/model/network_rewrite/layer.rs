//! A part of tract's graph that is one layer of ours.

use std::sync::Arc;

use tract_core::prelude::*;

use super::graph::floats;
use crate::convolution::attention::AttentionTaps;
use crate::convolution::chain::{Extent, Work};
use crate::convolution::direct::Geometry;
use crate::convolution::finish::Finish;
use crate::convolution::numbers::Numbers;
use crate::convolution::taps::Taps;
use crate::model::onnx::wiring::stored::StoredWeights;

/// A layer as found.
pub struct FoundLayer {
    /// The value it reads, with its extent.
    pub input: (OutletId, Extent),
    /// The value it makes, with its extent.
    pub output: (OutletId, Extent),
    /// The nodes that it stands for.
    pub nodes: Vec<usize>,
    /// What it does.
    pub work: FoundWork,
}

/// What a layer does, with its weights as tract holds them.
pub enum FoundWork {
    /// See [`Work::Convolution`].
    Convolution {
        /// Whether the input is doubled first.
        doubled: bool,
        /// Taps, strides and padding.
        geometry: Geometry,
        /// Weights and bias.
        taps: FoundTaps,
        /// What is added.
        residual: Option<OutletId>,
        /// Whether negative values become zero.
        relu: bool,
    },
    /// See [`Work::Attention`].
    Attention {
        /// Heads.
        heads: usize,
        /// What queries are multiplied with.
        scale: f32,
        /// Of queries, keys, values and the output.
        taps: Box<[FoundTaps; 4]>,
    },
    /// See [`Work::Resample`].
    Resample {
        /// Matrix of output height × input height.
        rows: Vec<f32>,
        /// Matrix of output width × input width.
        columns: Vec<f32>,
    },
    /// Nothing but the form in which a value leaves the chain.
    Finish(Finish),
}

/// Weights and bias.
pub struct FoundTaps {
    /// Weights in the order of [`Taps`].
    pub weights: FoundWeights,
    /// One number for each output channel.
    pub bias: Arc<Tensor>,
}

/// Weights, wherever they are.
pub enum FoundWeights {
    /// In the network's file.
    Stored(StoredWeights),
    /// In memory.
    Computed(Arc<Tensor>),
}

impl FoundWeights {
    /// The numbers.
    pub fn numbers(&self) -> Numbers<'_> {
        match self {
            Self::Stored(weights) => weights.numbers(),
            Self::Computed(tensor) => Numbers::Singles(floats(tensor)),
        }
    }
}

impl FoundTaps {
    fn view(&self) -> Taps<'_> {
        Taps {
            weights: self.weights.numbers(),
            bias: floats(&self.bias),
        }
    }
}

impl FoundLayer {
    /// All values it reads.
    pub fn reads(&self) -> Vec<OutletId> {
        let mut reads = vec![self.input.0];
        if let FoundWork::Convolution { residual, .. } = &self.work {
            reads.extend(residual);
        }
        reads
    }

    /// The form in which the value it makes leaves the chain, if that is all it is.
    pub fn finish(&self) -> Option<&Finish> {
        match &self.work {
            FoundWork::Finish(finish) => Some(finish),
            _ => None,
        }
    }

    /// The layer for a plan whose values have the indices that `value` gives; none for a finish.
    pub fn work(&self, value: impl Fn(OutletId) -> usize) -> Option<Work<'_>> {
        Some(match &self.work {
            FoundWork::Convolution {
                doubled,
                geometry,
                taps,
                residual,
                relu,
            } => Work::Convolution {
                doubled: *doubled,
                geometry: *geometry,
                taps: taps.view(),
                residual: residual.map(value),
                relu: *relu,
            },
            FoundWork::Attention { heads, scale, taps } => {
                let [query, key, value, output] = &**taps;
                Work::Attention(AttentionTaps {
                    heads: *heads,
                    scale: *scale,
                    query: query.view(),
                    key: key.view(),
                    value: value.view(),
                    output: output.view(),
                })
            }
            FoundWork::Resample { rows, columns } => Work::Resample { rows, columns },
            FoundWork::Finish(_) => return None,
        })
    }
}
