//! What is computed value by value.

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::math;
use tract_core::ops::nn::{Softmax, SoftmaxKind, leaky_relu, sigmoid};

use super::node::Wiring;

/// A function of each value, or of each pair of values, that tract has by itself.
pub(super) fn of_values(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let operator = match node.operator() {
        "Abs" => math::abs(),
        "Erf" => math::erf(),
        "Exp" => math::exp(),
        "LeakyRelu" => leaky_relu(node.ask(|site| site.float_or("alpha", 0.01))?),
        "Log" => math::ln(),
        "Neg" => math::neg(),
        "Reciprocal" => math::recip(),
        "Sigmoid" => sigmoid(),
        "Sqrt" => math::sqrt(),
        "Tanh" => math::tanh(),
        "Add" => return of_two(node, math::add()),
        "Div" => return of_two(node, math::div()),
        "Max" => return of_two(node, math::max()),
        "Min" => return of_two(node, math::min()),
        "Mul" => return of_two(node, math::mul()),
        "Pow" => return of_two(node, math::pow()),
        "Sub" => return of_two(node, math::sub()),
        unknown => bail!("{unknown} is no operator that is known"),
    };
    node.apply(operator)
}

fn of_two(node: &mut Wiring<'_, '_, '_>, operator: TypedBinOp) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len().max(node.shape(1)?.len());
    let (one, other) = (node.input(0)?, node.input(1)?);
    let (one, other) = (node.with_axes(one, axes)?, node.with_axes(other, axes)?);
    node.put(operator, &[one, other])
}

pub(super) fn relu(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let value = node.input(0)?;
    node.with_number(math::max(), value, 0.0)
}

pub(super) fn clip(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let least = node.ask(|site| site.number(1))?;
    let most = node.ask(|site| site.number(2))?;
    let value = node.input(0)?;
    let value = node.with_number(math::max(), value, least)?;
    node.with_number(math::min(), value, most)
}

/// Positive values as they are, negative ones as α (exp x − 1).
pub(super) fn elu(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let alpha = node.ask(|site| site.float_or("alpha", 1.0))?;
    let value = node.input(0)?;
    let positive = node.with_number(math::max(), value, 0.0)?;
    let negative = node.with_number(math::min(), value, 0.0)?;
    let power = node.put(math::exp(), &[negative])?;
    let below = node.with_number(math::sub(), power, 1.0)?;
    let below = node.with_number(math::mul(), below, alpha)?;
    node.put(math::add(), &[positive, below])
}

/// ln(1 + exp x), as max(x, 0) + ln(1 + exp(−|x|)): the exponential stays finite.
pub(super) fn softplus(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let value = node.input(0)?;
    let positive = node.with_number(math::max(), value, 0.0)?;
    let size = node.put(math::abs(), &[value])?;
    let exponent = node.put(math::neg(), &[size])?;
    let power = node.put(math::exp(), &[exponent])?;
    let sum = node.with_number(math::add(), power, 1.0)?;
    let logarithm = node.put(math::ln(), &[sum])?;
    node.put(math::add(), &[positive, logarithm])
}

pub(super) fn softmax(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len();
    let axis = node.ask(|site| site.axis(site.integer_or("axis", -1)?, axes))?;
    let kind = match node.operator() {
        "LogSoftmax" => SoftmaxKind::LogSoftmax,
        _ => SoftmaxKind::Softmax,
    };
    node.apply(Softmax::new(tvec![axis], None, kind))
}

/// The mean taken away, divided by the standard deviation, times the scale, plus the shift; which is a product and a
/// sum.
pub(super) fn batch_normalisation(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len();
    let epsilon = node.ask(|site| site.float_or("epsilon", 1e-5))?;
    let channels = |place: usize| -> TractResult<Vec<f32>> {
        let constant = node.constant(place)?;
        Ok(constant.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    };
    let [scale, shift, mean, variance] = [channels(1)?, channels(2)?, channels(3)?, channels(4)?];
    let factors: Vec<f32> = scale
        .iter()
        .zip(&variance)
        .map(|(scale, variance)| scale / (variance + epsilon).sqrt())
        .collect();
    let terms: Vec<f32> = (shift.iter().zip(&mean).zip(&factors))
        .map(|((shift, mean), factor)| shift - mean * factor)
        .collect();
    let mut shape = vec![1; axes];
    shape[1] = factors.len();
    let value = node.input(0)?;
    let factors = node.add(Tensor::from_shape(&shape, &factors)?)?;
    let terms = node.add(Tensor::from_shape(&shape, &terms)?)?;
    let scaled = node.put(math::mul(), &[value, factors])?;
    node.put(math::add(), &[scaled, terms])
}
