//! Writes the recordings under `tests/samples/`: simulated, so that they may be shipped, and of typical persons whose
//! ECGs and hearts differ much.
//!
//! `cargo run -p ecg2mri-trainer --example sample_recordings -- tests/samples`

use ecg2mri::formats::wfdb;
use ecg2mri_trainer::synthesis::{Condition, Sex, Subject, Territory, typical_subject};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("give the folder for the recordings, for one tests/samples")?;
    std::fs::create_dir_all(&folder)?;
    let samples: [(&str, Subject); 4] = [
        ("normal-woman", typical_subject(Sex::Female, &[])),
        (
            "dilated-man",
            typical_subject(Sex::Male, &[Condition::DilatedCardiomyopathy]),
        ),
        (
            "left-bundle-branch-block-man",
            typical_subject(Sex::Male, &[Condition::LeftBundleBranchBlock]),
        ),
        (
            "anterior-infarct-man",
            typical_subject(Sex::Male, &[Condition::Infarct(Territory::Lad)]),
        ),
    ];
    for (name, subject) in samples {
        let recording = subject.simulate().recording();
        let ecg = recording.ecg()?;
        let path = folder.join(format!("{name}.hea"));
        wfdb::write(&path, &ecg)?;
        println!("{}", path.display());
    }
    Ok(())
}
