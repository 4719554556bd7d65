//! What each colour stands for, in rows above the plot.

use super::plane::TEXT;
use crate::evaluate::html::svg::{Anchor, Canvas};

/// Height of one row.
const ROW: f64 = 15.0;
/// Mean width of a letter of Helvetica over its height, with a little to spare.
const LETTER: f64 = 0.56;
const SWATCH: f64 = 10.0;

/// Names with their colours, laid out in rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Legend {
    entries: Vec<Entry>,
    rows: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    name: String,
    colour: String,
    x: f64,
    row: usize,
}

impl Legend {
    /// Lays out `names` with their colours between `left` and `right`.
    pub fn new<'a>(
        names: impl IntoIterator<Item = (&'a str, String)>,
        left: f64,
        right: f64,
    ) -> Legend {
        let (mut x, mut row) = (left, 0);
        let entries: Vec<Entry> = names
            .into_iter()
            .map(|(name, colour)| {
                let width = SWATCH + 4.0 + name.chars().count() as f64 * TEXT * LETTER + 12.0;
                if x > left && x + width - 12.0 > right {
                    (x, row) = (left, row + 1);
                }
                let entry = Entry {
                    name: name.to_owned(),
                    colour,
                    x,
                    row,
                };
                x += width;
                entry
            })
            .collect();
        let rows = if entries.is_empty() { 0 } else { row + 1 };
        Legend { entries, rows }
    }

    /// The height it takes.
    pub fn height(&self) -> f64 {
        self.rows as f64 * ROW
    }

    /// Draws it, its top at `top`.
    pub fn draw(&self, canvas: &mut Canvas, top: f64) {
        for entry in &self.entries {
            let y = top + entry.row as f64 * ROW;
            canvas.rectangle([entry.x, y], [SWATCH, SWATCH], &entry.colour);
            let at = [entry.x + SWATCH + 4.0, y + SWATCH - 1.0];
            canvas.text(at, Anchor::Start, TEXT - 1.0, &entry.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_goes_to_the_next_row() {
        let names = ["a long name of one", "a long name of another", "c"];
        let legend = Legend::new(names.map(|name| (name, "#000".to_owned())), 10.0, 200.0);
        let rows: Vec<usize> = legend.entries.iter().map(|entry| entry.row).collect();
        assert_eq!(rows, [0, 1, 1]);
        assert_eq!(legend.height(), 30.0);
        assert_eq!(Legend::new([], 0.0, 100.0).height(), 0.0);
    }
}
