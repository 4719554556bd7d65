use super::super::dataset_header::DATASET_FILE;
use super::super::dataset_writer::{DatasetPlan, DatasetWriter, Sample};
use super::super::left_out::{Reason, ReasonKind};
use super::super::selection::{Frames, Views};
use super::*;
use std::path::PathBuf;

fn plan() -> DatasetPlan {
    DatasetPlan {
        cohort: "three".into(),
        simulated: true,
        split_seed: 7,
        pixel_mm: 1.5,
        frames: Frames::EdEs,
        views: Views::ShortAxisAndFourChamber,
        labels: true,
        columns: vec!["age".into()],
    }
}

fn sample(subject: usize) -> Sample {
    let signal = |factor: f32| {
        (0..LEADS * SAMPLES)
            .map(|index| (subject * LEADS * SAMPLES + index) as f32 * factor)
            .collect()
    };
    let picture = |plus: usize| {
        (0..2 * SIDE * SIDE)
            .map(|index| (index / SIDE + subject + plus) as u8)
            .collect()
    };
    Sample {
        ecg: signal(0.01),
        strip: signal(-0.01),
        mri: picture(0),
        four_chamber: picture(100),
        labels: (0..4 * SIDE * SIDE)
            .map(|index| ((index / SIDE + subject) % 4) as u8)
            .collect(),
    }
}

fn written(folder: &Path) -> (PathBuf, Dataset) {
    let path = folder.join("deep").join("set");
    let mut writer = DatasetWriter::open(&path, &plan(), false).unwrap();
    for (subject, age) in ["61", "", "70"].into_iter().enumerate() {
        let id = (subject + 1).to_string();
        writer
            .keep(&id, vec![age.into()], &sample(subject))
            .unwrap();
    }
    writer.leave_out("4", Reason::new(ReasonKind::NoEcg, "no ECG, alas"));
    (path, writer.finish().unwrap())
}

#[test]
fn reads_back_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (path, written) = written(folder.path());
    let read = Dataset::read(&path).unwrap();
    assert_eq!(read.header, written.header);
    assert_eq!((read.header.subjects, read.header.left_out), (3, 1));
    assert_eq!(read.ids, ["1", "2", "3"]);
    for subject in 0..3 {
        let expected = sample(subject);
        assert_eq!(read.median_beat(subject).unwrap(), expected.ecg);
        assert_eq!(read.strip(subject).unwrap(), expected.strip);
        assert_eq!(read.short_axis(subject).unwrap(), expected.mri);
        assert_eq!(
            read.end_diastole(subject).unwrap(),
            expected.mri[..SIDE * SIDE]
        );
        let four_chamber = read.four_chamber(subject).unwrap();
        assert_eq!(four_chamber.unwrap(), expected.four_chamber);
        assert_eq!(read.labels(subject).unwrap().unwrap(), expected.labels);
    }
    let shapes: Vec<(&str, usize)> = read
        .header
        .arrays
        .iter()
        .map(|array| (array.file.as_str(), array.shape[1]))
        .collect();
    let expected = [
        (ECG, 12),
        (LABELS, 4),
        (MRI, 2),
        (FOUR_CHAMBER, 2),
        (STRIP, 12),
    ];
    assert_eq!(shapes, expected);
    assert_eq!(read.splits.len(), 3);
    assert_eq!(read.members(Split::Test).len(), 1);
    let ages = read.numbers("age").unwrap();
    assert_eq!(ages[0], 61.0);
    assert!(ages[1].is_nan());
    assert!(read.numbers("height").is_none());
    let left_out = std::fs::read_to_string(path.join(LEFT_OUT)).unwrap();
    assert_eq!(left_out, "feid,kind,reason\n4,no ECG,\"no ECG, alas\"\n");
    // Nothing is left beside it, and it is never overwritten.
    let beside: Vec<_> = path.parent().unwrap().read_dir().unwrap().collect();
    assert_eq!(beside.len(), 1);
    assert!(DatasetWriter::open(&path, &plan(), true).is_err());
}

/// The sentence with which a data set is refused after its file `name` was changed, and the file as it was again.
fn refusal(path: &Path, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let file = path.join(name);
    let before = std::fs::read(&file).unwrap();
    let mut bytes = before.clone();
    change(&mut bytes);
    std::fs::write(&file, bytes).unwrap();
    let message = Dataset::read(path).unwrap_err().to_string();
    std::fs::write(&file, before).unwrap();
    assert!(!message.contains('\n'), "{message}");
    message
}

fn replaced(from: &'static str, to: &'static str) -> impl FnOnce(&mut Vec<u8>) {
    move |bytes| {
        let at = bytes
            .windows(from.len())
            .position(|window| window == from.as_bytes())
            .expect("it is there");
        bytes.splice(at..at + from.len(), to.bytes());
    }
}

#[test]
fn refuses_other_versions_and_damaged_parts() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = written(folder.path());
    type Change = Box<dyn FnOnce(&mut Vec<u8>)>;
    let cases: [(&str, Change, &str); 10] = [
        (
            DATASET_FILE,
            Box::new(replaced("format_version = 2", "format_version = 1")),
            "format version 1, this program reads version 2; run `prepare` again",
        ),
        (
            DATASET_FILE,
            Box::new(replaced("subjects = 3", "subjects = 4")),
            "disagree",
        ),
        (
            DATASET_FILE,
            Box::new(replaced("frames = \"ed-es\"", "frames = \"all\"")),
            "mri.npy has the shape [3, 2, 128, 128]",
        ),
        (
            DATASET_FILE,
            Box::new(|bytes| bytes.truncate(40)),
            "cannot be read",
        ),
        (MRI, Box::new(|bytes| bytes.truncate(1000)), "cut off"),
        (ECG, Box::new(|bytes| bytes.truncate(100)), "cut off"),
        (STRIP, Box::new(replaced("<f4", "<f8")), "<f8, not <f4"),
        (
            FOUR_CHAMBER,
            Box::new(replaced("False", "True ")),
            "Fortran",
        ),
        (ECG, Box::new(|bytes| bytes[0] = b'P'), "no NumPy array"),
        (
            SUBJECTS,
            Box::new(replaced("train", "trian")),
            "unknown split",
        ),
    ];
    for (name, change, sentence) in cases {
        let message = refusal(&path, name, change);
        assert!(message.contains(sentence), "{name}: {message}");
    }
    assert!(Dataset::read(&path).is_ok());
    let message = Dataset::read(folder.path()).unwrap_err().to_string();
    assert!(message.contains("is no data set"), "{message}");
}

#[test]
fn an_ecg_that_is_no_number_is_named_when_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = written(folder.path());
    let file = path.join(ECG);
    let mut bytes = std::fs::read(&file).unwrap();
    let end = bytes.len();
    bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(&file, bytes).unwrap();
    let dataset = Dataset::read(&path).unwrap();
    assert!(dataset.median_beat(1).is_ok());
    let message = dataset.median_beat(2).unwrap_err().to_string();
    assert!(message.contains("subject 3 holds values"), "{message}");
}
