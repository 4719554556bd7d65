//! Tests of the files of one subject.

use std::io::{Read, Write};

use flate2::read::GzDecoder;

use super::*;
use crate::synthesis::{Profile, SimulatedHeart, sample_subject};

fn heart() -> SimulatedHeart {
    sample_subject(5, 2, Profile::Enriched).simulate()
}

/// Writes a subject and returns the folder.
fn written(heart: &SimulatedHeart, pictures: Pictures, labels: Labels) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let result = write_subject(
        folder.path(),
        FIRST_ID,
        heart,
        &heart.recording(),
        &heart.clean_beat(600, 0.4),
        (pictures, labels),
    );
    result.expect("the temporary folder is writable");
    folder
}

fn mid(heart: &SimulatedHeart) -> tempfile::TempDir {
    written(heart, Pictures::Mid, Labels::EdEs)
}

fn picture(folder: &tempfile::TempDir, name: &str) -> Vec<u8> {
    unpacked(&folder.path().join(format!("NIFTI/{FIRST_ID}/{name}")))
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
    let (one, two) = (mid(&heart), mid(&heart));
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
    let bytes = picture(&mid(&heart), "sa.nii.gz");
    let frames = [0, heart.end_systolic_frame()];
    let slice = heart.short_axis(&frames);
    assert_eq!(bytes.len(), 352 + 128 * 128 * 2 * 2);
    assert_eq!(
        [40, 42, 44, 46, 48, 50].map(|at| short(&bytes, at)),
        [4, 128, 128, 1, 2, 1]
    );
    assert_eq!([70, 72].map(|at| short(&bytes, at)), [4, 16]);
    let spacing = [slice.pixel_mm, slice.pixel_mm, slice.thickness_mm].map(|mm| mm as f32);
    assert_eq!([80, 84, 88].map(|at| float(&bytes, at)), spacing);
    let step = frames[1] as f64 * slice.time_step_s;
    assert!((f64::from(float(&bytes, 92)) - step).abs() < 1e-6);
    for row in 0..3 {
        for column in 0..4 {
            let found = f64::from(float(&bytes, 280 + 16 * row + 4 * column));
            assert!((found - slice.affine[row][column]).abs() < 1e-4);
        }
    }
    for (k, &signal) in slice.images.iter().flatten().enumerate() {
        assert_eq!(short(&bytes, 352 + 2 * k), signal);
    }
}

#[test]
fn a_full_subject_is_a_stack_and_a_slice_in_all_frames() {
    let heart = heart();
    let folder = written(&heart, Pictures::Full, Labels::All);
    let frames: Vec<usize> = (0..50).collect();
    let stack = heart.short_axis_stack(&frames);
    let slices = stack.slices.len();
    let shape = |bytes: &[u8]| [40, 42, 44, 46, 48].map(|at| short(bytes, at));

    let cine = picture(&folder, "sa.nii.gz");
    assert_eq!(shape(&cine), [4, 128, 128, slices as i16, 50]);
    assert_eq!(cine.len(), 352 + 128 * 128 * slices * 50 * 2);
    assert_eq!(float(&cine, 88), stack.spacing_mm as f32);
    let step = stack.slices[0].time_step_s;
    assert!((f64::from(float(&cine, 92)) - step).abs() < 1e-6);
    // The order of the file is slice before frame.
    let at = 352 + 2 * 128 * 128 * (slices * 7 + 3) + 2 * 5000;
    let signal = stack.slices[3].images[7][5000];
    assert_eq!(short(&cine, at), signal);
    for (row, along) in stack.affine()[..3].iter().enumerate() {
        assert!((f64::from(float(&cine, 288 + 16 * row)) - along[2]).abs() < 1e-4);
    }

    let all = picture(&folder, "label_sa.nii.gz");
    assert_eq!(shape(&all), [4, 128, 128, slices as i16, 50]);
    let volume = 128 * 128 * slices;
    for (phase, frame) in [("ED", 0), ("ES", heart.end_systolic_frame())] {
        let labels = picture(&folder, &format!("label_sa_{phase}.nii.gz"));
        assert_eq!(shape(&labels), [3, 128, 128, slices as i16, 1]);
        assert_eq!([70, 72].map(|at| short(&labels, at)), [2, 8]);
        let there = &all[352 + frame * volume..352 + (frame + 1) * volume];
        assert!(labels[352..] == *there, "{phase}");
        assert!(labels[352 + stack.middle * 128 * 128..].contains(&2));
        let four_chamber = picture(&folder, &format!("label_la_4ch_{phase}.nii.gz"));
        assert!(four_chamber[352..] == heart.four_chamber(&[frame]).labels[0]);
    }
    let long = picture(&folder, "la_4ch.nii.gz");
    assert_eq!(shape(&long), [4, 128, 128, 1, 50]);
}

#[test]
fn xml_has_the_strip_the_median_and_the_intervals() {
    let heart = heart();
    let folder = mid(&heart);
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
fn a_median_of_other_shape_is_refused_before_anything_is_written() {
    let heart = heart();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut median = heart.clean_beat(600, 0.4).to_vec();
    median[3].pop();
    let recording = heart.recording();
    let root = folder.path();
    let contents = (Pictures::Mid, Labels::EdEs);
    let error = write_subject(root, FIRST_ID, &heart, &recording, &median, contents);
    assert!(error.unwrap_err().to_string().contains("599"));
    assert_eq!(std::fs::read_dir(root).expect("the folder").count(), 0);
}

#[test]
fn a_folder_that_is_a_file_is_named_in_the_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let blocked = folder.path().join("ecg");
    std::fs::write(&blocked, b"in the way").expect("writable");
    let error = write_synced(&ecg_path(folder.path(), 7), |_| Ok(())).unwrap_err();
    assert!(error.to_string().contains("/ecg:"), "{error}");
}

/// A device that takes nothing stands for a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_with_the_file_and_the_reason() {
    let full = Path::new("/dev/full");
    let error = write_synced(full, |file| file.write_all(b"x")).unwrap_err();
    assert!(error.to_string().contains("/dev/full"), "{error}");
    assert!(error.to_string().contains("No space left"), "{error}");
}

#[test]
fn a_row_has_every_column() {
    let row = subjects_csv_row(FIRST_ID + 1, &heart().truth());
    assert_eq!(row.matches(',').count() + 1, SUBJECT_COLUMNS.len());
    assert_eq!(
        subjects_csv_header().matches(',').count(),
        row.matches(',').count()
    );
    assert!(row.starts_with("1000002,") && row.ends_with('\n'));
}
