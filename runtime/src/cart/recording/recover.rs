//! What a power cut left incomplete.

use std::fs;
use std::path::Path;

use super::RecordingError;
use super::headers::{self, Part, layout_name, segment_name};
use crate::atomic_file::AtomicFile;
use crate::formats::wfdb::Header;
use crate::formats::wfdb::read_header;

/// Completes the headers of records in `folder` that lack their last segment, because the power went. Returns how many
/// segments were added.
///
/// # Errors
/// A folder that cannot be read, a header that cannot be read or written.
pub fn recover(folder: &Path) -> Result<usize, RecordingError> {
    let entries = fs::read_dir(folder).map_err(|error| RecordingError::io(folder, error))?;
    let mut added = 0;
    for entry in entries {
        let entry = entry.map_err(|error| RecordingError::io(folder, error))?;
        let file = entry.file_name();
        let record = file
            .to_str()
            .and_then(|file| file.strip_suffix("_layout.hea"));
        if let Some(record) = record.filter(|record| is_record_name(record)) {
            added += recover_record(folder, record)?;
        }
    }
    Ok(added)
}

/// Whether a record of that name may be ours.
fn is_record_name(name: &str) -> bool {
    let digits = name.strip_prefix("rec");
    digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn recover_record(folder: &Path, record: &str) -> Result<usize, RecordingError> {
    let header_of = |name: &str| -> Result<Option<Header>, RecordingError> {
        let path = folder.join(format!("{name}.hea"));
        path.exists()
            .then(|| read_header(&path))
            .transpose()
            .map_err(Into::into)
    };
    let (mut parts, mut segments) = (Vec::new(), 0);
    let listed = header_of(record)?;
    for segment in listed.iter().flat_map(|header| &header.segments) {
        match segment.name.as_str() {
            "~" => parts.push(Part::Gap(segment.frames)),
            name if name == layout_name(record) => {}
            name => {
                segments += 1;
                parts.push(Part::Segment(name.to_owned(), segment.frames));
            }
        }
    }
    let mut added = 0;
    let mut described = None;
    loop {
        let name = segment_name(record, segments + added + 1);
        let Some(header) = header_of(&name)? else {
            break;
        };
        let length = header.frames.unwrap_or(0);
        parts.push(Part::Segment(name, length));
        described = Some((header.signals.len(), header.frame_rate));
        added += 1;
    }
    if let Some((channels, rate)) = described {
        let text = headers::record(record, channels, rate, &parts);
        AtomicFile::write(&folder.join(format!("{record}.hea")), text.as_bytes())?;
    }
    Ok(added)
}
