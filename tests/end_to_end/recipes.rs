//! Recipes of two kinds side by side: changed on the command line, trained, compared, exported.

use crate::pictures::{difference, read_marked};
use ecg2mri_tests::{checkout, run, succeed, temporary_folder};
use std::path::Path;

/// The thesis at widths that train in seconds.
const SMALL_THESIS: [&str; 13] = [
    "name=small-thesis",
    "architecture.latent=8",
    "architecture.ecg.fully_connected.widths=[16, 12]",
    "architecture.mri.double_convolution.encoder=[4, 4, 8]",
    "architecture.mri.double_convolution.decoder=[8, 8, 8, 4, 4, 4, 4]",
    "stage.pretrain-ecg.epochs=2",
    "stage.pretrain-ecg.batch=16",
    "stage.pretrain-ecg.subjects=32",
    "stage.pretrain-mri.epochs=1",
    "stage.pretrain-mri.batch=8",
    "stage.joint.epochs=1",
    "stage.joint.batch=4",
    "stage.joint.accumulate=2",
];

/// A recipe's words for `fit` and `describe`: its file and the values in place of its own.
fn recipe(name: &str, replacements: &[&str]) -> Vec<String> {
    let path = checkout().join("trainer/recipes").join(name);
    let mut words = vec![path.display().to_string()];
    for replacement in replacements {
        words.extend(["--set".to_owned(), (*replacement).to_owned()]);
    }
    words
}

fn said_by_refusing(words: &[String]) -> String {
    let output = run("ecg2mri-train", words);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    message
}

#[test]
fn two_kinds_of_recipe_are_trained_compared_and_exported() {
    let folder = temporary_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (cohort, data) = (at("cohort"), at("data"));
    let train = |words: &[&str]| succeed("ecg2mri-train", words);
    let synthesise = ["synthesise", "--subjects", "40", "--pictures", "mid"];
    train(&[&synthesise[..], &["-o", &cohort]].concat());
    train(&["prepare", &cohort, "-o", &data]);
    let fit_words = |recipe: Vec<String>, run: &str| {
        let mut words = vec!["fit".to_owned()];
        words.extend(recipe);
        let rest = ["--data", &data, "-o", run, "--device", "cpu"];
        words.extend(rest.map(str::to_owned));
        words
    };
    let fit = |recipe: Vec<String>, run: &str| {
        succeed("ecg2mri-train", &fit_words(recipe, run));
    };

    let [thesis, smoke, faulty] = ["thesis", "smoke", "faulty"].map(at);
    fit(recipe("thesis.toml", &SMALL_THESIS), &thesis);
    fit(
        recipe("smoke.toml", &["optimiser.moving_average=0.9"]),
        &smoke,
    );
    let faults = ["faults.shuffle_pairs=true", "faults.raw_images=true"];
    fit(recipe("smoke.toml", &faults), &faulty);

    // The run's folder has the recipe as it was run, and going on takes the same words.
    let written = std::fs::read_to_string(Path::new(&thesis).join("recipe.toml"));
    let written = written.expect("the run has a recipe");
    for line in ["latent = 8", "accumulate = 2", "subjects = 32"] {
        assert!(written.contains(line), "`{line}` is not in:\n{written}");
    }
    let mut words = fit_words(recipe("thesis.toml", &SMALL_THESIS), &thesis);
    words.push("--resume".to_owned());
    succeed("ecg2mri-train", &words);
    words = fit_words(recipe("thesis.toml", &SMALL_THESIS[..12]), &thesis);
    words.push("--resume".to_owned());
    let message = said_by_refusing(&words);
    assert!(message.contains("another recipe"), "{message}");

    let table = train(&["compare", &thesis, &smoke, &faulty, "--data", &data]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "| figure | thesis | smoke | faulty |");
    assert_eq!(
        lines[2],
        "| split, subjects | test, 4 | test, 4 | test, 4 |"
    );
    let error = lines[3].split('|').skip(2).take(3);
    for error in error.map(|cell| cell.trim().parse::<f64>().expect("a figure")) {
        // Two dozen steps come near nothing, but every picture is in 0..1.
        assert!(error > 0.0 && error < 2.0, "{table}");
    }

    // Figures, model and picture of the one-lead network, with any number of subjects and with one.
    train(&["evaluate", &thesis, "--data", &data]);
    let ecg = format!("{cohort}/ecg/1000001_20205_2_0.xml");
    let pictures = [("open", &["--dynamic-batch"][..]), ("one", &[])].map(|(name, more)| {
        let (model, picture) = (at(name), at(&format!("{name}.png")));
        let said = train(&[&["export", &thesis, "-o", &model], more].concat());
        assert!(said.contains("small-thesis"), "{said}");
        let generate = ["generate", &ecg, "-o", &picture];
        succeed("ecg2mri", &[&generate[..], &["--model", &model]].concat());
        read_marked(picture.as_ref(), model.as_ref())
    });
    // They name their models, which are not the same files.
    assert!(difference(&pictures[0], &pictures[1]) < 1e-3);
    let card = std::fs::read_to_string(Path::new(&at("open")).join("MODEL_CARD.md"));
    assert!(card.is_ok_and(|card| card.contains("| subjects at once | any number")));

    let export = ["export", &faulty, "-o", &at("refused")].map(str::to_owned);
    let message = said_by_refusing(&export);
    assert!(message.contains("with a fault on purpose"), "{message}");
}

#[test]
fn a_slip_of_the_pen_is_answered_with_what_was_meant() {
    let describe = |replacement: &str| {
        let words = recipe("thesis.toml", &[replacement]);
        [vec!["describe".to_owned()], words].concat()
    };
    let narrow = "architecture.mri.double_convolution.encoder=[16, 32, 64, 256]";
    let told = succeed("ecg2mri-train", &describe(narrow));
    assert!(
        told.contains("mri_encoder") && told.contains("64"),
        "{told}"
    );
    for (replacement, expected) in [
        ("stage.joint.epoch=5", "did you mean `epochs`?"),
        ("stage.joined.epochs=5", "did you mean `joint`?"),
        ("stage.joint.batch=0", "a batch needs 2 to 65,536 subjects"),
    ] {
        let message = said_by_refusing(&describe(replacement));
        assert!(message.contains(expected), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}
