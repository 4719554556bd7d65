//! The header file: a record line, one line per signal, and comments.
//!
//! Grammar of header(5), WFDB Applications Guide.

mod fields;
mod patient;

use fields::{LineError, RecordLine};

/// The largest number of signals a header may declare here.
pub const MAX_SIGNALS: usize = 256;
/// The largest number of segments a header may declare here, each of which is a file to open.
pub const MAX_SEGMENTS: usize = 4096;

/// A parsed header.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The record's name.
    pub record: String,
    /// The segments of a multi-segment record; empty for any other.
    pub segments: Vec<Segment>,
    /// Frames per second in Hz; 250 where the header gives none.
    pub frame_rate: f64,
    /// Frames in each signal; `None` where the header leaves it open.
    pub frames: Option<u64>,
    /// The signals, in the order in which frames hold them.
    pub signals: Vec<SignalSpecification>,
    /// The comments after the first `#`, trimmed.
    pub comments: Vec<String>,
}

/// One segment specification line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The segment's record name; `~` for a gap.
    pub name: String,
    /// Length in frames; 0 for the layout of a record whose segments have differing signals.
    pub frames: u64,
}

/// One signal specification line.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalSpecification {
    /// Name of the file that holds the signal.
    pub file_name: String,
    /// Format number of signal(5).
    pub format: u16,
    /// Samples of this signal in one frame; 1 unless rates differ.
    pub samples_per_frame: u32,
    /// Frames by which this signal lags behind the others.
    pub skew: u32,
    /// Bytes before the first sample.
    pub byte_offset: u64,
    /// ADC units per physical unit; 200 where the header gives none, and 0 where it says that the signal
    /// is not calibrated.
    pub gain: f64,
    /// ADC value of physical zero.
    pub baseline: i32,
    /// Physical units; mV where the header gives none.
    pub units: String,
    /// Significant bits of the converter, if given.
    pub adc_resolution: Option<u32>,
    /// ADC value in the middle of the converter's range.
    pub adc_zero: i32,
    /// The first sample, if given.
    pub initial_value: Option<i32>,
    /// Sum of all samples modulo 2¹⁶, if given.
    pub checksum: Option<i16>,
    /// Block size of special files, if given.
    pub block_size: Option<i64>,
    /// The signal's name; empty where the header gives none.
    pub description: String,
}

impl SignalSpecification {
    /// The description, or the signal's number where there is none.
    pub fn name(&self, number: usize) -> String {
        if self.description.is_empty() {
            format!("record signal {number}")
        } else {
            self.description.clone()
        }
    }
}

/// A line that breaks the grammar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct HeaderError {
    /// Line number, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl Header {
    /// Parses the text of a header file. Lines may end in LF or CR LF.
    ///
    /// # Errors
    /// The first line that breaks the grammar, or fewer signal lines than the record line declares.
    pub fn parse(text: &str) -> Result<Header, HeaderError> {
        let mut record: Option<RecordLine> = None;
        let mut signals = Vec::new();
        let mut segments = Vec::new();
        let mut comments = Vec::new();
        let mut last_line = 1;
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let at_line = |error: LineError| HeaderError {
                line: line_number,
                problem: error.0,
            };
            let line = line.trim();
            if let Some(comment) = line.strip_prefix('#') {
                comments.push(comment.trim().to_owned());
                continue;
            }
            if line.is_empty() {
                continue;
            }
            last_line = line_number;
            match &record {
                None => record = Some(fields::record_line(line).map_err(at_line)?),
                Some(record) if segments.len() < record.segments.unwrap_or(0) => {
                    segments.push(fields::segment_line(line).map_err(at_line)?);
                }
                Some(record) if record.segments.is_none() && signals.len() < record.signals => {
                    signals.push(fields::signal_line(line).map_err(at_line)?);
                }
                Some(record) => {
                    let problem = format!(
                        "a line too many: the record line declares {}",
                        record.declared()
                    );
                    return Err(HeaderError {
                        line: line_number,
                        problem,
                    });
                }
            }
        }
        let Some(record) = record else {
            let problem =
                "there is no record line (name, number of signals, sampling rate, samples)"
                    .to_owned();
            return Err(HeaderError { line: 1, problem });
        };
        let (declared, described) = match record.segments {
            Some(declared) => (declared, segments.len()),
            None => (record.signals, signals.len()),
        };
        if described < declared {
            let problem = format!(
                "the record line declares {} but {described} are described",
                record.declared()
            );
            return Err(HeaderError {
                line: last_line,
                problem,
            });
        }
        Ok(Header {
            record: record.name,
            segments,
            frame_rate: record.frame_rate,
            frames: record.frames,
            signals,
            comments,
        })
    }

    /// Age and sex as the comments give them, in the manner of LUDB and PTB
    /// (`<age>: 51`) or of the PhysioNet challenges (`Age: 51`).
    pub fn patient(&self) -> crate::ecg::Patient {
        patient::from_comments(&self.comments)
    }

    /// Whether a comment `<device_quality>: poor` says that the recorder found its quality poor, as
    /// [`write`](super::write) notes it.
    pub fn device_quality_warning(&self) -> bool {
        patient::quality_is_poor(&self.comments)
    }
}

#[cfg(test)]
mod tests;
