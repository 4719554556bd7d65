//! From an [`Ecg`] to a table.

use std::fmt::Write as _;
use std::path::Path;

use super::key;
use crate::atomic_file::AtomicFile;
use crate::ecg::Ecg;
use crate::formats::WriteError;
use crate::formats::units::shortest;

/// Writes `ecg` as the file `path`, which appears whole or not at all. Samples and sampling rate read
/// back to the last bit. Of the patient only age and sex are written.
///
/// # Errors
/// What the operating system refuses.
pub fn write(path: &Path, ecg: &Ecg) -> Result<(), WriteError> {
    Ok(AtomicFile::write(path, encode(ecg).as_bytes())?)
}

/// The content of a CSV file.
pub fn encode(ecg: &Ecg) -> String {
    let mut text = String::new();
    let mut remark = |key: &str, value: &dyn std::fmt::Display| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# {key}: {value}");
    };
    remark(key::SAMPLING_RATE, &ecg.sampling_rate());
    remark(key::UNITS, &"mV");
    if let Some(age) = ecg.patient().age_years {
        remark(key::AGE, &age);
    }
    if let Some(sex) = ecg.patient().sex {
        remark(key::SEX, &sex);
    }
    if ecg.device_quality_warning() {
        remark(key::DEVICE_QUALITY, &key::POOR);
    }
    let names: Vec<&str> = ecg.leads().iter().map(|lead| lead.name()).collect();
    text.push_str(&names.join(","));
    text.push('\n');
    for sample in 0..ecg.samples_per_lead() {
        for (number, value) in ecg
            .samples()
            .iter()
            .filter_map(|row| row.get(sample))
            .enumerate()
        {
            if number > 0 {
                text.push(',');
            }
            text.push_str(&shortest(*value));
        }
        text.push('\n');
    }
    text
}
