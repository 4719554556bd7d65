//! Runs that stop and go on.

use crate::fixtures::{Hesitant, Losses, OPTIONS, hearts, smoke};
use ecg2mri_trainer::engine::Engine;
use ecg2mri_trainer::recipe::fit::fit;
use ecg2mri_trainer::recipe::log::LogRow;
use ecg2mri_trainer::recipe::{FitOptions, Recipe, RecipeError, RunFolder};

/// The smoke recipe with averaged weights, and with steps of as many subjects in two batches.
fn averaged_and_accumulated() -> Recipe {
    let mut recipe = smoke();
    recipe.optimiser.moving_average = 0.9;
    for stage in &mut recipe.stages {
        stage.batch /= 2;
        stage.accumulate = 2;
    }
    recipe
}

#[test]
fn a_run_that_stops_after_every_step_ends_as_one_that_does_not() {
    ends_as_one_that_does_not_stop(&smoke());
}

#[test]
fn so_does_one_with_averaged_weights_and_steps_of_two_batches() {
    ends_as_one_that_does_not_stop(&averaged_and_accumulated());
}

fn ends_as_one_that_does_not_stop(recipe: &Recipe) {
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    let dataset = hearts(22);
    let folder = tempfile::tempdir().expect("a folder");
    let whole = RunFolder::create(&folder.path().join("whole"), recipe).expect("a run");
    let mut losses = Losses::default();
    fit(&engine, recipe, &dataset, &whole, OPTIONS, &mut losses).expect("it trains");

    let root = folder.path().join("halting");
    let options = FitOptions {
        resume: true,
        ..OPTIONS
    };
    let mut places = Vec::new();
    let halting = loop {
        let run = RunFolder::resume(&root, recipe).expect("it is the run's");
        match fit(&engine, recipe, &dataset, &run, options, &mut Hesitant) {
            Ok(()) => break run,
            Err(RecipeError::Stopped { epoch, step, .. }) => places.push((epoch, step)),
            Err(error) => panic!("{error}"),
        }
        assert!(places.len() < 20, "it gets nowhere: {places:?}");
    };
    // An epoch has two steps and an end.
    let first = [(1, 1), (1, 2), (1, 2)];
    let joint = [(1, 1), (1, 2), (1, 2), (2, 3), (2, 4)];
    assert_eq!(places, [&first[..], &joint].concat());
    for path in [RunFolder::last_path, RunFolder::best_path] {
        let bytes = |run: &RunFolder| std::fs::read(path(run)).expect("there is a checkpoint");
        assert!(bytes(&whole) == bytes(&halting), "other weights");
    }
    assert_eq!(whole.latents().unwrap(), halting.latents().unwrap());
    let timeless = |mut rows: Vec<LogRow>| {
        for row in &mut rows {
            row.numbers.retain(|(name, _)| name != "seconds");
        }
        rows
    };
    for log in [RunFolder::losses, RunFolder::steps] {
        let rows = |run: &RunFolder| timeless(log(run).expect("there is a log"));
        assert_eq!(rows(&whole), rows(&halting));
    }
    let starts = halting.environment().expect("it is written").starts;
    let begun: Vec<usize> = starts.iter().map(|start| start.step).collect();
    assert_eq!(begun, [0, 1, 2, 0, 1, 2, 2, 3, 4]);

    // Another data set is not gone on with.
    let mut other = dataset;
    other.header.cohort = "another cohort".into();
    let message = fit(&engine, recipe, &other, &halting, options, &mut Hesitant)
        .expect_err("it is another's")
        .to_string();
    assert!(message.contains("another data set"), "{message}");
    // Two programs do not train in one folder.
    let _lock = whole.lock().expect("nobody trains in it");
    let message = fit(&engine, recipe, &other, &whole, OPTIONS, &mut Hesitant)
        .expect_err("it is taken")
        .to_string();
    assert!(
        message.contains("another ecg2mri-train is running"),
        "{message}"
    );
}
