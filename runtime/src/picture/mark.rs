//! The words that say a picture is synthetic and not for diagnosis.
//!
//! Three lines stand in a band under the picture, and words stand in two of its corners
//! as well, so that cropping the band away leaves a marked picture. Words are white on
//! black boxes: no grey of the picture can hide them.

use embedded_graphics::Drawable;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::ascii::{FONT_6X10, FONT_9X15_BOLD};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyleBuilder};
use embedded_graphics::pixelcolor::{Gray8, GrayColor};
use embedded_graphics::text::{Baseline, Text};

use super::gray_image::GrayImage;

/// The notice under every picture, and in the metadata of every file.
pub const NOTICE: &str = "SYNTHETIC PSEUDO-MRI - NOT A SCAN - NOT FOR DIAGNOSIS";

/// Words in the upper left corner of the picture area.
pub const UPPER_CORNER: &str = "SYNTHETIC";

/// Words in the lower right corner of the picture area.
pub const LOWER_CORNER: &str = "NOT FOR DIAGNOSIS";

/// Words in the lower left corner of a picture that was forced out of a recording whose quality
/// was refused.
pub const FORCED: &str = "FORCED: POOR SIGNAL";

/// Rows of the band under the picture.
pub const BAND_HEIGHT: usize = 52;

/// Rows of the band that the notice takes; the same in every picture.
const NOTICE_HEIGHT: usize = 23;

/// Clear pixels around words.
const MARGIN: i32 = 4;

/// What the band says besides the notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Name of the model.
    pub model_name: String,
    /// Digest of the model; its first twelve digits are shown.
    pub model_sha256: String,
    /// Imaging plane, e.g. `short axis, mid-ventricular`.
    pub view: String,
    /// Phase of the heart cycle, e.g. `end-diastole`.
    pub phase: String,
    /// Whether the recording was of too poor a quality, and the picture made all the same.
    pub forced: bool,
}

impl Label {
    /// The second line of the band.
    pub fn model_line(&self) -> String {
        let digest: String = self.model_sha256.chars().take(12).collect();
        format!("model {} {digest}", self.model_name)
    }

    /// The third line of the band.
    pub fn view_line(&self) -> String {
        format!("{}, {}", self.view, self.phase)
    }
}

/// Marks a rendered picture: words in two corners, and the band added below.
pub fn apply(mut image: GrayImage, label: &Label) -> GrayImage {
    draw_corners(&mut image);
    if label.forced {
        draw_forced(&mut image);
    }
    image.append_below(&band(image.width(), label));
    image
}

/// Whether an image carries the mark of [`apply`] whatever its label: the notice in its
/// band and the words in both corners of the picture area.
pub fn is_marked(image: &GrayImage) -> bool {
    let Some(picture_rows) = image.height().checked_sub(BAND_HEIGHT) else {
        return false;
    };
    let (Some(mut area), Some(notice)) = (
        image.rows(0..picture_rows),
        image.rows(picture_rows..picture_rows + NOTICE_HEIGHT),
    ) else {
        return false;
    };
    let before = area.clone();
    draw_corners(&mut area);
    area == before && notice == notice_strip(image.width())
}

/// Whether an image carries the mark of [`apply`] with this very label.
pub fn bears_label(image: &GrayImage, label: &Label) -> bool {
    let expected = band(image.width(), label);
    let start = image.height().saturating_sub(BAND_HEIGHT);
    is_marked(image)
        && image.rows(start..image.height()) == Some(expected)
        && (!label.forced || is_marked_as_forced(image))
}

/// Whether an image carries the words that it was forced.
pub fn is_marked_as_forced(image: &GrayImage) -> bool {
    let picture_rows = image.height().saturating_sub(BAND_HEIGHT);
    let Some(mut area) = image.rows(0..picture_rows) else {
        return false;
    };
    let before = area.clone();
    draw_forced(&mut area);
    area == before
}

/// The band of [`BAND_HEIGHT`] rows.
fn band(width: usize, label: &Label) -> GrayImage {
    let mut band = notice_strip(width);
    let mut lines = GrayImage::black(BAND_HEIGHT - NOTICE_HEIGHT, width);
    write(
        &mut lines,
        &FONT_6X10,
        &label.model_line(),
        Point::new(MARGIN * 2, 0),
    );
    write(
        &mut lines,
        &FONT_6X10,
        &label.view_line(),
        Point::new(MARGIN * 2, 13),
    );
    band.append_below(&lines);
    band
}

fn notice_strip(width: usize) -> GrayImage {
    let mut strip = GrayImage::black(NOTICE_HEIGHT, width);
    write(
        &mut strip,
        &FONT_9X15_BOLD,
        NOTICE,
        Point::new(MARGIN * 2, MARGIN),
    );
    strip
}

