//! How often `signal::quality` refuses sound recordings, and how often it names each fault made in them.
//!
//! `cargo run --release -p ecg2mri --example quality_conformance -- FOLDER...` takes all WFDB records of each
//! folder as sound, makes every fault in each of them, and prints one table per folder: the share of
//! recordings in which the fault is named, and in which the recording is refused for whatever reason.

mod faults;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use ecg2mri::signal::quality::{Quality, Verdict, assess};
use ecg2mri::{Ecg, formats};

/// So many of the recordings in which a fault is not named are listed.
const MOST_EXAMPLES: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let mut folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        let data = std::env::var_os("ECG2MRI_TEST_DATA")
            .ok_or("name folders of WFDB records, or set ECG2MRI_TEST_DATA")?;
        folders.push(Path::new(&data).join("ecg/ludb"));
    }
    for folder in folders {
        let recordings = recordings(&folder)?;
        println!("{}: {} recordings", folder.display(), recordings.len());
        sound(&recordings);
        faulty(&recordings);
        println!();
    }
    Ok(())
}

/// The records of a folder that have twelve leads.
fn recordings(folder: &Path) -> Result<BTreeMap<String, Ecg>, Box<dyn Error>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "hea") {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            found.insert(name, formats::read(&path)?);
        }
    }
    Ok(found)
}

/// What is said of the recordings as they are.
fn sound(recordings: &BTreeMap<String, Ecg>) {
    let mut verdicts = [0; 3];
    for (name, ecg) in recordings {
        let Quality {
            verdict, reasons, ..
        } = assess(ecg);
        verdicts[verdict as usize] += 1;
        for reason in reasons {
            println!("  {name} {}: {reason}", reason.verdict());
        }
    }
    let share = |count: i32| percent(count as usize, recordings.len());
    let [good, usable, refused] = verdicts.map(share);
    println!("as they are: {good} % good, {usable} % usable, {refused} % refused");
}

/// What is said of them with each fault.
fn faulty(recordings: &BTreeMap<String, Ecg>) {
    println!(
        "{:54} {:>7} {:>9}  not named in",
        "fault", "named %", "refused %"
    );
    for fault in faults::all() {
        let (mut missed, mut refused) = (Vec::new(), 0);
        for (number, (name, ecg)) in recordings.iter().enumerate() {
            let quality = assess(&(fault.make)(ecg, number as u64));
            if !quality
                .reasons
                .iter()
                .any(|reason| (fault.named_by)(reason))
            {
                missed.push(name.as_str());
            }
            refused += usize::from(quality.verdict == Verdict::Refuse);
        }
        let all = recordings.len();
        let (named, refused) = (percent(all - missed.len(), all), percent(refused, all));
        let examples = missed[..missed.len().min(MOST_EXAMPLES)].join(" ");
        println!("{:54} {named:>7} {refused:>9}  {examples}", fault.name);
    }
}

fn percent(count: usize, of: usize) -> String {
    format!("{:.1}", 100.0 * count as f64 / of.max(1) as f64)
}
