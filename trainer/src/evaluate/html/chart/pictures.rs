//! Grey and coloured pictures in a grid, with their names and a scale.

use super::axis::Axis;
use super::plane::TEXT;
use super::scale_bar;
use crate::evaluate::html::palette::Scale;
use crate::evaluate::html::pixels::png_of;
use crate::evaluate::html::svg::{Anchor, Canvas, Svg};

const GAP: f64 = 6.0;
const LINE: f64 = 16.0;

/// Pictures of one size, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureGrid {
    /// Pixels in a row of a picture; a picture's height is what its pixels make of it.
    pub width: usize,
    /// Side of a picture on the page, in CSS pixels.
    pub side: f64,
    /// Names above the columns; none where empty.
    pub columns: Vec<String>,
    /// Name and pictures of each row.
    pub rows: Vec<(String, Vec<Vec<f32>>)>,
    /// Colours of the values.
    pub scale: Scale,
    /// Which values get the first and the last colour, and what they are. A bar shows it unless its label is empty.
    pub values: Axis,
}

impl PictureGrid {
    /// The drawing.
    ///
    /// # Errors
    /// Where a picture has not a single row of pixels, or more than a PNG can hold.
    pub fn svg(&self, description: &str) -> Result<Svg, png::EncodingError> {
        let across = self
            .rows
            .iter()
            .map(|(_, pictures)| pictures.len())
            .max()
            .unwrap_or(0);
        let named_rows = self.rows.iter().any(|(name, _)| !name.is_empty());
        let left = if named_rows { LINE } else { 0.0 };
        let top = if self.columns.is_empty() { 0.0 } else { LINE };
        let bar = if self.values.label.is_empty() {
            0.0
        } else {
            scale_bar::ROOM
        };
        let step = self.side + GAP;
        let right = left + across as f64 * step;
        let height = top + self.rows.len() as f64 * step - GAP;
        let mut canvas = Canvas::new(right - GAP + bar + GAP, height.max(1.0));
        for (column, name) in self.columns.iter().enumerate() {
            let middle = left + column as f64 * step + self.side / 2.0;
            canvas.text([middle, LINE - 5.0], Anchor::Middle, TEXT - 1.0, name);
        }
        let range = [self.values.low, self.values.high];
        for (row, (name, pictures)) in self.rows.iter().enumerate() {
            let y = top + row as f64 * step;
            canvas.upward([LINE - 5.0, y + self.side / 2.0], TEXT - 1.0, name);
            for (column, picture) in pictures.iter().enumerate() {
                let png = png_of(picture, self.width, self.scale, range)?;
                let at = [left + column as f64 * step, y];
                canvas.picture(at, [self.side, self.side], &png);
            }
        }
        if bar > 0.0 {
            let bar_height = (height - top).min(180.0) - 10.0;
            scale_bar::draw(
                &mut canvas,
                [right, top + 5.0],
                bar_height,
                &self.values,
                self.scale,
            );
        }
        Ok(canvas.finish(description))
    }
}
