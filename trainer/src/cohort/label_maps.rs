//! Labels of one subject on the grid of its pictures: which pixel is left ventricle, muscle, right ventricle.

use super::CohortError;
use super::cine::{Cine, read_volume};
use super::grid::{SIDE, voxel_position};
use ndarray::{ArrayView2, Axis};
use std::path::Path;

/// The labels there are: background, left-ventricular cavity, left-ventricular muscle, right-ventricular cavity, in the
/// numbers that UK Biobank work gives them.
pub const LABELS: [&str; 4] = [
    "background",
    "left-ventricular cavity",
    "left-ventricular muscle",
    "right-ventricular cavity",
];

/// Left-ventricular muscle.
const MUSCLE: f32 = 2.0;

/// The labels of the middle of the labelled slices of a short-axis stack, the one that
/// [`short_axis_pictures`](super::picture::short_axis_pictures) shows: (time, 128, 128), as many times as files are
/// given, end-diastole first.
///
/// # Errors
/// [`CohortError::Unreadable`] where a file is no NIfTI image, has other slices than the first, or holds a label that is
/// not one of [`LABELS`].
pub fn short_axis_labels(times: &[&Path], pixel_mm: f64) -> Result<Vec<u8>, CohortError> {
    let Some(first) = times.first() else {
        return Ok(Vec::new());
    };
    let slices = Cine::open(first)?.slices;
    let slice = middle_of_muscle(first, slices)?;
    let planes = times.iter().map(|path| plane(path, Some(slice), pixel_mm));
    Ok(planes.collect::<Result<Vec<_>, _>>()?.concat())
}

/// The labels of a four-chamber view, (time, 128, 128); of a stack the middle slice.
///
/// # Errors
/// As [`short_axis_labels`].
pub fn four_chamber_labels(times: &[&Path], pixel_mm: f64) -> Result<Vec<u8>, CohortError> {
    let planes = times.iter().map(|path| plane(path, None, pixel_mm));
    Ok(planes.collect::<Result<Vec<_>, _>>()?.concat())
}

/// One slice of a volume of labels, the middle one where none is named.
fn plane(path: &Path, slice: Option<usize>, pixel_mm: f64) -> Result<Vec<u8>, CohortError> {
    let head = Cine::open(path)?;
    let slice = slice.unwrap_or(head.slices / 2);
    let volume = read_volume(path)?;
    if slice >= volume.dim().2 {
        let problem = format!("it has no slice {}, which the pictures show", slice + 1);
        return Err(CohortError::unreadable(path, problem));
    }
    let plane = volume.index_axis(Axis(2), slice);
    if let Some(other) = plane.iter().find(|&&label| class(label).is_none()) {
        let problem = format!("it holds the label {other}; labels are whole numbers from 0 to 3");
        return Err(CohortError::unreadable(path, problem));
    }
    Ok(resample_nearest(plane, head.spacing_mm, pixel_mm))
}

/// The label of this number.
fn class(label: f32) -> Option<u8> {
    (0..LABELS.len() as u8).find(|&class| f32::from(class) == label)
}

/// The nearest label, about the centre; outside the plane is background. Columns run along X, rows along Y.
pub(crate) fn resample_nearest(
    plane: ArrayView2<'_, f32>,
    spacing_mm: [f64; 2],
    pixel_mm: f64,
) -> Vec<u8> {
    let (width, height) = plane.dim();
    let nearest = |index: usize, spacing: f64, length: usize| -> Option<usize> {
        let position = voxel_position(index, pixel_mm, spacing, length).round();
        (position >= 0.0 && position < length as f64).then_some(position as usize)
    };
    (0..SIDE * SIDE)
        .map(|pixel| {
            let x = nearest(pixel % SIDE, spacing_mm[0], width);
            let y = nearest(pixel / SIDE, spacing_mm[1], height);
            let label = x.zip(y).and_then(|place| plane.get(place));
            label.and_then(|&label| class(label)).unwrap_or(0)
        })
        .collect()
}