fn draw_corners(area: &mut GrayImage) {
    let size = area.size();
    write_boxed(area, UPPER_CORNER, Point::zero());
    let box_size = boxed_size(LOWER_CORNER);
    let lower = Point::zero() + (size.saturating_sub(box_size));
    write_boxed(area, LOWER_CORNER, lower);
}

fn draw_forced(area: &mut GrayImage) {
    let height = boxed_size(FORCED).height;
    let lower = area.size().height.saturating_sub(height);
    write_boxed(area, FORCED, Point::new(0, lower.cast_signed()));
}

fn boxed_size(words: &str) -> Size {
    let character = FONT_9X15_BOLD.character_size;
    let margins = Size::new_equal(2 * MARGIN.unsigned_abs());
    Size::new(character.width * words.len() as u32, character.height) + margins
}

/// Writes words on a black box whose upper left corner is `at`.
fn write_boxed(area: &mut GrayImage, words: &str, at: Point) {
    use embedded_graphics::primitives::{Primitive, PrimitiveStyle, Rectangle};
    let black = PrimitiveStyle::with_fill(Gray8::BLACK);
    let Ok(()) = Rectangle::new(at, boxed_size(words))
        .into_styled(black)
        .draw(area);
    write(area, &FONT_9X15_BOLD, words, at + Point::new_equal(MARGIN));
}

/// Writes one line of white text; what does not fit the width is left out.
fn write(image: &mut GrayImage, font: &MonoFont<'_>, text: &str, at: Point) {
    let style = MonoTextStyleBuilder::new()
        .font(font)
        .text_color(Gray8::WHITE)
        .build();
    let Ok(_next) = Text::with_baseline(text, at, style, Baseline::Top).draw(image);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A label as a model gives it.
    pub(in super::super) fn label() -> Label {
        Label {
            model_name: "cart-thin".into(),
            model_sha256: "0123456789abcdef".repeat(4),
            view: "short axis, mid-ventricular".into(),
            phase: "end-diastole".into(),
            forced: false,
        }
    }

    fn area(gray: u8) -> GrayImage {
        GrayImage::from_pixels(512, vec![gray; 512 * 512])
    }

    #[test]
    fn a_marked_picture_is_recognised_and_an_unmarked_one_is_not() {
        for gray in [0, 127, 255] {
            let marked = apply(area(gray), &label());
            assert_eq!((marked.width(), marked.height()), (512, 512 + BAND_HEIGHT));
            assert!(is_marked(&marked) && bears_label(&marked, &label()));
            assert!(!is_marked(&area(gray)));
        }
    }

    #[test]
    fn the_mark_cannot_be_cropped_painted_over_or_relabelled() {
        let marked = apply(area(90), &label());
        let without_band = marked.rows(0..512).expect("the picture area");
        assert!(!is_marked(&without_band));
        assert_ne!(
            without_band,
            area(90),
            "the picture area itself carries words"
        );
        let mut blank_band = without_band;
        blank_band.append_below(&GrayImage::black(BAND_HEIGHT, 512));
        assert!(!is_marked(&blank_band));
        let mut blank_corner = area(90);
        blank_corner.append_below(&band(512, &label()));
        assert!(!is_marked(&blank_corner));
        let other = Label {
            model_sha256: "f".repeat(64),
            ..label()
        };
        assert!(is_marked(&marked) && !bears_label(&marked, &other));
        assert!(!is_marked(&GrayImage::black(3, 3)));
    }

    #[test]
    fn a_forced_picture_says_so_and_no_other_does() {
        let forced = Label {
            forced: true,
            ..label()
        };
        for gray in [0, 127, 255] {
            let (usual, image) = (apply(area(gray), &label()), apply(area(gray), &forced));
            assert!(is_marked(&image) && bears_label(&image, &forced));
            assert!(is_marked_as_forced(&image) && !is_marked_as_forced(&usual));
            assert!(!bears_label(&usual, &forced));
        }
        let corners = boxed_size(FORCED).width + boxed_size(LOWER_CORNER).width;
        assert!(
            corners < 512,
            "the two lower corners stand apart: {corners}"
        );
    }

    #[test]
    fn the_notice_and_the_longest_name_fit_the_band() {
        let notice = NOTICE.len() as u32 * FONT_9X15_BOLD.character_size.width;
        assert!(notice + 4 * MARGIN.unsigned_abs() <= 512, "{notice}");
        let longest = Label {
            model_name: "m".repeat(32),
            ..label()
        };
        assert!(longest.model_line().len() as u32 * FONT_6X10.character_size.width <= 496);
    }
}
