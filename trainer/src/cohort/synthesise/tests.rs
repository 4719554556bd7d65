//! Tests of making cohorts: the same bytes however they come about.

use super::*;
use crate::synthesis::Profile;
use crate::synthesis::write::{Labels, Pictures};
use std::collections::BTreeMap;

const PLAN: CohortPlan = CohortPlan {
    subjects: 5,
    seed: 3,
    profile: Profile::Enriched,
    pictures: Pictures::Mid,
    labels: Labels::EdEs,
    also_wfdb: true,
};

static NEVER: AtomicBool = AtomicBool::new(false);

fn part(shard: &str, resume: bool) -> Run<'static> {
    Run {
        shard: shard.parse().unwrap(),
        resume,
        stop: &NEVER,
        progress: &|| (),
    }
}

fn on_threads(threads: usize, root: &Path, run: Run) -> Result<Synthesised, CohortError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build()
        .unwrap()
        .install(|| synthesise(root, &PLAN, run))
}

/// Every file of a folder with its content, by path.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (contents(one), contents(other));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    for (name, bytes) in &one {
        assert!(*bytes == other[name], "{name} differs");
    }
}

#[test]
fn threads_shards_and_interruptions_do_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let root = |name: &str| folder.path().join(name);

    let whole = root("whole");
    let made = on_threads(1, &whole, part("1/1", false)).unwrap();
    assert_eq!((made.subjects, made.whole), (5, true));
    // cohort.toml, subjects.csv and of each subject ECG, fiducials, four pictures and four WFDB files.
    assert_eq!(contents(&whole).len(), 2 + 5 * 10);

    let threaded = root("threaded");
    on_threads(3, &threaded, part("1/1", false)).unwrap();
    assert_same(&whole, &threaded);

    let sharded = root("sharded");
    assert!(!on_threads(2, &sharded, part("2/2", false)).unwrap().whole);
    assert!(!sharded.join("subjects.csv").exists());
    let message = on_threads(1, &sharded, part("2/2", false)).unwrap_err();
    assert!(
        message.to_string().contains("has shard 2/2 already"),
        "{message}"
    );
    assert!(on_threads(2, &sharded, part("1/2", false)).unwrap().whole);
    assert_same(&whole, &sharded);

    // As if the power had failed: one subject lost its ECG, of another half is there, and the table was begun.
    let halved = threaded;
    std::fs::remove_file(halved.join("ecg/1000002_20205_2_0.xml")).unwrap();
    std::fs::remove_file(halved.join("NIFTI/1000002/label_sa_ES.nii.gz")).unwrap();
    let unfinished = halved.join(UNFINISHED);
    std::fs::create_dir_all(unfinished.join("1000002/ecg")).unwrap();
    let table = std::fs::read(halved.join("subjects.csv")).unwrap();
    std::fs::remove_file(halved.join("subjects.csv")).unwrap();
    std::fs::write(
        unfinished.join("subjects.csv"),
        &table[..table.len() * 2 / 3],
    )
    .unwrap();
    let message = on_threads(1, &halved, part("1/1", false)).unwrap_err();
    assert!(message.to_string().contains("--resume"), "{message}");
    on_threads(2, &halved, part("1/1", true)).unwrap();
    assert_same(&whole, &halved);

    // A whole cohort that lost a subject gets it back; its table stays.
    std::fs::remove_file(halved.join("ecg/1000004_20205_2_0.xml")).unwrap();
    on_threads(2, &halved, part("1/1", true)).unwrap();
    assert_same(&whole, &halved);
}

#[test]
fn a_run_that_is_stopped_says_so_and_leaves_whole_subjects() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("cohort");
    let stop = AtomicBool::new(false);
    let stop_after_one = || stop.store(true, Ordering::Relaxed);
    let run = Run {
        stop: &stop,
        progress: &stop_after_one,
        ..part("1/1", false)
    };
    let error = on_threads(1, &root, run).unwrap_err();
    assert!(
        matches!(
            error,
            CohortError::Stopped {
                made: 1,
                subjects: 5,
                ..
            }
        ),
        "{error}"
    );
    assert!(root.join("ecg/1000001_20205_2_0.xml").is_file());
    assert_eq!(std::fs::read_dir(root.join("ecg")).unwrap().count(), 1);
    let left: Vec<_> = contents(&root.join(UNFINISHED)).into_keys().collect();
    assert_eq!(left, ["subjects.csv"]);
}

#[test]
fn a_place_where_nothing_can_be_written_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let message = on_threads(1, &file.join("cohort"), part("1/1", false)).unwrap_err();
    assert!(message.to_string().contains("cohort: "), "{message}");

    let root = folder.path().join("cohort");
    std::fs::create_dir(&root).unwrap();
    CohortHeader::of(&PLAN)
        .claim(&root, Shard::WHOLE, false)
        .unwrap();
    std::fs::write(root.join("NIFTI"), "in the way").unwrap();
    let message = on_threads(1, &root, part("1/1", true))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("subject 1000001 cannot be made"),
        "{message}"
    );
    assert!(message.contains("--resume"), "{message}");
    assert!(!root.join("ecg").exists());
}
