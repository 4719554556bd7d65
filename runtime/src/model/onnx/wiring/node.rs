//! What the wiring of an operator sees of its node, and where it puts tract's operators.

use std::sync::Arc;

use tract_core::internal::AxisOp;
use tract_core::ops::TypedOp;
use tract_core::ops::binary::TypedBinOp;
use tract_core::prelude::*;

use super::super::site::Site;
use super::stored;

/// A node that is being wired.
pub(super) struct Wiring<'w, 's, 'a> {
    site: Site<'s, 'a>,
    /// The node's inputs in tract's graph; none for those that are left out or become part of operators.
    inputs: &'w [Option<OutletId>],
    model: &'w mut TypedModel,
}

impl<'w, 's, 'a> Wiring<'w, 's, 'a> {
    /// A node whose inputs are these values of a graph.
    pub(super) fn new(
        site: Site<'s, 'a>,
        inputs: &'w [Option<OutletId>],
        model: &'w mut TypedModel,
    ) -> Self {
        Self {
            site,
            inputs,
            model,
        }
    }

    /// The operator's name in ONNX.
    pub(super) fn operator(&self) -> &'s str {
        self.site.node.operator
    }

    /// How many inputs the node has.
    pub(super) fn input_count(&self) -> usize {
        self.inputs.len()
    }

    /// Asks the node for a setting or a stored input, as its check did.
    pub(super) fn ask<T>(
        &self,
        question: impl FnOnce(&Site<'s, 'a>) -> Result<T, String>,
    ) -> TractResult<T> {
        question(&self.site).map_err(TractError::msg)
    }

    /// An input that must be there, by place.
    pub(super) fn input(&self, place: usize) -> TractResult<OutletId> {
        let input = self.inputs.get(place).copied().flatten();
        input.ok_or_else(|| TractError::msg(format!("input {place} is missing")))
    }

    /// The shape of an input of floats, by place.
    pub(super) fn shape(&self, place: usize) -> TractResult<&'s [usize]> {
        self.ask(|site| site.floats(place))
    }

    /// The numbers of an input that is the same in every run.
    pub(super) fn constant(&self, place: usize) -> TractResult<Arc<Tensor>> {
        let constant = stored::constant(self.model, self.input(place)?);
        constant.ok_or_else(|| TractError::msg(format!("input {place} is computed")))
    }

    /// Puts an operator after these values; gives what it makes.
    pub(super) fn put(
        &mut self,
        operator: impl Into<Box<dyn TypedOp>>,
        inputs: &[OutletId],
    ) -> TractResult<OutletId> {
        let name = self.free_name();
        Ok(self.model.wire_node(name, operator, inputs)?[0])
    }

    /// Puts an operator after the first input.
    pub(super) fn apply(&mut self, operator: impl Into<Box<dyn TypedOp>>) -> TractResult<OutletId> {
        let value = self.input(0)?;
        self.put(operator, &[value])
    }

    /// Puts an operator of two values after one, with the same number as the other for all.
    pub(super) fn with_number(
        &mut self,
        operator: TypedBinOp,
        value: OutletId,
        number: f32,
    ) -> TractResult<OutletId> {
        let axes = self.model.outlet_fact(value)?.rank();
        let number = self.add(tensor0(number).broadcast_into_rank(axes)?)?;
        self.put(operator, &[value, number])
    }

    /// Adds numbers.
    pub(super) fn add(&mut self, numbers: Tensor) -> TractResult<OutletId> {
        let name = self.free_name();
        self.model.add_const(name, numbers)
    }

    /// A value with axes of 1 before its own, so that there are so many.
    pub(super) fn with_axes(&mut self, mut value: OutletId, axes: usize) -> TractResult<OutletId> {
        while self.model.outlet_fact(value)?.rank() < axes {
            value = self.put(AxisOp::Add(0), &[value])?;
        }
        Ok(value)
    }

    /// A name that no node has: how many there are is part of it.
    fn free_name(&self) -> String {
        format!("{} #{}", self.site.node.name, self.model.nodes().len())
    }
}
