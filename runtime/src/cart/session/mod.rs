//! What a device says, made of the bytes of its link: samples in millivolts, what is missing between them,
//! and an account of all that came.

mod gap;
mod ledger;
mod tracker;
mod update;

#[cfg(test)]
mod tests;

use ecg2mri_shim::wire::Decoder;

pub use gap::{Causes, Gap};
pub use ledger::{DamageCounts, FrameCounts, Ledger, MissingSamples};
pub use update::{Block, Update};

use tracker::Tracker;

/// Frames that look like repetitions, one after the other, after which the device is taken to have begun
/// anew under the number it had (wire format, section 7): two seconds at 50 frames a second.
const STALE_FRAMES: u32 = 100;

/// Follows one device. A link that was lost may be opened again and its bytes pushed as before: the sequence
/// numbers tell what was missed.
#[derive(Debug, Default)]
pub struct Session {
    decoder: Decoder,
    tracker: Tracker,
}

impl Session {
    /// A session that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in bytes in pieces of any size, and hands what they complete to `take`, in order.
    pub fn push(&mut self, bytes: &[u8], mut take: impl FnMut(Update)) {
        self.tracker.ledger.bytes += bytes.len() as u64;
        for event in self.decoder.push(bytes) {
            self.tracker.handle(event, &mut take);
        }
        if self.tracker.stale_in_a_row >= STALE_FRAMES {
            self.tracker.begin_anew();
            self.decoder.forget();
        }
    }

    /// Says that the link was lost or closed: what came of a frame under way is counted as damaged.
    pub fn link_lost(&mut self) {
        if let Some(event) = self.decoder.finish() {
            self.tracker.handle(event, &mut |_| {});
        }
        self.tracker.ledger.links_lost += 1;
    }

    /// The account of all that came so far.
    pub fn ledger(&self) -> &Ledger {
        &self.tracker.ledger
    }
}
