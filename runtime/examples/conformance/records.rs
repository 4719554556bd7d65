//! The recordings that are measured, also those whose leads are no standard ones.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use ecg2mri::formats::wfdb;

/// A recording whatever its leads.
pub struct Record {
    /// File name without extension.
    pub name: String,
    /// Shape (lead, sample), in millivolts.
    pub rows: Vec<Vec<f32>>,
    /// In Hz.
    pub rate: f64,
}

/// Headers in a folder, in order of their names.
pub fn headers(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut headers = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "hea") {
            headers.push(path);
        }
    }
    headers.sort();
    Ok(headers)
}

/// The record with this header. Holter leads as MLII are no standard leads, so a copy of the record names
/// them I and II: to find waves it does not matter which lead is which.
pub fn read(header: &Path) -> Result<Record, Box<dyn Error>> {
    let name = header.file_stem().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    let ecg = match wfdb::read(header) {
        Ok(ecg) if ecg.skipped_signals().is_empty() => ecg,
        _ => {
            let copy = tempfile::tempdir()?;
            let text = fs::read_to_string(header)?;
            let mut leads = ["I", "II"].into_iter();
            let mut lines = Vec::new();
            for (number, line) in text
                .lines()
                .filter(|line| !line.starts_with('#'))
                .enumerate()
            {
                let fields: Vec<&str> = line.split_whitespace().collect();
                if number == 0 || fields.len() < 9 {
                    lines.push(line.to_owned());
                    continue;
                }
                let file = fields[0];
                if !copy.path().join(file).exists() {
                    fs::copy(header.with_file_name(file), copy.path().join(file))?;
                }
                let lead = leads.next().ok_or("more than two leads without a name")?;
                lines.push(format!("{} {lead}", fields[..8].join(" ")));
            }
            let renamed = copy.path().join(format!("{name}.hea"));
            fs::write(&renamed, lines.join("\n") + "\n")?;
            wfdb::read(&renamed)?
        }
    };
    Ok(Record {
        name,
        rows: ecg.samples().to_vec(),
        rate: ecg.sampling_rate(),
    })
}
