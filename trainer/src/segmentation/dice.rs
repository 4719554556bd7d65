//! How well two maps of labels agree.

/// The Dice coefficient of each of `LABELS` labels over all pixels of two maps: twice the pixels that both give the
/// label, over the pixels that either does (Dice, Ecology 1945); NaN where neither gives it.
///
/// # Panics
/// Where the maps differ in length.
pub fn dice<const LABELS: usize>(found: &[u8], truth: &[u8]) -> [f64; LABELS] {
    let mut counts = Overlap::<LABELS>::default();
    counts.add(found, truth);
    counts.dice()
}

/// Pixels counted for [`dice`], map after map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap<const LABELS: usize> {
    both: [u64; LABELS],
    found: [u64; LABELS],
    truth: [u64; LABELS],
}

impl<const LABELS: usize> Default for Overlap<LABELS> {
    fn default() -> Self {
        Overlap {
            both: [0; LABELS],
            found: [0; LABELS],
            truth: [0; LABELS],
        }
    }
}

impl<const LABELS: usize> Overlap<LABELS> {
    /// Counts the pixels of one more map; labels from `LABELS` on are passed over.
    ///
    /// # Panics
    /// Where the maps differ in length.
    pub fn add(&mut self, found: &[u8], truth: &[u8]) {
        assert_eq!(found.len(), truth.len(), "pixels of two maps of labels");
        for (&found, &truth) in found.iter().zip(truth) {
            let (found, truth) = (usize::from(found), usize::from(truth));
            if found < LABELS {
                self.found[found] += 1;
                self.both[found] += u64::from(found == truth);
            }
            if truth < LABELS {
                self.truth[truth] += 1;
            }
        }
    }

    /// The Dice coefficient of each label over all maps so far; NaN where no map gives it.
    pub fn dice(&self) -> [f64; LABELS] {
        std::array::from_fn(|label| {
            2.0 * self.both[label] as f64 / (self.found[label] + self.truth[label]) as f64
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_twice_what_both_have() {
        let [none, one, two, three] = dice::<4>(&[0, 1, 1, 2, 2, 9], &[0, 1, 2, 2, 1, 9]);
        assert_eq!([none, one, two], [1.0, 0.5, 0.5]);
        assert!(three.is_nan());
        let mut overlap = Overlap::<2>::default();
        overlap.add(&[1, 0], &[1, 1]);
        overlap.add(&[1, 1], &[1, 1]);
        assert_eq!(overlap.dice(), [0.0, 6.0 / 7.0]);
    }
}
