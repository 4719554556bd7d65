//! Electrodes off and on, debounced.

use crate::wire::LeadOff;

/// Instants that are looked at.
const WINDOW: usize = 32;

/// How many of them must agree for an electrode to change sides: 48 ms at 500 samples per second.
const AGREE: u8 = 24;

/// Follows the comparators of all electrodes: one is off once it was off at 24 of the last 32
/// instants, and on once it was on at 24 of them.
#[derive(Debug)]
pub(super) struct Debounce {
    /// Positive inputs in the lower byte, negative ones in the upper.
    history: [u16; WINDOW],
    at: usize,
    /// Instants of the window at which each electrode was off.
    off_count: [u8; 16],
    off: u16,
}

impl Debounce {
    /// All electrodes on.
    pub(super) fn new() -> Self {
        Self {
            history: [0; WINDOW],
            at: 0,
            off_count: [0; 16],
            off: 0,
        }
    }

    /// Takes in one instant; tells if an electrode changed sides.
    pub(super) fn push(&mut self, lead_off: LeadOff) -> bool {
        let newest = u16::from_le_bytes([lead_off.positive, lead_off.negative]);
        let oldest = core::mem::replace(&mut self.history[self.at], newest);
        self.at = (self.at + 1) % WINDOW;
        let mut moved = newest ^ oldest;
        let before = self.off;
        // Most often nothing moves, and this costs nothing.
        while moved != 0 {
            let electrode = moved.trailing_zeros() as usize;
            let bit = 1 << electrode;
            moved ^= bit;
            let count = &mut self.off_count[electrode];
            if newest & bit != 0 {
                *count += 1;
                if *count >= AGREE {
                    self.off |= bit;
                }
            } else {
                *count -= 1;
                if *count <= WINDOW as u8 - AGREE {
                    self.off &= !bit;
                }
            }
        }
        self.off != before
    }

    /// The electrodes that are off.
    pub(super) fn off(&self) -> LeadOff {
        let [positive, negative] = self.off.to_le_bytes();
        LeadOff { positive, negative }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    extern crate std;

    fn positive(bits: u8) -> LeadOff {
        LeadOff {
            positive: bits,
            negative: 0,
        }
    }

    #[test]
    fn both_edges_take_as_long() {
        let mut debounce = Debounce::new();
        for instant in 1..=24 {
            assert_eq!(debounce.push(positive(4)), instant == 24);
        }
        assert_eq!(debounce.off(), positive(4));
        for _ in 0..100 {
            assert!(!debounce.push(positive(4)));
        }
        for instant in 1..=24 {
            assert_eq!(debounce.push(positive(0)), instant == 24);
        }
        assert_eq!(debounce.off(), LeadOff::NONE);
    }

    #[test]
    fn a_loose_contact_changes_nothing() {
        let mut debounce = Debounce::new();
        for instant in 0..1000 {
            // Off in bursts of sixteen out of thirty-two, then at every other instant.
            let off = if instant < 500 {
                instant % 32 < 16
            } else {
                instant % 2 == 0
            };
            assert!(!debounce.push(positive(off.into())));
        }
    }

    /// Against the plain reading of the rule.
    #[test]
    fn counts_agree_with_the_window() {
        let mut debounce = Debounce::new();
        let mut all = std::vec![0_u16; WINDOW];
        let (mut state, mut off) = (0x2545_F491_4F6C_DD1D_u64, 0_u16);
        for step in 0..20_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // Electrodes that are mostly off for a while, then mostly on.
            let noise = (state & state >> 16 & state >> 32) as u16;
            let newest = if step / 100 % 2 == 0 { noise } else { !noise };
            all.push(newest);
            for electrode in 0..16 {
                let window = &all[all.len() - WINDOW..];
                let count = window
                    .iter()
                    .filter(|bits| *bits >> electrode & 1 == 1)
                    .count();
                if count >= usize::from(AGREE) {
                    off |= 1 << electrode;
                } else if WINDOW - count >= usize::from(AGREE) {
                    off &= !(1 << electrode);
                }
            }
            let [positive, negative] = newest.to_le_bytes();
            debounce.push(LeadOff { positive, negative });
            let [positive, negative] = off.to_le_bytes();
            assert_eq!(
                debounce.off(),
                LeadOff { positive, negative },
                "step {step}"
            );
        }
    }
}
