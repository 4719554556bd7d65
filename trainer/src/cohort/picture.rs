//! Pictures of one subject out of its cines: 128 × 128, in the frames that a data set holds.

use super::CohortError;
use super::cine::Cine;
use super::end_systole::{Contraction, largest, most_different};
pub use super::grid::SIDE;
use super::grid::voxel_position;
use super::label_maps::middle_of_muscle;
use super::selection::{CINE_FRAMES, Frames};
use ndarray::{Array2, ArrayView2, Axis};
use std::path::Path;

/// Pictures of one view.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewPictures {
    /// (frame, 128, 128), end-diastole first, 0 (dark) to 255 between the 0.5th and 99.5th percentile of the
    /// end-diastolic picture.
    pub grey: Vec<u8>,
    /// End-systole as part of the cycle, 0..1; 0 where it was not asked for.
    pub end_systole: f64,
}

/// The mid-ventricular short-axis pictures of a stack: 128 × 128 at `pixel_mm`, centred on the stack's own centre.
///
/// End-diastole is the first frame (UK Biobank's cines begin at the R wave). The slice is the middle one of those that
/// hold left-ventricular muscle (label 2) where `end_diastole` names the end-diastolic labels, else the middle of the
/// stack. End-systole is found by the labels of both times where there are both, else
/// by the pictures alone.
///
/// # Errors
/// [`CohortError::Unreadable`] where a file is no NIfTI image, has no voxels or holds values that are no numbers,
/// [`CohortError::Frames`] where the stack has too few frames.
pub fn short_axis_pictures(
    stack: &Path,
    end_diastole: Option<&Path>,
    end_systole: Option<&Path>,
    pixel_mm: f64,
    frames: Frames,
) -> Result<ViewPictures, CohortError> {
    let cine = Cine::open(stack)?;
    let slice = match end_diastole {
        Some(path) => middle_of_muscle(path, cine.slices)?,
        None => cine.slices / 2,
    };
    let contraction = match (frames, end_diastole, end_systole) {
        (Frames::EdEs, Some(diastole), Some(systole)) => Contraction::read(diastole, systole)?,
        _ => None,
    };
    let most = check_frames(&cine, frames)?;
    let mut contracted = Vec::new();
    let mut pictures = Vec::new();
    cine.each_frame(most, |frame| {
        if let Some(contraction) = &contraction {
            let signal = contraction.signal(&frame).ok_or_else(|| {
                CohortError::unreadable(stack, "it has another shape than its labels")
            })?;
            contracted.push(-signal);
        }
        pictures.push(resample(
            frame.index_axis(Axis(2), slice),
            cine.spacing_mm,
            pixel_mm,
        ));
        Ok(())
    })?;
    let end_systole = match (frames, contraction) {
        (Frames::EdEs, Some(_)) => largest(contracted.into_iter()).unwrap_or(0),
        (Frames::EdEs, None) => most_different(&pictures),
        _ => 0,
    };
    Ok(ViewPictures {
        grey: to_grey(&chosen(pictures, frames, end_systole), &cine)?,
        end_systole: end_systole as f64 / cine.frames as f64,
    })
}

/// The four-chamber pictures of a cine, as [`short_axis_pictures`]; of a stack the middle slice. `end_systole` says
/// where in the cycle end-systole is, 0..1.
///
/// # Errors
/// As [`short_axis_pictures`].
pub fn four_chamber_pictures(
    path: &Path,
    pixel_mm: f64,
    frames: Frames,
    end_systole: f64,
) -> Result<ViewPictures, CohortError> {
    let cine = Cine::open(path)?;
    let most = check_frames(&cine, frames)?;
    let mut pictures = Vec::new();
    cine.each_frame(most, |frame| {
        let plane = frame.index_axis(Axis(2), cine.slices / 2);
        pictures.push(resample(plane, cine.spacing_mm, pixel_mm));
        Ok(())
    })?;
    let at = (end_systole * cine.frames as f64).round() as usize % cine.frames;
    Ok(ViewPictures {
        grey: to_grey(&chosen(pictures, frames, at), &cine)?,
        end_systole,
    })
}

