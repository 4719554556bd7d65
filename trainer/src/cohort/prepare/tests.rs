use super::super::fixtures::{contents, simulated};
use super::*;
use std::sync::atomic::AtomicUsize;

/// A cohort of simulated hearts that no longer says so.
fn cohort(root: &Path, subjects: u32) {
    simulated(root, subjects, 3);
    std::fs::remove_file(root.join("cohort.toml")).unwrap();
}

/// Copies the ECG and the pictures of the cohort's first subject to other ids.
fn multiply(root: &Path, ids: impl Iterator<Item = String>) {
    for id in ids {
        let ecg = root.join("ecg/1000001_20205_2_0.xml");
        std::fs::copy(ecg, root.join(format!("ecg/{id}_20205_2_0.xml"))).unwrap();
        let (from, to) = (root.join("NIFTI/1000001"), root.join("NIFTI").join(id));
        std::fs::create_dir(&to).unwrap();
        for entry in from.read_dir().unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

fn both() -> PrepareOptions {
    PrepareOptions {
        frames: Frames::EdEs,
        views: Views::ShortAxisAndFourChamber,
        ..PrepareOptions::default()
    }
}

fn prepared(root: &Path, output: &Path, resume: bool) -> Result<Prepared, CohortError> {
    let run = PrepareRun {
        resume,
        stop: &AtomicBool::new(false),
        progress: &|| (),
    };
    prepare(&CohortFolder::open(root).unwrap(), output, &both(), run)
}

#[test]
fn each_subject_is_left_out_for_its_own_reason() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("cohort");
    cohort(&root, 1);
    let names = ["2", "3", "4", "5", "6", "7", "8", "9"];
    multiply(&root, names.into_iter().map(str::to_owned));
    let at = |path: &str| root.join(path);
    std::fs::remove_file(at("ecg/2_20205_2_0.xml")).unwrap();
    std::fs::remove_file(at("NIFTI/3/sa.nii.gz")).unwrap();
    std::fs::remove_file(at("NIFTI/4/la_4ch.nii.gz")).unwrap();
    std::fs::write(at("ecg/5_20205_2_0.xml"), "no ECG").unwrap();
    let poor = std::fs::read_to_string(at("ecg/6_20205_2_0.xml")).unwrap();
    let (before, rest) = poor.split_once("<DiagnosisText>").unwrap();
    let poor = format!("{before}<DiagnosisText>Poor data quality, {rest}");
    std::fs::write(at("ecg/6_20205_2_0.xml"), poor).unwrap();
    std::fs::write(at("NIFTI/7/sa.nii.gz"), "no picture").unwrap();
    // A volume of labels is a picture of one frame.
    std::fs::copy(at("NIFTI/8/label_sa_ED.nii.gz"), at("NIFTI/8/sa.nii.gz")).unwrap();
    std::fs::write(at("NIFTI/9/label_sa_ES.nii.gz"), "no labels").unwrap();

    let done = prepared(&root, &folder.path().join("data"), false).unwrap();
    let reasons: Vec<(&str, ReasonKind)> = done
        .left_out
        .iter()
        .map(|subject| (subject.id.as_str(), subject.reason.kind))
        .collect();
    assert_eq!(
        reasons,
        [
            ("2", ReasonKind::NoEcg),
            ("3", ReasonKind::NoShortAxis),
            ("4", ReasonKind::NoFourChamber),
            ("5", ReasonKind::UnreadableEcg),
            ("6", ReasonKind::PoorQuality),
            ("7", ReasonKind::UnreadableMri),
            ("8", ReasonKind::WrongFrames),
            ("9", ReasonKind::UnreadableMri),
        ]
    );
    assert_eq!(done.dataset.ids, ["1000001"]);
    assert_eq!(done.dataset.header.left_out, 8);
    let message = done.left_out[6].reason.to_string();
    assert!(
        message.contains("NIFTI/8/sa.nii.gz: it has 1 frames and 2 at least"),
        "{message}"
    );
    let table = std::fs::read_to_string(folder.path().join("data/left_out.csv")).unwrap();
    assert_eq!(table.lines().count(), 9);
    assert!(table.contains("6,poor data quality,"), "{table}");

    std::fs::remove_dir_all(at("ecg")).unwrap();
    let nobody = prepared(&root, &folder.path().join("none"), false).unwrap_err();
    assert!(
        matches!(nobody, CohortError::NobodyLeft { found: 9, .. }),
        "{nobody}"
    );
    assert!(!folder.path().join(".none.unfinished").exists());
}

#[test]
fn threads_and_interruptions_do_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("cohort");
    cohort(&root, 2);
    // More than one group.
    multiply(&root, (1..=80).map(|id| id.to_string()));
    std::fs::remove_file(root.join("ecg/30_20205_2_0.xml")).unwrap();
    let at = |name: &str| folder.path().join(name);
    let pool = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    };
    let whole = pool(3)
        .install(|| prepared(&root, &at("whole"), false))
        .unwrap();
    assert_eq!((whole.dataset.ids.len(), whole.left_out.len()), (81, 1));

    // Stopped after the first group.
    let (seen, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let run = PrepareRun {
        resume: false,
        stop: &stop,
        progress: &|| {
            if seen.fetch_add(1, Ordering::Relaxed) == 9 {
                stop.store(true, Ordering::Relaxed);
            }
        },
    };
    let cohort = CohortFolder::open(&root).unwrap();
    let stopped = pool(1)
        .install(|| prepare(&cohort, &at("parts"), &both(), run))
        .unwrap_err();
    let message = stopped.to_string();
    assert!(
        message.contains("stopped with 64 of 82 subjects made; go on by --resume"),
        "{message}"
    );
    assert!(!at("parts").exists());
    let message = prepared(&root, &at("parts"), false)
        .unwrap_err()
        .to_string();
    assert!(message.contains("go on with it by --resume"), "{message}");
    pool(1)
        .install(|| prepared(&root, &at("parts"), true))
        .unwrap();
    assert!(contents(&at("whole")) == contents(&at("parts")));

    // Another cohort than the one that was begun with.
    let stop = AtomicBool::new(false);
    let run = PrepareRun {
        resume: false,
        stop: &stop,
        progress: &|| stop.store(true, Ordering::Relaxed),
    };
    pool(1)
        .install(|| prepare(&cohort, &at("other"), &both(), run))
        .unwrap_err();
    std::fs::remove_file(root.join("ecg/1_20205_2_0.xml")).unwrap();
    std::fs::remove_dir_all(root.join("NIFTI/1")).unwrap();
    let message = prepared(&root, &at("other"), true).unwrap_err().to_string();
    assert!(message.contains("other subjects"), "{message}");
}

