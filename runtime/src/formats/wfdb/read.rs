//! From a record on disk to an [`Ecg`].

use std::ops::Range;
use std::path::Path;

use super::header::{Header, SignalSpecification};
use super::header_file::{header_path, read_header};
use super::segments;
use super::signal_file::SignalFile;
use crate::ecg::{Ecg, Lead};
use crate::formats::{ReadError, ReadErrorKind};

/// Reads the record at `path`: its name without extension, its header, or one of its signal files.
///
/// Signals that are not among the twelve standard leads are left out and listed in
/// [`Ecg::skipped_signals`]. Checksums and initial values are verified where the header gives them.
/// The segments of a multi-segment record are joined; all of them must have the same leads.
///
/// # Errors
/// A header outside the grammar; signal files missing, truncated or damaged; missing samples in a
/// lead, or gaps between segments; an amplitude that is not calibrated; no standard lead at all.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    let header_path =
        header_path(path).ok_or_else(|| ReadError::new(path, ReadErrorKind::NotFound))?;
    let header = read_header(&header_path)?;
    let record = if header.segments.is_empty() {
        Rows::read(&header_path, &header)?
    } else {
        segments::read(&header_path, &header)?
    };
    let ecg = Ecg::new(record.leads, record.rows, record.sampling_rate)
        .map_err(|error| ReadError::new(&header_path, error))?;
    Ok(ecg
        .with_patient(header.patient())
        .with_skipped_signals(record.skipped)
        .with_device_quality_warning(header.device_quality_warning()))
}

/// What one header and its signal files hold.
pub(super) struct Rows {
    /// The standard leads, in the header's order.
    pub(super) leads: Vec<Lead>,
    /// Millivolts, shape (lead, sample).
    pub(super) rows: Vec<Vec<f32>>,
    /// Samples per second and lead.
    pub(super) sampling_rate: f64,
    /// Names of the other signals.
    pub(super) skipped: Vec<String>,
}

impl Rows {
    /// Reads the signal files of one header without segments.
    pub(super) fn read(header_path: &Path, header: &Header) -> Result<Rows, ReadError> {
        let in_header = |kind: ReadErrorKind| ReadError::new(header_path, kind);
        let (kept, skipped) = chosen_signals(header);
        if kept.is_empty() {
            return Err(in_header(ReadErrorKind::NoStandardLead { found: skipped }));
        }
        let mut leads = Vec::new();
        let mut rows = Vec::new();
        let mut samples_per_frame = None;
        for group in file_groups(&header.signals).map_err(in_header)? {
            if !kept.iter().any(|(number, _)| group.contains(number)) {
                continue;
            }
            let file = SignalFile::read(header_path, header, group)?;
            for &(number, lead) in &kept {
                let Some(specification) = file.specification(number) else {
                    continue;
                };
                let own = specification.samples_per_frame;
                if *samples_per_frame.get_or_insert(own) != own {
                    return Err(in_header(ReadErrorKind::MixedRates {
                        signal: lead.to_string(),
                    }));
                }
                leads.push(lead);
                rows.push(file.millivolts(number, specification, lead)?);
            }
        }
        // Skewed leads end early; what all of them have is the recording.
        let common = rows.iter().map(Vec::len).min().unwrap_or(0);
        if common == 0 {
            return Err(in_header(ReadErrorKind::Skew));
        }
        rows.iter_mut().for_each(|row| row.truncate(common));
        Ok(Rows {
            leads,
            rows,
            sampling_rate: header.frame_rate * f64::from(samples_per_frame.unwrap_or(1)),
            skipped,
        })
    }
}

/// The standard leads by signal number, and the names of the other signals.
fn chosen_signals(header: &Header) -> (Vec<(usize, Lead)>, Vec<String>) {
    let mut kept = Vec::new();
    let mut skipped = Vec::new();
    for (number, signal) in header.signals.iter().enumerate() {
        match signal.description.parse() {
            Ok(lead) => kept.push((number, lead)),
            Err(_) => skipped.push(signal.name(number)),
        }
    }
    (kept, skipped)
}

/// Runs of signals that share a file; header(5) has them follow one another, so a file in two
/// runs is an error.
fn file_groups(signals: &[SignalSpecification]) -> Result<Vec<Range<usize>>, ReadErrorKind> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (number, signal) in signals.iter().enumerate() {
        match groups.last_mut() {
            Some(group)
                if signals
                    .get(group.start)
                    .is_some_and(|first| first.file_name == signal.file_name) =>
            {
                group.end = number + 1;
            }
            _ => {
                let mut earlier = signals.iter().take(number);
                if earlier.any(|earlier| earlier.file_name == signal.file_name) {
                    let signal = signal.name(number);
                    return Err(ReadErrorKind::MixedFile { signal });
                }
                groups.push(number..number + 1);
            }
        }
    }
    Ok(groups)
}

#[cfg(test)]
mod tests;
