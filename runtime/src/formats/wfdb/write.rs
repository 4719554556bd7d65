//! From an [`Ecg`] to a record in signal format 16.

use std::fmt::Write as _;
use std::path::Path;

use super::header_file::{is_header_name, with_extension_appended};
use super::signal::checksum;
use crate::atomic_file::{self, AtomicFile};
use crate::ecg::{Ecg, Lead};
use crate::formats::WriteError;

/// Gains tried, in ADC units per millivolt: the finest that holds the lead is used.
/// All are multiples of 200, so that the 5 µV steps of common recorders stay exact.
const GAINS: [f64; 4] = [8000.0, 4000.0, 2000.0, 1000.0];
/// −32768 would mean "missing".
const LARGEST: f64 = 32767.0;

/// Writes `ecg` as the record `path` (with or without `.hea`): `<path>.dat` in signal format 16 and
/// `<path>.hea`. Each lead is quantised to 1 µV or finer, so it reads back within half a step.
///
/// Both files are written under temporary names, synchronised, and renamed, the header last;
/// a failure leaves no half-written record. Patient fields are age and sex only.
///
/// # Errors
/// A record name outside letters, digits, `_` and `-`; a lead that spans more than 65 mV;
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
        columns.push(Quantised::new(path, lead, row)?);
    }
    let header = header_text(&name, ecg, &columns);
    let mut data = Vec::with_capacity(ecg.samples_per_lead() * columns.len() * 2);
    for sample in 0..ecg.samples_per_lead() {
        for column in &columns {
            data.extend_from_slice(&column.values[sample].to_le_bytes());
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

/// One lead as 16-bit numbers.
struct Quantised {
    lead: Lead,
    gain: f64,
    baseline: i32,
    values: Vec<i16>,
}

impl Quantised {
    fn new(path: &Path, lead: Lead, row: &[f32]) -> Result<Quantised, WriteError> {
        let (lowest, highest) = row.iter().fold(
            (f64::INFINITY, f64::NEG_INFINITY),
            |(lowest, highest), &value| {
                (lowest.min(f64::from(value)), highest.max(f64::from(value)))
            },
        );
        let largest = lowest.abs().max(highest.abs());
        if let Some(gain) = GAINS.into_iter().find(|gain| largest * gain <= LARGEST) {
            return Ok(Quantised::with(lead, row, gain, 0));
        }
        // Electrode offsets of a DC-coupled recorder: move the baseline, keep the gain.
        let gain = GAINS[GAINS.len() - 1];
        let baseline = -((lowest + highest) / 2.0 * gain).round();
        let fits = (highest - lowest) * gain <= 2.0 * LARGEST - 1.0
            && baseline.abs() <= f64::from(i32::MAX);
        if fits {
            Ok(Quantised::with(lead, row, gain, baseline as i32))
        } else {
            let span_millivolts = (highest - lowest) as f32;
            Err(WriteError::Range {
                path: path.to_owned(),
                lead,
                span_millivolts,
            })
        }
    }

    fn with(lead: Lead, row: &[f32], gain: f64, baseline: i32) -> Quantised {
        let values = row
            .iter()
            .map(|&value| (f64::from(value) * gain + f64::from(baseline)).round() as i16)
            .collect();
        Quantised {
            lead,
            gain,
            baseline,
            values,
        }
    }
}

fn header_text(name: &str, ecg: &Ecg, columns: &[Quantised]) -> String {
    let mut text = format!(
        "{name} {} {} {}\n",
        columns.len(),
        ecg.sampling_rate(),
        ecg.samples_per_lead()
    );
    for column in columns {
        let initial = column.values.first().copied().unwrap_or(0);
        let sum = checksum(column.values.iter().map(|&value| i32::from(value)));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{name}.dat 16 {}({})/mV 16 0 {initial} {sum} 0 {}",
            column.gain, column.baseline, column.lead
        );
    }
    if let Some(age) = ecg.patient().age_years {
        let _ = writeln!(text, "#<age>: {age}");
    }
    if let Some(sex) = ecg.patient().sex {
        let _ = writeln!(text, "#<sex>: {sex}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::wfdb;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_is_written_reads_back(
            rows in (1_usize..40).prop_flat_map(|length| {
                prop::collection::vec(prop::collection::vec(-30.0_f32..30.0, length), 1..=12)
            }),
            offset in prop_oneof![Just(0.0_f32), -300.0_f32..300.0],
            rate in prop_oneof![Just(500.0), Just(257.0), 1.0_f64..5000.0],
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("rec_1");
            let leads = Lead::STANDARD[..rows.len()].to_vec();
            let rows: Vec<Vec<f32>> =
                rows.into_iter().map(|row| row.into_iter().map(|value| value + offset).collect()).collect();
            let ecg = Ecg::new(leads, rows, rate).unwrap();
            write(&path, &ecg).unwrap();
            let again = wfdb::read(&path).unwrap();
            prop_assert_eq!(again.leads(), ecg.leads());
            prop_assert_eq!(again.sampling_rate(), rate);
            for (was, is) in ecg.samples().iter().flatten().zip(again.samples().iter().flatten()) {
                // Half a step of 1 uV, and the rounding of f32 at this offset.
                prop_assert!((was - is).abs() <= 0.000_501 + was.abs() * 1e-6, "{was} {is}");
            }
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
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
        let wide = Ecg::new(vec![Lead::I], vec![vec![-40.0, 40.0]], 500.0).unwrap();
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
