//! The grid of the network's pictures: where its pixels lie in the plane of a cine.

/// Side of the network's picture, in pixels.
pub const SIDE: usize = 128;

/// Where pixel `index` of the picture (a row or a column) lies among the `length` voxels of the plane, which are
/// `spacing_mm` apart: the middle of the picture is the middle of the plane.
pub(super) fn voxel_position(index: usize, pixel_mm: f64, spacing_mm: f64, length: usize) -> f64 {
    let centre = (SIDE as f64 - 1.0) / 2.0;
    (index as f64 - centre) * pixel_mm / spacing_mm + (length as f64 - 1.0) / 2.0
}
