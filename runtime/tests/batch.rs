//! Many recordings at one time: pictures, reports and an index of a folder.

mod common;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use common::{
    LEADS, artificial_recording, decode, layout_of, stderr, stdout, tiny_cart, write_wfdb,
};
use ecg2mri::Report;
use ecg2mri::picture::mark;
use tempfile::TempDir;

/// A folder of recordings and of outputs.
struct Folders {
    root: TempDir,
}

impl Folders {
    /// `records` recordings of patients that differ in three sub-folders.
    fn with_records(records: usize) -> Self {
        let folders = Self {
            root: tempfile::tempdir().expect("a folder"),
        };
        for record in 0..records {
            let folder = folders
                .input()
                .join(["one", "two", "two/deeper"][record % 3]);
            fs::create_dir_all(&folder).expect("made");
            let size = 1.0 + 0.01 * record as f64;
            write_wfdb(
                &folder,
                &format!("rec{record}"),
                &LEADS,
                &artificial_recording(size),
            );
        }
        folders
    }

    fn input(&self) -> PathBuf {
        self.root.path().join("in")
    }

    fn output(&self) -> PathBuf {
        self.root.path().join("out")
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecg2mri"));
        command
            .arg("batch")
            .arg(self.input())
            .arg("-o")
            .arg(self.output());
        // What the small model's statistics make of an artificial recording is of no interest.
        command
            .arg("--model")
            .arg(tiny_cart())
            .arg("--force")
            .args(more);
        command
    }

    fn run(&self, more: &[&str]) -> Output {
        self.command(more).output().expect("it starts")
    }

    fn start(&self, more: &[&str]) -> Child {
        let mut command = self.command(more);
        command.stderr(Stdio::piped()).spawn().expect("it starts")
    }

    /// Rows of an index by path; each by column.
    fn rows(&self, index: &str) -> BTreeMap<String, BTreeMap<String, String>> {
        let text = fs::read_to_string(self.output().join(index)).expect("the index");
        let mut lines = text.lines().map(fields);
        let columns = lines.next().expect("a header");
        let rows = lines.map(|fields| {
            assert_eq!(fields.len(), columns.len());
            (
                fields[0].clone(),
                columns.iter().cloned().zip(fields).collect(),
            )
        });
        rows.collect()
    }

    /// All files of the outputs that have the extension, by their paths in it.
    fn files(&self, extension: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let paths = below(&self.output()).into_iter();
        let chosen = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
        let name = |path: &Path| {
            path.strip_prefix(self.output())
                .expect("below it")
                .to_owned()
        };
        chosen
            .map(|path| (name(&path), fs::read(&path).expect("readable")))
            .collect()
    }

    fn times(&self) -> BTreeMap<PathBuf, SystemTime> {
        let time = |path: &PathBuf| {
            fs::metadata(path)
                .and_then(|file| file.modified())
                .expect("a time")
        };
        below(&self.output())
            .into_iter()
            .map(|path| (path.clone(), time(&path)))
            .collect()
    }
}

/// All files below a folder, save locks.
fn below(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        // It may not be there yet.
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|extension| extension != "lock") {
                files.push(path);
            }
        }
    }
    files
}

/// The fields of a line of CSV.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        let last = fields.len() - 1;
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields[last].push(letter),
        }
    }
    fields
}

/// What a row says besides how long it took.
fn timeless(
    rows: BTreeMap<String, BTreeMap<String, String>>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let without = |mut row: BTreeMap<String, String>| {
        row.remove("seconds");
        row
    };
    rows.into_iter()
        .map(|(path, row)| (path, without(row)))
        .collect()
}

