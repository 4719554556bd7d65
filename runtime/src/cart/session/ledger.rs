//! The account of all that came, and of what did not.

use std::fmt;

use ecg2mri_shim::wire::Damage;
use serde::Serialize;

use super::Causes;

/// All that came over a link, and all that is known not to have come.
///
/// Every sampling instant between the first and the last that arrived of a session is either delivered or among
/// those missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Bytes received.
    pub bytes: u64,
    /// Frames, by what became of them.
    pub frames: FrameCounts,
    /// Stretches of bytes that were no frame.
    pub damaged: DamageCounts,
    /// Sampling instants handed on.
    pub samples_delivered: u64,
    /// Sampling instants that are missing.
    pub samples_missing: MissingSamples,
    /// Sessions that began: starts of the device, and the first meeting.
    pub sessions: u64,
    /// Times that the device changed what its samples mean, or said so for the first time in a session.
    pub configurations: u64,
    /// Times that the link was lost.
    pub links_lost: u64,
    /// Times that the device was taken to have begun anew under a number it had before.
    pub begun_anew: u64,
}

/// Frames, by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FrameCounts {
    /// Of samples, delivered.
    pub samples: u64,
    /// Hellos, delivered.
    pub hello: u64,
    /// Of state, events, self-tests and acknowledgements, delivered.
    pub messages: u64,
    /// Undamaged, but of a kind that goes the other way: an echo of what was sent.
    pub echoes: u64,
    /// Undamaged, but of a kind that this program does not know.
    pub of_unknown_kind: u64,
    /// Undamaged, but of a version that this program does not speak.
    pub of_other_version: u64,
    /// Undamaged, but delivered before.
    pub stale: u64,
    /// Known from the sequence numbers not to have come.
    pub missing: u64,
}

/// Stretches of bytes that were no frame, by what was wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DamageCounts {
    /// All of them.
    pub stretches: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// The checksum was wrong.
    pub checksum: u64,
    /// A delimiter stood within a block.
    pub stuffing: u64,
    /// Longer than any frame.
    pub too_long: u64,
    /// Shorter than any frame.
    pub too_short: u64,
    /// The link was lost within it.
    pub unfinished: u64,
    /// The checksum was right, but the content was not: the device is at fault.
    pub content: u64,
}

/// Sampling instants that are missing, by cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MissingSamples {
    /// All of them.
    pub all: u64,
    /// In so many gaps.
    pub gaps: u64,
    /// Lost between the device and here.
    pub link: u64,
    /// The device's queue was full.
    pub queue: u64,
    /// The device missed data-ready edges.
    pub data_ready: u64,
    /// The front end's data came without its marker.
    pub marker: u64,
    /// Transfers between microcontroller and front end failed.
    pub transfer: u64,
    /// They came, but no hello that says what they mean.
    pub no_hello: u64,
    /// Several causes at once.
    pub several: u64,
    /// The device does not say why.
    pub unexplained: u64,
}

impl DamageCounts {
    pub(super) fn count(&mut self, reason: Damage, bytes: usize) {
        self.stretches += 1;
        self.bytes += bytes as u64;
        let kind = match reason {
            Damage::Checksum { .. } => &mut self.checksum,
            Damage::Stuffing => &mut self.stuffing,
            Damage::TooLong { .. } => &mut self.too_long,
            Damage::TooShort { .. } => &mut self.too_short,
            Damage::Unfinished => &mut self.unfinished,
            // What else the decoder may find wrong is found in the content.
            _ => &mut self.content,
        };
        *kind += 1;
    }
}

impl MissingSamples {
    pub(super) fn count(&mut self, causes: Causes, length: u64) {
        self.all += length;
        self.gaps += 1;
        let cause = match (causes.count(), causes) {
            (0, _) => &mut self.unexplained,
            (1, Causes { link: true, .. }) => &mut self.link,
            (1, Causes { queue: true, .. }) => &mut self.queue,
            (
                1,
                Causes {
                    data_ready: true, ..
                },
            ) => &mut self.data_ready,
            (1, Causes { marker: true, .. }) => &mut self.marker,
            (1, Causes { transfer: true, .. }) => &mut self.transfer,
            (1, Causes { no_hello: true, .. }) => &mut self.no_hello,
            _ => &mut self.several,
        };
        *cause += length;
    }
}

impl Ledger {
    /// Sampling instants from the first to the last that arrived, session by session: those delivered and those
    /// missing.
    pub fn samples_accounted(&self) -> u64 {
        self.samples_delivered + self.samples_missing.all
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            frames,
            damaged,
            samples_missing: missing,
            ..
        } = self;
        writeln!(formatter, "bytes received {}", self.bytes)?;
        writeln!(
            formatter,
            "frames: {} of samples, {} hello, {} messages, {} echoes, {} of unknown kind, {} of another version, {} stale, {} missing",
            frames.samples,
            frames.hello,
            frames.messages,
            frames.echoes,
            frames.of_unknown_kind,
            frames.of_other_version,
            frames.stale,
            frames.missing
        )?;
        writeln!(
            formatter,
            "damaged stretches: {} of {} bytes ({} checksum, {} stuffing, {} too long, {} too short, {} unfinished, \
            {} content)",
            damaged.stretches,
            damaged.bytes,
            damaged.checksum,
            damaged.stuffing,
            damaged.too_long,
            damaged.too_short,
            damaged.unfinished,
            damaged.content
        )?;
        writeln!(
            formatter,
            "samples: {} delivered, {} missing in {} gaps ({} lost on the link, {} queue full, {} data-ready missed, \
            {} marker missing, {} SPI failed, {} without hello, {} several causes, {} unexplained)",
            self.samples_delivered,
            missing.all,
            missing.gaps,
            missing.link,
            missing.queue,
            missing.data_ready,
            missing.marker,
            missing.transfer,
            missing.no_hello,
            missing.several,
            missing.unexplained
        )?;
        write!(
            formatter,
            "sessions {}, configurations {}, links lost {}, begun anew {}",
            self.sessions, self.configurations, self.links_lost, self.begun_anew
        )
    }
}
