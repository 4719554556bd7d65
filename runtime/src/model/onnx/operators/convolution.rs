//! Convolutions over one or two axes.

use super::Output;
use super::window::{Window, sizes};
use crate::model::onnx::site::Site;
use crate::model::onnx::values::volume;

/// Input (batch, channels, …), kernel (outputs, channels / groups, …), bias (outputs).
pub(super) fn convolution(site: &Site<'_, '_>) -> Result<Output, String> {
    let ((outer, spatial), (weights, kernel)) = (split(site.floats(0)?)?, split(site.weights(1)?)?);
    let window = Window::of(site, kernel)?;
    let groups = groups(site)?;
    let [batch, channels] = outer;
    let [outputs, taken] = weights;
    if taken.checked_mul(groups) != Some(channels) || outputs % groups != 0 {
        return Err(format!(
            "has a kernel of {outputs} × {taken} channels in {groups} groups for {channels} channels"
        ));
    }
    check_bias(site, outputs)?;
    let windows = window.count(spatial)?;
    let taps = taken as u64 * volume(kernel);
    let places = volume(&windows).saturating_mul(batch as u64);
    let mut shape = vec![batch, outputs];
    shape.extend(windows);
    Ok(Output {
        multiplications: volume(&shape).saturating_mul(taps),
        window_values: places.saturating_mul(taps).saturating_mul(groups as u64),
        shape,
    })
}

/// Input (batch, channels, …), kernel (channels, outputs / groups, …), bias (outputs).
pub(super) fn transposed(site: &Site<'_, '_>) -> Result<Output, String> {
    let ((outer, spatial), (weights, kernel)) = (split(site.floats(0)?)?, split(site.weights(1)?)?);
    let window = Window::of(site, kernel)?;
    let groups = groups(site)?;
    let [batch, channels] = outer;
    let [taking, made] = weights;
    if taking != channels || channels % groups != 0 {
        return Err(format!(
            "has a kernel for {taking} channels in {groups} groups for {channels} channels"
        ));
    }
    let outputs = made.saturating_mul(groups);
    check_bias(site, outputs)?;
    let extra = sizes(site.list("output_padding")?.unwrap_or(&[]), 0)?;
    if !extra.is_empty() && extra.len() != kernel.len() {
        return Err("has an output_padding of other axes than its kernel".into());
    }
    let mut shape = vec![batch, outputs];
    shape.extend(window.spread(spatial, &extra)?);
    let taps = made as u64 * volume(kernel);
    let places = volume(spatial).saturating_mul(batch as u64);
    Ok(Output {
        multiplications: places.saturating_mul(channels as u64).saturating_mul(taps),
        window_values: places.saturating_mul(taps).saturating_mul(groups as u64),
        shape,
    })
}

/// The first two axes and the rest.
fn split(shape: &[usize]) -> Result<([usize; 2], &[usize]), String> {
    match shape.split_first_chunk::<2>() {
        Some((outer, spatial)) if !spatial.is_empty() => Ok((*outer, spatial)),
        _ => Err(format!(
            "takes batch, channels and places, which {shape:?} is not"
        )),
    }
}

fn groups(site: &Site<'_, '_>) -> Result<usize, String> {
    Ok(sizes(&[site.integer_or("group", 1)?], 1)?[0])
}

fn check_bias(site: &Site<'_, '_>, outputs: usize) -> Result<(), String> {
    if site.node.inputs.len() == 3 && site.weights(2)? != [outputs] {
        return Err(format!("needs a bias of {outputs} values"));
    }
    Ok(())
}
