//! A cine in a NIfTI file, read frame by frame: a stack of all frames would be some hundred megabytes.

use super::CohortError;
use ndarray::{Array3, ArrayD, Axis, Ix3};
use nifti::{IntoNdArray, NiftiHeader, NiftiObject, ReaderOptions, ReaderStreamedOptions};
use std::path::{Path, PathBuf};

/// Voxels that a frame may have; a short-axis stack has some hundred thousand.
const LARGEST_FRAME: u64 = 1 << 28;
/// Frames that a cine may have; UK Biobank's have 50.
const MOST_FRAMES: usize = 1000;

/// What a cine's header says.
#[derive(Debug, Clone)]
pub struct Cine {
    /// The file.
    pub path: PathBuf,
    /// Slices of a frame.
    pub slices: usize,
    /// Frames of the cycle; 1 where the file has no fourth axis.
    pub frames: usize,
    /// Size of a voxel along X and Y, mm.
    pub spacing_mm: [f64; 2],
    rank: u16,
}

impl Cine {
    /// Reads a cine's header.
    ///
    /// # Errors
    /// [`CohortError::Unreadable`] where it is no NIfTI image of a sensible size, [`CohortError::Frames`] where it has
    /// more frames than any cine.
    pub fn open(path: &Path) -> Result<Cine, CohortError> {
        let header =
            NiftiHeader::from_file(path).map_err(|error| CohortError::unreadable(path, error))?;
        let [rank, sizes @ ..] = header.dim;
        let size = |axis: usize| match axis < usize::from(rank) {
            true => usize::from(sizes[axis]),
            false => 1,
        };
        let voxels = (0..3).map(|axis| size(axis) as u64).product::<u64>();
        if !(2..=4).contains(&rank) && (4..7).any(|axis| size(axis) > 1) {
            return Err(CohortError::unreadable(
                path,
                "it has more than four dimensions",
            ));
        }
        if voxels == 0 || voxels > LARGEST_FRAME {
            return Err(CohortError::unreadable(
                path,
                format!("its frames have {voxels} voxels"),
            ));
        }
        let frames = size(3);
        if frames == 0 || frames > MOST_FRAMES {
            return Err(CohortError::Frames {
                path: path.to_owned(),
                frames,
                needed: 1,
            });
        }
        let spacing_mm = [1, 2].map(|axis| f64::from(header.pixdim[axis]).abs());
        if spacing_mm.iter().any(|&mm| !(mm > 0.0 && mm < 100.0)) {
            return Err(CohortError::unreadable(
                path,
                format!("its pixels are {} × {} mm", spacing_mm[0], spacing_mm[1]),
            ));
        }
        Ok(Cine {
            path: path.to_owned(),
            slices: size(2),
            frames,
            spacing_mm,
            rank,
        })
    }

    /// Calls `see` with each of the first `most` frames, (X, Y, slice).
    ///
    /// # Errors
    /// [`CohortError::Unreadable`] where the file is damaged, and what `see` gives.
    pub fn each_frame(
        &self,
        most: usize,
        mut see: impl FnMut(Array3<f32>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        if self.rank < 4 {
            return see(read_volume(&self.path)?);
        }
        let unreadable = |error: nifti::NiftiError| CohortError::unreadable(&self.path, error);
        let mut volume = ReaderStreamedOptions::new()
            .read_file_rank(&self.path, 3)
            .map_err(unreadable)?
            .into_volume();
        for _ in 0..self.frames.min(most) {
            let frame = volume
                .read_slice()
                .and_then(IntoNdArray::into_ndarray::<f32>)
                .map_err(unreadable)?;
            see(to_three_dimensions(frame, &self.path)?)?;
        }
        Ok(())
    }
}

/// One volume that is no cine, (X, Y, slice), such as the labels of one frame.
///
/// # Errors
/// [`CohortError::Unreadable`] where the file is damaged, too large, or holds more than one volume.
pub fn read_volume(path: &Path) -> Result<Array3<f32>, CohortError> {
    let unreadable = |error: nifti::NiftiError| CohortError::unreadable(path, error);
    let header = NiftiHeader::from_file(path).map_err(unreadable)?;
    let [rank, sizes @ ..] = header.dim;
    let sizes = sizes.iter().take(usize::from(rank));
    let voxels = sizes.fold(1u64, |product, &size| {
        product.saturating_mul(u64::from(size))
    });
    if voxels > LARGEST_FRAME {
        let problem = format!("it has {voxels} voxels");
        return Err(CohortError::unreadable(path, problem));
    }
    let volume = ReaderOptions::new()
        .read_file(path)
        .and_then(|object| object.into_volume().into_ndarray::<f32>())
        .map_err(unreadable)?;
    to_three_dimensions(volume, path)
}

/// X, Y, slice, with axes of length one where the file has fewer.
fn to_three_dimensions(mut volume: ArrayD<f32>, path: &Path) -> Result<Array3<f32>, CohortError> {
    while volume.ndim() < 3 {
        let last = volume.ndim();
        volume = volume.insert_axis(Axis(last));
    }
    while volume.ndim() > 3 && volume.shape().last() == Some(&1) {
        let last = volume.ndim() - 1;
        volume = volume.index_axis_move(Axis(last), 0);
    }
    let volume = volume
        .into_dimensionality::<Ix3>()
        .map_err(|_| CohortError::unreadable(path, "it holds more than one volume"))?;
    if volume.is_empty() {
        return Err(CohortError::unreadable(path, "it has no voxels"));
    }
    Ok(volume)
}
