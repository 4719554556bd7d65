//! The record that is being written: an hour at most.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::RecordingError;
use super::headers::{self, Part, layout_name, segment_name};
use super::segment::Segment;
use crate::atomic_file::AtomicFile;
use crate::cart::{Block, Layout};

/// Seconds after which segments and records end, and how much must lie before a gap for it to end a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lengths {
    /// Of a segment.
    pub segment: f64,
    /// Of a record.
    pub record: f64,
    /// Before a gap that ends a segment, or of the gap itself.
    pub before_gap: f64,
}

impl Default for Lengths {
    /// A minute, an hour, and ten seconds, which a picture is made of.
    fn default() -> Self {
        Self {
            segment: 60.0,
            record: 3600.0,
            before_gap: 10.0,
        }
    }
}

/// A record that is being written.
#[derive(Debug)]
pub(super) struct Record {
    folder: PathBuf,
    name: String,
    layout: Arc<Layout>,
    lengths: Lengths,
    parts: Vec<Part>,
    /// Segments begun.
    segments: usize,
    open: Option<Segment>,
}

impl Record {
    /// Begins a record under the first name that is free in `folder`.
    pub(super) fn create(
        folder: &Path,
        layout: Arc<Layout>,
        lengths: Lengths,
    ) -> Result<Self, RecordingError> {
        for number in 1..=9999 {
            let name = format!("rec{number:04}");
            if !claim(folder, &name, &layout)? {
                continue;
            }
            return Ok(Self {
                folder: folder.to_owned(),
                name,
                layout,
                lengths,
                parts: Vec::new(),
                segments: 0,
                open: None,
            });
        }
        let folder = folder.to_owned();
        Err(RecordingError::Full { folder })
    }

    /// Whether `layout` goes on with this record.
    pub(super) fn is_of(&self, layout: &Layout) -> bool {
        layout.continues(&self.layout)
    }

    /// Whether it is as long as a record shall be.
    pub(super) fn is_full(&self) -> bool {
        let parts: u64 = self.parts.iter().map(Part::length).sum();
        let open = self.open.as_ref().map_or(0, Segment::length);
        parts + open >= self.count(self.lengths.record)
    }

    /// Takes in samples.
    pub(super) fn samples(&mut self, block: &Block) -> Result<(), RecordingError> {
        if self
            .open
            .as_ref()
            .is_some_and(|open| !open.is_of(&block.layout))
        {
            self.close()?;
        }
        let mut from = 0;
        while from < block.len() {
            let longest = self.count(self.lengths.segment);
            let open = self.open(&block.layout)?;
            let room = usize::try_from(longest - open.length()).unwrap_or(usize::MAX);
            open.samples(block, from, room);
            from += room.min(block.len() - from);
            if open.length() >= longest {
                self.close()?;
            }
        }
        Ok(())
    }

    /// Takes in that samples are missing.
    pub(super) fn gap(&mut self, length: u64) -> Result<(), RecordingError> {
        let enough = self.count(self.lengths.before_gap);
        let longest = self.count(self.lengths.segment);
        if let Some(open) = &mut self.open {
            let is_short = length < enough && open.length() < enough;
            if is_short && open.length() + length < longest {
                open.missing(length);
                return Ok(());
            }
            self.close()?;
        }
        match self.parts.last_mut() {
            Some(Part::Gap(before)) => *before += length,
            // A record begins with samples: what was missing before them is not part of it.
            None => return Ok(()),
            Some(Part::Segment(..)) => self.parts.push(Part::Gap(length)),
        }
        self.list()
    }

    /// Sees to it that all that was taken in is on the disk.
    pub(super) fn synchronise(&mut self) -> Result<(), RecordingError> {
        self.open.as_mut().map_or(Ok(()), Segment::synchronise)
    }

    /// Ends the record.
    pub(super) fn finish(mut self) -> Result<(), RecordingError> {
        self.close()
    }

    /// The segment that samples of `layout` go into.
    fn open(&mut self, layout: &Arc<Layout>) -> Result<&mut Segment, RecordingError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                self.segments += 1;
                let name = segment_name(&self.name, self.segments);
                Segment::create(&self.folder, name, layout.clone())?
            }
        };
        Ok(self.open.insert(open))
    }

    /// Ends the segment that is being written, if there is one.
    fn close(&mut self) -> Result<(), RecordingError> {
        let Some(mut open) = self.open.take() else {
            return Ok(());
        };
        open.synchronise()?;
        let part = Part::Segment(open.name().to_owned(), open.length());
        self.parts.push(part);
        self.list()
    }

    /// Replaces the record's own header.
    fn list(&self) -> Result<(), RecordingError> {
        let channels = self.layout.channels().len();
        let rate = self.layout.sampling_rate();
        let text = headers::record(&self.name, channels, rate, &self.parts);
        let path = self.folder.join(format!("{}.hea", self.name));
        Ok(AtomicFile::write(&path, text.as_bytes())?)
    }

    /// Seconds as sampling instants; one at least.
    fn count(&self, seconds: f64) -> u64 {
        (seconds * self.layout.sampling_rate()).round().max(1.0) as u64
    }
}

/// Makes the name `name` this record's by writing the header that lists its signals; `false` if it is taken.
fn claim(folder: &Path, name: &str, layout: &Layout) -> Result<bool, RecordingError> {
    let taken = folder.join(format!("{name}.hea"));
    if taken.exists() {
        return Ok(false);
    }
    let listed = layout_name(name);
    let path = folder.join(format!("{listed}.hea"));
    match OpenOptions::new().create_new(true).write(true).open(&path) {
        Ok(mut file) => {
            let text = headers::layout(&listed, layout);
            let written = file
                .write_all(text.as_bytes())
                .and_then(|()| file.sync_all());
            written.map_err(|error| RecordingError::io(&path, error))?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(RecordingError::io(&path, error)),
    }
}
