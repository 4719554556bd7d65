//! Samples that are missing, and why.

use std::fmt;

use ecg2mri_shim::wire::Status;

/// Samples that are missing between those before and those after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Number of the first sampling instant missing, counted as in [`Block::position`](super::Block::position).
    pub position: u64,
    /// How many sampling instants, exactly.
    pub length: u64,
    /// Why.
    pub causes: Causes,
}

/// Why samples are missing; several may hold of one gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Causes {
    /// Frames were lost or damaged between the device and here.
    pub link: bool,
    /// The device's queue was full.
    pub queue: bool,
    /// The device missed a data-ready edge.
    pub data_ready: bool,
    /// The front end's data came without its marker.
    pub marker: bool,
    /// A transfer between microcontroller and front end failed.
    pub transfer: bool,
    /// The samples came, but no hello that says what they mean.
    pub no_hello: bool,
}

impl Causes {
    /// What the device says, and whether frames are missing too.
    pub(super) fn new(status: Status, link: bool) -> Self {
        Self {
            link,
            queue: status.contains(Status::OVERRUN),
            data_ready: status.contains(Status::MISSED_DATA_READY),
            marker: status.contains(Status::BAD_SYNC),
            transfer: status.contains(Status::SPI_ERROR),
            no_hello: false,
        }
    }

    /// Samples that no hello describes.
    pub(super) fn without_hello() -> Self {
        Self {
            no_hello: true,
            ..Self::default()
        }
    }

    /// The words of those that hold.
    fn words(self) -> Vec<&'static str> {
        let words = [
            (self.link, "lost on the link"),
            (self.queue, "the device's queue was full"),
            (self.data_ready, "a data-ready edge was missed"),
            (self.marker, "the front end's marker was missing"),
            (self.transfer, "an SPI transfer failed"),
            (self.no_hello, "no hello says what they mean"),
        ];
        let holding = words.into_iter().filter(|(holds, _)| *holds);
        holding.map(|(_, words)| words).collect()
    }

    /// How many hold.
    pub(super) fn count(self) -> usize {
        self.words().len()
    }
}

impl fmt::Display for Causes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words().as_slice() {
            [] => formatter.write_str("the device does not say why"),
            words => formatter.write_str(&words.join(", ")),
        }
    }
}
