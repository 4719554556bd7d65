use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicUsize;
use std::time::SystemTime;

use tempfile::TempDir;

use super::*;
use crate::batch::work::Outcome;

/// A work that does what the file tells it, and counts how often it was called.
struct Told {
    identity: String,
    columns: Vec<String>,
    calls: AtomicUsize,
}

impl Told {
    fn new(identity: &str) -> Self {
        Self {
            identity: identity.into(),
            columns: vec!["length".into()],
            calls: AtomicUsize::new(0),
        }
    }

    fn calls(&self) -> usize {
        self.calls.swap(0, Ordering::Relaxed)
    }
}

impl Work for Told {
    fn identity(&self) -> &str {
        &self.identity
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn extensions(&self) -> &[&'static str] {
        &["png", "json"]
    }

    fn process(&self, path: &Path) -> Outcome {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return Outcome::failed_for_now(error),
        };
        match text.as_str() {
            "refuse" => Outcome::refused("too poor, \"alas\""),
            "fail" => Outcome::failed("damaged"),
            "later" => Outcome::failed_for_now("not now"),
            "skip" => Outcome::skipped("no recording"),
            "part" => Outcome::part(),
            "panic" => panic!("told to"),
            _ => Outcome::done(vec![
                text.to_uppercase().into(),
                text.len().to_string().into(),
            ])
            .with_values(vec![text.len().to_string()]),
        }
    }
}

/// A folder of recordings and one of outputs.
struct Folders {
    root: TempDir,
}

impl Folders {
    fn new(files: &[(&str, &str)]) -> Self {
        let folders = Self {
            root: tempfile::tempdir().expect("a folder"),
        };
        fs::create_dir(folders.input()).expect("made");
        for (name, content) in files {
            folders.write(name, content);
        }
        folders
    }

    fn input(&self) -> PathBuf {
        self.root.path().join("in")
    }

    fn output(&self, name: &str) -> PathBuf {
        self.root.path().join("out").join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.input().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, content).expect("written");
    }

    fn options(&self) -> Options {
        Options {
            input: self.input(),
            output: self.output(""),
            shard: Shard::WHOLE,
            threads: NonZeroUsize::new(3).expect("more than none"),
            again: false,
            watch: None,
        }
    }

    fn run(&self, work: &Told) -> Counts {
        let ended = run_with(&self.options(), work, &AtomicBool::new(false)).expect("no obstacle");
        assert!(!ended.interrupted);
        ended.counts
    }

    /// Status and reason by name.
    fn rows(&self, index: &str) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.output(index)).expect("the index");
        let lines = text.lines().skip(1).map(|line| {
            let (name, rest) = line.split_once(',').expect("two columns");
            let (rest, _fingerprint) = rest.rsplit_once(',').expect("two columns");
            let (rest, _seconds) = rest.rsplit_once(',').expect("two columns");
            (name.to_owned(), rest.to_owned())
        });
        lines.collect()
    }

    /// Paths and times of change of all files of the outputs, without locks.
    fn times(&self) -> BTreeMap<PathBuf, SystemTime> {
        let mut times = BTreeMap::new();
        let mut folders = vec![self.output("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("readable") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_none_or(|extension| extension != "lock") {
                    let time = fs::metadata(&path).and_then(|file| file.modified());
                    times.insert(path, time.expect("a time"));
                }
            }
        }
        times
    }
}

fn run_with(options: &Options, work: &Told, stop: &AtomicBool) -> Result<Ended, BatchError> {
    let observe = |_: &Counts| ();
    let observe = &observe;
    run(options, work, Surroundings { stop, observe })
}

const ALL: [(&str, &str); 9] = [
    ("a.xml", "fine"),
    ("sub/a.xml", "fine, too"),
    ("sub/b.xml", "refuse"),
    ("sub/deeper/c.xml", "panic"),
    ("d.xml", "fail"),
    ("e.xml", "later"),
    ("f.txt", "skip"),
    ("g.dat", "part"),
    (".hidden", "fine"),
];

