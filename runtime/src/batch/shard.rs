//! Which part of the recordings is a process's own.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Part `number` of `count`.
///
/// A recording's part depends on its name alone (see [`record_name`](super::record_name)): the first eight
/// bytes of the name's SHA-256, as a big-endian number, modulo `count`, are `number` less one. Recordings
/// that are added or removed move no other to another part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    count: u32,
}

/// Why a text names no shard.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{given}` is no shard; give I/N with I from 1 to N, e.g. 3/40")]
pub struct ShardError {
    given: String,
}

impl Shard {
    /// All recordings.
    pub const WHOLE: Self = Self {
        number: 1,
        count: 1,
    };

    /// Part `number`, from 1, of `count`; `None` if there is no such part.
    pub fn new(number: u32, count: u32) -> Option<Self> {
        (1..=count)
            .contains(&number)
            .then_some(Self { number, count })
    }

    /// Whether the recording `name` is in this part.
    pub fn contains(self, name: &str) -> bool {
        self.count == 1 || digest(name) % u64::from(self.count) == u64::from(self.number - 1)
    }

    /// For file names: `3-of-40`.
    pub fn file_part(self) -> String {
        format!("{}-of-{}", self.number, self.count)
    }
}

/// The first eight bytes of the SHA-256 of `name`, as a big-endian number.
pub(super) fn digest(name: &str) -> u64 {
    let digest = Sha256::digest(name.as_bytes());
    let first = digest.first_chunk().expect("a SHA-256 has 32 bytes");
    u64::from_be_bytes(*first)
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let parsed = text
            .split_once('/')
            .and_then(|(number, count)| Self::new(number.parse().ok()?, count.parse().ok()?));
        parsed.ok_or_else(|| ShardError { given: text.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shards_are_read_as_they_are_written() {
        let shard: Shard = "3/40".parse().expect("a shard");
        assert_eq!(shard, Shard::new(3, 40).expect("a shard"));
        assert_eq!(
            (shard.to_string(), shard.file_part()),
            ("3/40".into(), "3-of-40".into())
        );
        assert_eq!("1/1".parse(), Ok(Shard::WHOLE));
        for wrong in ["0/4", "5/4", "1/0", "1", "/", "1/2/3", "-1/2", "a/b", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    /// Python: int.from_bytes(hashlib.sha256(b"a/rec.hea").digest()[:8], "big")
    #[test]
    fn the_digest_is_the_documented_one() {
        assert_eq!(digest("a/rec.hea"), 168014504867505754);
    }

    #[test]
    fn parts_are_of_about_one_size() {
        let mut sizes = [0_u32; 7];
        for record in 0..7000 {
            let name = format!("folder/{record}_20205_2_0.xml");
            let part = (0..7).position(|part| {
                Shard::new(part + 1, 7).is_some_and(|shard| shard.contains(&name))
            });
            sizes[part.expect("one of them")] += 1;
        }
        // Five standard deviations of a binomial distribution.
        assert!(
            sizes
                .iter()
                .all(|size| (1000 - 147..1000 + 147).contains(size)),
            "{sizes:?}"
        );
    }

    proptest! {
        #[test]
        fn every_name_is_in_one_part(name in any::<String>(), count in 1_u32..50) {
            let shards = (1..=count).filter_map(|number| Shard::new(number, count));
            prop_assert_eq!(shards.filter(|shard| shard.contains(&name)).count(), 1);
        }
    }
}
