//! One picture out of a short-axis cine stack.

use super::CohortError;
use ndarray::{Array2, ArrayD, ArrayView2, Axis, Ix4};
use nifti::{IntoNdArray, NiftiHeader, NiftiObject, ReaderOptions, ReaderStreamedOptions};
use std::path::Path;

/// Side of the network's picture, in pixels.
pub const SIDE: usize = 128;

/// Voxels that a frame may have to be read by itself; a short-axis stack has some hundred thousand.
const LARGEST_FRAME: u64 = 1 << 28;

/// The end-diastolic mid-ventricular short-axis picture of a stack: 128 × 128 at `pixel_mm`, centred on the stack's
/// own centre, 0 (dark) to 255 between the 0.5th and 99.5th percentile of the picture.
///
/// The frame is the first (UK Biobank's cines begin at the R wave). The slice is the middle one of those that hold
/// left-ventricular muscle (label 2) where `label` names the end-diastolic labels, else the middle of the stack.
///
/// # Errors
/// [`CohortError::Unreadable`] where a file is no NIfTI image, has no voxels or holds values that are no numbers.
pub fn mid_short_axis(
    stack: &Path,
    label: Option<&Path>,
    pixel_mm: f64,
) -> Result<Vec<u8>, CohortError> {
    let (header, volume) = read_first_frame(stack)?;
    let voxels = to_four_dimensions(volume, stack)?;
    let [_, _, slices, _] = voxels.dim().into();
    let slice = match label {
        Some(path) => middle_of_muscle(path, slices)?,
        None => slices / 2,
    };
    let plane = voxels.index_axis(Axis(3), 0);
    let plane = plane.index_axis(Axis(2), slice);
    let spacing = [1, 2].map(|axis| f64::from(header.pixdim[axis]).abs());
    if spacing.iter().any(|&mm| !(mm > 0.0 && mm < 100.0)) {
        return Err(CohortError::unreadable(
            stack,
            format!("its pixels are {} × {} mm", spacing[0], spacing[1]),
        ));
    }
    let picture = resample(plane, spacing, pixel_mm);
    to_grey(&picture).ok_or_else(|| {
        CohortError::unreadable(stack, "its end-diastolic mid slice is empty or holds NaN")
    })
}

/// The first frame of a cine, without unpacking the others; all of a file that is no cine of a sensible size.
fn read_first_frame(path: &Path) -> Result<(NiftiHeader, ArrayD<f32>), CohortError> {
    let unreadable = |error: nifti::NiftiError| CohortError::unreadable(path, error);
    let header = NiftiHeader::from_file(path).map_err(unreadable)?;
    let [rank, columns, rows, slices, ..] = header.dim.map(u64::from);
    let voxels = columns * rows * slices;
    if rank != 4 || voxels == 0 || voxels > LARGEST_FRAME {
        return read_volume(path);
    }
    let frame = ReaderStreamedOptions::new()
        .read_file_rank(path, 3)
        .and_then(|object| object.into_volume().read_slice())
        .and_then(IntoNdArray::into_ndarray::<f32>)
        .map_err(unreadable)?;
    Ok((header, frame))
}

fn read_volume(path: &Path) -> Result<(NiftiHeader, ArrayD<f32>), CohortError> {
    let object = ReaderOptions::new()
        .read_file(path)
        .map_err(|error| CohortError::unreadable(path, error))?;
    let header = object.header().clone();
    let volume = object
        .into_volume()
        .into_ndarray::<f32>()
        .map_err(|error| CohortError::unreadable(path, error))?;
    Ok((header, volume))
}

/// X, Y, Z, T, with axes of length one where the file has fewer.
fn to_four_dimensions(
    mut volume: ArrayD<f32>,
    path: &Path,
) -> Result<ndarray::Array4<f32>, CohortError> {
    while volume.ndim() < 4 {
        let last = volume.ndim();
        volume = volume.insert_axis(Axis(last));
    }
    let volume = volume
        .into_dimensionality::<Ix4>()
        .map_err(|_| CohortError::unreadable(path, "it has more than four dimensions"))?;
    if volume.is_empty() {
        return Err(CohortError::unreadable(path, "it has no voxels"));
    }
    Ok(volume)
}

fn middle_of_muscle(path: &Path, slices: usize) -> Result<usize, CohortError> {
    let labels = to_four_dimensions(read_volume(path)?.1, path)?;
    if labels.dim().2 != slices {
        return Err(CohortError::unreadable(
            path,
            format!(
                "it has {} slices where the stack has {slices}",
                labels.dim().2
            ),
        ));
    }
    let with_muscle: Vec<usize> = (0..slices)
        .filter(|&slice| {
            labels
                .index_axis(Axis(2), slice)
                .iter()
                .any(|&label| label == 2.0)
        })
        .collect();
    Ok(with_muscle
        .get(with_muscle.len() / 2)
        .copied()
        .unwrap_or(slices / 2))
}

