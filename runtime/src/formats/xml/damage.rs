//! Test support: documents damaged at random.

use proptest::prelude::*;
use proptest::sample::Index;
use roxmltree::Node;

use super::recording_of;
use crate::ecg::Ecg;
use crate::formats::ReadErrorKind;

/// Reads `document` with a byte changed, with a part left out, with a part said twice, and cut
/// short: none may panic, and the last must be refused.
pub(in crate::formats) fn assert_survives_damage(
    document: &[u8],
    recording: fn(Node<'_, '_>) -> Result<Ecg, ReadErrorKind>,
) {
    recording_of(document.to_vec(), recording).expect("a sound document");
    proptest!(|(place: Index, other: Index, value: u8)| {
        let (place, other) = (place.index(document.len()), other.index(document.len()));
        let (from, to) = (place.min(other), place.max(other));
        let mut changed = document.to_vec();
        changed[place] = value;
        let without = [&document[..from], &document[to..]].concat();
        let twice = [&document[..to], &document[from..]].concat();
        for damaged in [changed, without, twice] {
            let _ = recording_of(damaged, recording);
        }
        prop_assert!(recording_of(document[..place].to_vec(), recording).is_err());
    });
}
