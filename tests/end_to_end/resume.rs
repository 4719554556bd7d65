//! A training that is killed, interrupted or runs out of disk goes on and ends with the very weights of one that did
//! not.

use ecg2mri_tests::{checkout, program, succeed, temporary_folder};
use ecg2mri_trainer::recipe::checkpoint::Checkpoint;
use ecg2mri_trainer::recipe::{Recipe, RunFolder};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Kills of one run, at most.
const KILLS: usize = 6;

/// A small cohort and a recipe of 24 steps in six epochs.
struct Training {
    folder: tempfile::TempDir,
    recipe: PathBuf,
}

impl Training {
    fn new() -> Training {
        let folder = temporary_folder();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let (cohort, data) = (at("cohort"), at("data"));
        let size = ["--subjects", "40", "--pictures", "mid"];
        let synthesise = [&["synthesise"], &size[..], &["-o", &cohort]].concat();
        succeed("ecg2mri-train", &synthesise);
        succeed("ecg2mri-train", &["prepare", &cohort, "-o", &data]);
        let smoke = checkout().join("trainer/recipes/smoke.toml");
        let smoke = std::fs::read_to_string(smoke).expect("the smoke recipe is there");
        let longer =
            smoke
                .replacen("epochs = 2", "epochs = 4", 1)
                .replacen("epochs = 1", "epochs = 2", 1);
        let recipe = folder.path().join("recipe.toml");
        std::fs::write(&recipe, longer).expect("the recipe is written");
        Training { folder, recipe }
    }

    fn run(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The words of `ecg2mri-train fit --resume` into a run's folder, with a checkpoint after each step.
    fn words(&self, run: &str) -> Vec<String> {
        let path = |path: PathBuf| path.display().to_string();
        let mut words = vec!["fit".to_owned(), path(self.recipe.clone())];
        words.extend(["--data".to_owned(), path(self.run("data"))]);
        words.extend(["-o".to_owned(), path(self.run(run))]);
        let rest = [
            "--device",
            "cpu",
            "--threads",
            "2",
            "--resume",
            "--checkpoint-minutes",
            "0",
        ];
        words.extend(rest.map(str::to_owned));
        words
    }

    fn start(&self, run: &str) -> Child {
        program("ecg2mri-train")
            .args(self.words(run))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    /// The checkpoint of a run, where it has one; a damaged one fails the test.
    fn checkpoint(&self, run: &str) -> Option<Checkpoint> {
        let recipe = Recipe::read(&self.recipe).expect("the recipe reads");
        let path = self.run(run).join("last.safetensors");
        let whole =
            |path: &Path| Checkpoint::read(path, &recipe).expect("it is whole at any moment");
        path.exists().then(|| whole(&path))
    }

    /// Everything that a run leaves behind, but for times, is the same.
    fn assert_same(&self, one: &str, other: &str) {
        let files = |run: &str| {
            let mut files = vec!["last.safetensors".into(), "best.safetensors".into()];
            files.extend(["latents.toml".into(), "losses.png".into()]);
            for sheet in
                std::fs::read_dir(self.run(run).join("samples")).expect("there are samples")
            {
                files.push(Path::new("samples").join(sheet.expect("it is listed").file_name()));
            }
            files.sort();
            files
        };
        assert_eq!(files(one), files(other));
        for file in files(one) {
            let bytes = |run: &str| std::fs::read(self.run(run).join(&file)).expect("it is there");
            assert!(
                bytes(one) == bytes(other),
                "{} differs in {other}",
                file.display()
            );
        }
        let logs = |run: &str| {
            let run = RunFolder::open(&self.run(run)).expect("it is a run");
            let mut rows = run.losses().expect("there is a log");
            rows.extend(run.steps().expect("there is a log"));
            for row in &mut rows {
                row.numbers.retain(|(name, _)| name != "seconds");
            }
            rows
        };
        assert_eq!(logs(one).len(), 6 + 24);
        assert_eq!(logs(one), logs(other));
        assert_eq!(partial_files(&self.run(other)), 0);
    }
}

#[test]
fn a_training_that_was_stopped_ends_with_the_same_weights() {
    let training = Training::new();
    let begun = Instant::now();
    succeed("ecg2mri-train", &training.words("whole"));
    let whole = begun.elapsed();

    kill_again_and_again(&training, whole);
    training.assert_same("whole", "killed");

    interrupt_once(&training);
    run_out_of_disk(&training);
    succeed("ecg2mri-train", &training.words("interrupted"));
    training.assert_same("whole", "interrupted");
}

/// Kills the run at random moments, every second time while it writes a file, and lets it end then.
fn kill_again_and_again(training: &Training, whole: Duration) {
    let mut places = Vec::new();
    for number in 0..KILLS {
        // Never the whole of it at once.
        let share = 0.05 + 0.3 * (random() as f64 / u64::MAX as f64);
        let mut child = training.start("killed");
        std::thread::sleep(whole.mul_f64(share));
        if number % 2 == 1 {
            // In the middle of writing a file, which with a checkpoint after each step is mostly that.
            let begun = Instant::now();
            let run = training.run("killed");
            while partial_files(&run) == 0 && begun.elapsed() < whole {
                std::thread::yield_now();
            }
        }
        let ended = child.try_wait().expect("it can be asked").is_some();
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        if ended {
            break;
        }
        let position = training.checkpoint("killed").map(|checkpoint| {
            let position = checkpoint.position;
            (position.stage, position.epochs_done, position.epoch.steps)
        });
        let left = partial_files(&training.run("killed"));
        println!(
            "kill {number} after {share:.3} of a run: checkpoint at {position:?}, {left} partial files"
        );
        places.push(position);
    }
    assert!(
        places.len() >= 2,
        "it was killed {} times only",
        places.len()
    );
    succeed("ecg2mri-train", &training.words("killed"));
}

/// Ctrl-C: the run saves and says so. While it runs no other may use its folder.
fn interrupt_once(training: &Training) {
    let child = training.start("interrupted");
    let checkpoint = training.run("interrupted").join("last.safetensors");
    let begun = Instant::now();
    while !checkpoint.exists() && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let intruder = fit(training, "interrupted");
    let words = String::from_utf8_lossy(&intruder.stderr).into_owned();
    assert_eq!(intruder.status.code(), Some(1), "{words}");
    assert!(
        words.contains("another ecg2mri-train is running in it"),
        "{words}"
    );

    let number = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &number]).status();
    assert!(sent.expect("there is kill").success(), "it had ended");
    let output = child.wait_with_output().expect("it ends");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{words}");
    assert!(words.contains("stopped as asked in stage"), "{words}");
    assert!(words.contains("go on with `fit --resume`"), "{words}");
    assert!(training.checkpoint("interrupted").is_some());
}

