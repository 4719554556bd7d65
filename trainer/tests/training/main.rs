//! Real steps of real networks on simulated hearts, through ONNX Runtime.
//!
//! - [`fixtures`]: what the trainings share;
//! - [`stopping`]: runs that stop and go on;
//! - [`options`]: what a recipe may ask for besides.

mod fixtures;
mod options;
mod stopping;

use ecg2mri_trainer::engine::{Device, Engine, EngineError};
use ecg2mri_trainer::recipe::fit::fit;
use ecg2mri_trainer::recipe::{FitOptions, RecipeError, RunFolder};
use fixtures::{Losses, OPTIONS, hearts, smoke};
use std::path::Path;

#[test]
fn losses_fall_below_stated_bounds_from_a_fixed_seed() {
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    let mut recipe = smoke();
    recipe.stages.remove(0);
    recipe.stages[0].epochs = 20;
    let folder = tempfile::tempdir().expect("a folder");
    let run = RunFolder::create(&folder.path().join("run"), &recipe).expect("a run");
    let mut losses = Losses::default();
    fit(&engine, &recipe, &hearts(24), &run, OPTIONS, &mut losses).expect("it trains");

    let first = &losses.0[0];
    let last = losses.0.last().expect("there were epochs");
    println!("first {first:?}\nlast {last:?}");
    assert_eq!(losses.0.len(), 20);
    assert_eq!(run.losses().expect("there is a log").len(), 20);
    // From 0.90, 0.36 and 0.34 in the first epoch; the bounds leave room for other processors' roundings.
    for (name, bound) in [
        ("loss", 0.42),
        ("mri_reconstruction", 0.19),
        ("cross_modal", 0.21),
        // Guessing among eight is ln 8 = 2.08.
        ("contrastive", 1.0),
    ] {
        assert!(last.get(name) < bound, "{name} {}", last.get(name));
    }
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_and_names_step_and_subjects() {
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    // The first step of the second stage throws the parameters out of all bounds, the second sees it.
    let mut recipe = smoke();
    recipe.stages[1].learning_rate = 1e30;
    recipe.stages[1].epochs = 4;
    let mut dataset = hearts(12);
    let folder = tempfile::tempdir().expect("a folder");
    let run = RunFolder::create(&folder.path().join("run"), &recipe).expect("a run");
    let error = fit(
        &engine,
        &recipe,
        &dataset,
        &run,
        OPTIONS,
        &mut Losses::default(),
    )
    .expect_err("NaN must stop it");
    let message = error.to_string();
    assert!(matches!(error, RecipeError::Diverged { .. }), "{message}");
    assert!(
        message.contains("stage `joint`, epoch 2, step 1"),
        "{message}"
    );
    assert!(
        message.matches("subject-").count() == recipe.stages[1].batch,
        "{message}"
    );
    assert!(
        message.contains("the last good checkpoint is")
            && message.contains("last.safetensors (stage `joint`, after step 1)"),
        "{message}"
    );
    // What was saved before it is kept: the folder is taken.
    assert!(run.last(&recipe).expect("it reads").is_some());
    let root = folder.path().join("run");
    assert!(
        RunFolder::create(&root, &recipe).is_err(),
        "never overwrites"
    );
    // It goes on with its own recipe and data only.
    let mut other = recipe.clone();
    other.stages[1].epochs += 1;
    let message = RunFolder::resume(&root, &other).unwrap_err().to_string();
    assert!(message.contains("another recipe"), "{message}");
    let run = RunFolder::resume(&root, &recipe).expect("it is the run's");
    run.check_split(&dataset).expect("it is the run's");
    dataset.splits.rotate_left(1);
    let message = run.check_split(&dataset).unwrap_err().to_string();
    assert!(message.contains("keeps other subjects back"), "{message}");
    dataset.header.cohort = "another cohort".into();
    run.check_split(&dataset)
        .expect("another cohort shares no subject");
}

#[test]
fn too_few_subjects_for_a_batch_are_refused_before_anything_runs() {
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    let recipe = smoke();
    let folder = tempfile::tempdir().expect("a folder");
    let run = RunFolder::create(&folder.path().join("run"), &recipe).expect("a run");
    let error = fit(
        &engine,
        &recipe,
        &hearts(5),
        &run,
        OPTIONS,
        &mut Losses::default(),
    )
    .expect_err("five are too few");
    assert!(error.to_string().contains("batches of 8"), "{error}");
    // Nothing was trained, so the folder may be used again.
    RunFolder::create(&folder.path().join("run"), &recipe).expect("it is free");
}

#[test]
fn cuda_without_a_gpu_is_an_error_and_not_the_cpu() {
    if Path::new("/dev/nvidia0").exists() {
        println!("SKIPPED: cuda_without_a_gpu_is_an_error_and_not_the_cpu: there is a GPU");
        return;
    }
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    let recipe = smoke();
    let folder = tempfile::tempdir().expect("a folder");
    let run = RunFolder::create(&folder.path().join("run"), &recipe).expect("a run");
    let options = FitOptions {
        device: Device::Cuda(0),
        ..OPTIONS
    };
    let error = fit(
        &engine,
        &recipe,
        &hearts(12),
        &run,
        options,
        &mut Losses::default(),
    )
    .expect_err("there is no GPU");
    assert!(
        matches!(
            error,
            RecipeError::Engine(EngineError::Cuda { number: 0, .. })
        ),
        "{error}"
    );
}
