//! An 8-bit colour image that can be drawn on and stored as a PNG.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::Range;

use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Size};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use png::{
    BitDepth, ColorType, Compression, Encoder, EncodingError, Filter, PixelDimensions, Unit,
    Writer, chunk,
};

use super::packed;

/// Colours that a PNG palette can hold.
const PALETTE: usize = 256;

/// Pixels of red, green and blue, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RgbImage {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl RgbImage {
    /// An image of `height` rows and `width` columns in one colour.
    ///
    /// # Panics
    /// If `width` is 0.
    pub fn filled(height: usize, width: usize, colour: [u8; 3]) -> Self {
        assert!(width > 0, "an image has columns");
        Self {
            width,
            pixels: vec![colour; height * width],
        }
    }

    /// An image of the given pixels, `width` to a row.
    ///
    /// # Panics
    /// If `width` is 0 or the pixels do not make whole rows.
    pub fn from_pixels(width: usize, pixels: Vec<[u8; 3]>) -> Self {
        assert!(
            width > 0 && pixels.len().is_multiple_of(width),
            "pixels must make whole rows"
        );
        Self { width, pixels }
    }

    /// All pixels, row by row.
    pub fn pixels(&self) -> &[[u8; 3]] {
        &self.pixels
    }

    /// A part of the image, from this column and row on; `None` if it reaches beyond the image, or is
    /// nothing.
    pub fn part(&self, column: usize, row: usize, width: usize, height: usize) -> Option<Self> {
        let inside = |start: usize, length: usize, all: usize| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= all)
        };
        if !(inside(column, width, self.width) && inside(row, height, self.height())) {
            return None;
        }
        let rows = self.pixels.chunks_exact(self.width).skip(row).take(height);
        let pixels = rows.flat_map(|row| &row[column..column + width]).copied();
        Some(Self::from_pixels(width, pixels.collect()))
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    /// The pixel in this column and row, if there is one.
    pub fn get(&self, column: usize, row: usize) -> Option<[u8; 3]> {
        self.index(column, row).map(|index| self.pixels[index])
    }

    /// The pixel in this column and row, to be changed, if there is one.
    pub fn get_mut(&mut self, column: usize, row: usize) -> Option<&mut [u8; 3]> {
        self.index(column, row).map(|index| &mut self.pixels[index])
    }

    /// The pixels of one row in these columns, to be changed, if all lie inside.
    pub fn row_part_mut(&mut self, row: usize, columns: Range<usize>) -> Option<&mut [[u8; 3]]> {
        let row = self.pixels.chunks_exact_mut(self.width).nth(row)?;
        row.get_mut(columns)
    }

    fn index(&self, column: usize, row: usize) -> Option<usize> {
        let inside = column < self.width && row < self.height();
        inside.then(|| row * self.width + column)
    }

    /// Copies an image with its upper left corner here; what reaches beyond the border is left out.
    pub fn paste(&mut self, image: &Self, column: usize, row: usize) {
        let columns = image.width.min(self.width.saturating_sub(column));
        let lines = image.pixels.chunks_exact(image.width);
        for (below, line) in self
            .pixels
            .chunks_exact_mut(self.width)
            .skip(row)
            .zip(lines)
        {
            if let Some(place) = below.get_mut(column..column + columns) {
                place.copy_from_slice(&line[..columns]);
            }
        }
    }

    /// Adds rows of one colour below.
    pub fn extend_below(&mut self, rows: usize, colour: [u8; 3]) {
        let length = self.pixels.len() + rows * self.width;
        self.pixels.resize(length, colour);
    }

    /// The image as a PNG file with text chunks (Latin-1 keyword and text), and its scale if it has
    /// one; in grey if it has no colour, and with a palette if it has at most 256, which makes a far
    /// smaller file.
    ///
    /// # Errors
    /// If the image has more rows or columns than a PNG can, or a text is not Latin-1.
    pub fn to_png(
        &self,
        texts: &[(&str, &str)],
        pixels_per_metre: Option<u32>,
    ) -> Result<Vec<u8>, EncodingError> {
        let side = |length: usize| u32::try_from(length).map_err(|_| EncodingError::LimitsExceeded);
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, side(self.width)?, side(self.height())?);
        encoder.set_depth(BitDepth::Eight);
        // Grey pictures shrink hardly less than by a search for repetitions, and in a twentieth of the time.
        encoder.set_compression(Compression::Fast);
        encoder.set_filter(Filter::Paeth);
        if let Some(per_metre) = pixels_per_metre {
            encoder.set_pixel_dims(Some(PixelDimensions {
                xppu: per_metre,
                yppu: per_metre,
                unit: Unit::Meter,
            }));
        }
        for (keyword, text) in texts {
            encoder.add_text_chunk((*keyword).to_owned(), (*text).to_owned())?;
        }
        let colourless = self.pixels.iter().all(|[r, g, b]| r == g && g == b);
        if colourless {
            encoder.set_color(ColorType::Grayscale);
            let grays: Vec<u8> = self.pixels.iter().map(|[gray, ..]| *gray).collect();
            write(encoder, |writer| writer.write_image_data(&grays))?;
        } else if let Some(palette) = self.palette() {
            // Lines and words shrink to a tenth; pictures would hardly, and take four times as long.
            encoder.set_compression(Compression::High);
            encoder.set_color(ColorType::Indexed);
            let colours: Vec<u8> = palette.keys().flatten().copied().collect();
            encoder.set_palette(colours);
            let numbers: Vec<u8> = self.pixels.iter().map(|colour| palette[colour]).collect();
            write(encoder, |writer| writer.write_image_data(&numbers))?;
        } else {
            encoder.set_color(ColorType::Rgb);
            let packed = packed::pack(&self.pixels, self.width);
            write(encoder, |writer| writer.write_chunk(chunk::IDAT, &packed))?;
        }
        Ok(bytes)
    }

    /// The number of each colour in ascending order, unless they are too many.
    fn palette(&self) -> Option<BTreeMap<[u8; 3], u8>> {
        let mut colours = BTreeMap::new();
        let mut before = None;
        for &pixel in &self.pixels {
            // Most pixels are like their neighbour.
            if before.replace(pixel) == Some(pixel) {
                continue;
            }
            colours.insert(pixel, 0);
            if colours.len() > PALETTE {
                return None;
            }
        }
        for (number, index) in (0..=u8::MAX).zip(colours.values_mut()) {
            *index = number;
        }
        Some(colours)
    }
}

