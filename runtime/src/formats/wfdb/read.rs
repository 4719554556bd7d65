//! From a record on disk to an [`Ecg`].

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::header::{Header, SignalSpecification};
use super::header_file::{header_path, read_header};
use super::signal::{SampleFormat, checksum};
use crate::ecg::{Ecg, Lead};
use crate::formats::units::millivolts_per_unit;
use crate::formats::{ReadError, ReadErrorKind};
use crate::untrusted_file::is_plain_name;

/// An hour of twelve leads at 1.5 kHz; in memory the samples take four times as much and more.
const MAX_SIGNAL_BYTES: u64 = 128 << 20;

/// Reads the record at `path`: its name without extension, its header, or one of its signal files.
///
/// Signals that are not among the twelve standard leads are left out and listed in
/// [`Ecg::skipped_signals`]. Checksums and initial values are verified where the header gives them.
///
/// # Errors
/// A header outside the grammar; signal files missing, truncated or damaged; formats other than
/// 16 and 212; missing samples in a lead; no standard lead at all; multi-segment records.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    let header_path =
        header_path(path).ok_or_else(|| ReadError::new(path, ReadErrorKind::NotFound))?;
    let in_header = |kind: ReadErrorKind| ReadError::new(&header_path, kind);
    let header = read_header(&header_path)?;
    if let Some(segments) = header.segments {
        return Err(in_header(ReadErrorKind::MultiSegment { segments }));
    }
    let (kept, skipped) = chosen_signals(&header);
    if kept.is_empty() {
        return Err(in_header(ReadErrorKind::NoStandardLead { found: skipped }));
    }

    let mut leads = Vec::new();
    let mut rows = Vec::new();
    let mut samples_per_frame = None;
    for group in file_groups(&header.signals).map_err(in_header)? {
        if !group
            .clone()
            .any(|number| kept.iter().any(|&(kept, _)| kept == number))
        {
            continue;
        }
        let file = SignalFile::read(&header_path, &header, group)?;
        for &(number, lead) in &kept {
            let Some(specification) = file.specification(number) else {
                continue;
            };
            if *samples_per_frame.get_or_insert(specification.samples_per_frame)
                != specification.samples_per_frame
            {
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
    let sampling_rate = header.frame_rate * f64::from(samples_per_frame.unwrap_or(1));
    let ecg = Ecg::new(leads, rows, sampling_rate).map_err(|error| in_header(error.into()))?;
    Ok(ecg
        .with_patient(header.patient())
        .with_skipped_signals(skipped))
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
fn file_groups(
    signals: &[SignalSpecification],
) -> Result<Vec<std::ops::Range<usize>>, ReadErrorKind> {
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
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

/// The decoded content of one signal file.
struct SignalFile<'a> {
    path: PathBuf,
    format: SampleFormat,
    /// Number of the first signal in the file.
    first_signal: usize,
    specifications: &'a [SignalSpecification],
    samples_in_frame: usize,
    frames: usize,
    /// All samples in file order: frame by frame, signal by signal.
    samples: Vec<i32>,
}

impl<'a> SignalFile<'a> {
    fn read(
        header_path: &Path,
        header: &'a Header,
        group: std::ops::Range<usize>,
    ) -> Result<Self, ReadError> {
        let in_header = |kind: ReadErrorKind| ReadError::new(header_path, kind);
        let first_signal = group.start;
        let specifications = header.signals.get(group).unwrap_or_default();
        let Some(first) = specifications.first() else {
            return Err(in_header(ReadErrorKind::NoStandardLead {
                found: Vec::new(),
            }));
        };
        for (number, signal) in specifications.iter().enumerate() {
            if (signal.format, signal.byte_offset) != (first.format, first.byte_offset) {
                return Err(in_header(ReadErrorKind::MixedFile {
                    signal: signal.name(first_signal + number),
                }));
            }
        }
        let Some(format) = SampleFormat::from_number(first.format) else {
            let signal = first.name(first_signal);
            return Err(in_header(ReadErrorKind::SignalFormat {
                signal,
                format: first.format,
            }));
        };
        let path = signal_path(header_path, &first.file_name)?;
        let in_file = |kind: ReadErrorKind| ReadError::new(&path, kind);
        let Ok(metadata) = fs::metadata(&path) else {
            let header = header_path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            return Err(in_file(ReadErrorKind::SignalFileMissing { header }));
        };
        if metadata.is_dir() {
            return Err(in_file(ReadErrorKind::Directory));
        }

        let found = metadata.len();
        let samples_in_frame: u64 = specifications
            .iter()
            .map(|signal| u64::from(signal.samples_per_frame))
            .sum();
        let payload = found.saturating_sub(first.byte_offset);
        let frames = header
            .frames
            .unwrap_or(format.samples(payload) / samples_in_frame);
        let bytes = frames
            .checked_mul(samples_in_frame)
            .and_then(|samples| format.bytes(samples));
        let expected = bytes
            .and_then(|bytes| bytes.checked_add(first.byte_offset))
            .unwrap_or(u64::MAX);
        if found < expected || frames == 0 {
            // Without a declared length one frame is the least there must be.
            let least = format
                .bytes(samples_in_frame)
                .unwrap_or(u64::MAX)
                .saturating_add(first.byte_offset);
            return Err(in_file(ReadErrorKind::Truncated {
                expected: expected.max(least),
                found,
            }));
        }
        let bytes = expected - first.byte_offset;
        if bytes > MAX_SIGNAL_BYTES {
            return Err(in_file(ReadErrorKind::TooLarge {
                bytes,
                limit: MAX_SIGNAL_BYTES,
            }));
        }
        let content =
            read_part(&path, first.byte_offset, bytes).map_err(|error| in_file(error.into()))?;
        if (content.len() as u64) < bytes {
            let found = first.byte_offset + content.len() as u64;
            return Err(in_file(ReadErrorKind::Truncated { expected, found }));
        }
        Ok(SignalFile {
            format,
            first_signal,
            specifications,
            samples_in_frame: samples_in_frame as usize,
            frames: frames as usize,
            samples: format.decode(&content),
            path,
        })
    }

    fn specification(&self, number: usize) -> Option<&'a SignalSpecification> {
        self.specifications
            .get(number.checked_sub(self.first_signal)?)
    }

    /// One lead in millivolts, after its checksum, initial value and gaps have been looked at.
    fn millivolts(
        &self,
        number: usize,
        specification: &SignalSpecification,
        lead: Lead,
    ) -> Result<Vec<f32>, ReadError> {
        let in_file = |kind: ReadErrorKind| ReadError::new(&self.path, kind);
        let signal = || lead.to_string();
        let Some(unit) = millivolts_per_unit(&specification.units) else {
            let units = specification.units.clone();
            return Err(in_file(ReadErrorKind::Units {
                signal: signal(),
                units,
            }));
        };
        let values = self.channel(number);
        if let Some(expected) = specification.checksum {
            let found = checksum(values.iter().copied());
            if found != expected {
                return Err(in_file(ReadErrorKind::Checksum {
                    signal: signal(),
                    expected,
                    found,
                }));
            }
        }
        if let (Some(expected), Some(&found)) = (specification.initial_value, values.first())
            && found != expected
        {
            return Err(in_file(ReadErrorKind::InitialValue {
                signal: signal(),
                expected,
                found,
            }));
        }
        let lag =
            (specification.skew as usize).saturating_mul(specification.samples_per_frame as usize);
        let values = values.get(lag..).unwrap_or_default();
        if let Some(sample) = values
            .iter()
            .position(|&value| value == self.format.missing())
        {
            return Err(in_file(ReadErrorKind::MissingSample {
                signal: signal(),
                sample,
            }));
        }
        let scale = unit / specification.gain;
        let baseline = f64::from(specification.baseline);
        Ok(values
            .iter()
            .map(|&value| ((f64::from(value) - baseline) * scale) as f32)
            .collect())
    }

    /// The raw samples of one signal.
    fn channel(&self, number: usize) -> Vec<i32> {
        let before = &self.specifications[..number - self.first_signal];
        let start: usize = before
            .iter()
            .map(|signal| signal.samples_per_frame as usize)
            .sum();
        let own = self.specifications[number - self.first_signal].samples_per_frame as usize;
        let frames = self
            .samples
            .chunks_exact(self.samples_in_frame)
            .take(self.frames);
        frames
            .flat_map(|frame| &frame[start..start + own])
            .copied()
            .collect()
    }
}

/// The signal file's path, which must lie in the header's own folder.
fn signal_path(header_path: &Path, name: &str) -> Result<PathBuf, ReadError> {
    if !is_plain_name(name) {
        let kind = ReadErrorKind::SignalFileName {
            name: name.to_owned(),
        };
        return Err(ReadError::new(header_path, kind));
    }
    Ok(header_path.with_file_name(name))
}

fn read_part(path: &Path, offset: u64, bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut content = Vec::new();
    file.take(bytes).read_to_end(&mut content)?;
    Ok(content)
}

#[cfg(test)]
mod tests;
