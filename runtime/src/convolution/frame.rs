//! How a picture or a signal lies in memory: channels last, with a border of zeros.

use super::matrix::Rows;

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
    }

    /// Where the first pixel lies.
    pub fn origin(&self) -> usize {
        self.before(0, 0)
    }

    /// Fills the frame from a tensor of the order channel, row, column.
    pub fn fill(&self, frame: &mut [f32], channels_first: &[f32]) {
        let plane = self.height * self.width;
        for y in 0..self.height {
            let start = self.origin() + y * self.line();
            let row = &mut frame[start..start + self.width * self.pixel];
            for (x, pixel) in row.chunks_exact_mut(self.pixel).enumerate() {
                let at = y * self.width + x;
                for (channel, value) in pixel[..self.channels].iter_mut().enumerate() {
                    *value = channels_first[channel * plane + at];
                }
            }
        }
    }
}