#[test]
fn labels_are_kept_where_they_are_wanted_and_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("cohort");
    cohort(&root, 1);
    multiply(&root, ["2".to_owned()].into_iter());
    std::fs::remove_file(root.join("NIFTI/2/label_sa_ES.nii.gz")).unwrap();
    let cohort = CohortFolder::open(&root).unwrap();
    let run = PrepareRun {
        resume: false,
        stop: &AtomicBool::new(false),
        progress: &|| (),
    };
    let of_short_axis = PrepareOptions {
        views: Views::ShortAxis,
        labels: true,
        ..both()
    };
    let done = prepare(&cohort, &folder.path().join("data"), &of_short_axis, run).unwrap();
    let labels = done.dataset.labels(0).unwrap().unwrap();
    assert_eq!(labels.len(), 2 * SIDE * SIDE);
    assert!((0..4).all(|label| labels.contains(&label)));
    assert_eq!(done.left_out[0].reason.kind, ReasonKind::NoLabels);

    // The cohort has none of the four-chamber view, and no cohort has any of all frames.
    let of_both = PrepareOptions {
        labels: true,
        ..both()
    };
    let message = prepare(&cohort, &folder.path().join("none"), &of_both, run).unwrap_err();
    let says = "NIFTI/<id>/label_la_4ch_ED.nii.gz";
    assert!(message.to_string().contains(says), "{message}");
    let of_all = PrepareOptions {
        frames: Frames::All,
        ..of_both
    };
    let message = prepare(&cohort, &folder.path().join("none"), &of_all, run).unwrap_err();
    assert!(
        message.to_string().contains("--frames ed or ed-es"),
        "{message}"
    );

    let without = prepared(&root, &folder.path().join("without"), false).unwrap();
    assert!(without.dataset.labels(0).unwrap().is_none());
}