/// Writes the header, the data, and the end.
fn write<'a>(
    encoder: Encoder<'_, &'a mut Vec<u8>>,
    data: impl FnOnce(&mut Writer<&'a mut Vec<u8>>) -> Result<(), EncodingError>,
) -> Result<(), EncodingError> {
    let mut writer = encoder.write_header()?;
    data(&mut writer)?;
    writer.finish()
}

impl OriginDimensions for RgbImage {
    fn size(&self) -> Size {
        let clamp = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Size::new(clamp(self.width()), clamp(self.height()))
    }
}

impl DrawTarget for RgbImage {
    type Color = Rgb888;
    type Error = Infallible;

    /// Sets pixels; those outside the image are left out, as the trait asks.
    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = Pixel<Self::Color>>,
    {
        for Pixel(point, colour) in pixels {
            let (Ok(column), Ok(row)) = (usize::try_from(point.x), usize::try_from(point.y)) else {
                continue;
            };
            if let Some(pixel) = self.get_mut(column, row) {
                *pixel = [colour.r(), colour.g(), colour.b()];
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(bytes: &[u8]) -> (ColorType, Vec<[u8; 3]>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::IDENTITY);
        let kind = decoder.read_header_info().expect("a PNG").color_type;
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut pixels).expect("an image");
        let colours = match kind {
            ColorType::Grayscale => pixels.iter().map(|&gray| [gray; 3]).collect(),
            _ => pixels.as_chunks::<3>().0.to_vec(),
        };
        (kind, colours)
    }

    proptest! {
        #[test]
        fn a_png_holds_the_image_with_and_without_a_palette(
            width in 1usize..40,
            colourless: bool,
            colours in prop::collection::vec(any::<[u8; 3]>(), 1..700),
        ) {
            let gray = |[gray, g, b]: [u8; 3]| if colourless { [gray; 3] } else { [gray, g, b] };
            let mut image = RgbImage::filled(colours.len().div_ceil(width), width, gray([1, 2, 3]));
            for (k, colour) in colours.into_iter().map(gray).enumerate() {
                *image.get_mut(k % width, k / width).expect("inside") = colour;
            }
            let bytes = image.to_png(&[("Title", "pixels")], Some(4000)).expect("encoded");
            let (kind, found) = decoded(&bytes);
            prop_assert_eq!(&found, &image.pixels);
            let distinct: std::collections::BTreeSet<_> = image.pixels.iter().collect();
            let colourless = distinct.iter().all(|[r, g, b]| r == g && g == b);
            let expected = if colourless {
                ColorType::Grayscale
            } else if distinct.len() <= PALETTE {
                ColorType::Indexed
            } else {
                ColorType::Rgb
            };
            prop_assert_eq!(kind, expected);
        }
    }

    #[test]
    fn a_part_lies_inside() {
        let pixels = (0..12).map(|k| [k, 0, 0]).collect();
        let image = RgbImage::from_pixels(4, pixels);
        let part = image.part(1, 1, 2, 2).expect("inside");
        assert_eq!(part.pixels(), [[5, 0, 0], [6, 0, 0], [9, 0, 0], [10, 0, 0]]);
        for outside in [
            (3, 0, 2, 1),
            (0, 2, 1, 2),
            (0, 0, 0, 1),
            (1, 0, usize::MAX, 1),
        ] {
            let (column, row, width, height) = outside;
            assert_eq!(image.part(column, row, width, height), None);
        }
    }

    #[test]
    fn what_is_pasted_over_the_border_is_left_out() {
        let mut image = RgbImage::filled(2, 3, [0; 3]);
        image.paste(&RgbImage::filled(5, 5, [9; 3]), 2, 1);
        assert_eq!(image.pixels.iter().filter(|p| **p == [9; 3]).count(), 1);
        assert_eq!((image.get(2, 1), image.get(3, 1)), (Some([9; 3]), None));
    }
}
