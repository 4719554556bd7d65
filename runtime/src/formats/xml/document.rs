//! A file's tree of elements, within limits.

use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use super::encoding::text_of;
use super::limits;
use super::prolog::without_doctype;
use crate::ecg::Ecg;
use crate::formats::{ReadError, ReadErrorKind, whole_file};

/// A ten-second recording has 0.1 to 1 MB, full disclosure some 10 MB.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// As many as the tags that the [limits] allow can make.
const MAX_NODES: u32 = 1_000_000;

/// Reads the file at `path` and makes a recording of its root element.
///
/// # Errors
/// A file that is absent, empty or too large, in no known encoding, not well-formed, or with a
/// document type of its own; and what `recording` finds.
pub(in crate::formats) fn read(
    path: &Path,
    recording: impl FnOnce(Node<'_, '_>) -> Result<Ecg, ReadErrorKind>,
) -> Result<Ecg, ReadError> {
    let bytes = whole_file::read(path, MAX_FILE_BYTES)?;
    recording_of(bytes, recording).map_err(|kind| ReadError::new(path, kind))
}

/// As [`read`], of a file's bytes.
pub(in crate::formats) fn recording_of(
    bytes: Vec<u8>,
    recording: impl FnOnce(Node<'_, '_>) -> Result<Ecg, ReadErrorKind>,
) -> Result<Ecg, ReadErrorKind> {
    let text = without_doctype(text_of(bytes).ok_or(ReadErrorKind::Encoding)?);
    limits::check(&text)?;
    let options = ParsingOptions {
        // No entities: a few of them in one another fill any memory.
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    recording(Document::parse_with_options(&text, options)?.root_element())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecg::Lead;

    fn root_seen(text: &str) -> Result<String, ReadErrorKind> {
        let mut seen = String::new();
        recording_of(text.as_bytes().to_vec(), |root| {
            seen = root.tag_name().name().to_owned();
            Ok(Ecg::new(vec![Lead::I], vec![vec![0.0]], 500.0)?)
        })?;
        Ok(seen)
    }

    #[test]
    fn ignores_a_document_type_and_refuses_entities() {
        let plain = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>x</a>";
        assert_eq!(root_seen(plain).unwrap(), "a");
        for hostile in [
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
            "<!DOCTYPE a SYSTEM \"x.dtd\"><a>&b;</a>",
        ] {
            assert!(matches!(root_seen(hostile), Err(ReadErrorKind::Xml(_))));
        }
    }

    #[test]
    fn refuses_a_wood_of_elements() {
        let wood = format!("<a>{}</a>", "<b/>".repeat(1_000_001));
        assert!(matches!(
            root_seen(&wood),
            Err(ReadErrorKind::XmlExcess { what: "elements" })
        ));
    }
}
