//! From an [`Ecg`] to a record.

use std::fmt::Write as _;
use std::path::Path;

use super::header_file::{is_header_name, with_extension_appended};
use super::quantise::Quantised;
use super::signal::{SampleFormat, checksum};
use crate::atomic_file::{self, AtomicFile};
use crate::ecg::Ecg;
use crate::formats::WriteError;

/// Writes `ecg` as the record `path` (with or without `.hea`): `<path>.dat` and `<path>.hea`.
///
/// Leads whose samples are a recorder's whole numbers times its step read back as the same samples;
/// others are rounded to 1 µV or finer. The signal format is 16, or 24 or 32 if a lead takes more bits.
///
/// Both files are written under temporary names, synchronised, and renamed, the header last;
/// a failure leaves no half-written record. Patient fields are age and sex only.
///
/// # Errors
/// A record name outside letters, digits, `_` and `-`; a lead beyond 32 bits at steps of 1 µV;
/// anything the operating system refuses.
pub fn write(path: &Path, ecg: &Ecg) -> Result<(), WriteError> {
    let header_path = if is_header_name(path) {
        path.to_owned()
    } else {
        with_extension_appended(path, "hea")
    };
    let name = record_name(&header_path)?;
    let data_path = header_path.with_extension("dat");

    let mut columns = Vec::with_capacity(ecg.leads().len());
    for (&lead, row) in ecg.leads().iter().zip(ecg.samples()) {
        columns.push(Quantised::new(row).ok_or_else(|| WriteError::Range {
            path: path.to_owned(),
            lead,
        })?);
    }
    let formats = columns.iter().map(Quantised::format);
    let format = formats
        .max_by_key(|format| format.number())
        .unwrap_or(SampleFormat::Sixteen);
    let bytes = usize::from(format.number() / 8);
    let header = header_text(&name, ecg, &columns, format);
    let mut data = Vec::with_capacity(ecg.samples_per_lead() * columns.len() * bytes);
    for sample in 0..ecg.samples_per_lead() {
        for column in &columns {
            data.extend_from_slice(&column.values[sample].to_le_bytes()[..bytes]);
        }
    }
    let mut data_file = AtomicFile::create(&data_path)?;
    data_file.fill(&data)?;
    let mut header_file = AtomicFile::create(&header_path)?;
    header_file.fill(header.as_bytes())?;
    Ok(atomic_file::commit_together(vec![data_file, header_file])?)
}

fn record_name(header_path: &Path) -> Result<String, WriteError> {
    let name = header_path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let valid = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if valid {
        Ok(name.to_owned())
    } else {
        Err(WriteError::RecordName {
            path: header_path.to_owned(),
        })
    }
}

