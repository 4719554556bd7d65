//! Whether anything changed since a recording was dealt with.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::formats::wfdb;

/// All that the outcome of a recording depends on, in 64 bits: the [`identity`](super::Work::identity) of
/// the work, and name, size and time of change of each of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of the recording `path`, whose name is `name`, for a work called `identity`.
    pub(super) fn of(identity: &str, name: &str, path: &Path) -> Self {
        let mut digest = Sha256::new();
        add(&mut digest, identity.as_bytes());
        add(&mut digest, name.as_bytes());
        add_file(&mut digest, path);
        for file in wfdb::files_of(path) {
            // Without its folder: recordings may be moved together.
            let file_name = file.file_name().unwrap_or_default();
            add(&mut digest, file_name.as_encoded_bytes());
            add_file(&mut digest, &file);
        }
        let digest = digest.finalize();
        let first = digest.first_chunk().expect("a SHA-256 has 32 bytes");
        Self(u64::from_be_bytes(*first))
    }

    /// The 64 bits.
    pub(super) fn bits(self) -> u64 {
        self.0
    }
}

/// A field and its length, so that no two lists of fields are the same bytes.
fn add(digest: &mut Sha256, field: &[u8]) {
    digest.update((field.len() as u64).to_le_bytes());
    digest.update(field);
}

/// Size and time of change of a file, or that there is none.
fn add_file(digest: &mut Sha256, path: &Path) {
    let Ok(metadata) = fs::metadata(path) else {
        return add(digest, b"absent");
    };
    digest.update(metadata.len().to_le_bytes());
    let changed = metadata.modified().ok();
    let nanoseconds = changed.map(|time| match time.duration_since(UNIX_EPOCH) {
        Ok(since) => (false, since.as_nanos()),
        Err(before) => (true, before.duration().as_nanos()),
    });
    let (is_before, nanoseconds) = nanoseconds.unwrap_or_default();
    digest.update([u8::from(is_before)]);
    digest.update(nanoseconds.to_le_bytes());
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::{Duration, SystemTime};

    #[test]
    fn every_change_shows() {
        let folder = tempfile::tempdir().expect("a folder");
        let header = folder.path().join("a.hea");
        let signals = folder.path().join("a.dat");
        let of = |identity: &str, name: &str| Fingerprint::of(identity, name, &header);
        let mut all = vec![of("work", "a.hea")];
        fs::write(&header, "a 1 500 4\na.dat 16 200 0 0 0 0 0 II\n").expect("written");
        all.push(of("work", "a.hea"));
        all.push(of("other work", "a.hea"));
        all.push(of("work", "b.hea"));
        fs::write(&signals, [0; 8]).expect("written");
        all.push(of("work", "a.hea"));
        fs::write(&signals, [0; 10]).expect("written");
        all.push(of("work", "a.hea"));
        let earlier = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_000_000_001);
        for file in [&header, &signals] {
            let file = File::options().append(true).open(file).expect("opened");
            file.set_modified(earlier).expect("changed");
            all.push(of("work", "a.hea"));
        }
        for (place, one) in all.iter().enumerate() {
            assert!(!all[..place].contains(one), "{place}");
        }
        let last = all[all.len() - 1];
        assert_eq!(of("work", "a.hea"), last);
        assert_eq!(last.to_string().parse(), Ok(last));
    }
}
