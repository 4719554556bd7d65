use super::*;
use crate::synthesis::write::{Labels, Pictures, write_pictures};
use crate::synthesis::{Sex, SimulatedHeart, typical_subject};
use std::path::PathBuf;

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

fn written(heart: &SimulatedHeart, pictures: Pictures) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_pictures(folder.path(), heart, pictures, Labels::EdEs).unwrap();
    folder
}

fn short_axis(folder: &Path, frames: Frames, labelled: bool) -> ViewPictures {
    let at = |name: &str| -> Option<PathBuf> { labelled.then(|| folder.join(name)) };
    short_axis_pictures(
        &folder.join("sa.nii.gz"),
        at("label_sa_ED.nii.gz").as_deref(),
        at("label_sa_ES.nii.gz").as_deref(),
        1.4,
        frames,
    )
    .unwrap()
}

fn apart(one: &[u8], other: &[u8]) -> f64 {
    let pairs = one.iter().zip(other);
    pairs.map(|(&a, &b)| f64::from(a.abs_diff(b))).sum::<f64>() / one.len() as f64
}

const PICTURE: usize = SIDE * SIDE;

#[test]
fn frames_of_a_full_stack() {
    let heart = typical_subject(Sex::Male, &[]).simulate();
    let full = written(&heart, Pictures::Full);
    let diastole = short_axis(full.path(), Frames::Ed, true).grey;
    assert_eq!(diastole.len(), PICTURE);
    let mid = written(&heart, Pictures::Mid);
    // The middle of the labelled slices is the mid slice or a neighbour of it.
    let lone = short_axis(mid.path(), Frames::Ed, true).grey;
    assert!(apart(&diastole, &lone) < 40.0);

    // About end-systole the heart rests for some frames, of which any will do.
    let truth = heart.end_systolic_frame();
    let found = |labelled: bool| {
        let systole = short_axis(full.path(), Frames::EdEs, labelled).end_systole;
        (systole * 50.0).round() as usize
    };
    assert!(
        found(true).abs_diff(truth) <= 2,
        "{} for {truth}",
        found(true)
    );
    assert!(
        found(false).abs_diff(truth) <= 4,
        "{} for {truth}",
        found(false)
    );
    let both = short_axis(full.path(), Frames::EdEs, true);
    let systole = found(true);

    let all = short_axis(full.path(), Frames::All, true).grey;
    assert_eq!(all.len(), CINE_FRAMES * PICTURE);
    let frame = |index: usize| &all[index * PICTURE..(index + 1) * PICTURE];
    // One scale for all frames: whichever are asked for, each is the same.
    assert_eq!(frame(0), diastole);
    assert_eq!(both.grey, [frame(0), frame(systole)].concat());
    assert!(apart(frame(0), frame(systole)) > 2.0);

    let long_axis = four_chamber_pictures(
        &full.path().join("la_4ch.nii.gz"),
        1.4,
        Frames::EdEs,
        both.end_systole,
    )
    .unwrap();
    assert_eq!(long_axis.grey.len(), 2 * PICTURE);
    assert!(apart(&long_axis.grey[..PICTURE], &long_axis.grey[PICTURE..]) > 2.0);
}

#[test]
fn cut_files_and_few_frames_are_named() {
    let heart = typical_subject(Sex::Female, &[]).simulate();
    let folder = written(&heart, Pictures::Mid);
    let both = short_axis(folder.path(), Frames::EdEs, true);
    assert_eq!((both.grey.len(), both.end_systole), (2 * PICTURE, 0.5));

    let stack = folder.path().join("sa.nii.gz");
    let few = short_axis_pictures(&stack, None, None, 1.4, Frames::All).unwrap_err();
    assert!(
        matches!(
            few,
            CohortError::Frames {
                frames: 2,
                needed: 10,
                ..
            }
        ),
        "{few}"
    );

    let cut = folder.path().join("cut.nii.gz");
    std::fs::write(&cut, &std::fs::read(&stack).unwrap()[..2000]).unwrap();
    let error = short_axis_pictures(&cut, None, None, 1.4, Frames::Ed).unwrap_err();
    assert!(
        error.to_string().contains("cut.nii.gz cannot be read"),
        "{error}"
    );
    std::fs::write(&cut, b"no picture at all").unwrap();
    assert!(short_axis_pictures(&cut, None, None, 1.4, Frames::Ed).is_err());
}

#[test]
fn a_cycle_of_another_length_is_brought_to_fifty_frames() {
    let pictures: Vec<Array2<f32>> = (0..25)
        .map(|frame| Array2::from_elem((2, 2), frame as f32))
        .collect();
    let cycle = around_the_cycle(&pictures);
    let values: Vec<f32> = cycle.iter().map(|picture| picture[(1, 1)]).collect();
    assert_eq!(values.len(), CINE_FRAMES);
    assert_eq!(values[..4], [0.0, 0.5, 1.0, 1.5]);
    // Between the last frame and the first of the next cycle.
    assert_eq!(values[48..], [24.0, 12.0]);
}

#[test]
fn grey_refuses_what_shows_nothing() {
    let cine = Cine::open(
        &written(&typical_subject(Sex::Male, &[]).simulate(), Pictures::Mid)
            .path()
            .join("sa.nii.gz"),
    )
    .unwrap();
    assert!(to_grey(&[Array2::zeros((8, 8))], &cine).is_err());
    let mut picture = Array2::zeros((8, 8));
    picture[(1, 1)] = f32::NAN;
    assert!(to_grey(&[picture], &cine).is_err());
}

#[test]
fn a_cine_that_does_not_move_has_two_equal_pictures() {
    let still: Vec<Array2<f32>> = vec![Array2::ones((8, 8)); 3];
    let two = chosen(still.clone(), Frames::EdEs, 0);
    assert_eq!((two.len(), &two[0]), (2, &two[1]));
    assert_eq!(most_different(&still), 1);
    assert_eq!(most_different(&still[..1]), 0);
}