fn header_text(name: &str, ecg: &Ecg, columns: &[Quantised], format: SampleFormat) -> String {
    let mut text = format!(
        "{name} {} {} {}\n",
        columns.len(),
        ecg.sampling_rate(),
        ecg.samples_per_lead()
    );
    for (column, lead) in columns.iter().zip(ecg.leads()) {
        let initial = column.values.first().copied().unwrap_or(0);
        let sum = checksum(column.values.iter().copied());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{name}.dat {format} {}({})/mV {format} 0 {initial} {sum} 0 {lead}",
            column.gain,
            column.baseline,
            format = format.number(),
        );
    }
    if let Some(age) = ecg.patient().age_years {
        let _ = writeln!(text, "#<age>: {age}");
    }
    if let Some(sex) = ecg.patient().sex {
        let _ = writeln!(text, "#<sex>: {sex}");
    }
    if ecg.device_quality_warning() {
        let _ = writeln!(text, "#<device_quality>: poor");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecg::Lead;
    use crate::formats::fixtures::any_ecg;
    use crate::formats::wfdb;
    use proptest::prelude::*;

    /// Writes a record and reads it again.
    fn there_and_back(ecg: &Ecg) -> Result<Ecg, WriteError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rec_1");
        write(&path, ecg)?;
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        Ok(wfdb::read(&path).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_is_written_reads_back(ecg in any_ecg()) {
            let largest = ecg.samples().iter().flatten().fold(0.0_f32, |most, value| most.max(value.abs()));
            let again = match there_and_back(&ecg) {
                Ok(again) => again,
                Err(error) => {
                    let beyond = matches!(error, WriteError::Range { .. }) && largest > 2.1e6;
                    prop_assert!(beyond, "{}", error);
                    return Ok(());
                }
            };
            prop_assert_eq!(again.leads(), ecg.leads());
            prop_assert_eq!(again.sampling_rate().to_bits(), ecg.sampling_rate().to_bits());
            prop_assert_eq!(again.patient(), ecg.patient());
            prop_assert_eq!(again.device_quality_warning(), ecg.device_quality_warning());
            for (was, is) in ecg.samples().iter().flatten().zip(again.samples().iter().flatten()) {
                prop_assert!((was - is).abs() <= 0.000_501 + was.abs() * 1e-6, "{was} {is}");
            }
        }

        #[test]
        fn a_recorders_samples_read_back_exactly(
            rows in prop::collection::vec(prop::collection::vec(-32767_i32..=32767, 250), 1..=4),
            microvolts in prop_oneof![Just(1.0), Just(4.88), Just(5.0), 0.1_f64..10.0],
        ) {
            let of = |row: &Vec<i32>| row.iter().map(|&value| (f64::from(value) * microvolts / 1000.0) as f32).collect();
            let samples: Vec<Vec<f32>> = rows.iter().map(of).collect();
            let ecg = Ecg::new(Lead::STANDARD[..rows.len()].to_vec(), samples, 500.0).unwrap();
            prop_assert_eq!(there_and_back(&ecg).unwrap(), ecg);
        }
    }

    #[test]
    fn wide_leads_take_wide_formats() {
        for (values, format) in [
            (vec![0.0, 0.001, 32.0], " 16 "),
            (vec![0.0, 0.001, 4000.0], " 24 "),
            (vec![-1000.0, 0.001, 1_000_000.0], " 32 "),
        ] {
            let ecg = Ecg::new(vec![Lead::V3], vec![values], 500.0).unwrap();
            assert_eq!(there_and_back(&ecg).unwrap(), ecg);
            let folder = tempfile::tempdir().unwrap();
            write(&folder.path().join("r"), &ecg).unwrap();
            let header = std::fs::read_to_string(folder.path().join("r.hea")).unwrap();
            assert!(header.contains(format), "{header}");
        }
    }

    #[test]
    fn keeps_age_and_sex_but_no_identifier() {
        let folder = tempfile::tempdir().unwrap();
        let patient = crate::ecg::Patient {
            id: Some("7654321".into()),
            age_years: Some(51.0),
            sex: Some(crate::ecg::Sex::Female),
        };
        let ecg = Ecg::new(vec![Lead::II], vec![vec![0.25, -0.25]], 500.0)
            .unwrap()
            .with_patient(patient);
        let path = folder.path().join("r.hea");
        write(&path, &ecg).unwrap();
        let again = wfdb::read(&path).unwrap();
        assert_eq!(again.patient().age_years, Some(51.0));
        assert_eq!(again.patient().sex, Some(crate::ecg::Sex::Female));
        assert!(!std::fs::read_to_string(path).unwrap().contains("7654321"));
        assert_eq!(again.samples(), ecg.samples());
    }

    #[test]
    fn refuses_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let wide = Ecg::new(vec![Lead::I], vec![vec![-1e-7, 4e6]], 500.0).unwrap();
        let error = write(&folder.path().join("wide"), &wide).unwrap_err();
        assert!(
            matches!(error, WriteError::Range { lead: Lead::I, .. }),
            "{error}"
        );
        let fine = Ecg::new(vec![Lead::I], vec![vec![0.0]], 500.0).unwrap();
        for name in ["two words", "a.b", "ü", ".hea"] {
            let error = write(&folder.path().join(name), &fine).unwrap_err();
            assert!(
                matches!(error, WriteError::RecordName { .. }),
                "{name}: {error}"
            );
        }
        let error = write(&folder.path().join("absent/rec"), &fine).unwrap_err();
        assert!(matches!(error, WriteError::File(_)), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        // A folder stands where the header should go: the data must not stay behind alone.
        std::fs::create_dir(folder.path().join("rec.hea")).unwrap();
        let error = write(&folder.path().join("rec"), &fine).unwrap_err();
        assert!(matches!(error, WriteError::File(_)), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
