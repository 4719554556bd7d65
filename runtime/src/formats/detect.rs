//! Which format a file is in, told from its content.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use super::abridged::abridged;
use super::{ReadError, ReadErrorKind, dicom, edf, scp, wfdb};
use crate::untrusted_file::{Start, read_up_to};

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// PhysioNet's header with signal files.
    Wfdb,
    /// UK Biobank field 20205 and its kin.
    CardiologyXml,
    /// The Standard Communications Protocol for ECG, EN 1064.
    ScpEcg,
    /// A DICOM waveform object.
    Dicom,
    /// The European Data Format and its kin EDF+ and BDF.
    Edf,
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Format::Wfdb => "WFDB",
            Format::CardiologyXml => "CardiologyXML",
            Format::ScpEcg => "SCP-ECG",
            Format::Dicom => "DICOM",
            Format::Edf => "EDF",
        })
    }
}

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
    let Start {
        bytes: start,
        file_bytes,
    } = read_up_to(path, SNIFFED_BYTES).map_err(|error| ReadError::new(path, error))?;
    if start.is_empty() {
        return Err(ReadError::new(path, ReadErrorKind::Empty));
    }
    let root = xml_root(&start);
    if root.as_deref() == Some("CardiologyXML") {
        return Ok(Format::CardiologyXml);
    }
    if scp::begins(&start, file_bytes) {
        return Ok(Format::ScpEcg);
    }
    if dicom::begins(&start) {
        return Ok(Format::Dicom);
    }
    if edf::begins(&start) {
        return Ok(Format::Edf);
    }
    // Samples, too, may begin with what opens an XML tag.
    if wfdb::header_path(path).is_some() {
        return Ok(Format::Wfdb);
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

/// The local name of the root element if `start` begins like XML, without parsing the rest.
fn xml_root(start: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(start);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    if !rest.starts_with('<') {
        return None;
    }
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!") {
            ">"
        } else {
            break;
        };
        rest = rest.split_once(end)?.1;
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
    let name = &name[..end];
    Some(name.rsplit(':').next().unwrap_or(name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_root_element() {
        let root = |text: &str| xml_root(text.as_bytes());
        assert_eq!(root("<CardiologyXML>").as_deref(), Some("CardiologyXML"));
        let long = "\u{feff}\r\n<?xml version=\"1.0\"?>\n<!-- a > b --><!DOCTYPE x>\n<ns:CardiologyXML a=\"1\">";
        assert_eq!(root(long).as_deref(), Some("CardiologyXML"));
        assert_eq!(root("<a/>").as_deref(), Some("a"));
        for none in [
            "",
            "1 12 500",
            "<!-- unfinished",
            "<?xml",
            "<",
            "PK\u{3}\u{4}",
        ] {
            assert_eq!(root(none), None, "{none:?}");
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