/// Waits until `is_so`, for as long as a busy machine may need.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(300), "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_folder_becomes_pictures_reports_and_an_index() {
    let folders = Folders::with_records(6);
    let input = folders.input();
    fs::write(input.join("notes.txt"), "words").expect("written");
    fs::write(input.join("picture.png"), b"\x89PNG\r\n\x1a\n").expect("written");
    fs::write(input.join("broken.hea"), "broken 12 500 5000\n").expect("written");
    fs::write(input.join("one/empty.xml"), "").expect("written");
    fs::write(input.join("comma, \"quoted\".csv"), "I,II\n1,2\n").expect("written");
    let mut odd = vec![input.join("ünï cödé.hea")];
    write_wfdb(&input, "odd", &LEADS, &artificial_recording(1.0));
    fs::rename(input.join("odd.hea"), &odd[0]).expect("renamed");
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        use std::os::unix::fs::symlink;
        let name = OsString::from_vec(b"latin-\xe9\n.csv".to_vec());
        fs::write(input.join(&name), "I,II\n1,2\n").expect("written");
        symlink(&input, input.join("two/loop")).expect("linked");
        symlink(input.join("one/rec0.hea"), input.join("one/link.hea")).expect("linked");
        odd.push(input.join("one/link.hea"));
    }
    let ended = folders.run(&["--json", "--threads", "2"]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    let counts: serde_json::Value = serde_json::from_str(&stdout(&ended)).expect("JSON");
    let rows = folders.rows("index-1-of-1.csv");
    let with = |status: &str| rows.values().filter(|row| row["status"] == status).count();
    for status in ["ok", "failed", "skipped"] {
        assert_eq!(counts[status], with(status), "{status}: {rows:?}");
    }
    assert_eq!(
        (with("ok"), counts["interrupted"].as_bool()),
        (6 + odd.len(), Some(false))
    );
    for (path, reason) in [
        ("broken.hea", "header"),
        ("one/empty.xml", "empty"),
        ("comma, quoted.csv", "line 1"),
        #[cfg(unix)]
        (r"latin-\xe9\x0a.csv", "line 1"),
    ] {
        let row = &rows[path];
        assert_eq!(row["status"], "failed", "{row:?}");
        assert!(row["reason"].contains(reason), "{row:?}");
    }
    assert_eq!(rows["notes.txt"]["status"], "skipped");
    assert!(!rows.contains_key("one/rec0.dat"));

    let picture = folders.output().join("two/deeper/rec2.hea.png");
    assert!(mark::is_marked(
        &decode(&picture).0,
        &layout_of(&tiny_cart())
    ));
    let report = fs::read_to_string(folders.output().join("two/deeper/rec2.hea.json"));
    let report: Report = serde_json::from_str(&report.expect("the report")).expect("a report");
    let row = &rows["two/deeper/rec2.hea"];
    assert_eq!(report.input.file, "rec2.hea");
    let rate: f64 = row["heart_rate_bpm"].parse().expect("a number");
    assert!((rate - report.measurements.all.heart_rate_bpm.expect("a rate")).abs() < 0.051);
    let outlier = report.outlier.expect("statistics");
    assert_eq!(row["novelty"], outlier.verdict.name());
    let score: f64 = row["outlier_score"].parse().expect("a number");
    assert!((score - outlier.relative()).abs() < 0.001);
    for estimate in &report.estimates {
        let value: f64 = row[&estimate.name].parse().expect("a number");
        assert!((value - estimate.value).abs() < 0.001, "{}", estimate.name);
    }
    assert_eq!(
        (row["format"].as_str(), row["quality"].as_str()),
        ("WFDB", &*report.quality.verdict)
    );

    let before = folders.times();
    let ended = folders.run(&["--json"]);
    let counts: serde_json::Value = serde_json::from_str(&stdout(&ended)).expect("JSON");
    assert_eq!(
        (counts["ok"].as_u64(), counts["unchanged"].as_u64()),
        (Some(0), Some(rows.len() as u64))
    );
    assert_eq!(folders.times(), before);
}