/// How many of a cine's frames must be read; an error where it has too few.
fn check_frames(cine: &Cine, frames: Frames) -> Result<usize, CohortError> {
    if cine.frames < frames.needed() {
        return Err(CohortError::Frames {
            path: cine.path.clone(),
            frames: cine.frames,
            needed: frames.needed(),
        });
    }
    Ok(match frames {
        Frames::Ed => 1,
        Frames::EdEs | Frames::All => cine.frames,
    })
}

/// The frames that are wanted, of all frames of a cycle.
fn chosen(mut pictures: Vec<Array2<f32>>, frames: Frames, end_systole: usize) -> Vec<Array2<f32>> {
    match frames {
        Frames::Ed => pictures.truncate(1),
        Frames::EdEs => {
            let systole = pictures.swap_remove(end_systole);
            if end_systole > 0 {
                pictures.truncate(1);
            } else {
                // The heart does not move in this cine: both are the first frame.
                pictures = vec![systole.clone()];
            }
            pictures.push(systole);
        }
        Frames::All if pictures.len() != CINE_FRAMES => pictures = around_the_cycle(&pictures),
        Frames::All => {}
    }
    pictures
}

/// [`CINE_FRAMES`] pictures evenly spread over a cycle, between its frames in proportion; after the last comes the
/// first again.
fn around_the_cycle(pictures: &[Array2<f32>]) -> Vec<Array2<f32>> {
    let count = pictures.len();
    (0..CINE_FRAMES)
        .map(|frame| {
            let (before, part) = (frame * count / CINE_FRAMES, frame * count % CINE_FRAMES);
            let part = part as f32 / CINE_FRAMES as f32;
            &pictures[before] * (1.0 - part) + &pictures[(before + 1) % count] * part
        })
        .collect()
}

/// Bilinear, about the centre; outside the plane is zero. Columns of the picture run along X, rows along Y.
fn resample(plane: ArrayView2<'_, f32>, spacing: [f64; 2], pixel_mm: f64) -> Array2<f32> {
    let (width, height) = plane.dim();
    let at = |x: i64, y: i64| -> f32 {
        match (usize::try_from(x), usize::try_from(y)) {
            (Ok(x), Ok(y)) => plane.get((x, y)).copied().unwrap_or(0.0),
            _ => 0.0,
        }
    };
    Array2::from_shape_fn((SIDE, SIDE), |(row, column)| {
        let x = voxel_position(column, pixel_mm, spacing[0], width);
        let y = voxel_position(row, pixel_mm, spacing[1], height);
        let (left, top) = (x.floor(), y.floor());
        let (along, down) = ((x - left) as f32, (y - top) as f32);
        let (left, top) = (left as i64, top as i64);
        let upper = at(left, top) * (1.0 - along) + at(left + 1, top) * along;
        let lower = at(left, top + 1) * (1.0 - along) + at(left + 1, top + 1) * along;
        upper * (1.0 - down) + lower * down
    })
}

/// Pictures in grey, by the percentiles of the first: so the same signal is the same grey throughout a cycle, and
/// end-diastole is the same whatever frames are with it.
fn to_grey(pictures: &[Array2<f32>], cine: &Cine) -> Result<Vec<u8>, CohortError> {
    let problem = |what: &str| Err(CohortError::unreadable(&cine.path, what));
    if pictures.iter().flatten().any(|value| !value.is_finite()) {
        return problem("its mid slice holds values that are no numbers");
    }
    let mut sorted: Vec<f32> = pictures.iter().take(1).flatten().copied().collect();
    sorted.sort_by(f32::total_cmp);
    let percentile = |percent: f64| sorted[((sorted.len() - 1) as f64 * percent / 100.0) as usize];
    let (dark, bright) = (percentile(0.5), percentile(99.5));
    if bright <= dark {
        return problem("its end-diastolic mid slice is empty");
    }
    let scale = 255.0 / (bright - dark);
    Ok(pictures
        .iter()
        .flatten()
        .map(|value| ((value - dark) * scale).round().clamp(0.0, 255.0) as u8)
        .collect())
}

#[cfg(test)]
mod tests;