/// A file system that takes no more: one sentence, and the checkpoint stays.
fn run_out_of_disk(training: &Training) {
    let path = training.run("interrupted").join("last.safetensors");
    let before = std::fs::read(&path).expect("there is a checkpoint");
    // Files of more than half the checkpoint are refused, as if the disk were full. The shell counts in 512 or 1024
    // bytes; the signal that comes with a refusal is ignored.
    let blocks = before.len() / 2048;
    let program = program("ecg2mri-train");
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""))
        .arg("sh")
        .arg(program.get_program())
        .args(training.words("interrupted"))
        .current_dir(checkout())
        .output()
        .expect("there is a shell");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    let last = words.lines().last().unwrap_or_default();
    assert!(
        last.contains("last.safetensors: the checkpoint cannot be written: File too large"),
        "{words}"
    );
    assert!(last.contains("the one before it is kept"), "{words}");
    assert!(
        std::fs::read(&path).expect("it stays") == before,
        "it has changed"
    );
    assert_eq!(partial_files(&training.run("interrupted")), 0);
}

fn fit(training: &Training, run: &str) -> Output {
    program("ecg2mri-train")
        .args(training.words(run))
        .output()
        .expect("the program starts")
}

/// Unfinished files in a run's folder.
fn partial_files(run: &Path) -> usize {
    let names = std::fs::read_dir(run).into_iter().flatten().flatten();
    names
        .filter(|entry| entry.file_name().to_string_lossy().ends_with(".partial"))
        .count()
}

/// A number that nobody chose.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