#[test]
fn latents_are_in_the_index_and_pictures_alone_if_so_asked() {
    let folders = Folders::with_records(2);
    let ended = folders.run(&["--latents", "--formats", "png"]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    assert!(folders.files("json").is_empty() && folders.files("png").len() == 2);
    for row in folders.rows("index-1-of-1.csv").values() {
        let latent = (0..16).map(|place| row[&format!("latent_{place}")].parse::<f64>());
        let squares: f64 = latent.map(|value| value.expect("a number").powi(2)).sum();
        let norm: f64 = row["latent_norm"].parse().expect("a number");
        assert!((squares.sqrt() - norm).abs() < 1e-3);
    }
    // Other columns: the rows stay, and the recordings are done anew.
    assert!(folders.run(&[]).status.success());
    let rows = folders.rows("index-1-of-1.csv");
    assert!(
        rows.values()
            .all(|row| row["status"] == "ok" && !row.contains_key("latent_0"))
    );
    assert_eq!(folders.files("json").len(), 2);
}

/// Killed at any moment, and called again, it ends as if it had not been.
#[cfg(unix)]
#[test]
fn after_being_killed_it_goes_on() {
    let undisturbed = Folders::with_records(12);
    assert!(undisturbed.run(&[]).status.success());
    let folders = Folders::with_records(12);
    // Same files, same times of change.
    for path in below(&undisturbed.input()) {
        let time = fs::metadata(&path)
            .and_then(|file| file.modified())
            .expect("a time");
        let copy = folders
            .input()
            .join(path.strip_prefix(undisturbed.input()).expect("below it"));
        let copy = fs::File::options().append(true).open(copy).expect("opened");
        copy.set_modified(time).expect("changed");
    }
    let index = folders.output().join("index-1-of-1.csv");
    for done in [1, 4, 8] {
        let mut program = folders.start(&["--threads", "2"]);
        let lines = || fs::read_to_string(&index).map_or(0, |text| text.lines().count());
        wait_until("a row", || {
            lines() > done || program.try_wait().expect("asked").is_some()
        });
        program.kill().expect("killed");
        program.wait().expect("ended");
        let pictures = folders.files("png");
        assert!(!pictures.is_empty());
        let whole = undisturbed.files("png");
        for (path, picture) in pictures {
            assert!(picture == whole[&path], "{}", path.display());
        }
        for report in folders.files("json").values() {
            let report: Report = serde_json::from_slice(report).expect("a whole report");
            assert_eq!(report.notice, mark::NOTICE);
        }
    }
    // A line that was torn, a file that was left, and the mark of one that was killed, should the last one have
    // been quicker than the kill.
    fs::write(folders.output().join(".ecg2mri-batch-1-of-1.lock"), "1").expect("written");
    fs::write(folders.output().join("one/.ecg2mri-x.partial"), "half").expect("written");
    let mut text = fs::read_to_string(&index).expect("the index");
    text.push_str("two/rec1.hea,ok,\"half");
    fs::write(&index, text).expect("torn");
    assert!(folders.run(&[]).status.success());
    assert_eq!(folders.files("png"), undisturbed.files("png"));
    assert!(folders.files("partial").is_empty() && folders.files("older").is_empty());
    let rows = |folders: &Folders| timeless(folders.rows("index-1-of-1.csv"));
    assert_eq!(rows(&folders), rows(&undisturbed));
}

#[cfg(unix)]
#[test]
fn a_second_process_on_a_shard_is_refused_and_ctrl_c_ends_the_first() {
    let folders = Folders::with_records(3);
    let first = folders.start(&["--watch", "0.1"]);
    wait_until("three pictures", || folders.files("png").len() == 3);
    let second = folders.run(&[]);
    assert_eq!(second.status.code(), Some(1));
    assert!(
        stderr(&second).contains("another process"),
        "{}",
        stderr(&second)
    );
    let other = folders.run(&["--shard", "1/2"]);
    assert!(other.status.success(), "{}", stderr(&other));
    // What arrives is taken up.
    write_wfdb(&folders.input(), "new", &LEADS, &artificial_recording(1.2));
    wait_until("the fourth", || {
        folders.output().join("new.hea.json").exists()
    });
    terminate(&first);
    let ended = first.wait_with_output().expect("ended");
    assert!(ended.status.success(), "{}", stderr(&ended));
    assert_eq!(folders.rows("index-1-of-1.csv").len(), 4);
}

#[cfg(unix)]
#[test]
fn told_to_end_it_says_that_there_is_more() {
    let folders = Folders::with_records(20);
    let program = folders.start(&["--threads", "1"]);
    wait_until("a picture", || !folders.files("png").is_empty());
    terminate(&program);
    let ended = program.wait_with_output().expect("ended");
    assert_eq!(ended.status.code(), Some(130), "{}", stderr(&ended));
    assert!(stderr(&ended).contains("goes on"), "{}", stderr(&ended));
    let pictures = folders.files("png").len();
    assert!(pictures < 20 && folders.rows("index-1-of-1.csv").len() == pictures);
}

#[cfg(unix)]
fn terminate(program: &Child) {
    // Not every system has a program for it, but every shell does it.
    let sent = Command::new("sh")
        .args(["-c", &format!("kill {}", program.id())])
        .status();
    assert!(sent.expect("it starts").success());
}

/// A limit on the size of files stands for a disk that is full: to the program both are a write that
/// fails half-way.
#[cfg(target_os = "linux")]
#[test]
fn where_nothing_can_be_written_it_stops_with_one_sentence() {
    let folders = Folders::with_records(4);
    let batch = folders.command(&["--formats", "png"]);
    let mut limited = Command::new("bash");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\"", "bash"]);
    limited.arg(batch.get_program()).args(batch.get_args());
    let ended = limited.output().expect("it starts");
    assert_eq!(ended.status.code(), Some(1));
    let message = stderr(&ended);
    assert!(
        message.lines().count() == 1 && message.contains("same command goes on"),
        "{message}"
    );
    assert!(folders.files("png").is_empty() && folders.files("partial").is_empty());
    assert!(folders.rows("index-1-of-1.csv").is_empty());
    assert!(folders.run(&[]).status.success());
    assert_eq!(folders.files("png").len(), 4);
}

