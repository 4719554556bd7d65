//! What a recipe may ask for besides: steps of several batches, averaged weights, the thesis' faults.

use crate::fixtures::{Hesitant, Losses, OPTIONS, hearts, smoke};
use ecg2mri_trainer::architecture::{ParameterTable, all_parameters};
use ecg2mri_trainer::cohort::{Dataset, Split};
use ecg2mri_trainer::engine::{Device, Engine, StateTensor};
use ecg2mri_trainer::evaluate::networks::ServedNetworks;
use ecg2mri_trainer::recipe::batches::{Batch, Batches};
use ecg2mri_trainer::recipe::config::{Precision, Weights};
use ecg2mri_trainer::recipe::fit::fit;
use ecg2mri_trainer::recipe::{FitOptions, Recipe, RunFolder};

/// A recipe of the ECG autoencoder alone, which has no batch normalisation, for three steps of sixteen subjects.
fn ecg_alone() -> Recipe {
    let mut recipe = smoke();
    recipe.stages.truncate(1);
    let stage = &mut recipe.stages[0];
    stage.weights = Weights {
        ecg_reconstruction: 1.0,
        ..Weights::default()
    };
    (stage.epochs, stage.batch) = (3, 16);
    recipe
}

/// The parameters that a run of this recipe ends with, as it would serve with them, and the losses of its steps.
fn trained(recipe: &Recipe, dataset: &Dataset) -> (ParameterTable, Vec<f32>) {
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    let folder = tempfile::tempdir().expect("a folder");
    let run = RunFolder::create(&folder.path().join("run"), recipe).expect("a run");
    let mut losses = Losses::default();
    fit(&engine, recipe, dataset, &run, OPTIONS, &mut losses).expect("it trains");
    let steps = run.steps().expect("there is a log");
    let losses = steps.iter().map(|row| row.get("loss")).collect();
    (run.trained_parameters(recipe).expect("it has some"), losses)
}

#[test]
fn two_batches_of_eight_train_as_one_of_sixteen() {
    let dataset = hearts(24);
    let whole = ecg_alone();
    let mut halves = whole.clone();
    (halves.stages[0].batch, halves.stages[0].accumulate) = (8, 2);
    let ((one, losses), (two, of_halves)) = (trained(&whole, &dataset), trained(&halves, &dataset));
    assert_eq!(losses.len(), 3);
    assert_eq!(of_halves.len(), 3);
    for (one, two) in losses.iter().zip(&of_halves) {
        assert!((one - two).abs() <= 1e-5 * one.abs(), "losses {one}, {two}");
    }
    let mut moved = 0;
    let first = all_parameters(&whole).expect("the shapes fit");
    for (name, parameter) in one.iter() {
        let other = two.get(name).expect("both have it");
        // Adam's first steps are the gradient's sign times the learning rate, so that a rounding in a gradient near
        // zero shows in full; of three steps of 3e-3, a thousandth may differ.
        let pairs = parameter.values.iter().zip(&other.values);
        let apart = pairs.fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
        assert!(apart <= 1e-5, "{name} differs by {apart}");
        moved += usize::from(first.get(name) != Some(parameter));
    }
    assert!(moved >= 4, "only {moved} parameters were trained");
}

