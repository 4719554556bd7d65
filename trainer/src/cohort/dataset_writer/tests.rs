use super::super::fixtures::contents;
use super::super::left_out::ReasonKind;
use super::*;
use proptest::prelude::*;

fn plan() -> DatasetPlan {
    DatasetPlan {
        cohort: "nine".into(),
        simulated: false,
        split_seed: 3,
        pixel_mm: 1.4,
        frames: Frames::Ed,
        views: Views::ShortAxis,
        labels: true,
        columns: vec!["age".into(), "sex".into()],
    }
}

/// Every third subject is left out.
fn add(writer: &mut DatasetWriter, subject: usize) {
    let id = format!("s{subject}");
    if subject % 3 == 1 {
        let reason = Reason::new(ReasonKind::UnreadableMri, "torn\nin two, \"alas\"");
        return writer.leave_out(&id, reason);
    }
    let signal = vec![subject as f32; LEADS * SAMPLES];
    let sample = Sample {
        ecg: signal.clone(),
        strip: signal,
        mri: vec![subject as u8; SIDE * SIDE],
        four_chamber: Vec::new(),
        labels: vec![(subject % 4) as u8; SIDE * SIDE],
    };
    writer
        .keep(&id, vec![format!("{}", 60 + subject)], &sample)
        .unwrap();
}

const SUBJECTS: usize = 9;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    /// Wherever a run ends and whatever of its files reached the disk, the data set ends in the same bytes.
    #[test]
    fn a_run_that_is_cut_anywhere_is_gone_on_with(
        before in 0usize..=SUBJECTS,
        synced in any::<bool>(),
        file in 0usize..5,
        left in 0.0f64..=1.0,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("whole");
        let mut writer = DatasetWriter::open(&whole, &plan(), false).unwrap();
        (0..SUBJECTS).for_each(|subject| add(&mut writer, subject));
        writer.finish().unwrap();

        let cut = folder.path().join("cut");
        let mut writer = DatasetWriter::open(&cut, &plan(), true).unwrap();
        (0..before).for_each(|subject| add(&mut writer, subject));
        if synced {
            writer.sync().unwrap();
        }
        drop(writer);
        let begun = folder.path().join(".cut.unfinished");
        let torn = begun.join(["journal.jsonl", "data/ecg.npy", "data/strip.npy", "data/mri.npy", "data/labels.npy"][file]);
        let length = std::fs::metadata(&torn).unwrap().len();
        let open = File::options().write(true).open(&torn).unwrap();
        open.set_len((length as f64 * left) as u64).unwrap();

        let mut writer = DatasetWriter::open(&cut, &plan(), true).unwrap();
        let decided = writer.decided().len();
        prop_assert!(decided <= before && writer.kept() + writer.left_out().len() == decided);
        (decided..SUBJECTS).for_each(|subject| add(&mut writer, subject));
        writer.finish().unwrap();
        prop_assert_eq!(contents(&whole), contents(&cut));
        prop_assert!(!begun.exists());
    }
}

#[test]
fn what_was_begun_is_neither_lost_nor_mixed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("set");
    let refusal = |plan: &DatasetPlan, resume: bool| {
        let message = DatasetWriter::open(&path, plan, resume)
            .unwrap_err()
            .to_string();
        assert!(!message.contains('\n'), "{message}");
        message
    };
    let mut writer = DatasetWriter::open(&path, &plan(), false).unwrap();
    add(&mut writer, 0);
    writer.sync().unwrap();
    let message = refusal(&plan(), true);
    assert!(message.contains("another run"), "{message}");
    drop(writer);
    let message = refusal(&plan(), false);
    assert!(message.contains("--resume"), "{message}");
    let other = DatasetPlan {
        pixel_mm: 1.5,
        ..plan()
    };
    let message = refusal(&other, true);
    assert!(message.contains("other options"), "{message}");
    let writer = DatasetWriter::open(&path, &plan(), true).unwrap();
    assert_eq!(writer.decided().collect::<Vec<_>>(), ["s0"]);
    writer.discard();
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let message = DatasetWriter::open(Path::new(".."), &plan(), false).unwrap_err();
    assert!(message.to_string().contains("no name"), "{message}");
}