/// The middle one of the slices that hold left-ventricular muscle, of a stack with this many slices; the stack's middle
/// where none does.
///
/// # Errors
/// [`CohortError::Unreadable`] where the file is damaged or has another number of slices.
pub(super) fn middle_of_muscle(path: &Path, slices: usize) -> Result<usize, CohortError> {
    let labels = read_volume(path)?;
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
                .any(|&label| label == MUSCLE)
        })
        .collect();
    Ok(with_muscle
        .get(with_muscle.len() / 2)
        .copied()
        .unwrap_or(slices / 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::Frames;
    use crate::cohort::picture::{four_chamber_pictures, short_axis_pictures};
    use crate::synthesis::write::{Labels, Pictures, write_pictures};
    use crate::synthesis::{Sex, typical_subject};
    use ndarray::Array2;

    #[test]
    fn the_nearest_label_is_taken_and_outside_is_background() {
        let plane = Array2::from_shape_fn((4, 2), |(x, y)| (x + y) as f32 % 4.0);
        let labels = resample_nearest(plane.view(), [2.0, 2.0], 1.0);
        let row = |row: usize| labels[row * SIDE + 59..row * SIDE + 69].to_vec();
        // Voxels of 2 mm are two pixels wide; columns run along X.
        assert_eq!(row(63), [0, 0, 0, 1, 1, 2, 2, 3, 3, 0]);
        assert_eq!(row(64), [0, 1, 1, 2, 2, 3, 3, 0, 0, 0]);
        assert_eq!(row(66), [0; 10]);
    }

    #[test]
    fn labels_lie_on_their_pictures() {
        let heart = typical_subject(Sex::Male, &[]).simulate();
        let folder = tempfile::tempdir().unwrap();
        write_pictures(folder.path(), &heart, Pictures::Mid, Labels::All).unwrap();
        let at = |name: &str| folder.path().join(name);
        let (diastole, systole) = (at("label_sa_ED.nii.gz"), at("label_sa_ES.nii.gz"));
        let short_axis = short_axis_labels(&[&diastole, &systole], 1.4).unwrap();
        let long_axis = four_chamber_labels(
            &[&at("label_la_4ch_ED.nii.gz"), &at("label_la_4ch_ES.nii.gz")],
            1.4,
        )
        .unwrap();
        let stack = at("sa.nii.gz");
        let shown = short_axis_pictures(&stack, Some(&diastole), Some(&systole), 1.4, Frames::EdEs)
            .unwrap();
        let cine = at("la_4ch.nii.gz");
        let other = four_chamber_pictures(&cine, 1.4, Frames::EdEs, shown.end_systole).unwrap();
        for (grey, labels) in [(&shown.grey, &short_axis), (&other.grey, &long_axis)] {
            assert_eq!(labels.len(), 2 * SIDE * SIDE);
            for (grey, labels) in grey.chunks(SIDE * SIDE).zip(labels.chunks(SIDE * SIDE)) {
                let mean = |label: u8| {
                    let there = grey
                        .iter()
                        .zip(labels)
                        .filter(|(_, found)| **found == label);
                    let (sum, count) = there.fold((0.0, 0.0), |(sum, count), (&grey, _)| {
                        (sum + f64::from(grey), count + 1.0)
                    });
                    assert!(count > 100.0, "{count} pixels of label {label}");
                    sum / count
                };
                // Blood is bright and muscle dark.
                assert!(mean(1) > 1.5 * mean(2) && mean(3) > 1.5 * mean(2));
            }
        }
        // The cavity contracts.
        let cavity = |labels: &[u8]| labels.iter().filter(|&&label| label == 1).count();
        let (before, after) = short_axis.split_at(SIDE * SIDE);
        assert!(cavity(before) > cavity(after));
    }

    #[test]
    fn a_picture_is_no_map_of_labels() {
        let heart = typical_subject(Sex::Female, &[]).simulate();
        let folder = tempfile::tempdir().unwrap();
        write_pictures(folder.path(), &heart, Pictures::Mid, Labels::EdEs).unwrap();
        let cine = folder.path().join("la_4ch.nii.gz");
        assert!(four_chamber_labels(&[&cine], 1.4).is_err());
        assert!(short_axis_labels(&[], 1.4).unwrap().is_empty());
        assert!(short_axis_labels(&[&folder.path().join("none.nii.gz")], 1.4).is_err());
    }
}
