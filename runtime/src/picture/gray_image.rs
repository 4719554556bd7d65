//! An 8-bit grey image that text can be drawn on.

use std::convert::Infallible;

use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Size};
use embedded_graphics::pixelcolor::{Gray8, GrayColor};

/// Grey pixels, row by row from the top; 0 is black and 255 white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrayImage {
    width: usize,
    pixels: Vec<u8>,
}

impl GrayImage {
    /// A black image of `height` rows and `width` columns.
    ///
    /// # Panics
    /// If `width` is 0.
    pub fn black(height: usize, width: usize) -> Self {
        Self::from_pixels(width, vec![0; height * width])
    }

    /// An image of the given pixels, `width` to a row.
    ///
    /// # Panics
    /// If `width` is 0 or the pixels do not make whole rows.
    pub fn from_pixels(width: usize, pixels: Vec<u8>) -> Self {
        assert!(
            width > 0 && pixels.len().is_multiple_of(width),
            "pixels must make whole rows"
        );
        Self { width, pixels }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    /// All pixels, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The rows of `range`, counted from the top, as an image of its own; `None` if they
    /// reach beyond the image.
    pub fn rows(&self, range: std::ops::Range<usize>) -> Option<Self> {
        let pixels = self
            .pixels
            .get(range.start * self.width..range.end * self.width)?;
        Some(Self {
            width: self.width,
            pixels: pixels.to_vec(),
        })
    }

    /// Adds the rows of `below` under this image.
    ///
    /// # Panics
    /// If the widths differ.
    pub fn append_below(&mut self, below: &Self) {
        assert_eq!(
            self.width, below.width,
            "images one above the other have one width"
        );
        self.pixels.extend_from_slice(&below.pixels);
    }
}

impl OriginDimensions for GrayImage {
    fn size(&self) -> Size {
        let clamp = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Size::new(clamp(self.width()), clamp(self.height()))
    }
}

impl DrawTarget for GrayImage {
    type Color = Gray8;
    type Error = Infallible;

    /// Sets pixels; those outside the image are left out, as the trait asks.
    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = Pixel<Self::Color>>,
    {
        for Pixel(point, color) in pixels {
            let (Ok(column), Ok(row)) = (usize::try_from(point.x), usize::try_from(point.y)) else {
                continue;
            };
            if column < self.width
                && let Some(pixel) = self.pixels.get_mut(row * self.width + column)
            {
                *pixel = color.luma();
            }
        }
        Ok(())
    }
}
