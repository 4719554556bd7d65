//! A training that is killed and goes on ends with the very weights of one that was not.

use ecg2mri_tests::{checkout, program, succeed, temporary_folder};
use ecg2mri_trainer::recipe::Recipe;
use ecg2mri_trainer::recipe::checkpoint::Checkpoint;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn a_killed_training_resumes_to_the_same_weights() {
    let folder = temporary_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (cohort, data, whole, killed) = (at("cohort"), at("data"), at("whole"), at("killed"));
    let recipe = checkout()
        .join("trainer/recipes/smoke.toml")
        .display()
        .to_string();
    succeed(
        "ecg2mri-train",
        &[
            "synthesise",
            "--subjects",
            "24",
            "--pictures",
            "mid",
            "-o",
            &cohort,
        ],
    );
    succeed("ecg2mri-train", &["prepare", &cohort, "-o", &data]);
    let fit = |run: &str, more: &[&str]| {
        let mut arguments = vec![
            "fit", &recipe, "--data", &data, "-o", run, "--device", "cpu",
        ];
        arguments.extend_from_slice(more);
        arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect::<Vec<_>>()
    };
    succeed("ecg2mri-train", &fit(&whole, &[]));

    let mut child = program("ecg2mri-train")
        .args(fit(&killed, &[]))
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let checkpoint = folder.path().join("killed/last.safetensors");
    let begun = Instant::now();
    while !checkpoint.exists() && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    assert!(checkpoint.exists(), "no checkpoint appeared");

    succeed("ecg2mri-train", &fit(&killed, &["--resume"]));
    // Parameters, statistics and moments, to the bit; the file itself lists its metadata in no fixed order.
    let recipe = Recipe::read(recipe.as_ref()).expect("the recipe reads");
    let state = |run: &str| {
        Checkpoint::read(format!("{run}/last.safetensors").as_ref(), &recipe)
            .expect("the run ended")
    };
    assert!(
        state(&whole) == state(&killed),
        "the weights differ after the resume"
    );
    let latents = |run: &str| std::fs::read(format!("{run}/latents.toml")).expect("the run ended");
    assert_eq!(latents(&whole), latents(&killed));
    let epochs = |run: &str| {
        let log = std::fs::read_to_string(format!("{run}/losses.csv")).expect("there is a log");
        log.lines()
            .map(|line| line.split(',').take(5).collect::<Vec<_>>().join(","))
            .collect::<Vec<_>>()
    };
    assert_eq!(epochs(&whole), epochs(&killed));
}
