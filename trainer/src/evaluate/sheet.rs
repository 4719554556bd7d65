//! True and generated pictures side by side, as one PNG that says which are synthetic.

use crate::cohort::picture::SIDE;
use crate::recipe::RecipeError;
use ecg2mri::picture::{GrayImage, mark};
use embedded_graphics::Drawable;
use embedded_graphics::geometry::Point;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_6X10;
use embedded_graphics::pixelcolor::{Gray8, GrayColor};
use embedded_graphics::text::{Baseline, Text};

/// Pixels between pictures.
const GAP: usize = 4;
/// Height of a line of words.
const LINE: usize = 14;

/// What the three rows show, from the top.
const CAPTIONS: [&str; 3] = [
    "TRUTH: THE SUBJECT'S MRI",
    "REBUILT FROM THE MRI ITSELF",
    "GENERATED FROM THE ECG ALONE",
];

/// One row of a sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Words above it.
    pub caption: String,
    /// A name above each picture, below the caption; none where empty.
    pub names: Vec<String>,
    /// The pictures, (128, 128) in 0..1 each.
    pub pictures: Vec<Vec<f32>>,
}

/// A sheet of three rows (truth, rebuilt from itself, generated from the ECG) of `columns` subjects each. Each row
/// holds (subject, pixel) in 0..1.
///
/// # Errors
/// [`RecipeError::Data`] where the picture cannot be encoded.
pub fn png(rows: &[&[f32]; 3], columns: usize) -> Result<Vec<u8>, RecipeError> {
    encoded(&draw(&three(rows, columns)))
}

fn three(rows: &[&[f32]; 3], columns: usize) -> Vec<Row> {
    let row = |(caption, pictures): (&&str, &&[f32])| Row {
        caption: (*caption).to_owned(),
        names: Vec::new(),
        pictures: pictures
            .chunks_exact(SIDE * SIDE)
            .take(columns)
            .map(<[f32]>::to_vec)
            .collect(),
    };
    CAPTIONS.iter().zip(rows).map(row).collect()
}

/// A sheet of any rows.
///
/// # Errors
/// [`RecipeError::Data`] where the picture cannot be encoded.
pub fn rows_png(rows: &[Row]) -> Result<Vec<u8>, RecipeError> {
    encoded(&draw(rows))
}

fn encoded(image: &GrayImage) -> Result<Vec<u8>, RecipeError> {
    let failed = |error: png::EncodingError| {
        RecipeError::Data(format!("the sheet of pictures cannot be encoded: {error}"))
    };
    let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(image.width()), side(image.height()));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .add_text_chunk("Description".to_owned(), mark::NOTICE.to_owned())
        .map_err(failed)?;
    encoder
        .add_text_chunk("Software".to_owned(), crate::created_by())
        .map_err(failed)?;
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(image.pixels()).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

fn draw(rows: &[Row]) -> GrayImage {
    let columns = rows.iter().map(|row| row.pictures.len()).max().unwrap_or(0);
    let width = (columns * (SIDE + GAP) + GAP).max(mark::NOTICE.len() * 6 + 2 * GAP);
    let lines = |row: &Row| if row.names.is_empty() { 1 } else { 2 };
    let heights = rows.iter().map(|row| lines(row) * LINE + SIDE + GAP);
    let tops: Vec<usize> = heights
        .scan(0, |below, height| {
            let top = *below;
            *below += height;
            Some(top)
        })
        .collect();
    let bottom = rows
        .last()
        .zip(tops.last())
        .map_or(0, |(row, top)| top + lines(row) * LINE + SIDE + GAP);
    let mut pixels = vec![0u8; width * (bottom + LINE)];
    for (row, &top) in rows.iter().zip(&tops) {
        let top = top + lines(row) * LINE;
        for (column, picture) in row.pictures.iter().enumerate() {
            let left = GAP + column * (SIDE + GAP);
            for (line, values) in picture.chunks_exact(SIDE).enumerate().take(SIDE) {
                let start = (top + line) * width + left;
                for (pixel, &value) in pixels[start..start + SIDE].iter_mut().zip(values) {
                    *pixel = (value.clamp(0.0, 1.0) * 255.0).round() as u8;
                }
            }
        }
    }
    let mut image = GrayImage::from_pixels(width, pixels);
    for (row, &top) in rows.iter().zip(&tops) {
        write(&mut image, &row.caption, GAP, top);
        for (column, name) in row.names.iter().enumerate() {
            // As much of a name as fits above its picture.
            let name: String = name.chars().take(SIDE / 6).collect();
            write(&mut image, &name, GAP + column * (SIDE + GAP), top + LINE);
        }
    }
    write(&mut image, mark::NOTICE, GAP, bottom);
    image
}

fn write(image: &mut GrayImage, words: &str, left: usize, top: usize) {
    let style = MonoTextStyle::new(&FONT_6X10, Gray8::WHITE);
    let pixels = |place: usize| i32::try_from(place).unwrap_or(i32::MAX);
    let at = Point::new(pixels(left), pixels(top + 2));
    let Ok(_) = Text::with_baseline(words, at, style, Baseline::Top).draw(image);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stand_where_they_belong_and_words_beside_them() {
        let white = vec![1.0; 2 * SIDE * SIDE];
        let black = vec![0.0; 2 * SIDE * SIDE];
        let image = draw(&three(&[&white, &black, &white], 2));
        let at = |x: usize, y: usize| image.pixels()[y * image.width() + x];
        let row_height = LINE + SIDE + GAP;
        assert_eq!(at(GAP, LINE), 255);
        assert_eq!(at(GAP + SIDE, LINE), 0);
        assert_eq!(at(GAP + SIDE + GAP, LINE + SIDE - 1), 255);
        assert_eq!(at(GAP + 5, row_height + LINE + 5), 0);
        assert_eq!(at(GAP + 5, 2 * row_height + LINE + 5), 255);
        let lit = |top: usize| image.rows(top..top + LINE).unwrap().pixels().contains(&255);
        assert!((0..3).all(|row| lit(row * row_height)) && lit(3 * row_height));
    }
}
