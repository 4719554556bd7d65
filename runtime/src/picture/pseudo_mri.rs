//! The decoder's output with its size and scale.

use thiserror::Error;

/// Why values cannot be a picture.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PictureError {
    /// The number of values is not frames × height × width, or one of these is 0.
    #[error("a picture of {frames} × {height} × {width} pixels cannot be made of {values} values")]
    Size {
        /// Number of frames.
        frames: usize,
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
        /// Values given.
        values: usize,
    },
    /// The pixel size is not a positive number.
    #[error("a pixel cannot be {pixel_mm} mm wide")]
    PixelSize {
        /// The size given.
        pixel_mm: f64,
    },
}

/// A synthetic picture of the heart, one or more frames of grey values.
#[derive(Clone, Debug, PartialEq)]
pub struct PseudoMri {
    frames: usize,
    height: usize,
    width: usize,
    pixel_mm: f64,
    values: Vec<f32>,
}

impl PseudoMri {
    /// A picture of `values` in the order frame, row, column: 0 is black and 1 white.
    /// Values outside are kept as they are and drawn as black or white. `pixel_mm` is
    /// the edge of a pixel in millimetres of the patient.
    ///
    /// # Errors
    /// If the number of values does not fit the shape, or the pixel size is no size.
    pub fn new(
        frames: usize,
        height: usize,
        width: usize,
        pixel_mm: f64,
        values: Vec<f32>,
    ) -> Result<Self, PictureError> {
        let expected = frames
            .checked_mul(height)
            .and_then(|rows| rows.checked_mul(width));
        if values.is_empty() || expected != Some(values.len()) {
            return Err(PictureError::Size {
                frames,
                height,
                width,
                values: values.len(),
            });
        }
        if !(pixel_mm.is_finite() && pixel_mm > 0.0) {
            return Err(PictureError::PixelSize { pixel_mm });
        }
        Ok(Self {
            frames,
            height,
            width,
            pixel_mm,
            values,
        })
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Rows of a frame.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Columns of a frame.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Edge of a pixel in millimetres of the patient.
    pub fn pixel_mm(&self) -> f64 {
        self.pixel_mm
    }

    /// All values, in the order frame, row, column.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The values of one frame, row by row; `None` if there is no such frame.
    pub fn frame(&self, index: usize) -> Option<&[f32]> {
        self.values
            .chunks_exact(self.height * self.width)
            .nth(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_must_fill_the_shape() {
        let picture = PseudoMri::new(2, 1, 3, 1.5, vec![0., 1., 2., 3., 4., 5.]).expect("fits");
        assert_eq!(picture.frame(1), Some(&[3., 4., 5.][..]));
        assert_eq!(picture.frame(2), None);
        assert!(PseudoMri::new(2, 1, 3, 1.5, vec![0.; 5]).is_err());
        assert!(PseudoMri::new(0, 1, 3, 1.5, vec![]).is_err());
        assert!(PseudoMri::new(usize::MAX, 2, 3, 1.5, vec![0.; 6]).is_err());
        assert!(PseudoMri::new(1, 1, 1, f64::NAN, vec![0.]).is_err());
    }
}
