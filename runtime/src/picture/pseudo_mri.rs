//! The decoder's output with its size and scale.

use std::ops::Range;

use thiserror::Error;

/// Why values cannot be a picture.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The number of values is not views × phases × height × width, or one of these is 0.
    #[error(
        "{} views in {} phases of {} × {} pixels cannot be made of {values} values",
        shape.views, shape.phases, shape.height, shape.width
    )]
    Size {
        /// The shape asked for.
        shape: PictureShape,
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

/// How many pictures of what size belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureShape {
    /// Imaging planes.
    pub views: usize,
    /// Phases of the heart cycle; 50 or so of a cine.
    pub phases: usize,
    /// Rows of one picture.
    pub height: usize,
    /// Columns of one picture.
    pub width: usize,
}

impl PictureShape {
    /// One picture of this size.
    pub fn single(height: usize, width: usize) -> Self {
        Self {
            views: 1,
            phases: 1,
            height,
            width,
        }
    }

    /// Every view in every phase.
    pub fn channels(&self) -> usize {
        self.views.saturating_mul(self.phases)
    }

    /// Number of values in all; `None` if it is none or there is no such number.
    fn length(&self) -> Option<usize> {
        let channels = self.views.checked_mul(self.phases)?;
        let values = channels.checked_mul(self.height)?.checked_mul(self.width)?;
        (values > 0).then_some(values)
    }
}

/// Synthetic pictures of one heart: one or more views in one or more phases, in grey values, and how
/// uncertain each pixel is, if the model says.
#[derive(Clone, Debug, PartialEq)]
pub struct PseudoMri {
    shape: PictureShape,
    pixel_mm: f64,
    values: Vec<f32>,
    deviation: Option<Vec<f32>>,
}

impl PseudoMri {
    /// Pictures of `values` in the order view, phase, row, column: 0 is black and 1 white.
    /// Values outside are kept as they are and drawn as black or white. `pixel_mm` is
    /// the edge of a pixel in millimetres of the patient.
    ///
    /// # Errors
    /// If the number of values does not fit the shape, or the pixel size is no size.
    pub fn new(shape: PictureShape, pixel_mm: f64, values: Vec<f32>) -> Result<Self, PictureError> {
        check_length(shape, &values)?;
        if !(pixel_mm.is_finite() && pixel_mm > 0.0) {
            return Err(PictureError::PixelSize { pixel_mm });
        }
        Ok(Self {
            shape,
            pixel_mm,
            values,
            deviation: None,
        })
    }

    /// The same with the standard deviation that the model predicts of each pixel's error, in the same
    /// order and on the same scale.
    ///
    /// # Errors
    /// If there are not as many as values.
    pub fn with_deviation(self, deviation: Vec<f32>) -> Result<Self, PictureError> {
        check_length(self.shape, &deviation)?;
        Ok(Self {
            deviation: Some(deviation),
            ..self
        })
    }

    /// Its shape.
    pub fn shape(&self) -> PictureShape {
        self.shape
    }

    /// Edge of a pixel in millimetres of the patient.
    pub fn pixel_mm(&self) -> f64 {
        self.pixel_mm
    }

    /// All values, in the order view, phase, row, column.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The predicted standard deviations, in the same order, if there are any.
    pub fn deviation(&self) -> Option<&[f32]> {
        self.deviation.as_deref()
    }

    /// The values of one view in one phase, row by row; `None` if there is no such view or phase.
    pub fn frame(&self, view: usize, phase: usize) -> Option<&[f32]> {
        self.part(&self.values, view, phase)
    }

    /// The grey value of one pixel; `None` if there is no such view, phase, row or column.
    pub fn pixel(&self, view: usize, phase: usize, row: usize, column: usize) -> Option<f32> {
        let row = self
            .frame(view, phase)?
            .chunks_exact(self.shape.width)
            .nth(row)?;
        row.get(column).copied()
    }

    /// Height and width of one picture in millimetres of the patient.
    pub fn size_mm(&self) -> (f64, f64) {
        let edge = |pixels: usize| pixels as f64 * self.pixel_mm;
        (edge(self.shape.height), edge(self.shape.width))
    }

