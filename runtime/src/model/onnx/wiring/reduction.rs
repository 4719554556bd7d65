//! Sums, means and extremes over axes.

use tract_core::internal::*;
use tract_core::ops::math;
use tract_core::ops::nn::{Reduce, Reducer};

use super::node::Wiring;

/// Over the axes that a setting or, for sums, an input names; all where there is none.
pub(super) fn reduce(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let shape = node.shape(0)?;
    let named = match node.operator() {
        "ReduceSum" => Some(node.ask(|site| site.integers(1))?),
        _ => node.ask(|site| Ok(site.list("axes")?.map(<[i64]>::to_vec)))?,
    };
    let mut axes: TVec<usize> = match named {
        None => (0..shape.len()).collect(),
        Some(named) => {
            let axis = |axis: i64| node.ask(|site| site.axis(axis, shape.len()));
            named.into_iter().map(axis).collect::<TractResult<_>>()?
        }
    };
    axes.sort_unstable();
    let kept = node.ask(|site| site.flag_or("keepdims", true))?;
    let mut value = node.input(0)?;
    if node.operator() == "ReduceSumSquare" {
        value = node.put(math::mul(), &[value, value])?;
    }
    let reducer = match node.operator() {
        "ReduceMax" => Reducer::Max,
        "ReduceMin" => Reducer::Min,
        _ => Reducer::Sum,
    };
    value = node.put(Reduce::new(axes.clone(), reducer), &[value])?;
    if node.operator() == "ReduceMean" {
        let count: usize = axes.iter().map(|&axis| shape[axis]).product();
        value = node.with_number(math::div(), value, count as f32)?;
    }
    if !kept {
        for axis in axes.into_iter().rev() {
            value = node.put(AxisOp::Rm(axis), &[value])?;
        }
    }
    Ok(value)
}

/// The mean of each channel.
pub(super) fn global_average(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let shape = node.shape(0)?;
    let axes: TVec<usize> = (2..shape.len()).collect();
    let sum = node.apply(Reduce::new(axes, Reducer::Sum))?;
    let count: usize = shape[2..].iter().product();
    node.with_number(math::div(), sum, count as f32)
}
