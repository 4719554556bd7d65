//! The library as a program in Rust uses it: one pipeline, many threads, samples from anywhere.

mod common;

use std::num::NonZeroUsize;
use std::path::Path;

use common::{LEADS, artificial_recording, tiny_cart, write_wfdb};
use ecg2mri::model::{ManifestError, ModelError, statistics::StatisticsError};
use ecg2mri::pipeline::PipelineError;
use ecg2mri::report::{NO_FILE, TimingMs};
use ecg2mri::{Analysed, Ecg, Generated, Model, Pipeline, PseudoMri, Report, formats};

/// Compiles for what can be shared between threads and sent to another, and for nothing else.
const fn shared_and_sent<T: Send + Sync>() {}

const _: () = {
    shared_and_sent::<Pipeline>();
    shared_and_sent::<Model>();
    shared_and_sent::<Generated>();
    shared_and_sent::<PseudoMri>();
    shared_and_sent::<Ecg>();
    shared_and_sent::<Report>();
    shared_and_sent::<PipelineError>();
    shared_and_sent::<ModelError>();
    shared_and_sent::<ManifestError>();
    shared_and_sent::<StatisticsError>();
    shared_and_sent::<formats::ReadError>();
};

fn read(folder: &Path, record: &str, size: f64) -> Ecg {
    let path = write_wfdb(folder, record, &LEADS, &artificial_recording(size));
    formats::read(&path).expect("a recording")
}

/// Of the model that ships, whose layers are large enough to be shared.
#[test]
fn a_picture_by_several_threads_is_the_picture_of_one() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let recording = checkout.join("tests/samples/normal-woman.hea");
    let ecg = formats::read(&recording).expect("a recording");
    let mut pipeline = Pipeline::open(checkout.join("models/cart")).expect("the model that ships");
    let alone = pipeline.generate(&ecg).expect("a picture");
    for threads in [2, 5, 64] {
        pipeline = pipeline.with_threads(NonZeroUsize::new(threads).expect("more than none"));
        let together = pipeline.generate_of(Analysed::of(&ecg)).expect("a picture");
        assert_eq!(together.picture, alone.picture, "{threads} threads");
        assert_eq!(together.latent, alone.latent, "{threads} threads");
    }
}

#[test]
fn threads_that_share_a_pipeline_get_what_one_thread_gets() {
    let folder = tempfile::tempdir().expect("a folder");
    let patients = [
        read(folder.path(), "a", 1.0),
        read(folder.path(), "b", 1.5),
        read(folder.path(), "c", 2.0),
    ];
    let pipeline = Pipeline::open(tiny_cart()).expect("a model");
    let picture = |ecg: &Ecg| {
        let generated = pipeline.generate_forced(ecg).expect("a picture");
        (generated.latent, generated.picture)
    };
    let expected: Vec<_> = patients.iter().map(picture).collect();
    assert_ne!(expected[0], expected[1]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3 {
                    for (ecg, alone) in patients.iter().zip(&expected) {
                        assert_eq!(&picture(ecg), alone);
                    }
                }
            });
        }
    });
}

#[test]
fn a_folder_without_a_model_is_no_pipeline() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = Pipeline::open(folder.path()).expect_err("nothing is there");
    assert!(
        matches!(refused, ModelError::Unreadable { .. }),
        "{refused}"
    );
}

#[test]
fn samples_from_no_file_get_a_report_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = read(folder.path(), "a", 1.0);
    let pipeline = Pipeline::open(tiny_cart()).expect("a model");
    let generated = pipeline.generate_forced(&ecg).expect("a picture");
    let report = Report::of_samples(&ecg, pipeline.model(), &generated, TimingMs::default());
    assert_eq!(
        (report.input.file.as_str(), report.input.format.as_str()),
        ("", NO_FILE)
    );
    assert_eq!(report.input.leads, LEADS);
    assert_eq!(report.measurements.all, generated.measurements);
    assert_eq!(
        pipeline.views(),
        ["short axis, mid-ventricular", "four-chamber"]
    );
    assert_eq!(pipeline.phases(), ["end-diastole", "end-systole"]);
}
