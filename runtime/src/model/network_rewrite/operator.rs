//! A chain of layers as an operator of tract.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tract_core::internal::*;

use super::chains::FoundChain;
use super::graph::floats;
use crate::convolution::chain::Chain;
use crate::convolution::simd::InstructionSet;

/// How many threads the chains of a network may use, which can be changed at any time.
#[derive(Clone, Debug)]
pub struct Threads(Arc<AtomicUsize>);

impl Default for Threads {
    /// One.
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(1)))
    }
}

impl Threads {
    /// From the next run on, so many.
    pub fn set(&self, threads: NonZeroUsize) {
        self.0.store(threads.get(), Ordering::Relaxed);
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs a chain: tensors of 32-bit floats in, tensors of 32-bit floats out.
#[derive(Clone, Debug)]
pub struct ChainOperator {
    chain: Arc<Chain>,
    threads: Threads,
    shapes: Arc<[Vec<usize>]>,
}

impl ChainOperator {
    /// Prepares the layers of a chain.
    pub fn new(chain: &FoundChain, set: InstructionSet, threads: &Threads) -> Self {
        Self {
            threads: threads.clone(),
            chain: Arc::new(Chain::new(set, &chain.plan())),
            shapes: chain.shapes.clone().into(),
        }
    }
}

// Chains are large; two are the same only if they are one.
impl PartialEq for ChainOperator {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chain, &other.chain)
    }
}

impl Eq for ChainOperator {}

impl Op for ChainOperator {
    fn name(&self) -> StaticName {
        "ConvolutionChain".into()
    }

    op_as_typed_op!();
}

impl EvalOp for ChainOperator {
    // A chain is never worth evaluating beforehand.
    not_out_of_plan!();

    fn eval(&self, _context: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let given: Vec<&[f32]> = inputs.iter().map(|input| floats(input)).collect();
        let mut tensors = self
            .shapes
            .iter()
            .map(|shape| Tensor::zero::<f32>(shape))
            .collect::<TractResult<Vec<Tensor>>>()?;
        let mut views = tensors
            .iter_mut()
            .map(|tensor| tensor.try_as_plain_ram_mut())
            .collect::<TractResult<Vec<_>>>()?;
        let mut wanted = views
            .iter_mut()
            .map(|view| view.as_slice_mut::<f32>())
            .collect::<TractResult<Vec<_>>>()?;
        self.chain.run(self.threads.count(), &given, &mut wanted);
        Ok(tensors.into_iter().map(TValue::from).collect())
    }
}

impl TypedOp for ChainOperator {
    as_op!();

    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(self.shapes.iter().map(f32::fact).collect())
    }
}
