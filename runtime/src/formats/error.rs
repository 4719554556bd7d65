//! What can go wrong between a file and an [`Ecg`](crate::ecg::Ecg).

use std::io;
use std::path::{Path, PathBuf};

use super::Format;
use super::abridged::{abridged, abridged_list, abridged_to};
use crate::atomic_file::AtomicFileError;
use crate::ecg::EcgError;

/// Characters that are shown of what the XML parser says, since it repeats names of the file.
const LONGEST_REASON: usize = 120;
/// The most characters that a DICOM unique identifier has.
const LONGEST_UID: usize = 64;

/// Why a file could not be read as a recording; `Display` is one sentence that begins with the file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {kind}", path.display())]
pub struct ReadError {
    path: PathBuf,
    kind: Box<ReadErrorKind>,
}

impl ReadError {
    pub(super) fn new(path: &Path, kind: impl Into<ReadErrorKind>) -> ReadError {
        ReadError {
            path: path.to_owned(),
            kind: Box::new(kind.into()),
        }
    }

    /// The file concerned; for WFDB this may be the header or the signal file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The cause.
    pub fn kind(&self) -> &ReadErrorKind {
        &self.kind
    }
}

/// The causes of a [`ReadError`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// There is no such file, nor a WFDB header of that name.
    #[error("no such file; check the path (a WFDB record is named with or without .hea)")]
    NotFound,
    /// The path is a folder.
    #[error("is a folder; name one recording in it")]
    Directory,
    /// The file has no content.
    #[error("is empty; copy the recording again")]
    Empty,
    /// The operating system refused.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The content is none of the formats read.
    #[error("{what}; the formats read are {}", Format::names())]
    UnknownFormat {
        /// What the file looks like.
        what: String,
    },
    /// The file is larger than any recording of its kind.
    #[error("has {bytes} bytes, more than the {limit} allowed; cut the recording")]
    TooLarge {
        /// Size found.
        bytes: u64,
        /// Largest size allowed.
        limit: u64,
    },
    /// A line of a text file is not what it must be.
    #[error("line {line} {problem}")]
    Line {
        /// Line number, counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A line of a WFDB header breaks the grammar of header(5).
    #[error("line {line} of the header: {problem}")]
    Header {
        /// Line number, counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A segment of a multi-segment WFDB record cannot be joined to the others.
    #[error("segment {segment} {problem}")]
    Segment {
        /// Number of the segment, counted from 1.
        segment: usize,
        /// What is wrong with it, and how to go on.
        problem: String,
    },
    /// A signal file name leads out of the header's folder.
    #[error(
        "the header names the signal file \"{}\", which is not a plain file name in its own folder",
        abridged(name)
    )]
    SignalFileName {
        /// The name as given.
        name: String,
    },
    /// The signal file that the header names is absent.
    #[error(
        "this signal file, named by the header {header}, is missing; copy it beside the header"
    )]
    SignalFileMissing {
        /// File name of the header.
        header: String,
    },
    /// The signal file is shorter than its header says.
    #[error("is truncated: {expected} bytes expected, {found} found; copy the file again")]
    Truncated {
        /// Bytes the header implies.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// A signal format that signal(5) does not know.
    #[error(
        "signal {} is in WFDB format {format}, which does not exist; correct the header",
        abridged(signal)
    )]
    SignalFormat {
        /// The signal's name.
        signal: String,
        /// The format number of signal(5).
        format: u16,
    },
    /// A FLAC signal file is damaged, or not what the header says.
    #[error("is no FLAC stream as its header has it: {problem}; copy the record again")]
    Flac {
        /// What is wrong with it.
        problem: String,
    },
    /// The header gives a gain of 0: it does not know what a step of the converter stands for.
    #[error(
        "lead {signal} has a gain of 0, so its amplitude is unknown; write the recorder's gain into the header"
    )]
    Uncalibrated {
        /// The lead's name.
        signal: String,
    },
    /// Signals of one file disagree on format or byte offset, or do not follow one another.
    #[error(
        "signal {} does not fit the signals before it in the same file, which must have one format and byte offset and follow one another in the header",
        abridged(signal)
    )]
    MixedFile {
        /// The signal's name.
        signal: String,
    },
    /// Leads are sampled at different rates.
    #[error(
        "lead {signal} is sampled at another rate than the leads before it; resample the record to one rate"
    )]
    MixedRates {
        /// The lead that differs.
        signal: String,
    },
    /// The skews of the leads leave no common sample.
    #[error("the skews of the leads leave no sample that all of them have")]
    Skew,
    /// The sum of a signal's samples is not the header's.
    #[error(
        "signal {signal} is damaged: its checksum is {found} where the header says {expected}; copy the record again"
    )]
    Checksum {
        /// The signal's name.
        signal: String,
        /// Checksum in the header.
        expected: i16,
        /// Checksum of the samples read.
        found: i16,
    },
    /// The first sample is not the header's initial value.
    #[error(
        "signal {signal} begins with {found} where the header says {expected}; header and signal file do not belong together"
    )]
    InitialValue {
        /// The signal's name.
        signal: String,
        /// Initial value in the header.
        expected: i32,
        /// First sample read.
        found: i32,
    },
    /// A sample is marked as missing by the format's own sentinel.
    #[error(
        "lead {signal} has no value at sample {sample} (marked as missing); cut the record to a part without gaps"
    )]
    MissingSample {
        /// The lead's name.
        signal: String,
        /// Sample number, counted from 0.
        sample: usize,
    },
    /// Units that are no voltage.
    #[error(
        "lead {signal} is in units of \"{}\"; an ECG lead must be in V, mV, uV or nV",
        abridged(units)
    )]
    Units {
        /// The lead's name.
        signal: String,
        /// The units as given.
        units: String,
    },
    /// None of the signals is one of the twelve standard leads.
    #[error(
        "none of its signals ({}) is one of the 12 standard leads",
        abridged_list(found)
    )]
    NoStandardLead {
        /// The names of the signals there are.
        found: Vec<String>,
    },
    /// The text is not well-formed XML.
    #[error("is not well-formed XML: {}; export the recording again", abridged_to(LONGEST_REASON, &.0.to_string()))]
    Xml(#[from] roxmltree::Error),
    /// The text is in no encoding that is read.
    #[error(
        "is neither in UTF-8 nor in UTF-16, nor, if it is XML, declared as ISO-8859-1 or Windows-1252; export the recording again"
    )]
    Encoding,
    /// An element that the recording cannot do without is absent.
    #[error("has no {element} element; export the recording again with its waveforms")]
    ElementMissing {
        /// Path of the element, as `StripData/SampleRate`.
        element: String,
    },
    /// An element's content is not what it must be.
    #[error("{element} {problem}")]
    Element {
        /// Path of the element, with its lead if it has one.
        element: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A section of an SCP-ECG record is not what EN 1064 says.
    #[error("section {section} of the SCP-ECG record {problem}")]
    Section {
        /// Number of the section.
        section: u16,
        /// What is wrong with it.
        problem: String,
    },
    /// A part of the file does not have the checksum that the file itself gives for it.
    #[error(
        "{part} is damaged: its checksum is {found:04x} where the file says {expected:04x}; copy the recording again"
    )]
    Damaged {
        /// The part concerned, as `section 6`.
        part: String,
        /// Checksum in the file.
        expected: u16,
        /// Checksum of what was read.
        found: u16,
    },
    /// A DICOM object in a transfer syntax that is not read.
    #[error(
        "is in the DICOM transfer syntax {}; explicit and implicit VR little endian are read (convert with dcmconv)",
        abridged_to(LONGEST_UID, uid)
    )]
    TransferSyntax {
        /// Its unique identifier.
        uid: String,
    },
    /// A DICOM object without waveforms.
    #[error("is a DICOM object without waveforms; export the ECG as a waveform, not as a picture")]
    NoWaveform,
    /// A field of an EDF header is not what it must be.
    #[error("the header field \"{field}\" {problem}")]
    HeaderField {
        /// The field's name in the specification, with its signal's number if it has one.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An EDF file that holds no signal beside its annotations.
    #[error("holds annotations but no signal; name the file that holds the recording")]
    AnnotationsOnly,
    /// A discontinuous EDF file.
    #[error(
        "has a gap before data record {record}; cut the recording to a part without gaps (EDF+D)"
    )]
    Gap {
        /// Number of the data record behind the gap, counted from 0.
        record: usize,
    },
    /// The samples make no recording.
    #[error(transparent)]
    Ecg(#[from] EcgError),
    /// There is more markup than in any recording, which would take too much time or memory.
    #[error("has more {what} than any recording; export the recording again")]
    XmlExcess {
        /// Elements, attributes or namespaces.
        what: &'static str,
    },
    /// The CRC-32 of a lead's samples is not the one stated.
    #[error(
        "lead {lead} is damaged: its CRC-32 is {found} where the file says {expected}; export the recording again"
    )]
    Crc32 {
        /// The lead concerned.
        lead: crate::ecg::Lead,
        /// Checksum stated.
        expected: u32,
        /// Checksum of the samples read.
        found: u32,
    },
    /// Leads that cover different times make no common recording.
    #[error(
        "lead {lead} was not recorded at the same time as the leads before it; export a recording of simultaneous leads"
    )]
    NotSimultaneous {
        /// The lead that differs.
        lead: String,
    },
}

/// Why a recording could not be written; `Display` is one sentence that begins with the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The record's name does not fit the format.
    #[error("{}: a WFDB record's name is made of letters, digits, _ and -", path.display())]
    RecordName {
        /// The path given.
        path: PathBuf,
    },
    /// A lead goes beyond 32 bits at steps of 1 µV.
    #[error("{}: lead {lead} goes beyond the 2147 V that a WFDB record holds at steps of 1 uV; its gain must be wrong", path.display())]
    Range {
        /// The path given.
        path: PathBuf,
        /// The lead concerned.
        lead: crate::ecg::Lead,
    },
    /// One of the record's files cannot be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
}