    /// The predicted standard deviations of one view in one phase, row by row; `None` if there are none.
    pub fn deviation_of(&self, view: usize, phase: usize) -> Option<&[f32]> {
        self.part(self.deviation.as_deref()?, view, phase)
    }

    /// Some of the views in one phase, without their deviations; `None` if there are no such views or phase.
    pub fn in_phase(&self, views: Range<usize>, phase: usize) -> Option<Self> {
        let shape = PictureShape {
            views: views.len(),
            phases: 1,
            ..self.shape
        };
        let mut values = Vec::new();
        for view in views {
            values.extend_from_slice(self.frame(view, phase)?);
        }
        Self::new(shape, self.pixel_mm, values).ok()
    }

    /// Mean of the predicted standard deviations of each view in each phase, in grey values 0..1; `None` if
    /// there are none.
    pub fn mean_deviations(&self) -> Option<Vec<f64>> {
        let pixels = self.shape.height * self.shape.width;
        let channels = self.deviation.as_deref()?.chunks_exact(pixels);
        let mean = |channel: &[f32]| {
            let sum: f64 = channel.iter().copied().map(f64::from).sum();
            sum / pixels as f64
        };
        Some(channels.map(mean).collect())
    }

    fn part<'a>(&self, values: &'a [f32], view: usize, phase: usize) -> Option<&'a [f32]> {
        let PictureShape {
            views,
            phases,
            height,
            width,
        } = self.shape;
        let inside = view < views && phase < phases;
        let index = inside.then(|| view * phases + phase)?;
        values.chunks_exact(height * width).nth(index)
    }
}

fn check_length(shape: PictureShape, values: &[f32]) -> Result<(), PictureError> {
    match shape.length() {
        Some(expected) if expected == values.len() => Ok(()),
        _ => Err(PictureError::Size {
            shape,
            values: values.len(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(views: usize, phases: usize, height: usize, width: usize) -> PictureShape {
        PictureShape {
            views,
            phases,
            height,
            width,
        }
    }

    #[test]
    fn values_must_fill_the_shape() {
        let new = |shape, pixel_mm, length| PseudoMri::new(shape, pixel_mm, vec![0.0; length]);
        assert!(new(shape(2, 1, 1, 3), 1.0, 5).is_err());
        assert!(new(shape(0, 1, 1, 3), 1.0, 0).is_err());
        assert!(new(shape(1, 1, usize::MAX, 2), 1.0, 6).is_err());
        assert!(new(shape(1, 1, 1, 1), f64::NAN, 1).is_err());
        let picture = new(shape(1, 2, 1, 1), 1.0, 2).expect("fits");
        assert!(picture.with_deviation(vec![0.1]).is_err());
    }

    #[test]
    fn a_frame_is_a_view_in_a_phase() {
        let values: Vec<f32> = (0..12_u8).map(f32::from).collect();
        let halves = values.iter().map(|value| value / 2.0).collect();
        let picture = PseudoMri::new(shape(2, 3, 1, 2), 1.4, values)
            .and_then(|picture| picture.with_deviation(halves))
            .expect("fits");
        assert_eq!(picture.frame(1, 0), Some(&[6.0, 7.0][..]));
        assert_eq!(picture.deviation_of(0, 2), Some(&[2.0, 2.5][..]));
        assert_eq!((picture.frame(0, 3), picture.frame(2, 0)), (None, None));
        let part = picture.in_phase(1..2, 2).expect("it is there");
        assert_eq!((part.values(), part.deviation()), (&[10.0, 11.0][..], None));
        assert_eq!(
            picture.in_phase(0..2, 0).map(|part| part.shape()),
            Some(shape(2, 1, 1, 2))
        );
        for (views, phase) in [(0..3, 0), (0..1, 3), (1..1, 0)] {
            assert_eq!(picture.in_phase(views, phase), None);
        }
        assert_eq!(picture.pixel(1, 0, 0, 1), Some(7.0));
        assert_eq!(
            (picture.pixel(1, 0, 1, 0), picture.pixel(1, 0, 0, 2)),
            (None, None)
        );
        assert_eq!(picture.size_mm(), (1.4, 2.8));
        let means = picture.mean_deviations().expect("there are some");
        assert_eq!(means, [0.25, 1.25, 2.25, 3.25, 4.25, 5.25]);
    }
}
