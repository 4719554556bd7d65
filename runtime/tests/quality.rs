//! Sound recordings pass, and faults made in them are named.

#[path = "../examples/quality_conformance/faults/mod.rs"]
mod faults;

use std::path::{Path, PathBuf};

use ecg2mri::signal::quality::{Quality, Verdict, assess};
use ecg2mri::{Ecg, formats};

fn sample(name: &str) -> Ecg {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/samples");
    formats::read(&folder.join(name)).expect("a sample recording")
}

/// Faults that this recording does not betray: either way it is one that a healthy heart may give.
const UNSEEN: [&str; 2] = ["LA and LL exchanged", "LL and RL exchanged (harmless)"];

#[test]
fn faults_made_in_a_sample_are_named() {
    let ecg = sample("normal-woman.hea");
    let missed: Vec<String> = faults::all()
        .into_iter()
        .filter(|fault| !UNSEEN.contains(&fault.name.as_str()))
        .filter(|fault| {
            let quality = assess(&(fault.make)(&ecg, 1));
            !quality
                .reasons
                .iter()
                .any(|reason| (fault.named_by)(reason))
        })
        .map(|fault| fault.name)
        .collect();
    assert!(missed.is_empty(), "not named: {missed:?}");
}

#[test]
fn samples_pass_whatever_their_disease() {
    for name in [
        "normal-woman.hea",
        "dilated-man.hea",
        "left-bundle-branch-block-man.hea",
        "anterior-infarct-man.hea",
    ] {
        let Quality {
            verdict, reasons, ..
        } = assess(&sample(name));
        assert_ne!(verdict, Verdict::Refuse, "{name}: {reasons:?}");
    }
}

/// The records of the Lobachevsky University database, where they are at hand.
#[test]
fn real_recordings_pass_and_exchanged_arms_are_refused() {
    let Some(data) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA is not set");
        return;
    };
    let mut headers: Vec<PathBuf> = std::fs::read_dir(Path::new(&data).join("ecg/ludb"))
        .expect("the records")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "hea"))
        .collect();
    headers.sort();
    let faults = faults::all();
    let arms = faults
        .iter()
        .find(|fault| fault.name == "RA and LA exchanged")
        .expect("it is there");
    let (mut refused, mut named) = (0, 0);
    for header in &headers {
        let ecg = formats::read(header).expect("a record");
        refused += usize::from(assess(&ecg).verdict == Verdict::Refuse);
        let quality = assess(&(arms.make)(&ecg, 0));
        named += usize::from(quality.reasons.iter().any(|reason| (arms.named_by)(reason)));
    }
    println!(
        "of {}: {refused} refused, exchanged arms named in {named}",
        headers.len()
    );
    assert!(
        refused * 50 <= headers.len(),
        "{refused} of {} refused",
        headers.len()
    );
    assert!(
        named * 20 >= headers.len() * 19,
        "{named} of {} named",
        headers.len()
    );
}
