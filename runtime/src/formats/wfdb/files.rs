//! Which files make up one record.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::header_file::{header_path, is_header_name, read_header, with_extension_appended};
use crate::untrusted_file::is_plain_name;

/// The other files of the record whose header is at `path`, without looking whether they are there: its
/// signal files, or the headers and signal files of its segments. None if `path` is no header.
pub fn files_of(path: &Path) -> Vec<PathBuf> {
    if !is_header_name(path) {
        return Vec::new();
    }
    let Ok(header) = read_header(path) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    let named = |name: &str| is_plain_name(name).then(|| path.with_file_name(name));
    for signal in &header.signals {
        let file = named(&signal.file_name);
        // Signals of one file follow one another.
        if file.as_ref() != files.last() {
            files.extend(file);
        }
    }
    for segment in &header.segments {
        let Some(segment) = named(&segment.name).and_then(|record| header_path(&record)) else {
            continue;
        };
        // Segments have no segments of their own.
        let signals = read_header(&segment).map(|header| header.signals);
        files.push(segment);
        for signal in signals.unwrap_or_default() {
            let file = named(&signal.file_name);
            if file.as_ref() != files.last() {
                files.extend(file);
            }
        }
    }
    files
}

/// Whether the file at `path` is a part of a record that another file stands for: a signal file beside its
/// header, or a segment `a_0001.hea` that the header `a.hea` names.
pub fn is_part_of_record(path: &Path) -> bool {
    if !is_header_name(path) {
        return header_path(path).is_some();
    }
    let stem = path.file_stem().and_then(OsStr::to_str);
    let Some((stem, (record, _))) = stem.and_then(|stem| Some((stem, stem.rsplit_once('_')?)))
    else {
        return false;
    };
    let whole = with_extension_appended(&path.with_file_name(record), "hea");
    read_header(&whole).is_ok_and(|header| {
        let mut segments = header.segments.iter();
        segments.any(|segment| segment.name == stem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_record_is_counted_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| fs::write(path(name), text).expect("written");
        write(
            "a.hea",
            "a 2 500 2\na.dat 16 200 0 0 0 0 0 I\na.dat 16 200 0 0 0 0 0 II\n",
        );
        write("m.hea", "m/2 1 500 4\nm_1 2\nm_2 2\n");
        write("m_1.hea", "m_1 1 500 2\nm_1.dat 16 200 0 0 0 0 0 I\n");
        write("m_2.hea", "m_2 1 500 2\nm_2.dat 16 200 0 0 0 0 0 I\n");
        write("m_3.hea", "m_3 1 500 2\n../m_3.dat 16 200 0 0 0 0 0 I\n");
        for name in ["a.dat", "m_1.dat", "m_2.dat", "b.dat", "a.xml"] {
            write(name, "0000");
        }
        let files = |name: &str| files_of(&path(name));
        assert_eq!(files("a.hea"), [path("a.dat")]);
        let segments = ["m_1.hea", "m_1.dat", "m_2.hea", "m_2.dat"].map(path);
        assert_eq!(files("m.hea"), segments);
        for none in ["a.dat", "a.xml", "absent.hea", "m_3.hea"] {
            assert!(files(none).is_empty(), "{none}");
        }
        for part in ["a.dat", "m_1.hea", "m_2.hea", "m_2.dat"] {
            assert!(is_part_of_record(&path(part)), "{part}");
        }
        for whole in ["a.hea", "m.hea", "m_3.hea", "b.dat", "a.xml"] {
            assert!(!is_part_of_record(&path(whole)), "{whole}");
        }
    }
}
