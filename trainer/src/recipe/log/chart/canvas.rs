//! Lines and words in colour, and the PNG file.

use embedded_graphics::Drawable;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_6X10;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor, WebColors};
use embedded_graphics::primitives::{Line, Primitive, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Alignment, Baseline, Text, TextStyleBuilder};
use std::convert::Infallible;

/// Width of a letter.
pub(super) const LETTER: usize = 6;
/// Height of a line of words.
pub(super) const LINE: usize = 12;

/// The curves' colours, in their order (Okabe and Ito's palette, which the colour-blind can tell apart).
pub(super) const COLOURS: [Rgb888; 7] = [
    Rgb888::new(0, 0, 0),
    Rgb888::new(0, 114, 178),
    Rgb888::new(213, 94, 0),
    Rgb888::new(0, 158, 115),
    Rgb888::new(204, 121, 167),
    Rgb888::new(230, 159, 0),
    Rgb888::new(86, 180, 233),
];
/// Frames and words.
pub(super) const INK: Rgb888 = Rgb888::CSS_DIM_GRAY;
/// The lines of the grid.
pub(super) const FAINT: Rgb888 = Rgb888::CSS_GAINSBORO;

/// A picture in colour.
pub(super) struct Canvas {
    width: usize,
    pixels: Vec<Rgb888>,
}

impl Canvas {
    pub(super) fn white(width: usize, height: usize) -> Canvas {
        Canvas {
            width,
            pixels: vec![Rgb888::WHITE; width * height],
        }
    }

    pub(super) fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    #[cfg(test)]
    pub(super) fn pixel(&self, column: usize, row: usize) -> Rgb888 {
        self.pixels[row * self.width + column]
    }

    pub(super) fn line(
        &mut self,
        from: (usize, usize),
        to: (usize, usize),
        colour: Rgb888,
        width: u32,
    ) {
        let line = Line::new(point(from), point(to));
        let Ok(()) = line
            .into_styled(PrimitiveStyle::with_stroke(colour, width))
            .draw(self);
    }

    /// A square of a few pixels around a place.
    pub(super) fn dot(&mut self, at: (usize, usize), colour: Rgb888) {
        let square = Rectangle::with_center(point(at), Size::new(3, 3));
        let Ok(()) = square
            .into_styled(PrimitiveStyle::with_fill(colour))
            .draw(self);
    }

    /// Words whose middle line is at `at`'s row, and whose left end, middle or right end is at its column.
    pub(super) fn words(
        &mut self,
        words: &str,
        at: (usize, usize),
        alignment: Alignment,
        colour: Rgb888,
    ) {
        let place = TextStyleBuilder::new()
            .alignment(alignment)
            .baseline(Baseline::Middle)
            .build();
        let style = MonoTextStyle::new(&FONT_6X10, colour);
        let Ok(_) = Text::with_text_style(words, point(at), style, place).draw(self);
    }

    pub(super) fn png(&self, software: &str) -> Result<Vec<u8>, png::EncodingError> {
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, side(self.width), side(self.height()));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.add_text_chunk("Software".to_owned(), software.to_owned())?;
        let mut writer = encoder.write_header()?;
        let samples = self
            .pixels
            .iter()
            .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]);
        writer.write_image_data(&samples.collect::<Vec<u8>>())?;
        writer.finish()?;
        Ok(bytes)
    }
}

fn point((column, row): (usize, usize)) -> Point {
    let number = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    Point::new(number(column), number(row))
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Size::new(side(self.width), side(self.height()))
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = Infallible;

    /// Sets pixels; those outside are left out, as the trait asks.
    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Rgb888>>,
    {
        for Pixel(at, colour) in pixels {
            if let (Ok(column), Ok(row)) = (usize::try_from(at.x), usize::try_from(at.y))
                && column < self.width
                && let Some(pixel) = self.pixels.get_mut(row * self.width + column)
            {
                *pixel = colour;
            }
        }
        Ok(())
    }
}
