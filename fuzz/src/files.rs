//! What a fuzzer's bytes are to a reader: the files of one recording. Used by the fuzz targets here and
//! by the replay of the corpus among the runtime's tests.

use std::fs;
use std::path::Path;

use ecg2mri::formats::{self, Format};

/// What separates the files of a record in a fuzzer's bytes.
const SEPARATOR: &[u8] = b"\n--\n";
/// The files of a WFDB record: its header, and of one or two segments header and samples.
const RECORD: [&str; 5] = ["r.hea", "a.hea", "a.dat", "b.hea", "b.dat"];

/// The name of a format's target and of the folder of its corpus.
pub fn target(format: Format) -> String {
    format.name().to_ascii_lowercase().replace(' ', "_")
}

/// Reads `bytes` as a recording of that format, by way of files in `folder`, and says whether it is
/// one. Whatever it is not must come as an error.
pub fn read(folder: &Path, format: Format, bytes: &[u8]) -> bool {
    let named = match format {
        Format::Wfdb => record(folder, bytes),
        _ => fs::write(folder.join("recording"), bytes).map(|()| "recording"),
    };
    let name = named.expect("the folder can be written to");
    let path = folder.join(name);
    // What any reader makes of it, and what this one does.
    let _ = formats::detect(&path);
    match formats::read_as(&path, format) {
        Ok(ecg) => {
            assert!(ecg.samples_per_lead() > 0 && ecg.sampling_rate() > 0.0);
            true
        }
        Err(error) => {
            let reason = error.kind().to_string();
            assert!(!reason.contains(char::is_control), "{reason:?}");
            assert!(reason.len() < 1000, "{reason:?}");
            false
        }
    }
}

fn record(folder: &Path, bytes: &[u8]) -> std::io::Result<&'static str> {
    let mut rest = Some(bytes);
    for name in RECORD {
        let path = folder.join(name);
        let Some(content) = rest else {
            if path.exists() {
                fs::remove_file(path)?;
            }
            continue;
        };
        let end = content
            .windows(SEPARATOR.len())
            .position(|window| window == SEPARATOR);
        let (content, after) = match end {
            Some(end) => (&content[..end], Some(&content[end + SEPARATOR.len()..])),
            None => (content, None),
        };
        fs::write(path, content)?;
        rest = after;
    }
    Ok(RECORD[0])
}
