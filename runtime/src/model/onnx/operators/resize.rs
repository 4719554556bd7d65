//! Pictures made larger by a whole factor, each value repeated.

use super::Output;
use super::window::sizes;
use crate::model::onnx::site::Site;

/// Input (batch, channels, …), no region, and a stored factor for each axis.
pub(super) fn nearest(site: &Site<'_, '_>) -> Result<Output, String> {
    let shape = site.floats(0)?;
    if !site.node.inputs[1].is_empty() {
        return Err("has a region, which is not known".into());
    }
    site.check_text("mode", "nearest")?;
    site.check_text("coordinate_transformation_mode", "asymmetric")?;
    site.check_text("nearest_mode", "floor")?;
    let factors = site.numbers(2, shape.len())?;
    if factors.iter().any(|factor| factor.fract() != 0.0) {
        return Err(format!(
            "has factors {factors:?}, where whole ones are meant"
        ));
    }
    // Finite and whole; whatever does not fit an integer is far too large.
    let whole: Vec<i64> = factors.iter().map(|&factor| factor as i64).collect();
    let factors = sizes(&whole, 1)?;
    if shape.len() < 3 || factors[..2] != [1, 1] {
        return Err(format!(
            "makes {shape:?} larger by {factors:?}, batch or channels with it"
        ));
    }
    let made = shape.iter().zip(&factors);
    Ok(made
        .map(|(size, factor)| size.saturating_mul(*factor))
        .collect::<Vec<usize>>()
        .into())
}
