//! A grey sheet on which pictures stand at one scale with words between them.

use std::error::Error;
use std::path::Path;

use ecg2mri::AtomicFile;
use ecg2mri::picture::GrayImage;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::Point;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_6X10;
use embedded_graphics::pixelcolor::{Gray8, GrayColor};
use embedded_graphics::text::{Baseline, Text};
use embedded_graphics::{Drawable, Pixel};

use crate::picture::Picture;

/// Height of a line of words, pixels.
pub const LINE: usize = 12;
/// The part of a picture that a tile shows, and how brightly.
#[derive(Clone, Copy, Debug)]
pub struct Crop {
    /// Middle (column, row) in the picture's pixels.
    pub centre: (f64, f64),
    /// Width and height, mm.
    pub side_mm: f64,
    /// Signal that is shown white; 0 is black.
    pub white: f64,
}

/// The sheet.
pub struct Canvas {
    image: GrayImage,
    levels: u16,
}

impl Canvas {
    /// A black sheet of `width` by `height` pixels, written with this many levels of grey (2 to
    /// 256); fewer make a smaller file.
    pub fn new(width: usize, height: usize, levels: u16) -> Self {
        Self {
            image: GrayImage::black(height, width),
            levels,
        }
    }

    /// Shows part of a picture on a square tile of `side` pixels.
    pub fn show(&mut self, picture: &Picture, crop: &Crop, [left, top]: [usize; 2], side: usize) {
        let mm = crop.side_mm / side as f64;
        let steps = f64::from(self.levels - 1);
        let pixels = (0..side * side).map(|k| {
            let offset =
                |index: usize| (index as f64 + 0.5 - 0.5 * side as f64) * mm / picture.pixel_mm;
            let column = crop.centre.0 + offset(k % side);
            let row = crop.centre.1 + offset(k / side);
            let shown = (picture.signal_at(column, row) / crop.white).clamp(0.0, 1.0);
            let grey = ((shown * steps).round() / steps * 255.0).round() as u8;
            Pixel(point(left + k % side, top + k / side), Gray8::new(grey))
        });
        let Ok(()) = self.image.draw_iter(pixels);
    }

    /// Writes white words with their upper left corner here; what does not fit is left out.
    pub fn write(&mut self, words: &str, [left, top]: [usize; 2]) {
        let style = MonoTextStyle::new(&FONT_6X10, Gray8::WHITE);
        let Ok(_) = Text::with_baseline(words, point(left, top), style, Baseline::Top)
            .draw(&mut self.image);
    }

    /// Writes the sheet as a PNG that says what it shows.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn save(&self, path: &Path, title: &str) -> Result<(), Box<dyn Error>> {
        let mut bytes = Vec::new();
        let width = u32::try_from(self.image.width())?;
        let height = u32::try_from(self.image.height())?;
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.add_text_chunk("Title".to_owned(), title.to_owned())?;
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.image.pixels())?;
        writer.finish()?;
        AtomicFile::write(path, &bytes)?;
        Ok(())
    }
}

fn point(x: usize, y: usize) -> Point {
    let clamp = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    Point::new(clamp(x), clamp(y))
}