#[test]
fn what_a_scheduler_sees() {
    let folders = Folders::with_records(1);
    fs::write(folders.input().join("empty.xml"), "").expect("written");
    let lenient = folders.run(&[]);
    assert!(lenient.status.success() && stdout(&lenient).is_empty());
    assert!(
        stderr(&lenient).starts_with("1 done, 1 failed ("),
        "{}",
        stderr(&lenient)
    );
    fs::write(folders.input().join("empty.xml"), "\n").expect("written");
    assert_eq!(
        folders.run(&["--strict", "--again"]).status.code(),
        Some(0),
        "skipped"
    );
    fs::write(folders.input().join("empty.xml"), "").expect("written");
    assert_eq!(folders.run(&["--strict"]).status.code(), Some(1));
    for usage in [
        &["--shard", "0/2"][..],
        &["--threads", "0"],
        &["--formats", "gif"],
        &["--watch", "0"],
    ] {
        assert_eq!(folders.run(usage).status.code(), Some(2), "{usage:?}");
    }
    fs::remove_dir_all(folders.input()).expect("removed");
    let gone = folders.run(&[]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(
        stderr(&gone).contains("folder of recordings"),
        "{}",
        stderr(&gone)
    );
}

/// Real recordings of the Lobachevsky University database, where they are at hand.
#[test]
fn real_recordings_become_the_pictures_that_generate_makes() {
    let Some(data) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA is not set");
        return;
    };
    let ludb = Path::new(&data).join("ecg").join("ludb");
    let folders = Folders::with_records(0);
    fs::create_dir(folders.input()).expect("made");
    for record in ["1", "3", "5"] {
        for extension in ["hea", "dat"] {
            let file = format!("{record}.{extension}");
            fs::copy(ludb.join(&file), folders.input().join(&file)).expect("copied");
        }
    }
    assert!(folders.run(&[]).status.success());
    for record in ["1", "3", "5"] {
        let folder = tempfile::tempdir().expect("a folder");
        let picture = folder.path().join("p.png");
        let mut arguments = vec![
            OsString::from("generate"),
            ludb.join(record).into(),
            "--force".into(),
        ];
        arguments.extend([
            "-o".into(),
            picture.clone().into(),
            "--model".into(),
            tiny_cart().into(),
        ]);
        let ended = common::ecg2mri(&arguments);
        assert!(ended.status.success(), "{record}: {}", stderr(&ended));
        let of_batch = folders.output().join(format!("{record}.hea.png"));
        assert_eq!(
            fs::read(of_batch).expect("there"),
            fs::read(picture).expect("there")
        );
    }
}
