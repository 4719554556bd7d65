//! The words that say a picture is synthetic and not for diagnosis.
//!
//! Three lines stand in a band under the pictures, and words stand in two corners of each
//! picture as well, so that cutting one out leaves a marked picture. Words are white on
//! black boxes: no grey of the picture can hide them.

use std::ops::Range;

use embedded_graphics::Drawable;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mono_font::ascii::{FONT_6X10, FONT_9X15_BOLD};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyleBuilder};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::primitives::{Primitive, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};

use super::rgb_image::RgbImage;
use super::sheet::Layout;

/// The notice under every picture, and in the metadata of every file.
pub const NOTICE: &str = "SYNTHETIC PSEUDO-MRI - NOT A SCAN - NOT FOR DIAGNOSIS";

/// Words in the upper left corner of every picture.
pub const UPPER_CORNER: &str = "SYNTHETIC";

/// Words in the lower right corner of every picture.
pub const LOWER_CORNER: &str = "NOT FOR DIAGNOSIS";

/// Rows of the band under the pictures.
pub const BAND_HEIGHT: usize = 52;

/// Rows of the band that the notice takes; the same in every picture.
const NOTICE_HEIGHT: usize = 23;

/// Clear pixels around words.
const MARGIN: i32 = 4;

/// Narrower pictures than this have smaller words.
const NARROW: u32 = 360;

/// More phases than this are counted rather than named.
const MOST_NAMED_PHASES: usize = 4;

/// What stands in the lower left corner of a picture that is to be read with more care than any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The recording was refused for its quality, and the picture made all the same.
    PoorSignal,
    /// The ECG was refused for being unlike any that the model learned from, and the picture made all
    /// the same.
    ForeignEcg,
    /// The model learned from few ECGs like this one.
    UnusualEcg,
}

impl Warning {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PoorSignal, Self::ForeignEcg, Self::UnusualEcg];

    /// The words on the picture.
    pub const fn words(self) -> &'static str {
        match self {
            Self::PoorSignal => "FORCED: POOR SIGNAL",
            Self::ForeignEcg => "FORCED: FOREIGN ECG",
            Self::UnusualEcg => "UNUSUAL ECG",
        }
    }
}

/// What pictures are labelled with.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Name of the model.
    pub model_name: String,
    /// Digest of the model; its first twelve digits are shown.
    pub model_sha256: String,
    /// Imaging planes, e.g. `short axis, mid-ventricular`.
    pub views: Vec<String>,
    /// Phases of the heart cycle, e.g. `end-diastole`.
    pub phases: Vec<String>,
    /// What stands in the lower left corner of each picture.
    pub warnings: Vec<Warning>,
}

impl Label {
    /// The second line of the band.
    pub fn model_line(&self) -> String {
        let digest: String = self.model_sha256.chars().take(12).collect();
        format!("model {} {digest}", self.model_name)
    }

    /// The label of some of the views in one phase.
    pub fn in_phase(&self, views: Range<usize>, phase: usize) -> Self {
        let named = |names: &[String], range: Range<usize>| {
            let names = names.iter().skip(range.start).take(range.len());
            names.cloned().collect()
        };
        Self {
            views: named(&self.views, views),
            phases: named(&self.phases, phase..phase + 1),
            ..self.clone()
        }
    }

    /// The third line of the band: all views, and all phases unless they are many.
    pub fn view_line(&self) -> String {
        let phases = match self.phases.len() {
            count if count > MOST_NAMED_PHASES => format!("{count} phases"),
            _ => self.phases.join(" / "),
        };
        format!("{}, {phases}", self.views.join(" / "))
    }
}

/// Marks a sheet of pictures: words in the corners of each, and the band added below.
pub fn apply(image: RgbImage, layout: &Layout, label: &Label) -> RgbImage {
    let (width, height) = (image.width(), image.height());
    let mut marked = image;
    marked.extend_below(BAND_HEIGHT, [0; 3]);
    for panel in layout.pictures() {
        draw_corners(&mut marked, panel.area);
        for &warning in &label.warnings {
            draw_warning(&mut marked, panel.area, warning);
        }
    }
    marked.paste(&band(width, label), 0, height);
    marked
}

/// Whether an image carries the mark of [`apply`] whatever its label: the notice in its
/// band and the words in both corners of every picture.
pub fn is_marked(image: &RgbImage, layout: &Layout) -> bool {
    let Some(notice_row) = image.height().checked_sub(BAND_HEIGHT) else {
        return false;
    };
    let mut again = image.clone();
    for panel in layout.pictures() {
        draw_corners(&mut again, panel.area);
    }
    again.paste(&notice_strip(image.width()), 0, notice_row);
    (image.width(), notice_row) == (layout.width(), layout.height()) && again == *image
}

