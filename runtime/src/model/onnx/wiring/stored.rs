//! Weights as they lie in the file: an operator that takes nothing and gives the same numbers in every run, widened to
//! 32 bits when somebody asks for them, and not before.

use std::ops::Range;
use std::sync::Arc;

use tract_core::internal::*;
use tract_core::ops::konst::Const;

use super::super::graph::{Element, Stored};
use crate::convolution::numbers::Numbers;

/// Stored floats.
#[derive(Clone)]
pub(in crate::model) struct StoredWeights {
    file: Arc<Vec<u8>>,
    /// Where in the file.
    place: Range<usize>,
    half: bool,
    shape: Vec<usize>,
}

impl StoredWeights {
    /// A stored tensor of floats of the file that is in memory here.
    pub(super) fn new(file: &Arc<Vec<u8>>, tensor: &Stored<'_>) -> TractResult<Self> {
        let half = match tensor.element {
            Element::Half => true,
            Element::Single => false,
            Element::Integer => bail!("{:?} are no floats", tensor.name),
        };
        let start = (tensor.data.as_ptr() as usize).checked_sub(file.as_ptr() as usize);
        let place = start.map(|start| start..start + tensor.data.len());
        let place = place
            .filter(|place| file.get(place.clone()).is_some())
            .ok_or_else(|| format_err!("{:?} is not in the file", tensor.name))?;
        let axes = tensor.shape.iter().map(|&size| size as usize);
        let weights = Self {
            file: Arc::clone(file),
            place,
            half,
            shape: axes.collect(),
        };
        if !weights.numbers().all_finite() {
            bail!("the weights {:?} are not all finite numbers", tensor.name);
        }
        Ok(weights)
    }

    /// The numbers, row-major.
    pub(in crate::model) fn numbers(&self) -> Numbers<'_> {
        let bytes = &self.file[self.place.clone()];
        match self.half {
            true => Numbers::StoredHalves(bytes),
            false => Numbers::StoredSingles(bytes),
        }
    }

    fn tensor(&self) -> TractResult<Tensor> {
        Tensor::from_shape(&self.shape, self.numbers().read(&mut Vec::new()))
    }
}

impl std::fmt::Debug for StoredWeights {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = if self.half { 16 } else { 32 };
        write!(formatter, "StoredWeights({:?}, {bits} bits)", self.shape)
    }
}

impl PartialEq for StoredWeights {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file) && self.place == other.place
    }
}

impl Eq for StoredWeights {}

impl Op for StoredWeights {
    fn name(&self) -> StaticName {
        "StoredWeights".into()
    }

    op_as_typed_op!();
}

impl EvalOp for StoredWeights {
    op_out_of_plan!();

    fn eval(&self, _context: &EvalContext, _inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        Ok(tvec![self.tensor()?.into()])
    }
}

impl TypedOp for StoredWeights {
    as_op!();

    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec![f32::fact(&self.shape)])
    }
}

/// A value that is the same in every run, if it stands in the graph as such and is not computed.
pub(in crate::model) fn constant(model: &TypedModel, outlet: OutletId) -> Option<Arc<Tensor>> {
    if let Some(constant) = &model.outlet_fact(outlet).ok()?.konst {
        return Some(Arc::clone(constant));
    }
    let weights = model.node(outlet.node).op_as::<StoredWeights>()?;
    Some(weights.tensor().ok()?.into_arc_tensor())
}

/// Makes tract's constants of all stored weights, so that tract can work with them.
pub(in crate::model) fn make_constants(model: &mut TypedModel) -> TractResult<()> {
    for id in 0..model.nodes().len() {
        let node = model.node_mut(id);
        if let Some(weights) = node.op_as::<StoredWeights>() {
            let constant = Const::new(weights.tensor()?.into_arc_tensor())?;
            node.outputs[0].fact = TypedFact::try_from(constant.val())?;
            node.op = Box::new(constant);
        }
    }
    Ok(())
}
