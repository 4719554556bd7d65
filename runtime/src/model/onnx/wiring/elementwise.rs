//! What is computed value by value.

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::element_wise::ElementWiseOp;
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
    of_one(node, operator)
}

fn of_one(node: &mut Wiring<'_, '_, '_>, operator: ElementWiseOp) -> TractResult<OutletId> {
    let value = node.input(0)?;
    node.put(operator, &[value])
}

fn of_two(node: &mut Wiring<'_, '_, '_>, operator: TypedBinOp) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len().max(node.shape(1)?.len());
    let (one, other) = (node.input(0)?, node.input(1)?);
    let (one, other) = (node.with_axes(one, axes)?, node.with_axes(other, axes)?);
    node.put(operator, &[one, other])
}

/// The larger of each value and a number.
fn at_least(node: &mut Wiring<'_, '_, '_>, value: OutletId, number: f32) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len();
    let number = node.number(number, axes)?;
    node.put(math::max(), &[value, number])
}

/// The smaller of each value and a number.
fn at_most(node: &mut Wiring<'_, '_, '_>, value: OutletId, number: f32) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len();
    let number = node.number(number, axes)?;
    node.put(math::min(), &[value, number])
}

pub(super) fn relu(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let value = node.input(0)?;
    at_least(node, value, 0.0)
}

pub(super) fn clip(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let (least, most) = (
        node.ask(|site| site.number(1))?,
        node.ask(|site| site.number(2))?,
    );
    let value = node.input(0)?;
    let value = at_least(node, value, least)?;
    at_most(node, value, most)
}

/// Positive values as they are, negative ones as α (exp x − 1).
pub(super) fn elu(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len();
    let alpha = node.ask(|site| site.float_or("alpha", 1.0))?;
    let (value, one, alpha) = (
        node.input(0)?,
        node.number(1.0, axes)?,
        node.number(alpha, axes)?,
    );
    let positive = at_least(node, value, 0.0)?;
    let negative = at_most(node, value, 0.0)?;
    let power = node.put(math::exp(), &[negative])?;
    let below = node.put(math::sub(), &[power, one])?;
    let below = node.put(math::mul(), &[below, alpha])?;
    node.put(math::add(), &[positive, below])
}

/// ln(1 + exp x), as max(x, 0) + ln(1 + exp(−|x|)): the exponential stays finite.
pub(super) fn softplus(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len();
    let (value, one) = (node.input(0)?, node.number(1.0, axes)?);
    let positive = at_least(node, value, 0.0)?;
    let size = node.put(math::abs(), &[value])?;
    let exponent = node.put(math::neg(), &[size])?;
    let power = node.put(math::exp(), &[exponent])?;
    let sum = node.put(math::add(), &[power, one])?;
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
    let value = node.input(0)?;
    node.put(Softmax::new(tvec![axis], None, kind), &[value])
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
