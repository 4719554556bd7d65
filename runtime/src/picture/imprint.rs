//! The mark of a picture in its own pixels, for files that hold values rather than a drawing.
//!
//! A file of values has a pixel for each value of the network, and no room for the words of
//! [`mark`](super::mark). Small words stand in the lowest rows instead, white on black: a
//! strip of 8 rows out of 128, far from the heart in the middle. A reader who needs the values below the strip takes
//! them from [`PseudoMri::values`](super::PseudoMri::values).

use std::convert::Infallible;

use embedded_graphics::Drawable;
use embedded_graphics::geometry::Point;
use embedded_graphics::mono_font::ascii::FONT_4X6;
use embedded_graphics::mono_font::{MonoTextStyle, MonoTextStyleBuilder};
use embedded_graphics::pixelcolor::{Gray8, GrayColor};
use embedded_graphics::text::{Baseline, Text};

use super::gray_image::GrayImage;

/// The words, in as many as fit the width.
const WORDS: [&str; 4] = [
    "SYNTHETIC - NOT FOR DIAGNOSIS",
    "SYNTHETIC, NO SCAN",
    "SYNTHETIC",
    "NOT MRI",
];

/// Rows of the strip.
pub const ROWS: usize = 8;

/// Writes the words over the lowest rows of a picture of `width` columns: 1 on 0.
///
/// A picture narrower than 28 pixels has room for a part of them only.
pub fn apply(values: &mut [f32], width: usize) {
    let strip = strip(width);
    let words = strip.pixels().chunks_exact(strip.width());
    for (row, words) in values.rchunks_exact_mut(width.max(1)).zip(words.rev()) {
        for (value, &word) in row.iter_mut().zip(words) {
            *value = f32::from(word) / 255.0;
        }
    }
}

/// Whether the words stand on a picture of `width` columns.
pub fn is_on(values: &[f32], width: usize) -> bool {
    let mut again = values.to_vec();
    apply(&mut again, width);
    again == values
}

fn strip(width: usize) -> GrayImage {
    let width = width.max(1);
    let style: MonoTextStyle<'_, Gray8> = MonoTextStyleBuilder::new()
        .font(&FONT_4X6)
        .text_color(Gray8::WHITE)
        .build();
    let character = FONT_4X6.character_size.width as usize;
    let fitting = WORDS.iter().find(|words| words.len() * character <= width);
    let words = fitting.unwrap_or(&WORDS[WORDS.len() - 1]);
    let mut strip = GrayImage::black(ROWS, width);
    let left = width.saturating_sub(words.len() * character) / 2;
    let at = Point::new(i32::try_from(left).unwrap_or(0), 1);
    let drawn: Result<Point, Infallible> =
        Text::with_baseline(words, at, style, Baseline::Top).draw(&mut strip);
    let Ok(_next) = drawn;
    strip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_the_lowest_rows_alone() {
        for width in [1, 28, 32, 40, 128, 600] {
            let mut values = vec![0.5; 64 * width];
            assert!(!is_on(&values, width));
            apply(&mut values, width);
            assert!(is_on(&values, width));
            let (picture, words) = values.split_at((64 - ROWS) * width);
            assert!(picture.iter().all(|value| *value == 0.5));
            assert!(words.iter().all(|value| [0.0, 1.0].contains(value)));
            let white = words.iter().filter(|value| **value == 1.0).count();
            assert!(width < 28 || white > 40, "{width}: {white}");
        }
    }

    #[test]
    fn a_picture_of_few_rows_is_marked_as_far_as_it_goes() {
        let mut values = vec![0.5; 3 * 128];
        apply(&mut values, 128);
        assert!(is_on(&values, 128) && values.iter().all(|value| *value != 0.5));
        apply(&mut [], 0);
    }
}
