//! Which format a file is in, told from its content.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use super::abridged::abridged;
use super::xml::{root_name, start_of_text};
use super::{ReadError, ReadErrorKind, asc, csv, dicom, edf, json, matlab, scp, wfdb};
use crate::untrusted_file::{Start, read_up_to};

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// PhysioNet's header with signal files.
    Wfdb,
    /// UK Biobank field 20205 and its kin.
    CardiologyXml,
    /// GE MUSE's resting ECG.
    MuseXml,
    /// Philips' Sierra ECG.
    PhilipsXml,
    /// HL7's annotated ECG.
    Hl7Aecg,
    /// The Standard Communications Protocol for ECG, EN 1064.
    ScpEcg,
    /// A DICOM waveform object.
    Dicom,
    /// The European Data Format and its kin EDF+ and BDF.
    Edf,
    /// MATLAB files with a struct `ECG`.
    Matlab,
    /// Columns of numbers under lead names.
    Csv,
    /// Our own schema.
    Json,
    /// deepfake-ecg's eight columns of microvolts.
    Asc,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 12] = [
        Format::Wfdb,
        Format::CardiologyXml,
        Format::MuseXml,
        Format::PhilipsXml,
        Format::Hl7Aecg,
        Format::ScpEcg,
        Format::Dicom,
        Format::Edf,
        Format::Matlab,
        Format::Csv,
        Format::Json,
        Format::Asc,
    ];

    /// The name that messages and reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Wfdb => "WFDB",
            Format::CardiologyXml => "CardiologyXML",
            Format::MuseXml => "MUSE XML",
            Format::PhilipsXml => "Philips XML",
            Format::Hl7Aecg => "HL7 aECG",
            Format::ScpEcg => "SCP-ECG",
            Format::Dicom => "DICOM",
            Format::Edf => "EDF",
            Format::Matlab => "MATLAB",
            Format::Csv => "CSV",
            Format::Json => "JSON",
            Format::Asc => "asc",
        }
    }

    /// The names of all formats, for messages.
    pub(super) fn names() -> String {
        let names = Self::ALL.map(Format::name);
        match names.split_last() {
            Some((last, before)) => format!("{} and {last}", before.join(", ")),
            None => String::new(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// XML formats by the local name of their root element.
const XML_FORMATS: [(&str, Format); 4] = [
    ("CardiologyXML", Format::CardiologyXml),
    ("RestingECG", Format::MuseXml),
    ("restingecgdata", Format::PhilipsXml),
    ("AnnotatedECG", Format::Hl7Aecg),
];

/// How the beginning of a file tells one format.
type Recognise = fn(&Start) -> bool;

/// Formats that begin with a signature of their own.
const SIGNATURES: [(Recognise, Format); 3] = [
    (
        |start| scp::begins(&start.bytes, start.file_bytes),
        Format::ScpEcg,
    ),
    (|start| dicom::begins(&start.bytes), Format::Dicom),
    (|start| edf::begins(&start.bytes), Format::Edf),
];

/// The other formats by how they begin, the surest first. WFDB's signal files, which may begin with
/// anything, go before them.
const BEGINNINGS: [(Recognise, Format); 4] = [
    (|start| matlab::begins(&start.bytes), Format::Matlab),
    (|start| json::begins(&start.bytes), Format::Json),
    (|start| asc::begins(&start.bytes), Format::Asc),
    (|start| csv::begins(&start.bytes), Format::Csv),
];

/// Enough to see the root element behind an XML declaration and a comment.
const SNIFFED_BYTES: u64 = 8192;

/// Tells the format of the file at `path`, which for WFDB may be the record's name without
/// extension, its header, or one of its signal files.
///
/// # Errors
/// No such file, a folder, an empty file, or content of another kind.
pub fn detect(path: &Path) -> Result<Format, ReadError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if wfdb::header_path(path).is_some() {
                Ok(Format::Wfdb)
            } else {
                Err(ReadError::new(path, ReadErrorKind::NotFound))
            };
        }
        Err(error) => return Err(ReadError::new(path, error)),
    };
    if metadata.is_dir() {
        // A record `a` may lie beside a folder `a`.
        return match wfdb::header_path(path) {
            Some(_) => Ok(Format::Wfdb),
            None => Err(ReadError::new(path, ReadErrorKind::Directory)),
        };
    }
    let start = read_up_to(path, SNIFFED_BYTES).map_err(|error| ReadError::new(path, error))?;
    if start.bytes.is_empty() {
        return Err(ReadError::new(path, ReadErrorKind::Empty));
    }
    let among = |formats: &[(Recognise, Format)]| {
        let found = formats.iter().find(|(recognise, _)| recognise(&start));
        found.map(|&(_, format)| format)
    };
    let root = root_name(&start_of_text(&start.bytes));
    let by_root = XML_FORMATS
        .iter()
        .find(|(name, _)| root.as_deref() == Some(name));
    if let Some(&(_, format)) = by_root {
        return Ok(format);
    }
    if let Some(format) = among(&SIGNATURES) {
        return Ok(format);
    }
    // Samples, too, may begin with what opens an XML tag.
    if wfdb::header_path(path).is_some() {
        return Ok(Format::Wfdb);
    }
    if let Some(format) = among(&BEGINNINGS) {
        return Ok(format);
    }
    let what = match root {
        Some(root) => format!(
            "is an XML file whose root element is \"{}\"",
            abridged(&root)
        ),
        None => {
            "is in no format known here (and has no WFDB header beside it that names it)".to_owned()
        }
    };
    Err(ReadError::new(path, ReadErrorKind::UnknownFormat { what }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_xml_formats_by_their_root() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xml");
        for (root, format) in [
            ("CardiologyXML", Format::CardiologyXml),
            ("RestingECG", Format::MuseXml),
            ("restingecgdata", Format::PhilipsXml),
            ("h:AnnotatedECG", Format::Hl7Aecg),
        ] {
            let text =
                format!("\u{feff}<?xml version=\"1.0\"?>\n<!DOCTYPE x SYSTEM \"y\"><{root}>");
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [text.as_bytes(), &utf16] {
                fs::write(&path, bytes).unwrap();
                assert_eq!(detect(&path).unwrap(), format);
            }
        }
    }

    #[test]
    fn refuses_what_is_no_recording() {
        let folder = tempfile::tempdir().unwrap();
        let kind_of = |name: &str, content: Option<&[u8]>| {
            let path = folder.path().join(name);
            if let Some(content) = content {
                fs::write(&path, content).unwrap();
            }
            let error = detect(&path).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
            format!("{:?}", error.kind())
        };
        assert_eq!(kind_of("absent", None), "NotFound");
        assert_eq!(kind_of("empty.xml", Some(b"")), "Empty");
        assert!(kind_of("picture.png", Some(b"\x89PNG\r\n")).starts_with("UnknownFormat"));
        let message = detect(&folder.path().join("picture.png"))
            .unwrap_err()
            .to_string();
        for format in Format::ALL {
            assert!(message.contains(&format.to_string()), "{message}");
        }
        assert!(kind_of("page.xml", Some(b"<html></html>")).contains("html"));
        let hostile = format!("<\u{1b}[31m{}>", "x".repeat(4000));
        let kind = kind_of("hostile.xml", Some(hostile.as_bytes()));
        assert!(kind.len() < 120 && !kind.contains('\u{1b}'), "{kind}");
        assert!(kind_of("orphan.dat", Some(&[0; 64])).starts_with("UnknownFormat"));
        let error = detect(folder.path()).unwrap_err();
        assert!(matches!(error.kind(), ReadErrorKind::Directory), "{error}");
    }

    #[test]
    fn samples_that_begin_like_xml_are_samples() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for start in [&b"<a> "[..], b" \n<\0", b"<<"] {
            fs::write(path("rec.dat"), start).unwrap();
            fs::write(path("rec.hea"), "rec 1 500\nrec.dat 16 200 0 0 0 0 0 II\n").unwrap();
            assert_eq!(detect(&path("rec.dat")).unwrap(), Format::Wfdb);
        }
    }

    #[test]
    fn headers_in_capitals_are_headers() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("REC.HEA"), "REC 1 500\nREC.DAT 16\n").unwrap();
        fs::write(path("REC.DAT"), [0; 4]).unwrap();
        for name in ["REC", "REC.HEA", "REC.DAT"] {
            assert_eq!(detect(&path(name)).unwrap(), Format::Wfdb, "{name}");
        }
    }
}