#[test]
fn a_run_serves_with_the_moving_average_of_its_weights() {
    let dataset = hearts(24);
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    let mut recipe = smoke();
    recipe.stages.truncate(1);
    (recipe.stages[0].epochs, recipe.optimiser.moving_average) = (2, 0.25);
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("run");
    let options = FitOptions {
        resume: true,
        ..OPTIONS
    };
    let mut averages = all_parameters(&recipe).expect("the shapes fit");
    let mut step = 0;
    let run = loop {
        let run = RunFolder::resume(&root, &recipe).expect("it is the run's");
        let ended = fit(&engine, &recipe, &dataset, &run, options, &mut Hesitant).is_ok();
        let checkpoint = run.last(&recipe).expect("it reads").expect("there is one");
        if checkpoint.position.steps_done > step {
            step += 1;
            // decay_at lets the first steps move it faster.
            let decay = f64::min(0.25, (1.0 + step as f64) / (10.0 + step as f64));
            let mut weights = averages.clone();
            checkpoint.fill(&root, &mut weights).expect("it has all");
            averages = averaged(&averages, &weights, decay);
        }
        if ended {
            break run;
        }
    };
    assert_eq!(step, 4);
    let served = run.trained_parameters(&recipe).expect("it has some");
    let last = run.last(&recipe).expect("it reads").expect("there is one");
    let mut weights = served.clone();
    last.fill(&root, &mut weights).expect("it has all");
    let mut apart = 0;
    for (name, parameter) in served.iter() {
        let expected = &averages.get(name).expect("all are there").values;
        for (found, expected) in parameter.values.iter().zip(expected) {
            assert!(
                (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                "{name}: {found}, {expected} by hand"
            );
        }
        apart += usize::from(weights.get(name) != Some(parameter));
        // A running statistic is averaged with the weights that it was taken under.
        let is_mean = name.starts_with("mri_encoder/") && name.ends_with("running_mean");
        assert!(!is_mean || weights.get(name) != Some(parameter), "{name}");
    }
    assert!(apart > 10, "the averages are the weights themselves");
}

/// `decay` of the one and the rest of the other.
fn averaged(average: &ParameterTable, weights: &ParameterTable, decay: f64) -> ParameterTable {
    let mut next = average.clone();
    for (name, parameter) in weights.iter() {
        let before = &average.get(name).expect("both have it").values;
        let pairs = before.iter().zip(&parameter.values);
        next.replace(&StateTensor {
            name: name.to_owned(),
            shape: parameter.shape.clone(),
            values: pairs
                .map(|(&a, &w)| (decay * f64::from(a) + (1.0 - decay) * f64::from(w)) as f32)
                .collect(),
        });
    }
    next
}

#[test]
fn mixed_precision_is_refused_on_the_cpu_before_anything_runs() {
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    let mut recipe = smoke();
    recipe.optimiser.precision = Precision::Mixed;
    let folder = tempfile::tempdir().expect("a folder");
    let run = RunFolder::create(&folder.path().join("run"), &recipe).expect("a run");
    let error = fit(
        &engine,
        &recipe,
        &hearts(12),
        &run,
        OPTIONS,
        &mut Losses::default(),
    );
    let message = error.expect_err("the CPU gains nothing").to_string();
    assert!(message.contains("mixed precision needs a GPU"), "{message}");
    assert!(!run.last_path().exists());
}

#[test]
fn a_fault_is_in_the_training_and_not_in_its_measure() {
    let dataset = hearts(24);
    let mut recipe = smoke();
    let batches = Batches::new(&dataset, &recipe);
    let train = dataset.members(Split::Train);
    let own = batches.training(&train, 0, 0).expect("a batch");
    recipe.faults.shuffle_pairs = true;
    let shuffled = Batches::new(&dataset, &recipe);
    let strangers = shuffled.training(&train, 0, 0).expect("a batch");
    let again = shuffled.training(&train, 1, 7).expect("a batch");
    assert_eq!(strangers.picture, again.picture, "always the same stranger");
    assert_eq!(strangers.ecg, own.ecg);
    let pixels = own.picture.len() / train.len();
    let pictures = |batch: &Batch| -> Vec<Vec<f32>> {
        let pictures = batch.picture.chunks_exact(pixels);
        pictures.map(<[f32]>::to_vec).collect()
    };
    let (own, strangers) = (pictures(&own), pictures(&strangers));
    assert!(own.iter().zip(&strangers).all(|(a, b)| a != b));
    assert!(own.iter().all(|picture| strangers.contains(picture)));
    let measured = shuffled.unchanged(&train).expect("a batch");
    assert_eq!(pictures(&measured), own);

    // Untrained networks that see greys 255 times as large and whose pictures are divided by as much: the measure is
    // in 0..1 either way.
    recipe.faults.raw_images = true;
    let raw = Batches::new(&dataset, &recipe);
    let brighter = raw.training(&train, 0, 0).expect("a batch");
    for (bright, grey) in brighter.picture.iter().zip(strangers.concat()) {
        assert!((bright - 255.0 * grey).abs() < 1e-3);
    }
    let unchanged = raw.unchanged(&train).expect("a batch");
    assert_eq!(pictures(&unchanged), own);
    let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
    let mut table = all_parameters(&recipe).expect("the shapes fit");
    let mut decoded = |recipe: &Recipe| {
        let mut networks = ServedNetworks::open(&engine, recipe, &mut table, Device::Cpu, 1)
            .expect("the networks open");
        networks.pictures(&[0.5; 256]).expect("it runs")
    };
    let small = decoded(&recipe);
    recipe.faults.raw_images = false;
    for (small, large) in small.iter().zip(decoded(&recipe)) {
        assert!((255.0 * small - large).abs() < 1e-4);
    }
}
