//! What is computed value by value, with the shapes of the inputs brought to one.

use super::Output;
use crate::model::onnx::graph::Element;
use crate::model::onnx::site::Site;

/// Number of 32-bit floats in `TensorProto.DataType`.
const SINGLE: i64 = 1;

/// A function of each value.
pub(super) fn of_one(site: &Site<'_, '_>) -> Result<Output, String> {
    site.float_or("alpha", 0.0)?;
    Ok(site.floats(0)?.to_vec().into())
}

/// A function of each pair of values.
pub(super) fn of_two(site: &Site<'_, '_>) -> Result<Output, String> {
    Ok(broadcast(site.floats(0)?, site.floats(1)?)?.into())
}

/// Floats of any precision to 32 bits.
pub(super) fn cast(site: &Site<'_, '_>) -> Result<Output, String> {
    let known = site.any(0)?;
    let floats = matches!(known.element, Element::Half | Element::Single);
    if !floats || site.integer_or("to", 0)? != SINGLE {
        return Err("makes something else than 32-bit floats of floats".into());
    }
    Ok(known.shape.clone().into())
}

/// Limits, the lower of which must not be above the other: Rust's `f32::clamp` would panic.
pub(super) fn clip(site: &Site<'_, '_>) -> Result<Output, String> {
    let (least, most) = (site.number(1)?, site.number(2)?);
    if least > most {
        return Err(format!(
            "limits values to {least} and above, and to {most} and below"
        ));
    }
    of_one(site)
}

/// A function of all values along an axis.
pub(super) fn softmax(site: &Site<'_, '_>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    site.axis(site.integer_or("axis", -1)?, shape.len())?;
    Ok(shape.to_vec().into())
}

/// Scale, shift, mean and variance, one of each for a channel.
pub(super) fn batch_normalisation(site: &Site<'_, '_>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    let channels = shape.get(1).ok_or("has no channels")?;
    for place in 1..5 {
        if site.weights(place)? != [*channels] {
            return Err(format!("needs {channels} values of input {place}"));
        }
    }
    site.float_or("epsilon", 0.0)?;
    Ok(shape.to_vec().into())
}

/// The shape to which two are brought: axes are matched from the last, and an axis of 1 is repeated
/// (<https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md>).
pub(super) fn broadcast(one: &[usize], other: &[usize]) -> Result<Vec<usize>, String> {
    let axes = one.len().max(other.len());
    let from_last = |shape: &[usize], axis: usize| {
        let place = (shape.len() + axis).checked_sub(axes);
        place.map_or(1, |place| shape[place])
    };
    let sizes = (0..axes).map(
        |axis| match (from_last(one, axis), from_last(other, axis)) {
            (a, b) if a == b || b == 1 => Ok(a),
            (1, b) => Ok(b),
            _ => Err(format!(
                "takes shapes {one:?} and {other:?}, which do not fit"
            )),
        },
    );
    sizes.collect()
}
