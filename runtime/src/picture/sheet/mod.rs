//! All views and phases of a picture on one image.
//!
//! One row a view, one column a phase, each picture magnified; where the model says how uncertain its
//! pixels are, a map of that stands at the right of each picture, and its scale below all of them. A single
//! picture without such a map fills the image alone.

mod layout;

use embedded_graphics::geometry::Point;
use embedded_graphics::mono_font::MonoFont;
use embedded_graphics::mono_font::iso_8859_1::{FONT_6X10, FONT_9X15};

use super::gray;
use super::heat::{self, MOST_GRAY_LEVELS, Scale};
use super::mark::{Label, write};
use super::pseudo_mri::PseudoMri;
use super::render;
use super::rgb_image::RgbImage;

pub use layout::{Content, Layout, Panel};

/// What stands above a map of uncertainty.
const UNCERTAINTY: &str = "uncertainty, ± grey levels";

/// What stands beside the scale of the maps, in two lines.
const LEGEND: [&str; 2] = [
    "uncertainty: standard deviation that the model predicts of a pixel's error,",
    "in grey levels from 0 (black) to 255 (white)",
];

/// Columns and rows of the scale's bar.
const BAR: (usize, usize) = (160, 12);

/// Grey levels from one number below the scale to the next.
const TICK: usize = 20;

/// Clear pixels around words.
const MARGIN: usize = 8;

/// Draws the pictures of one heart, with what each depicts above it, but without the marks of
/// [`super::mark`].
pub fn draw(picture: &PseudoMri, layout: &Layout, label: &Label) -> RgbImage {
    let mut image = RgbImage::filled(layout.height(), layout.width(), [0; 3]);
    let scale = layout.legend_row().map(|_| Scale::new());
    for panel in layout.panels() {
        draw_panel(&mut image, picture, layout, panel, scale.as_ref());
        if let Some(row) = panel.caption_row {
            let text = match panel.content {
                Content::Picture => caption(label, panel),
                Content::Uncertainty => UNCERTAINTY.into(),
            };
            let width = panel.area.size.width as usize;
            let font = font_for(&text, width);
            let above = (layout::CAPTION_HEIGHT - font.character_size.height as usize) / 2;
            // On an image of its own, so that a long text does not run into the next one.
            let mut strip = RgbImage::filled(layout::CAPTION_HEIGHT, width, [0; 3]);
            write(&mut strip, font, &text, Point::new(4, above as i32));
            image.paste(&strip, panel.area.top_left.x as usize, row);
        }
    }
    if let Some(row) = layout.legend_row() {
        image.paste(&legend(layout.width()), 0, row);
    }
    image
}

/// Draws a picture or a map of uncertainty, if there is one.
fn draw_panel(
    image: &mut RgbImage,
    picture: &PseudoMri,
    layout: &Layout,
    panel: &Panel,
    scale: Option<&Scale>,
) {
    let values = match panel.content {
        Content::Picture => picture.frame(panel.view, panel.phase),
        Content::Uncertainty => picture.deviation_of(panel.view, panel.phase),
    };
    let Some(values) = values else {
        return;
    };
    let (column, mut row) = (
        panel.area.top_left.x as usize,
        panel.area.top_left.y as usize,
    );
    let width = picture.shape().width;
    render::magnify(values, width, layout.factor(), |values| {
        if let Some(pixels) = image.row_part_mut(row, column..column + values.len()) {
            match (panel.content, scale) {
                (Content::Uncertainty, Some(scale)) => scale.paint(values, pixels),
                _ => gray::paint(values, pixels),
            }
        }
        row += 1;
    });
}

fn caption(label: &Label, panel: &Panel) -> String {
    let name = |names: &[String], place: usize| names.get(place).cloned().unwrap_or_default();
    format!(
        "{}, {}",
        name(&label.views, panel.view),
        name(&label.phases, panel.phase)
    )
}

/// The larger of two fonts, if the text fits in it.
fn font_for(text: &str, width: usize) -> &'static MonoFont<'static> {
    let needed = text.chars().count() * FONT_9X15.character_size.width as usize + MARGIN;
    if needed <= width {
        &FONT_9X15
    } else {
        &FONT_6X10
    }
}

/// The scale of the maps: a bar of its colours with numbers below, and what they mean.
fn legend(width: usize) -> RgbImage {
    let mut strip = RgbImage::filled(layout::LEGEND_HEIGHT, width, [0; 3]);
    let (bar_width, bar_height) = BAR;
    let levels = |column: usize| column as f32 / (bar_width - 1) as f32 * MOST_GRAY_LEVELS;
    for column in 0..bar_width {
        let colour = heat::colour(levels(column) / 255.0);
        for row in 0..bar_height {
            if let Some(pixel) = strip.get_mut(MARGIN + column, MARGIN + row) {
                *pixel = colour;
            }
        }
    }
    let character = FONT_6X10.character_size.width as usize;
    for tick in (0..=MOST_GRAY_LEVELS as usize).step_by(TICK) {
        let text = tick.to_string();
        let middle = MARGIN + tick * (bar_width - 1) / MOST_GRAY_LEVELS as usize;
        let column = middle.saturating_sub(text.len() * character / 2);
        let place = Point::new(column as i32, (MARGIN + bar_height + 3) as i32);
        write(&mut strip, &FONT_6X10, &text, place);
    }
    for (line, row) in LEGEND.iter().zip([MARGIN, MARGIN + 14]) {
        let place = Point::new((2 * MARGIN + bar_width + MARGIN) as i32, row as i32);
        write(&mut strip, &FONT_6X10, line, place);
    }
    strip
}

#[cfg(test)]
mod tests;
