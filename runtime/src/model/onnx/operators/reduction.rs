//! Sums, means and extremes over axes.

use super::Output;
use crate::model::onnx::site::Site;
use crate::model::onnx::values::volume;

/// The axes are a setting; all where there is none.
pub(super) fn by_setting(site: &Site<'_, '_>) -> Result<Output, String> {
    let axes = site.list("axes")?;
    over(site, axes)
}

/// The axes are a stored input.
pub(super) fn by_input(site: &Site<'_, '_>) -> Result<Output, String> {
    let axes = site.integers(1)?;
    over(site, Some(&axes))
}

fn over(site: &Site<'_, '_>, axes: Option<&[i64]>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    let mut chosen = vec![axes.is_none(); shape.len()];
    for &axis in axes.unwrap_or(&[]) {
        let axis = site.axis(axis, shape.len())?;
        if std::mem::replace(&mut chosen[axis], true) {
            return Err(format!("names axis {axis} twice"));
        }
    }
    let kept = site.flag_or("keepdims", true)?;
    let sizes = shape.iter().zip(&chosen);
    let made = sizes.filter_map(|(&size, &chosen)| match (chosen, kept) {
        (false, _) => Some(size),
        (true, true) => Some(1),
        (true, false) => None,
    });
    Ok(Output {
        shape: made.collect(),
        window_values: 0,
        multiplications: volume(shape),
    })
}