#[test]
fn one_bad_file_never_stops_the_rest() {
    let folders = Folders::new(&ALL);
    let work = Told::new("work");
    let counts = folders.run(&work);
    let expected = Counts {
        ok: 2,
        refused: 1,
        failed: 3,
        skipped: 1,
        parts: 1,
        unchanged: 0,
    };
    assert_eq!(counts, expected);
    let rows = folders.rows("index-1-of-1.csv");
    assert_eq!(rows["a.xml"], "ok,,4");
    assert_eq!(rows["sub/b.xml"], "refused,\"too poor, \"\"alas\"\"\",");
    assert!(rows["sub/deeper/c.xml"].starts_with("failed,\"the program failed"));
    assert_eq!(rows.len(), 7);
    assert_eq!(
        fs::read(folders.output("sub/a.xml.png")).expect("there"),
        b"FINE, TOO"
    );
    assert_eq!(fs::read(folders.output("a.xml.json")).expect("there"), b"4");
    assert!(!folders.output("sub/b.xml.png").exists());
    assert_eq!(work.calls(), 8);
}

#[test]
fn what_did_not_change_is_not_done_again() {
    let folders = Folders::new(&ALL);
    let work = Told::new("work");
    folders.run(&work);
    folders.write("e.xml", "fine by now");
    folders.run(&work);
    work.calls();
    let before = folders.times();
    let counts = folders.run(&work);
    assert_eq!(
        (counts.unchanged, counts.parts, counts.dealt_with()),
        (7, 1, 0)
    );
    assert_eq!(folders.times(), before);
    assert_eq!(work.calls(), 1, "parts are found out anew");

    // A file, an output, the work: whatever changes, what depends on it is done again.
    folders.write("a.xml", "refuse");
    fs::remove_file(folders.output("sub/a.xml.json")).expect("removed");
    let counts = folders.run(&work);
    assert_eq!((counts.ok, counts.refused, counts.unchanged), (1, 1, 5));
    assert!(
        !folders.output("a.xml.png").exists(),
        "it is of an earlier a.xml"
    );
    let counts = folders.run(&Told::new("other work"));
    assert_eq!((counts.dealt_with(), counts.unchanged), (7, 0));

    let again = Options {
        again: true,
        ..folders.options()
    };
    let ended = run_with(&again, &Told::new("other work"), &AtomicBool::new(false));
    assert_eq!(ended.expect("no obstacle").counts.dealt_with(), 7);
}

#[test]
fn what_the_system_refused_is_tried_again() {
    let folders = Folders::new(&[("a.xml", "later"), ("b.xml", "fail")]);
    let work = Told::new("work");
    folders.run(&work);
    assert_eq!(folders.run(&work).failed, 1);
    assert_eq!(work.calls(), 3);
    folders.write("c.xml", "fine");
    // A folder where an output is to go.
    fs::create_dir_all(folders.output("c.xml.png")).expect("made");
    assert_eq!(folders.run(&work).failed, 2);
    assert!(folders.rows("index-1-of-1.csv")["c.xml"].starts_with("failed,"));
    assert!(!folders.output("c.xml.json").exists());
    fs::remove_dir(folders.output("c.xml.png")).expect("removed");
    assert_eq!(folders.run(&work).ok, 1);
}

