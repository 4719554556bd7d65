//! The segment that is being written.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::RecordingError;
use super::headers::{self, Sums};
use crate::atomic_file::AtomicFile;
use crate::cart::{Block, Layout};

/// The number that means "missing" in format 32; no code of 24 bits is as low.
const MISSING: i32 = i32::MIN;

/// A segment that is being written.
#[derive(Debug)]
pub(super) struct Segment {
    name: String,
    header: PathBuf,
    data: PathBuf,
    file: File,
    layout: Arc<Layout>,
    /// Bytes not yet handed to the system.
    waiting: Vec<u8>,
    /// Sampling instants, those that wait included.
    length: u64,
    /// Whether the header tells of all of them.
    is_synchronised: bool,
    sums: Vec<Sums>,
}

impl Segment {
    /// An empty segment `name` in `folder`.
    pub(super) fn create(
        folder: &Path,
        name: String,
        layout: Arc<Layout>,
    ) -> Result<Self, RecordingError> {
        let data = folder.join(format!("{name}.dat"));
        let header = folder.join(format!("{name}.hea"));
        let file = OpenOptions::new().create_new(true).append(true).open(&data);
        let file = file.map_err(|error| RecordingError::io(&data, error))?;
        let sums = vec![Sums::default(); layout.channels().len()];
        Ok(Self {
            name,
            header,
            data,
            file,
            layout,
            waiting: Vec::new(),
            length: 0,
            is_synchronised: true,
            sums,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Sampling instants so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whether samples of `layout` may be part of it: all of a segment have one gain.
    pub(super) fn is_of(&self, layout: &Layout) -> bool {
        self.layout.channels() == layout.channels()
            && self.layout.sampling_rate() == layout.sampling_rate()
    }

    /// Takes in up to `most` sampling instants of `block`, from its instant `from` on.
    pub(super) fn samples(&mut self, block: &Block, from: usize, most: usize) {
        for row in block.codes().rows().skip(from).take(most) {
            self.row(row.iter().copied());
        }
    }

    /// Takes in missing sampling instants.
    pub(super) fn missing(&mut self, length: u64) {
        let channels = self.sums.len();
        for _ in 0..length {
            self.row(std::iter::repeat_n(MISSING, channels));
        }
    }

    fn row(&mut self, codes: impl Iterator<Item = i32>) {
        for (sums, code) in self.sums.iter_mut().zip(codes) {
            if self.length == 0 {
                sums.first = code;
            }
            // The lower sixteen bits are what the sum is made of.
            sums.sum = sums.sum.wrapping_add(code as i16);
            self.waiting.extend_from_slice(&code.to_le_bytes());
        }
        self.length += 1;
        self.is_synchronised = false;
    }

    /// Flushes the samples to the disk, and then replaces the header by one that tells of them.
    pub(super) fn synchronise(&mut self) -> Result<(), RecordingError> {
        if self.is_synchronised {
            return Ok(());
        }
        let written = self
            .file
            .write_all(&self.waiting)
            .and_then(|()| self.file.sync_data());
        written.map_err(|error| RecordingError::io(&self.data, error))?;
        self.waiting.clear();
        let header = headers::segment(&self.name, &self.layout, self.length, &self.sums);
        AtomicFile::write(&self.header, header.as_bytes())?;
        self.is_synchronised = true;
        Ok(())
    }
}
