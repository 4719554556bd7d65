//! What moves values and computes none.

use tract_core::internal::*;
use tract_core::ops::array::{MultiBroadcastTo, Pad, PadMode, Slice, TypedConcat};
use tract_core::ops::nn::NearestUpsample;

use super::node::Wiring;

/// The same values in the shape that was found for them, as splitting and joining of axes.
pub(super) fn reshape(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let sizes = |shape: &[usize]| shape.iter().map(ToDim::to_dim).collect::<TVec<TDim>>();
    let from = sizes(node.shape(0)?);
    let to = sizes(&node.ask(super::super::operators::output)?.shape);
    let mut value = node.input(0)?;
    for operation in to_axis_ops_with_onnx_rules(&from, &to, true)? {
        value = node.put(operation, &[value])?;
    }
    Ok(value)
}

pub(super) fn transpose(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let order = node.ask(|site| Ok(site.list("perm")?.unwrap_or_default().to_vec()))?;
    let order: Vec<usize> = order.iter().map(|&axis| axis as usize).collect();
    let mut value = node.input(0)?;
    for operation in perm_to_ops(&order) {
        value = node.put(operation, &[value])?;
    }
    Ok(value)
}

pub(super) fn concat(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len();
    let axis = node.ask(|site| site.axis(site.integer_or("axis", i64::MAX)?, axes))?;
    let inputs = (0..node.input_count()).map(|place| node.input(place));
    let inputs = inputs.collect::<TractResult<Vec<OutletId>>>()?;
    node.put(TypedConcat::new(axis), &inputs)
}

pub(super) fn slice(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let shape = node.shape(0)?;
    let [starts, ends, axes] = [1, 2, 3].map(|place| node.ask(|site| site.integers(place)));
    let (starts, ends, axes) = (starts?, ends?, axes?);
    let mut value = node.input(0)?;
    for ((start, end), axis) in starts.into_iter().zip(ends).zip(axes) {
        let axis = node.ask(|site| site.axis(axis, shape.len()))?;
        let end = end.min(shape[axis] as i64);
        value = node.put(Slice::new(axis, start as usize, end as usize), &[value])?;
    }
    Ok(value)
}

pub(super) fn pad(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let widths = node.ask(|site| site.integers(1))?;
    let number = node.ask(|site| site.number(2))?;
    let (before, after) = widths.split_at(widths.len() / 2);
    let pairs = before.iter().zip(after);
    let pads = pairs.map(|(&before, &after)| (before as usize, after as usize));
    let mode = PadMode::Constant(tensor0(number).into_arc_tensor());
    node.apply(Pad::new(pads.collect(), mode))
}

pub(super) fn expand(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let shape = node.ask(super::super::operators::output)?.shape;
    let value = node.input(0)?;
    let value = node.with_axes(value, shape.len())?;
    let shape = shape.iter().collect::<ShapeFact>();
    node.put(MultiBroadcastTo::new(shape), &[value])
}

/// A picture made larger by whole factors, each value repeated.
pub(super) fn enlarge(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len();
    let factors = node.ask(|site| site.numbers(2, axes))?;
    let scales = factors.iter().map(|&factor| factor as usize).collect();
    node.apply(NearestUpsample { scales })
}
