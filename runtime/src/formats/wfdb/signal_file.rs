//! One signal file: its bytes, decoded, and the signals in it as millivolts.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::header::{Header, SignalSpecification};
use super::signal::{Encoding, SampleFormat, checksum, decode_flac};
use crate::ecg::Lead;
use crate::formats::units::millivolts_per_unit;
use crate::formats::{ReadError, ReadErrorKind};
use crate::untrusted_file::is_plain_name;

/// An hour of twelve leads at 1.5 kHz; in memory the samples take four times as much and more.
pub(super) const MAX_SIGNAL_BYTES: u64 = 128 << 20;

/// The decoded content of one signal file.
pub(super) struct SignalFile<'a> {
    path: PathBuf,
    encoding: Encoding,
    /// Number of the first signal in the file.
    first_signal: usize,
    specifications: &'a [SignalSpecification],
    /// All samples in file order, `stride` of them at a time.
    samples: Vec<i32>,
    stride: usize,
}

impl<'a> SignalFile<'a> {
    /// Reads the file that the signals of `group` share.
    pub(super) fn read(
        header_path: &Path,
        header: &'a Header,
        group: Range<usize>,
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
        let Some(encoding) = Encoding::from_number(first.format) else {
            let signal = first.name(first_signal);
            return Err(in_header(ReadErrorKind::SignalFormat {
                signal,
                format: first.format,
            }));
        };
        let path = signal_path(header_path, &first.file_name)?;
        let content = Content {
            header_path,
            path: &path,
            frames: header.frames,
            specifications,
        };
        let (samples, stride) = match encoding {
            Encoding::Binary(format) => content.binary(format)?,
            Encoding::Flac { most_bits } => content.flac(most_bits)?,
        };
        Ok(SignalFile {
            encoding,
            first_signal,
            specifications,
            samples,
            stride,
            path,
        })
    }

    /// What the header says of a signal, if this file holds it.
    pub(super) fn specification(&self, number: usize) -> Option<&'a SignalSpecification> {
        self.specifications
            .get(number.checked_sub(self.first_signal)?)
    }

    /// One lead in millivolts, after its checksum, initial value and gaps have been looked at.
    pub(super) fn millivolts(
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
        if specification.gain == 0.0 {
            return Err(in_file(ReadErrorKind::Uncalibrated { signal: signal() }));
        }
        if let Some(expected) = specification.checksum {
            let found = checksum(self.channel(number));
            if found != expected {
                return Err(in_file(ReadErrorKind::Checksum {
                    signal: signal(),
                    expected,
                    found,
                }));
            }
        }
        // Of differences the initial value is what they are added to, and checks nothing.
        if let (Some(expected), Some(found)) =
            (specification.initial_value, self.channel(number).next())
            && found != expected
            && !self.encoding.is_differences()
        {
            return Err(in_file(ReadErrorKind::InitialValue {
                signal: signal(),
                expected,
                found,
            }));
        }
        let lag =
            (specification.skew as usize).saturating_mul(specification.samples_per_frame as usize);
        let values = || self.channel(number).skip(lag);
        if let Some(missing) = self.encoding.missing()
            && let Some(sample) = values().position(|value| value == missing)
        {
            return Err(in_file(ReadErrorKind::MissingSample {
                signal: signal(),
                sample,
            }));
        }
        let scale = unit / specification.gain;
        let length = (self.samples.len() / self.stride)
            .saturating_mul(specification.samples_per_frame as usize)
            .min(self.samples.len());
        let mut row = Vec::with_capacity(length.saturating_sub(lag));
        row.extend(values().map(|value| physical(value, specification.baseline, scale)));
        Ok(row)
    }

    /// The raw samples of one signal.
    fn channel(&self, number: usize) -> impl Iterator<Item = i32> {
        let place = number.saturating_sub(self.first_signal);
        let before = self.specifications.iter().take(place);
        let own = self.specifications.get(place);
        let (start, length) = match self.encoding {
            Encoding::Binary(_) => (
                before.map(|signal| signal.samples_per_frame as usize).sum(),
                own.map_or(0, |signal| signal.samples_per_frame as usize),
            ),
            Encoding::Flac { .. } => (place, 1),
        };
        let initial = own.and_then(|signal| signal.initial_value).unwrap_or(0);
        let is_differences = self.encoding.is_differences();
        let mut sum = initial;
        self.samples
            .chunks_exact(self.stride)
            .flat_map(move |frame| frame.iter().skip(start).take(length))
            .map(move |&value| {
                if !is_differences {
                    return value;
                }
                sum = sum.wrapping_add(value);
                sum
            })
    }
}

/// The signal file as bytes.
struct Content<'a> {
    header_path: &'a Path,
    path: &'a Path,
    /// Length of the record, where the header gives it.
    frames: Option<u64>,
    specifications: &'a [SignalSpecification],
}

