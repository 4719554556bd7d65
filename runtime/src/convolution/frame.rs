//! How a picture or a signal lies in memory: channels last, with a border of zeros.

use super::matrix::Rows;
use super::simd::{InstructionSet, Kernel, Simd};
use super::transpose::{Places, Sources, interleave};

/// Rows of zeros around a frame, so that convolutions need not ask where it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Border {
    /// Rows above.
    pub top: usize,
    /// Columns to the left.
    pub left: usize,
    /// Rows below.
    pub bottom: usize,
    /// Columns to the right.
    pub right: usize,
}

impl Border {
    /// Wide enough for both.
    pub fn union(self, other: Self) -> Self {
        Self {
            top: self.top.max(other.top),
            left: self.left.max(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.max(other.right),
        }
    }
}

/// A picture of `height` × `width` pixels with `channels` each, in the order row, column, channel. A
/// signal is a picture of one row, a matrix one whose columns are its rows.
///
/// Every pixel takes [`Frame::pixel`] floats; those after its channels are zero, as is the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Channels.
    pub channels: usize,
    /// Zeros around.
    pub border: Border,
    /// Floats of one pixel: the channels rounded up to whole vectors.
    pub pixel: usize,
}

impl Frame {
    /// A frame with a border, for vectors of `lanes` floats.
    pub fn new(height: usize, width: usize, channels: usize, border: Border, lanes: usize) -> Self {
        Self {
            height,
            width,
            channels,
            border,
            pixel: channels.next_multiple_of(lanes),
        }
    }

    /// Floats from one row to the next.
    pub fn line(&self) -> usize {
        (self.border.left + self.width + self.border.right) * self.pixel
    }

    /// Floats altogether.
    pub fn length(&self) -> usize {
        (self.border.top + self.height + self.border.bottom) * self.line()
    }

    /// Where the pixel lies that is so many rows above and columns left of the first one.
    ///
    /// # Panics
    /// If the border is narrower than that.
    pub fn before(&self, rows: usize, columns: usize) -> usize {
        assert!(
            rows <= self.border.top && columns <= self.border.left,
            "a frame has the border that its readers need"
        );
        (self.border.top - rows) * self.line() + (self.border.left - columns) * self.pixel
    }

    /// Its pixels as the rows of a matrix.
    pub fn rows(&self) -> Rows {
        Rows {
            origin: self.origin(),
            width: self.width,
            line: self.line(),
            step: self.pixel,
        }
        .of(self.height * self.width)
    }

    /// What is left below so many rows, without a border above.
    pub fn below(&self, rows: usize) -> Self {
        Self {
            height: self.height - rows,
            border: Border {
                top: 0,
                ..self.border
            },
            ..*self
        }
    }

    /// Where the first pixel lies.
    pub fn origin(&self) -> usize {
        self.before(0, 0)
    }

    /// Fills the frame from a tensor of the order channel, row, column.
    pub fn fill(&self, set: InstructionSet, frame: &mut [f32], channels_first: &[f32]) {
        if self.height * self.width == 1 {
            frame[self.origin()..][..self.channels].copy_from_slice(channels_first);
            return;
        }
        set.run(Fill {
            frame: self,
            values: frame,
            channels_first,
        });
    }
}

struct Fill<'a> {
    frame: &'a Frame,
    values: &'a mut [f32],
    channels_first: &'a [f32],
}

impl Kernel for Fill<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let frame = self.frame;
        let plane = frame.height * frame.width;
        let pixel = frame.pixel / S::LANES;
        let output = S::lanes_mut(self.values);
        for y in 0..frame.height {
            let start = (frame.origin() + y * frame.line()) / S::LANES;
            for vector in 0..pixel {
                let channel = vector * S::LANES;
                let sources = Sources {
                    values: &self.channels_first[channel * plane + y * frame.width..],
                    apart: plane,
                    count: frame.channels - channel,
                    length: frame.width,
                };
                let places = Places::evenly(start + vector, pixel);
                interleave(simd, sources, output, places);
            }
        }
    }
}
