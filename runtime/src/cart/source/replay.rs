//! Recorded bytes, as fast as they were sent or as fast as they can be read.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use ecg2mri_shim::wire::{Body, Decoder, Event};

use super::{ByteSource, Received, SourceError};

/// Bytes handed out at a time: a few frames, so that pacing is even.
const PIECE: usize = 512;
/// A longer pause between frames is passed over: nobody wants to wait for what was unplugged.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How fast recorded bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// As the timestamps of their frames say, save for pauses of more than two seconds.
    AsRecorded,
    /// As fast as they can be read.
    FlatOut,
}

/// A file of recorded bytes.
#[derive(Debug)]
pub struct Replay {
    path: PathBuf,
    file: File,
    /// What tells the pace, if there is one to keep.
    pacing: Option<Pacing>,
    /// Bytes that are read but not yet due.
    waiting: Vec<u8>,
    is_at_end: bool,
}

impl Replay {
    /// Opens `path`.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(path: &Path, pace: Pace) -> Result<Self, SourceError> {
        let file = File::open(path).and_then(|file| match file.metadata()?.is_dir() {
            true => Err(std::io::ErrorKind::IsADirectory.into()),
            false => Ok(file),
        });
        let file = file.map_err(|error| SourceError::Open {
            address: path.display().to_string(),
            problem: error.to_string(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
            pacing: (pace == Pace::AsRecorded).then(Pacing::default),
            waiting: Vec::new(),
            is_at_end: false,
        })
    }

    /// Reads the next piece where none is waiting.
    fn fill(&mut self) -> Result<(), SourceError> {
        if !self.waiting.is_empty() || self.is_at_end {
            return Ok(());
        }
        let mut piece = [0; PIECE];
        let read = self.file.read(&mut piece);
        let count =
            read.map_err(|error| SourceError::lost(&self.path.display().to_string(), error))?;
        self.is_at_end = count == 0;
        self.waiting.extend_from_slice(&piece[..count]);
        if let Some(pacing) = &mut self.pacing {
            pacing.follow(&piece[..count]);
        }
        Ok(())
    }
}

impl ByteSource for Replay {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<Received, SourceError> {
        self.fill()?;
        if self.waiting.is_empty() {
            return Ok(Received::End);
        }
        let delay = self.pacing.as_ref().map_or(Duration::ZERO, Pacing::delay);
        thread::sleep(delay.min(timeout));
        if delay > timeout {
            return Ok(Received::Nothing);
        }
        let count = self.waiting.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(self.waiting.drain(..count)) {
            *place = byte;
        }
        Ok(Received::Bytes(count))
    }

    fn write(&mut self, _: &[u8]) -> Result<(), SourceError> {
        Ok(())
    }
}

/// When bytes are due: the timestamps in them, laid against the clock of this machine.
#[derive(Debug, Default)]
struct Pacing {
    decoder: Decoder,
    /// The latest timestamp, and when it is due.
    latest: Option<(Duration, Instant)>,
}

impl Pacing {
    /// Looks for timestamps in the next bytes.
    fn follow(&mut self, bytes: &[u8]) {
        for event in self.decoder.push(bytes) {
            let Event::Frame(frame) = event else { continue };
            if !matches!(frame.body, Body::Samples(_)) {
                continue;
            }
            let stamp = Duration::from_micros(frame.header.timestamp_microseconds);
            let now = Instant::now();
            let due = match self.latest {
                Some((before, due)) => match stamp.checked_sub(before) {
                    Some(step) if step <= LONGEST_PAUSE => due + step,
                    // The device started anew, or was away.
                    _ => now,
                },
                None => now,
            };
            self.latest = Some((stamp, due));
        }
    }

    /// How long the bytes read last have to wait.
    fn delay(&self) -> Duration {
        let due = self.latest.map(|(_, due)| due);
        due.map_or(Duration::ZERO, |due| {
            due.saturating_duration_since(Instant::now())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::fixtures::Device;
    use std::fs;

    /// All bytes of a replay, and how often there was nothing yet.
    fn replayed(path: &Path, pace: Pace, timeout: Duration) -> (Vec<u8>, usize) {
        let mut source = Replay::open(path, pace).expect("a file");
        let (mut bytes, mut pauses) = (Vec::new(), 0);
        let mut buffer = [0; 100];
        loop {
            match source.read(&mut buffer, timeout).expect("readable") {
                Received::Bytes(count) => bytes.extend_from_slice(&buffer[..count]),
                Received::Nothing => pauses += 1,
                Received::End => return (bytes, pauses),
            }
        }
    }

    #[test]
    fn bytes_come_as_they_were_kept_at_either_pace() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bytes.bin");
        let mut device = Device::new(1);
        let mut bytes = vec![1, 2, 3, 0];
        bytes.extend(device.hello());
        bytes.extend((0..10).flat_map(|_| device.samples(10)));
        // An hour in which it was unplugged is not waited for.
        device.next_sample += 1_800_000;
        bytes.extend((0..10).flat_map(|_| device.samples(10)));
        fs::write(&path, &bytes).expect("written");
        let soon = Duration::from_millis(1);
        assert_eq!(replayed(&path, Pace::FlatOut, soon), (bytes.clone(), 0));
        let begin = Instant::now();
        let (paced, pauses) = replayed(&path, Pace::AsRecorded, soon);
        assert_eq!(paced, bytes);
        // Twice nine frames of 20 ms, which a slow machine may take longer for, but never less.
        assert!(begin.elapsed() >= Duration::from_millis(340) && pauses > 0);
    }

    #[test]
    fn what_is_no_file_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [folder.path().to_owned(), folder.path().join("absent")] {
            let refused = Replay::open(&path, Pace::FlatOut).expect_err("no file");
            let named = path.display().to_string();
            assert!(refused.to_string().starts_with(&named), "{refused}");
        }
    }
}