impl Content<'_> {
    fn error(&self, kind: impl Into<ReadErrorKind>) -> ReadError {
        ReadError::new(self.path, kind)
    }

    /// Size of the file in bytes.
    fn size(&self) -> Result<u64, ReadError> {
        let Ok(metadata) = fs::metadata(self.path) else {
            let header = self.header_path.file_name().unwrap_or_default();
            let header = header.to_string_lossy().into_owned();
            return Err(self.error(ReadErrorKind::SignalFileMissing { header }));
        };
        if metadata.is_dir() {
            return Err(self.error(ReadErrorKind::Directory));
        }
        Ok(metadata.len())
    }

    fn byte_offset(&self) -> u64 {
        self.specifications
            .first()
            .map_or(0, |signal| signal.byte_offset)
    }

    /// The samples of a file of fixed-width numbers, and how many make a frame.
    fn binary(&self, format: SampleFormat) -> Result<(Vec<i32>, usize), ReadError> {
        let (found, offset) = (self.size()?, self.byte_offset());
        let samples_in_frame: u64 = self
            .specifications
            .iter()
            .map(|signal| u64::from(signal.samples_per_frame))
            .sum();
        let payload = found.saturating_sub(offset);
        let frames = self
            .frames
            .unwrap_or(format.samples(payload) / samples_in_frame);
        let bytes = frames
            .checked_mul(samples_in_frame)
            .and_then(|samples| format.bytes(samples));
        let expected = bytes
            .and_then(|bytes| bytes.checked_add(offset))
            .unwrap_or(u64::MAX);
        if found < expected || frames == 0 {
            // Without a declared length one frame is the least there must be.
            let least = format
                .bytes(samples_in_frame)
                .unwrap_or(u64::MAX)
                .saturating_add(offset);
            return Err(self.error(ReadErrorKind::Truncated {
                expected: expected.max(least),
                found,
            }));
        }
        let content = self.read(offset, expected - offset)?;
        if (content.len() as u64) < expected - offset {
            let found = offset + content.len() as u64;
            return Err(self.error(ReadErrorKind::Truncated { expected, found }));
        }
        let mut samples = format.decode(&content);
        // Packed formats may decode a sample more than there is.
        samples.truncate((frames * samples_in_frame) as usize);
        Ok((samples, samples_in_frame as usize))
    }

    /// The samples of a FLAC stream, and how many make one of its times. Its channels are the signals;
    /// the byte offset of the header counts samples here.
    fn flac(&self, most_bits: u32) -> Result<(Vec<i32>, usize), ReadError> {
        let (size, skipped) = (self.size()?, self.byte_offset());
        let channels = self.specifications.len();
        let per_frame = self
            .specifications
            .first()
            .map_or(1, |signal| signal.samples_per_frame);
        if let Some((number, signal)) = self
            .specifications
            .iter()
            .enumerate()
            .find(|(_, signal)| signal.samples_per_frame != per_frame)
        {
            let signal = signal.name(number);
            return Err(ReadError::new(
                self.header_path,
                ReadErrorKind::MixedRates { signal },
            ));
        }
        let wanted = self
            .frames
            .map(|frames| frames.saturating_mul(u64::from(per_frame)));
        let most = wanted.map(|wanted| wanted.saturating_add(skipped));
        let content = self.read(0, size)?;
        let mut samples = decode_flac(&content, most_bits, channels, most).map_err(|error| {
            self.error(ReadErrorKind::Flac {
                problem: error.to_string(),
            })
        })?;
        let skipped = usize::try_from(skipped)
            .unwrap_or(usize::MAX)
            .saturating_mul(channels);
        samples.drain(..skipped.min(samples.len()));
        let found = (samples.len() / channels) as u64;
        let least = wanted.unwrap_or(u64::from(per_frame));
        if found < least {
            let problem = format!("it has {found} samples per signal where {least} are expected");
            return Err(self.error(ReadErrorKind::Flac { problem }));
        }
        Ok((samples, channels))
    }

    /// Up to `bytes` bytes from `offset` on.
    fn read(&self, offset: u64, bytes: u64) -> Result<Vec<u8>, ReadError> {
        if bytes > MAX_SIGNAL_BYTES {
            return Err(self.error(ReadErrorKind::TooLarge {
                bytes,
                limit: MAX_SIGNAL_BYTES,
            }));
        }
        let part = || -> std::io::Result<Vec<u8>> {
            let mut file = File::open(self.path)?;
            file.seek(SeekFrom::Start(offset))?;
            let mut content = Vec::new();
            file.take(bytes).read_to_end(&mut content)?;
            Ok(content)
        };
        part().map_err(|error| self.error(error))
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

/// What a stored number stands for; `scale` is in millivolts per step. Writing relies on reading doing
/// just this.
pub(super) fn physical(value: i32, baseline: i32, scale: f64) -> f32 {
    ((f64::from(value) - f64::from(baseline)) * scale) as f32
}