#[test]
fn shards_together_are_the_whole() {
    let files: Vec<(String, String)> = (0..40)
        .map(|file| {
            (
                format!("{}/{file}.xml", file % 3),
                format!("content {file}"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let whole = Folders::new(&files);
    whole.run(&Told::new("work"));
    let parts = Folders::new(&files);
    let mut rows = BTreeMap::new();
    let mut names = BTreeSet::new();
    for number in 1..=3 {
        let options = Options {
            shard: Shard::new(number, 3).expect("a shard"),
            ..parts.options()
        };
        let ended = run_with(&options, &Told::new("work"), &AtomicBool::new(false));
        assert!(ended.expect("no obstacle").counts.ok > 0);
        for (name, row) in parts.rows(&format!("index-{number}-of-3.csv")) {
            assert!(names.insert(name.clone()), "{name} is in two shards");
            rows.insert(name, row);
        }
    }
    assert_eq!(rows, whole.rows("index-1-of-1.csv"));
    let pictures = |folders: &Folders| -> BTreeMap<PathBuf, Vec<u8>> {
        let paths = folders.times().into_keys();
        let pictures =
            paths.filter(|path| path.extension().is_some_and(|extension| extension == "png"));
        let out = folders.output("");
        let name = |path: &Path| path.strip_prefix(&out).expect("below it").to_owned();
        pictures
            .map(|path| (name(&path), fs::read(&path).expect("readable")))
            .collect()
    };
    assert_eq!(pictures(&parts), pictures(&whole));
}

#[test]
fn two_processes_do_not_share_a_shard() {
    let folders = Folders::new(&[("a.xml", "fine")]);
    fs::create_dir_all(folders.output("")).expect("made");
    let lock = Lock::take(&folders.output(""), Shard::WHOLE).expect("free");
    let none = AtomicBool::new(false);
    let error = run_with(&folders.options(), &Told::new("work"), &none).expect_err("busy");
    assert!(matches!(error, BatchError::Busy { .. }), "{error}");
    drop(lock);
    assert_eq!(folders.run(&Told::new("work")).ok, 1);
}

#[test]
fn folders_that_will_not_do_are_refused() {
    let folders = Folders::new(&[("a.xml", "fine")]);
    let none = AtomicBool::new(false);
    let refused = |input: PathBuf, output: PathBuf| {
        let options = Options {
            input,
            output,
            ..folders.options()
        };
        let error = run_with(&options, &Told::new("work"), &none).expect_err("refused");
        error.to_string()
    };
    let (input, root) = (folders.input(), folders.root.path().to_owned());
    assert!(refused(root.join("absent"), root.join("out")).contains("absent"));
    assert!(refused(input.join("a.xml"), root.join("out")).contains("a.xml"));
    assert!(!root.join("out").exists());
    assert!(refused(input.clone(), input.clone()).contains("lie in this output folder"));
    assert!(refused(input.clone(), root).contains("lie in this output folder"));
    assert!(refused(input.clone(), input.join("a.xml")).contains("a.xml"));
    // Outputs among the recordings are not taken for recordings.
    let within = Options {
        output: input.join("out"),
        ..folders.options()
    };
    for unchanged in [0, 1] {
        let ended = run_with(&within, &Told::new("work"), &none).expect("no obstacle");
        assert_eq!(
            (ended.counts.ok, ended.counts.unchanged),
            (1 - unchanged, unchanged)
        );
    }
}

#[test]
fn asked_to_stop_it_begins_no_more() {
    let files: Vec<String> = (0..60).map(|file| format!("{file}.xml")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|name| (name.as_str(), "fine")).collect();
    let folders = Folders::new(&files);
    let stop = AtomicBool::new(false);
    let observe = |counts: &Counts| {
        stop.fetch_or(counts.ok >= 5, Ordering::Relaxed);
    };
    let surroundings = Surroundings {
        stop: &stop,
        observe: &observe,
    };
    let ended = run(&folders.options(), &Told::new("work"), surroundings).expect("no obstacle");
    assert!(
        ended.interrupted && (5..60).contains(&ended.counts.ok),
        "{ended:?}"
    );
    let counts = folders.run(&Told::new("work"));
    assert_eq!(
        (counts.ok, counts.unchanged),
        (60 - ended.counts.ok, ended.counts.ok)
    );
}

#[test]
fn watching_it_takes_files_that_are_still() {
    let folders = Folders::new(&[("a.xml", "fine"), ("b.txt", "skip")]);
    let stop = AtomicBool::new(false);
    let work = Told::new("work");
    let options = Options {
        watch: Some(Duration::from_millis(20)),
        ..folders.options()
    };
    // Each row appended leads to the next step: c.xml comes when a.xml and b.txt are done, and so on.
    let observe = |counts: &Counts| match counts.dealt_with() {
        0 | 1 => (),
        2 => folders.write("c.xml", "fine, too"),
        3 => {
            fs::rename(folders.input().join("b.txt"), folders.input().join("c.xml"))
                .expect("renamed");
        }
        _ => stop.store(true, Ordering::Relaxed),
    };
    let surroundings = Surroundings {
        stop: &stop,
        observe: &observe,
    };
    let ended = run(&options, &work, surroundings).expect("no obstacle");
    assert!(ended.interrupted);
    assert_eq!((ended.counts.ok, ended.counts.skipped), (2, 2));
    let rows = folders.rows("index-1-of-1.csv");
    assert!(rows["c.xml"].starts_with("skipped"), "{rows:?}");
    assert!(!folders.output("c.xml.png").exists());
}
