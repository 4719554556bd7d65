//! Matrix products.

use tract_core::internal::*;
use tract_core::ops::einsum::EinSum;
use tract_core::ops::math;

use super::node::Wiring;

/// A product of two matrices with a third added: fully connected layers.
pub(super) fn gemm(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let turned = |name: &str| node.ask(|site| site.flag_or(name, false));
    let (first, second) = (turned("transA")?, turned("transB")?);
    let (alpha, beta) = (
        node.ask(|site| site.float_or("alpha", 1.0))?,
        node.ask(|site| site.float_or("beta", 1.0))?,
    );
    let left = if first { "km" } else { "mk" };
    let right = if second { "nk" } else { "kn" };
    let mut value = product(node, &format!("{left},{right}->mn"))?;
    if alpha != 1.0 {
        value = node.with_number(math::mul(), value, alpha)?;
    }
    if node.input_count() < 3 || beta == 0.0 {
        return Ok(value);
    }
    let added = node.input(2)?;
    let mut added = node.with_axes(added, 2)?;
    if beta != 1.0 {
        added = node.with_number(math::mul(), added, beta)?;
    }
    node.put(math::add(), &[value, added])
}

/// Products of the last two axes, for each place of those before.
pub(super) fn matmul(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let axes = node.shape(0)?.len().max(node.shape(1)?.len());
    // The letters of the axes before, of which a factor of fewer axes has the last ones.
    let before: String = ('a'..).take(axes - 2).collect();
    let of = |place: usize| -> TractResult<&str> { Ok(&before[axes - node.shape(place)?.len()..]) };
    let (left, right) = (of(0)?, of(1)?);
    let sum = format!("{left}mk,{right}kn->{before}mn");
    product(node, &sum)
}

fn product(node: &mut Wiring<'_, '_, '_>, sum: &str) -> TractResult<OutletId> {
    let (one, other) = (node.input(0)?, node.input(1)?);
    node.put(EinSum::new(sum.parse()?, f32::datum_type()), &[one, other])
}