/// Bilinear, about the centre; outside the plane is zero. Columns of the picture run along X, rows along Y.
fn resample(plane: ArrayView2<'_, f32>, spacing: [f64; 2], pixel_mm: f64) -> Array2<f32> {
    let (width, height) = plane.dim();
    let centre = (SIDE as f64 - 1.0) / 2.0;
    let position = |index: usize, spacing: f64, length: usize| {
        (index as f64 - centre) * pixel_mm / spacing + (length as f64 - 1.0) / 2.0
    };
    let at = |x: i64, y: i64| -> f32 {
        match (usize::try_from(x), usize::try_from(y)) {
            (Ok(x), Ok(y)) => plane.get((x, y)).copied().unwrap_or(0.0),
            _ => 0.0,
        }
    };
    Array2::from_shape_fn((SIDE, SIDE), |(row, column)| {
        let x = position(column, spacing[0], width);
        let y = position(row, spacing[1], height);
        let (left, top) = (x.floor(), y.floor());
        let (along, down) = ((x - left) as f32, (y - top) as f32);
        let (left, top) = (left as i64, top as i64);
        let upper = at(left, top) * (1.0 - along) + at(left + 1, top) * along;
        let lower = at(left, top + 1) * (1.0 - along) + at(left + 1, top + 1) * along;
        upper * (1.0 - down) + lower * down
    })
}

fn to_grey(picture: &Array2<f32>) -> Option<Vec<u8>> {
    let mut sorted: Vec<f32> = picture.iter().copied().collect();
    if sorted.iter().any(|value| !value.is_finite()) {
        return None;
    }
    sorted.sort_by(f32::total_cmp);
    let percentile = |percent: f64| sorted[((sorted.len() - 1) as f64 * percent / 100.0) as usize];
    let (dark, bright) = (percentile(0.5), percentile(99.5));
    if bright <= dark {
        return None;
    }
    let scale = 255.0 / (bright - dark);
    Some(
        picture
            .iter()
            .map(|value| ((value - dark) * scale).round().clamp(0.0, 255.0) as u8)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::write::{Labels, Pictures, write_pictures};
    use crate::synthesis::{Sex, typical_subject};

    #[test]
    fn same_pixel_size_keeps_the_pixels() {
        let plane = Array2::from_shape_fn((SIDE, SIDE), |(x, y)| (x * 3 + y) as f32);
        let picture = resample(plane.view(), [1.5, 1.5], 1.5);
        // Rows run along Y, columns along X.
        assert_eq!(picture[(5, 7)], (7 * 3 + 5) as f32);
        assert_eq!(picture[(127, 0)], 127.0);
    }

    #[test]
    fn half_the_pixel_size_interpolates_and_pads_with_zero() {
        let plane = Array2::from_shape_fn((4, 4), |(x, _)| x as f32 + 1.0);
        let picture = resample(plane.view(), [2.0, 2.0], 1.0);
        let row: Vec<f32> = picture.row(63).iter().copied().skip(58).take(12).collect();
        // Columns at 0.5 mm steps off the voxel centres: quarter positions between 1, 2, 3 and 4, zero outside.
        assert_eq!(
            row,
            [
                0.0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 3.0, 1.0, 0.0
            ]
        );
    }

    #[test]
    fn the_picture_of_a_full_stack_is_that_of_its_mid_slice() {
        let heart = typical_subject(Sex::Male, &[]).simulate();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let picture = |pictures: Pictures| {
            write_pictures(folder.path(), &heart, pictures, Labels::EdEs).unwrap();
            let labels = at("label_sa_ED.nii.gz");
            mid_short_axis(&at("sa.nii.gz"), Some(&labels), 1.4).unwrap()
        };
        let of_stack = picture(Pictures::Full);
        let whole = read_volume(&at("sa.nii.gz")).unwrap().1;
        let first = read_first_frame(&at("sa.nii.gz")).unwrap().1;
        assert_eq!(whole.index_axis(Axis(3), 0), first);
        // The middle of the labelled slices is the mid slice or a neighbour of it.
        let of_slice = picture(Pictures::Mid);
        let apart: f64 = of_stack
            .iter()
            .zip(&of_slice)
            .map(|(&a, &b)| f64::from(a.abs_diff(b)))
            .sum();
        assert!(apart / (of_slice.len() as f64) < 40.0, "{apart}");

        std::fs::write(
            at("cut.nii.gz"),
            &std::fs::read(at("sa.nii.gz")).unwrap()[..2000],
        )
        .unwrap();
        let error = mid_short_axis(&at("cut.nii.gz"), None, 1.4).unwrap_err();
        assert!(
            error.to_string().contains("cut.nii.gz cannot be read"),
            "{error}"
        );
    }

    #[test]
    fn grey_refuses_what_shows_nothing() {
        assert!(to_grey(&Array2::zeros((8, 8))).is_none());
        let mut picture = Array2::zeros((8, 8));
        picture[(1, 1)] = f32::NAN;
        assert!(to_grey(&picture).is_none());
    }
}
