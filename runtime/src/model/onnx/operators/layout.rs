//! What moves values and computes none.

use super::Output;
use super::elementwise::broadcast;
use super::window::sizes;
use crate::model::limits;
use crate::model::onnx::site::Site;
use crate::model::onnx::values::volume;

/// The same values in another shape, stored; −1 at one place there is what is left.
pub(super) fn reshape(site: &Site<'_, '_>) -> Result<Output, String> {
    let values = volume(site.floats(0)?);
    let wanted = site.integers(1)?;
    let named: Vec<u64> = wanted
        .iter()
        .filter_map(|&size| u64::try_from(size).ok())
        .collect();
    let product = named
        .iter()
        .fold(1, |product: u64, &size| product.saturating_mul(size));
    let open = wanted.iter().filter(|size| **size == -1).count();
    let fits = named.len() + open == wanted.len()
        && product > 0
        && values.is_multiple_of(product)
        && (open == 1 || (open == 0 && values == product));
    if !fits {
        return Err(format!("brings {values} values to the shape {wanted:?}"));
    }
    // Each divides the number of values, which fits.
    let size = |&size: &i64| usize::try_from(size).unwrap_or((values / product) as usize);
    Ok(wanted.iter().map(size).collect::<Vec<usize>>().into())
}

/// A matrix: the axes before the named one, and those from it on.
pub(super) fn flatten(site: &Site<'_, '_>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    let axis = site.integer_or("axis", 1)?;
    let (rows, columns) = usize::try_from(axis)
        .ok()
        .and_then(|axis| shape.split_at_checked(axis))
        .ok_or_else(|| format!("names axis {axis} of {}", shape.len()))?;
    let product = |sizes: &[usize]| sizes.iter().product::<usize>();
    Ok(vec![product(rows), product(columns)].into())
}

/// The axes in another order.
pub(super) fn transpose(site: &Site<'_, '_>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    let order = site.list("perm")?.ok_or("lacks perm")?;
    let mut sorted = order.to_vec();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..shape.len() as i64) {
        return Err(format!("orders the axes of {shape:?} as {order:?}"));
    }
    let made = order.iter().map(|&axis| shape[axis as usize]);
    Ok(made.collect::<Vec<usize>>().into())
}

/// Inputs one after the other along an axis.
pub(super) fn concat(site: &Site<'_, '_>) -> Result<Output, String> {
    let mut made = site.floats(0)?.to_vec();
    let axis = site.axis(site.integer_or("axis", i64::MAX)?, made.len())?;
    for place in 1..site.node.inputs.len() {
        let shape = site.floats(place)?;
        let mut others = (0..made.len()).filter(|other| *other != axis);
        if shape.len() != made.len() || !others.all(|other| shape[other] == made[other]) {
            return Err(format!("puts {shape:?} after {made:?} along axis {axis}"));
        }
        made[axis] += shape[axis];
    }
    Ok(made.into())
}

/// A part: stored starts, ends and axes, in steps of 1.
pub(super) fn slice(site: &Site<'_, '_>) -> Result<Output, String> {
    let mut made = site.floats(0)?.to_vec();
    let [starts, ends, axes, steps] = [1, 2, 3, 4].map(|place| site.integers(place));
    let (starts, ends, axes) = (starts?, ends?, axes?);
    let count = axes.len();
    if starts.len() != count || ends.len() != count || steps? != vec![1; count] {
        return Err("has other starts, ends or steps than one per axis, in steps of 1".into());
    }
    let mut seen = vec![false; made.len()];
    for ((start, end), axis) in starts.iter().zip(&ends).zip(&axes) {
        let axis = site.axis(*axis, made.len())?;
        let size = made[axis] as i64;
        // An end beyond the last is how ONNX says "to the end".
        let end = (*end).min(size);
        if *start < 0 || *start >= end || std::mem::replace(&mut seen[axis], true) {
            return Err(format!("takes {start} to {end} of axis {axis} of {made:?}"));
        }
        made[axis] = (end - start) as usize;
    }
    Ok(made.into())
}

/// A border: stored widths before and after, axis by axis, and a stored value.
pub(super) fn pad(site: &Site<'_, '_>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    let widths = sizes(&site.integers(1)?, 0)?;
    site.number(2)?;
    if widths.len() != 2 * shape.len() {
        return Err(format!(
            "has {} widths for {} axes",
            widths.len(),
            shape.len()
        ));
    }
    let (before, after) = widths.split_at(shape.len());
    let made = shape.iter().zip(before).zip(after);
    Ok(made
        .map(|((size, before), after)| size + before + after)
        .collect::<Vec<usize>>()
        .into())
}

/// Axes of 1 repeated to a stored shape.
pub(super) fn expand(site: &Site<'_, '_>) -> Result<Output, String> {
    let wanted = site.integers(1)?;
    let most = limits::TENSOR_VALUES;
    let size = |&size: &i64| {
        usize::try_from(size)
            .ok()
            .filter(|&size| (1..=most).contains(&(size as u64)))
    };
    let wanted: Option<Vec<usize>> = wanted.iter().map(size).collect();
    let wanted = wanted.ok_or_else(|| format!("expands to sizes that are not 1 to {most}"))?;
    Ok(broadcast(site.floats(0)?, &wanted)?.into())
}