/// Whether an image carries the mark of [`apply`] with this very label.
pub fn bears_label(image: &RgbImage, layout: &Layout, label: &Label) -> bool {
    let expected = band(image.width(), label);
    let start = image.height().saturating_sub(BAND_HEIGHT);
    let warned = |warning: &Warning| bears_warning(image, layout, *warning);
    is_marked(image, layout)
        && image.part(0, start, image.width(), BAND_HEIGHT) == Some(expected)
        && label.warnings.iter().all(warned)
}

/// Whether every picture on an image carries this warning.
pub fn bears_warning(image: &RgbImage, layout: &Layout, warning: Warning) -> bool {
    let mut again = image.clone();
    for panel in layout.pictures() {
        draw_warning(&mut again, panel.area, warning);
    }
    again == *image
}

/// The band of [`BAND_HEIGHT`] rows.
fn band(width: usize, label: &Label) -> RgbImage {
    let mut band = RgbImage::filled(BAND_HEIGHT, width, [0; 3]);
    band.paste(&notice_strip(width), 0, 0);
    let first = NOTICE_HEIGHT as i32;
    for (line, row) in [(label.model_line(), first), (label.view_line(), first + 13)] {
        write(&mut band, &FONT_6X10, &line, Point::new(MARGIN * 2, row));
    }
    band
}

fn notice_strip(width: usize) -> RgbImage {
    let mut strip = RgbImage::filled(NOTICE_HEIGHT, width, [0; 3]);
    let place = Point::new(MARGIN * 2, MARGIN);
    write(&mut strip, &FONT_9X15_BOLD, NOTICE, place);
    strip
}

fn draw_corners(image: &mut RgbImage, picture: Rectangle) {
    let font = font_for(picture);
    write_boxed(image, font, UPPER_CORNER, picture, picture.top_left);
    let size = boxed_size(font, LOWER_CORNER);
    let lower = picture.top_left + picture.size.saturating_sub(size);
    write_boxed(image, font, LOWER_CORNER, picture, lower);
}

/// Each warning has a line of its own, whichever others are there. The lowest line is shared with the
/// words at the right, where there is room for both.
fn draw_warning(image: &mut RgbImage, picture: Rectangle, warning: Warning) {
    let font = font_for(picture);
    let size = boxed_size(font, warning.words());
    let own = match warning {
        Warning::PoorSignal => 1,
        // A picture bears one of the two at the most.
        Warning::ForeignEcg | Warning::UnusualEcg => 2,
    };
    let beside = size.width + boxed_size(font, LOWER_CORNER).width < picture.size.width;
    let lines = if beside { own } else { own + 1 };
    let up = picture.size.height.saturating_sub(size.height * lines);
    let place = picture.top_left + Size::new(0, up);
    write_boxed(image, font, warning.words(), picture, place);
}

fn font_for(picture: Rectangle) -> &'static MonoFont<'static> {
    if picture.size.width < NARROW {
        &FONT_6X10
    } else {
        &FONT_9X15_BOLD
    }
}

fn boxed_size(font: &MonoFont<'_>, words: &str) -> Size {
    let character = font.character_size;
    let margins = Size::new_equal(2 * MARGIN.unsigned_abs());
    Size::new(character.width * words.len() as u32, character.height) + margins
}

/// Writes words on a black box whose upper left corner is `at`; what reaches beyond the picture is
/// left out.
fn write_boxed(
    image: &mut RgbImage,
    font: &MonoFont<'_>,
    words: &str,
    picture: Rectangle,
    at: Point,
) {
    use embedded_graphics::draw_target::DrawTargetExt;
    let black = PrimitiveStyle::with_fill(Rgb888::BLACK);
    let mut clipped = image.clipped(&picture);
    let Ok(()) = Rectangle::new(at, boxed_size(font, words))
        .into_styled(black)
        .draw(&mut clipped);
    write(&mut clipped, font, words, at + Point::new_equal(MARGIN));
}

/// Writes one line of white text; what does not fit is left out.
pub(super) fn write<D>(image: &mut D, font: &MonoFont<'_>, text: &str, at: Point)
where
    D: DrawTarget<Color = Rgb888, Error = std::convert::Infallible>,
{
    let style = MonoTextStyleBuilder::new()
        .font(font)
        .text_color(Rgb888::WHITE)
        .build();
    let Ok(_next) = Text::with_baseline(text, at, style, Baseline::Top).draw(image);
}

#[cfg(test)]
pub(super) mod tests;
