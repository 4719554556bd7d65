//! From an [`Ecg`] to the schema.

use std::path::Path;

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

/// The content of a JSON file: a line per field, and per lead.
pub fn encode(ecg: &Ecg) -> String {
    let mut fields = vec![format!(
        "\"sampling_rate_hz\": {}",
        rate(ecg.sampling_rate())
    )];
    let names: Vec<String> = ecg
        .leads()
        .iter()
        .map(|lead| format!("\"{lead}\""))
        .collect();
    fields.push(format!("\"leads\": [{}]", names.join(", ")));
    let rows: Vec<String> = ecg
        .samples()
        .iter()
        .map(|row| {
            let values: Vec<String> = row.iter().copied().map(number).collect();
            format!("    [{}]", values.join(","))
        })
        .collect();
    fields.push(format!("\"samples_mv\": [\n{}\n  ]", rows.join(",\n")));
    let age = ecg
        .patient()
        .age_years
        .map(|age| format!("\"age_years\": {}", number(age)));
    let sex = ecg.patient().sex.map(|sex| format!("\"sex\": \"{sex}\""));
    let person: Vec<String> = age.into_iter().chain(sex).collect();
    if !person.is_empty() {
        fields.push(format!("\"patient\": {{{}}}", person.join(", ")));
    }
    if ecg.device_quality_warning() {
        fields.push("\"device_quality_warning\": true".to_owned());
    }
    format!("{{\n  {}\n}}\n", fields.join(",\n  "))
}

/// A sample, spelled so that the parser used for reading gives the very same number. It makes a double
/// of the digits before it rounds to single precision, so that the shortest spelling might, once in a
/// billion, be rounded to the neighbour; the digits of the double itself are not.
fn number(value: f32) -> String {
    let short = shortest(value);
    match serde_json::from_str::<f32>(&short) {
        Ok(read) if read.to_bits() == value.to_bits() => short,
        _ => f64::from(value).to_string(),
    }
}

/// The rate as a number if the parser reads it back, which may miss the last bit of sixteen digits and
/// more; else as a string.
fn rate(rate: f64) -> String {
    let number = rate.to_string();
    match serde_json::from_str::<f64>(&number) {
        Ok(read) if read.to_bits() == rate.to_bits() => number,
        _ => format!("\"{rate}\""),
    }
}
