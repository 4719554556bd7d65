//! DICOM waveforms: 12-Lead ECG and General ECG (PS3.3, A.34.3 and A.34.4).
//!
//! The object is read here by hand, since the little that an ECG needs of DICOM (data sets in little
//! endian) is small beside what a general library brings along. Read are all multiplex groups, the
//! recorder's annotations, and the patient's identifier, age and sex; names and dates never are.

mod annotations;
mod channel;
mod data_set;
mod multiplex_group;
mod tag;

use std::path::Path;

use crate::ecg::{DeviceMedianBeat, DeviceReading, Ecg, Lead, Patient, Sex};
use crate::formats::age::{self, AgeUnit};
use crate::formats::bytes::Bytes;
use crate::formats::{ReadError, ReadErrorKind, whole_file};
use data_set::{DataSet, Representation};
use multiplex_group::MultiplexGroup;

/// Half an hour of twelve leads at 1 kHz; a resting ECG has some 300 kB.
const MAX_FILE_BYTES: u64 = 64 << 20;
const PREAMBLE_BYTES: usize = 128;
const MAGIC: &[u8] = b"DICM";
const IMPLICIT_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2";
const EXPLICIT_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";

/// Whether a file that begins with `start` is in the DICOM file format (PS3.10).
pub(super) fn begins(start: &[u8]) -> bool {
    start.get(PREAMBLE_BYTES..PREAMBLE_BYTES + MAGIC.len()) == Some(MAGIC)
}

/// Reads the object at `path`.
///
/// The recording is the longest group of original samples, with the leads of every other group that
/// was recorded at the same time and rate. A derived group is the recorder's median beat; it is in
/// [`Ecg::device_reading`] with measurements and statements. Channels other than the twelve standard
/// leads are left out and listed in [`Ecg::skipped_signals`].
///
/// # Errors
/// No DICOM file; another transfer syntax than explicit or implicit VR little endian; no waveforms;
/// elements that are cut off, missing or impossible, named with their tags; leads without a
/// sensitivity in volts or with missing samples; no standard lead.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    let bytes = whole_file::read(path, MAX_FILE_BYTES)?;
    parse(&bytes).map_err(|kind| ReadError::new(path, kind))
}

fn parse(file: &[u8]) -> Result<Ecg, ReadErrorKind> {
    if !begins(file) {
        return Err(ReadErrorKind::UnknownFormat {
            what: "is no DICOM file".to_owned(),
        });
    }
    let mut bytes = Bytes::new(&file[PREAMBLE_BYTES + MAGIC.len()..]);
    let meta = data_set::read_meta(&mut bytes)?;
    let uid = meta.text(tag::TRANSFER_SYNTAX);
    let uid = uid.unwrap_or_else(|| "(none)".to_owned());
    let representation = match uid.as_str() {
        EXPLICIT_LITTLE_ENDIAN => Representation::Explicit,
        IMPLICIT_LITTLE_ENDIAN => Representation::Implicit,
        _ => return Err(ReadErrorKind::TransferSyntax { uid }),
    };
    let object = data_set::read(&mut bytes, representation)?;
    let groups = object.items(tag::WAVEFORMS);
    if groups.is_empty() {
        return Err(ReadErrorKind::NoWaveform);
    }
    let groups: Vec<MultiplexGroup<'_>> = groups
        .iter()
        .map(MultiplexGroup::read)
        .collect::<Result<_, _>>()?;
    let ecg = recording(&groups)?.with_patient(patient(&object));
    let mut reading = DeviceReading {
        median_beat: median_beat(&groups),
        ..DeviceReading::default()
    };
    annotations::read(&object, &mut reading);
    Ok(ecg.with_device_reading(reading))
}

/// The longest group of original samples (of equal ones, the first), and the groups beside it.
fn recording(groups: &[MultiplexGroup<'_>]) -> Result<Ecg, ReadErrorKind> {
    let others = |groups: &[MultiplexGroup<'_>]| {
        let names = groups.iter().flat_map(|group| group.others.iter().cloned());
        names.collect::<Vec<String>>()
    };
    let any_original = groups
        .iter()
        .any(|group| group.is_original && !group.leads.is_empty());
    let eligible = |group: &&MultiplexGroup<'_>| {
        !group.leads.is_empty() && (group.is_original || !any_original)
    };
    let main = groups.iter().filter(eligible).reduce(|best, group| {
        if group.duration_seconds() > best.duration_seconds() {
            group
        } else {
            best
        }
    });
    let Some(main) = main else {
        return Err(ReadErrorKind::NoStandardLead {
            found: others(groups),
        });
    };
    let beside = |group: &&MultiplexGroup<'_>| {
        group.is_original == main.is_original
            && group.samples == main.samples
            && group.sampling_rate == main.sampling_rate
            && group.time_offset_ms == main.time_offset_ms
    };
    let channels = groups.iter().filter(beside).flat_map(|group| {
        let leads = group.leads.iter();
        leads.map(move |&(number, lead)| (group, number, lead))
    });
    let mut leads = Vec::new();
    let mut rows = Vec::new();
    // Of more than twelve, one occurs twice; nothing more needs to be decoded to say so.
    for (group, number, lead) in channels.take(Lead::STANDARD.len() + 1) {
        rows.push(group.millivolts(number, lead)?);
        leads.push(lead);
    }
    Ok(Ecg::new(leads, rows, main.sampling_rate)?.with_skipped_signals(others(groups)))
}

/// The leads of the first derived group, if it is sound; a flaw in it is no flaw of the recording.
fn median_beat(groups: &[MultiplexGroup<'_>]) -> Option<DeviceMedianBeat> {
    let some_original = groups.iter().any(|group| group.is_original);
    let median = groups
        .iter()
        .find(|group| some_original && !group.is_original && !group.leads.is_empty())?;
    let mut leads = Vec::new();
    let mut samples = Vec::new();
    for &(number, lead) in &median.leads {
        if leads.contains(&lead) {
            return None;
        }
        samples.push(median.millivolts(number, lead).ok()?);
        leads.push(lead);
    }
    Some(DeviceMedianBeat {
        leads,
        samples,
        sampling_rate: median.sampling_rate,
    })
}

fn patient(object: &DataSet<'_>) -> Patient {
    let sex = object.text(tag::PATIENT_SEX);
    Patient {
        id: object.text(tag::PATIENT_ID),
        age_years: object
            .text(tag::PATIENT_AGE)
            .and_then(|age| age_in_years(&age)),
        sex: sex.and_then(|sex| Sex::from_text(&sex)),
    }
}

/// `042Y`, `018M` (months), `013W`, `091D`.
fn age_in_years(age: &str) -> Option<f32> {
    let (number, unit) = age.split_at_checked(age.len().checked_sub(1)?)?;
    let unit = match unit {
        "Y" => AgeUnit::Years,
        "M" => AgeUnit::Months,
        "W" => AgeUnit::Weeks,
        "D" => AgeUnit::Days,
        _ => return None,
    };
    age::in_years(number.parse().ok()?, unit)
}

#[cfg(test)]
mod tests;
