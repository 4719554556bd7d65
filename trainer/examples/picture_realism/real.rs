//! Real short-axis pictures: ACDC's mid slices with manual contours, and one unlabelled cine.

use std::error::Error;
use std::path::{Path, PathBuf};

use ndarray::{ArrayD, Axis, Ix3};
use nifti::{IntoNdArray, NiftiObject, ReaderOptions};

use crate::picture::{LV_BLOOD, Picture};
use crate::{MUSCLE, Pair, RV_BLOOD};

/// All patients in the folder, by name.
///
/// # Errors
/// Where the folder or one of its files cannot be read.
pub fn acdc(folder: &Path) -> Result<Vec<Pair>, Box<dyn Error>> {
    let mut patients: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|error| format!("cannot list {}: {error}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    patients.sort();
    patients.iter().map(|folder| patient(folder)).collect()
}

/// One patient: `patientNNN_frameMM.nii.gz` and its `_gt` at end-diastole and end-systole.
fn patient(folder: &Path) -> Result<Pair, Box<dyn Error>> {
    let mut contours: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with("_gt.nii.gz"))
        .collect();
    contours.sort();
    let [diastole, systole] = contours.as_slice() else {
        return Err(format!(
            "{} has {} contour files, not two",
            folder.display(),
            contours.len()
        )
        .into());
    };
    let labels = [volume(diastole)?.1, volume(systole)?.1];
    let slice = middle(&labels).ok_or_else(|| format!("{} is unlabelled", folder.display()))?;
    let picture = |path: &Path, labels: &ArrayD<f32>| -> Result<Picture, Box<dyn Error>> {
        let image = PathBuf::from(path.to_string_lossy().replace("_gt", ""));
        let (pixel_mm, signal) = volume(&image)?;
        if signal.shape() != labels.shape() {
            return Err(format!("{} and its contours differ in size", image.display()).into());
        }
        plane(pixel_mm, &signal, Some(labels), slice)
    };
    let name = folder.file_name().map(|name| name.to_string_lossy());
    Ok(Pair {
        name: name.unwrap_or_default().into_owned(),
        diastole: picture(diastole, &labels[0])?,
        systole: picture(systole, &labels[1])?,
    })
}

/// The middle one of the slices that show cavity, muscle and right ventricle in both phases.
fn middle(labels: &[ArrayD<f32>; 2]) -> Option<usize> {
    let complete = |volume: &ArrayD<f32>, slice: usize| {
        let plane = volume.index_axis(Axis(2), slice);
        [1.0, 2.0, 3.0]
            .iter()
            .all(|label| plane.iter().filter(|value| *value == label).count() > 20)
    };
    let slices = labels[0].shape()[2].min(labels[1].shape()[2]);
    let good: Vec<usize> = (0..slices)
        .filter(|&slice| labels.iter().all(|volume| complete(volume, slice)))
        .collect();
    good.get(good.len() / 2).copied()
}

/// The mid slice of an unlabelled cine (columns, rows, slices, frames) in its first frame.
///
/// # Errors
/// Where the file is no such cine.
pub fn unlabelled(path: &Path) -> Result<Picture, Box<dyn Error>> {
    let (pixel_mm, cine) = volume(path)?;
    if cine.ndim() != 4 {
        return Err(format!("{} has {} dimensions, not 4", path.display(), cine.ndim()).into());
    }
    let first = cine.index_axis_move(Axis(3), 0);
    let slice = first.shape()[2] / 2;
    plane(pixel_mm, &first, None, slice)
}

/// Pixel size and voxels of a file.
fn volume(path: &Path) -> Result<(f64, ArrayD<f32>), Box<dyn Error>> {
    let failed = |error: nifti::NiftiError| format!("cannot read {}: {error}", path.display());
    let object = ReaderOptions::new().read_file(path).map_err(failed)?;
    let pixel_mm = f64::from(object.header().pixdim[1]);
    let voxels = object.into_volume().into_ndarray().map_err(failed)?;
    if voxels.ndim() < 3 {
        return Err(format!("{} has no slices", path.display()).into());
    }
    Ok((pixel_mm, voxels))
}

/// One slice as it is usually shown: columns along the first axis, rows along the second.
fn plane(
    pixel_mm: f64,
    signal: &ArrayD<f32>,
    labels: Option<&ArrayD<f32>>,
    slice: usize,
) -> Result<Picture, Box<dyn Error>> {
    let of = |volume: &ArrayD<f32>| -> Result<Vec<f32>, Box<dyn Error>> {
        let volume = volume.view().into_dimensionality::<Ix3>()?;
        let plane = volume.index_axis_move(Axis(2), slice);
        Ok(plane.t().iter().copied().collect())
    };
    let values = of(signal)?;
    let labels = match labels {
        Some(labels) => of(labels)?.into_iter().map(ours).collect(),
        None => vec![0; values.len()],
    };
    Ok(Picture {
        width: signal.shape()[0],
        height: signal.shape()[1],
        pixel_mm,
        signal: values,
        labels,
    })
}

/// ACDC has 1 for the right and 3 for the left ventricle's cavity.
fn ours(label: f32) -> u8 {
    match label.round() as i32 {
        1 => RV_BLOOD,
        2 => MUSCLE,
        3 => LV_BLOOD,
        _ => 0,
    }
}
