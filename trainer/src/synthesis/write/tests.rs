//! Tests of the files of one subject.

use std::io::Read;

use flate2::read::GzDecoder;

use super::*;
use crate::synthesis::{Profile, SimulatedHeart, sample_subject};

fn heart() -> SimulatedHeart {
    sample_subject(5, 2, Profile::Enriched).simulate()
}

/// Writes a subject and returns the folder.
fn written(heart: &SimulatedHeart) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let frames = [0, heart.end_systolic_frame()];
    let result = write_subject(
        folder.path(),
        FIRST_ID,
        heart,
        &heart.recording(),
        &heart.clean_beat(600, 0.4),
        &heart.short_axis(&frames),
        Some(&heart.four_chamber(&frames)),
    );
    result.expect("the temporary folder is writable");
    folder
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).expect("the file was written");
    GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip");
    bytes
}

fn float(bytes: &[u8], at: usize) -> f32 {
    f32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn short(bytes: &[u8], at: usize) -> i16 {
    i16::from_le_bytes(bytes[at..at + 2].try_into().expect("two bytes"))
}

#[test]
fn the_same_subject_gives_the_same_bytes_and_nothing_is_left_over() {
    let heart = heart();
    let (one, two) = (written(&heart), written(&heart));
    let pictures = format!("NIFTI/{FIRST_ID}");
    for (folder, files) in [(pictures.as_str(), 4), ("ecg", 1), ("fiducials", 1)] {
        let mut names: Vec<_> = std::fs::read_dir(one.path().join(folder))
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(names.len(), files, "{names:?}");
        for name in names {
            let read = |root: &Path| std::fs::read(root.join(folder).join(&name)).expect("file");
            assert_eq!(read(one.path()), read(two.path()), "{name:?}");
        }
    }
}

#[test]
fn cine_header_gives_size_spacing_time_and_place() {
    let heart = heart();
    let folder = written(&heart);
    let file = folder.path().join(format!("NIFTI/{FIRST_ID}/sa.nii.gz"));
    let bytes = unpacked(&file);
    let frames = [0, heart.end_systolic_frame()];
    let slice = heart.short_axis(&frames);
    assert_eq!(bytes.len(), 352 + 128 * 128 * 2 * 2);
    assert_eq!(
        [40, 42, 44, 46, 48, 50].map(|at| short(&bytes, at)),
        [4, 128, 128, 1, 2, 1]
    );
    assert_eq!([70, 72].map(|at| short(&bytes, at)), [4, 16]);
    let pixel = slice.pixel_mm as f32;
    assert_eq!(
        [80, 84, 88].map(|at| float(&bytes, at)),
        [pixel, pixel, 8.0]
    );
    let step = frames[1] as f64 * slice.time_step_s;
    assert!((f64::from(float(&bytes, 92)) - step).abs() < 1e-6);
    for row in 0..3 {
        for column in 0..4 {
            let found = f64::from(float(&bytes, 280 + 16 * row + 4 * column));
            assert!((found - slice.affine[row][column]).abs() < 1e-4);
        }
    }
    let first = short(&bytes, 352);
    assert_eq!(first, slice.images[0][0]);
}

#[test]
fn labels_are_bytes_in_three_dimensions() {
    let heart = heart();
    let folder = written(&heart);
    let bytes = unpacked(
        &folder
            .path()
            .join(format!("NIFTI/{FIRST_ID}/label_sa_ES.nii.gz")),
    );
    assert_eq!(short(&bytes, 40), 3);
    assert_eq!([70, 72].map(|at| short(&bytes, at)), [2, 8]);
    let slice = heart.short_axis(&[heart.end_systolic_frame()]);
    assert_eq!(bytes[352..], slice.labels[0]);
}

#[test]
fn xml_has_the_strip_the_median_and_the_intervals() {
    let heart = heart();
    let folder = written(&heart);
    let file = folder.path().join(format!("ecg/{FIRST_ID}_20205_2_0.xml"));
    let xml = std::fs::read_to_string(file).expect("text");
    assert_eq!(xml.matches("<WaveformData lead=").count(), 24);
    assert_eq!(xml.matches("<ChannelSampleCountTotal>600<").count(), 1);
    let qrs = format!("<QRSDuration units=\"ms\">{:.0}<", heart.intervals.qrs_ms);
    assert!(xml.contains(&qrs));
    let strip = &xml[xml.find("<StripData>").expect("a strip")..];
    let start = strip.find("lead=\"V6\">").expect("V6") + 10;
    let values: Vec<i32> = strip[start..]
        .split('<')
        .next()
        .expect("text")
        .split(", ")
        .map(|x| x.parse().expect("an integer"))
        .collect();
    let recorded = &heart.recording().leads[11];
    assert_eq!(values.len(), recorded.len());
    for (steps, millivolts) in values.iter().zip(recorded) {
        assert!((*steps as f32 * 0.005 - millivolts).abs() < 1e-5);
    }
}

#[test]
fn a_slice_without_end_systole_is_refused_before_anything_is_written() {
    let heart = heart();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = write_subject(
        folder.path(),
        FIRST_ID,
        &heart,
        &heart.recording(),
        &heart.clean_beat(600, 0.4),
        &heart.short_axis(&[0]),
        None,
    )
    .unwrap_err();
    assert!(error.to_string().contains("ES labels"), "{error}");
    assert_eq!(
        std::fs::read_dir(folder.path())
            .expect("the folder")
            .count(),
        0
    );
}

#[test]
fn a_median_of_other_shape_is_refused() {
    let heart = heart();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut median = heart.clean_beat(600, 0.4).to_vec();
    median[3].pop();
    let slice = heart.short_axis(&[0, heart.end_systolic_frame()]);
    let recording = heart.recording();
    let root = folder.path();
    let error = write_subject(root, FIRST_ID, &heart, &recording, &median, &slice, None);
    assert!(error.unwrap_err().to_string().contains("599"));
}

#[test]
fn a_folder_that_is_a_file_is_named_in_the_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let blocked = folder.path().join("ecg");
    std::fs::write(&blocked, b"in the way").expect("writable");
    let error = write_whole(&blocked.join("x.xml"), b"text").unwrap_err();
    assert!(error.to_string().contains("/ecg:"), "{error}");
}

#[test]
fn table_has_a_row_per_subject_with_every_column() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("subjects.csv");
    let truth = heart().truth();
    write_subjects_csv(&path, &[(FIRST_ID, truth.clone()), (FIRST_ID + 1, truth)])
        .expect("writable");
    let text = std::fs::read_to_string(&path).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines
            .iter()
            .all(|line| line.split(',').count() == SUBJECT_COLUMNS.len())
    );
    assert!(lines[2].starts_with("1000002,"));
}

#[test]
fn stride_is_known_for_even_frames_only() {
    assert_eq!(frame_stride(&[0, 17]), 17);
    assert_eq!(frame_stride(&[0, 1, 2]), 1);
    assert_eq!(frame_stride(&[0, 5, 7]), 1);
    assert_eq!(frame_stride(&[17, 0]), 1);
    assert_eq!(frame_stride(&[0]), 1);
}
