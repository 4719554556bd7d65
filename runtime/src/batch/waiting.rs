//! Files that a repeated look at the folder leaves for later.

use std::collections::HashMap;
use std::mem;

use super::fingerprint::Fingerprint;

/// What was seen at the last look and at this one of files not dealt with, by the digest of their names. A
/// file counts once it is the same at two looks in a row: one that is being copied is not.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    last_look: HashMap<u64, Fingerprint>,
    this_look: HashMap<u64, Fingerprint>,
}

impl Waiting {
    /// Begins the next look.
    pub(super) fn begin_look(&mut self) {
        self.last_look = mem::take(&mut self.this_look);
    }

    /// Whether the file is as it was at the last look; if it is not, it waits for the next.
    pub(super) fn is_still(&mut self, name: u64, fingerprint: Fingerprint) -> bool {
        let is_still = self.last_look.get(&name) == Some(&fingerprint);
        if !is_still {
            self.this_look.insert(name, fingerprint);
        }
        is_still
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_file_counts_once_it_is_still() {
        let mut waiting = Waiting::default();
        let mut look = |state: &str| {
            waiting.begin_look();
            let fingerprint = Fingerprint::of(state, "a.xml", Path::new("/absent"));
            waiting.is_still(7, fingerprint)
        };
        let states = ["h", "half", "whole", "whole"];
        assert_eq!(states.map(&mut look), [false, false, false, true]);
    }
}
