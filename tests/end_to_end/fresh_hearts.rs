//! The shipped model on hearts that nobody has seen: a cohort made anew, through the runtime as on a cart.

use ecg2mri::{Model, Pipeline, formats};
use ecg2mri_tests::{checkout, succeed, temporary_folder};
use ecg2mri_trainer::cohort::Dataset;
use ecg2mri_trainer::evaluate::measures::{diversity_ratio, picture_error};

/// Below this share of the true pictures' variance, patients look too much alike.
const LEAST_DIVERSITY: f64 = 0.5;

#[test]
fn pictures_of_fresh_hearts_differ_and_are_nearer_to_the_truth_than_any_other_hearts() {
    let folder = temporary_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (cohort, dataset) = (at("cohort"), at("dataset"));
    let made = [
        "synthesise",
        "--subjects",
        "120",
        "--seed",
        "4242",
        "--pictures",
        "mid",
        "-o",
        &cohort,
    ];
    succeed("ecg2mri-train", &made);
    let prepared = [
        "prepare", &cohort, "--views", "sa+4ch", "--frames", "ed-es", "-o", &dataset,
    ];
    succeed("ecg2mri-train", &prepared);
    let dataset = Dataset::read(dataset.as_ref()).expect("it was just prepared");
    let header = &dataset.header;
    let model = Model::load(&checkout().join("models/cart")).expect("it ships");
    let pipeline = Pipeline::new(model);

    let (mut generated, mut truth) = (Vec::new(), Vec::new());
    let mut refused = 0;
    for (subject, id) in dataset.ids.iter().enumerate() {
        let path = folder.path().join(format!("cohort/ecg/{id}_20205_2_0.xml"));
        let ecg = formats::read(&path).expect("it was just written");
        let Ok(made) = pipeline.generate(&ecg) else {
            refused += 1;
            continue;
        };
        generated.extend_from_slice(made.picture.values());
        let grey = dataset
            .pictures(subject, header.views, header.frames)
            .expect("it was just prepared");
        truth.extend(grey.iter().map(|&grey| f32::from(grey) / 255.0));
    }
    // Of the cohort's own kind, hardly anybody is turned away.
    assert!(refused * 20 <= dataset.ids.len(), "{refused} refused");
    let values = 4 * 128 * 128;
    let hearts = truth.len() / values;
    let diversity = diversity_ratio(&generated, &truth, values);
    assert!(diversity >= LEAST_DIVERSITY, "diversity {diversity}");

    // A picture must be of its own patient: those of the next patients in turn are further from the truth.
    let own = picture_error(&generated, &truth);
    for step in [1, 7, 31] {
        let mut others = generated.clone();
        others.rotate_left(step % hearts * values);
        let error = picture_error(&others, &truth);
        assert!(own < 0.95 * error, "own {own}, others {error}");
    }
}
