//! The mean or the largest of the values in windows.

use super::Output;
use super::window::Window;
use crate::model::onnx::site::Site;
use crate::model::onnx::values::volume;

/// Windows of a named size.
pub(super) fn pool(site: &Site<'_, '_>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    let kernel = Window::named_kernel(site)?;
    site.flag_or("count_include_pad", false)?;
    let (outer, spatial) = shape
        .split_first_chunk::<2>()
        .ok_or("takes batch, channels and places")?;
    let windows = Window::of(site, &kernel)?.count(spatial)?;
    let mut made = outer.to_vec();
    made.extend(windows);
    Ok(Output {
        multiplications: volume(&made).saturating_mul(volume(&kernel)),
        window_values: 0,
        shape: made,
    })
}

/// One window over everything.
pub(super) fn global_pool(site: &Site<'_, '_>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    let mut made = shape.to_vec();
    match made.get_mut(2..) {
        Some(spatial) if !spatial.is_empty() => spatial.fill(1),
        _ => return Err("takes batch, channels and places".into()),
    }
    Ok(Output {
        shape: made,
        window_values: 0,
        multiplications: volume(shape),
    })
}
