//! A sheet as pixels.

use std::convert::Infallible;
use std::ops::RangeInclusive;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::iso_8859_1::{
    FONT_6X10, FONT_7X13_BOLD, FONT_9X15_BOLD, FONT_10X20,
};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::text::{Alignment, Baseline, Text, TextStyleBuilder};
use embedded_graphics::{Drawable, Pixel};
use thiserror::Error;

use super::shape::{Anchor, Points, Shape};
use super::{GRID, INK, PAPER, Sheet, TRACE_MM, trace};
use crate::picture::rgb_image::RgbImage;

/// Pixels per mm that a sheet may have.
pub const PIXELS_PER_MM: RangeInclusive<usize> = 2..=20;

/// A scale that is not in [`PIXELS_PER_MM`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a sheet of {found} pixels per mm cannot be drawn; choose 2 to 20")]
pub struct ScaleError {
    /// Pixels per mm asked for.
    pub found: usize,
}

impl Sheet {
    /// The sheet with so many pixels per mm.
    ///
    /// # Errors
    /// A scale that is not in [`PIXELS_PER_MM`].
    pub fn to_image(&self, pixels_per_mm: usize) -> Result<RgbImage, ScaleError> {
        if !PIXELS_PER_MM.contains(&pixels_per_mm) {
            return Err(ScaleError {
                found: pixels_per_mm,
            });
        }
        let mut image = paper(self.size_mm(), pixels_per_mm);
        let scale = pixels_per_mm as f64;
        for shape in self.shapes() {
            match shape {
                Shape::Line(points) => {
                    let points = in_pixels(points, scale, image.width());
                    trace::draw(&mut image, &points, (TRACE_MM * scale).max(1.0), INK);
                }
                Shape::Words { text, at, anchor } => {
                    write(&mut image, text, *at, *anchor, pixels_per_mm);
                }
            }
        }
        Ok(image)
    }
}

/// Paper with its grid.
fn paper(size_mm: [usize; 2], pixels_per_mm: usize) -> RgbImage {
    let [width, height] = size_mm.map(|mm| mm * pixels_per_mm);
    let mut image = RgbImage::filled(height, width, PAPER);
    for (mm, colour) in GRID {
        let spacing = mm * pixels_per_mm;
        for row in 0..height {
            for column in 0..width {
                if (row.is_multiple_of(spacing) || column.is_multiple_of(spacing))
                    && let Some(pixel) = image.get_mut(column, row)
                {
                    *pixel = colour;
                }
            }
        }
    }
    image
}

/// Points in pixels. Far beyond the sheet nothing is drawn, and huge numbers would lose their
/// fractions.
fn in_pixels(points: &Points, scale: f64, width: usize) -> Points {
    let limit = 4.0 * width as f64;
    let points = points.iter();
    points
        .map(|&(right, down)| (right * scale, (down * scale).clamp(-limit, limit)))
        .collect()
}

/// Words about 2.5 mm high; of those that do not fit, what lies beyond the sheet is left out.
fn write(image: &mut RgbImage, text: &str, at: (f64, f64), anchor: Anchor, pixels_per_mm: usize) {
    let (font, times) = font(pixels_per_mm);
    let [red, green, blue] = INK;
    let style = MonoTextStyle::new(font, Rgb888::new(red, green, blue));
    let alignment = match anchor {
        Anchor::Start => Alignment::Left,
        Anchor::Middle => Alignment::Center,
        Anchor::End => Alignment::Right,
    };
    let placed = TextStyleBuilder::new()
        .alignment(alignment)
        .baseline(Baseline::Alphabetic)
        .build();
    let pixels = |mm: f64| (mm * pixels_per_mm as f64 / f64::from(times)) as i32;
    let at = Point::new(pixels(at.0), pixels(at.1));
    let mut magnified = Magnified { image, times };
    let Ok(_next) = Text::with_text_style(text, at, style, placed).draw(&mut magnified);
}

/// The font for a scale, and how many times larger it is drawn.
fn font(pixels_per_mm: usize) -> (&'static MonoFont<'static>, i32) {
    match pixels_per_mm {
        ..=3 => (&FONT_6X10, 1),
        4 => (&FONT_7X13_BOLD, 1),
        5..=6 => (&FONT_9X15_BOLD, 1),
        7..=12 => (&FONT_10X20, 1),
        _ => (&FONT_10X20, 2),
    }
}

/// An image on which every pixel drawn becomes a square.
struct Magnified<'a> {
    image: &'a mut RgbImage,
    times: i32,
}

impl OriginDimensions for Magnified<'_> {
    fn size(&self) -> Size {
        self.image.size() / self.times.unsigned_abs()
    }
}

impl DrawTarget for Magnified<'_> {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = Pixel<Self::Color>>,
    {
        let times = self.times;
        let squares = pixels.into_iter().flat_map(|Pixel(point, colour)| {
            let cells = (0..times).flat_map(move |down| (0..times).map(move |right| (right, down)));
            cells.map(move |(right, down)| Pixel(point * times + Point::new(right, down), colour))
        });
        self.image.draw_iter(squares)
    }
}
