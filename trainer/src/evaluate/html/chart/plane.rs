//! The plane of two axes that most charts draw on.

use super::axis::Axis;
use crate::evaluate::html::palette::REFERENCE;
use crate::evaluate::html::svg::{Anchor, Canvas};

/// Height of the axes' words and numbers.
pub const TEXT: f64 = 11.0;

const LEFT: f64 = 54.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 42.0;

/// The height that notes need above a plot.
pub fn notes_height(notes: &[String]) -> f64 {
    if notes.is_empty() { 0.0 } else { TEXT + 2.0 }
}

/// Two axes, and where on the drawing they are.
#[derive(Debug, Clone)]
pub struct Plane {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Plane {
    /// Axes on a drawing of `size`, with room for their words, and `above` for a legend.
    pub fn new(x: Axis, y: Axis, size: [f64; 2], above: f64) -> Plane {
        Plane {
            x,
            y,
            left: LEFT,
            top: TOP + above,
            width: size[0] - LEFT - RIGHT,
            height: size[1] - TOP - BOTTOM - above,
        }
    }

    /// Where on the drawing a point lies.
    pub fn place(&self, x: f64, y: f64) -> [f64; 2] {
        [
            self.left + self.width * self.x.part(x),
            self.top + self.height * (1.0 - self.y.part(y)),
        ]
    }

    /// Those of `points` that lie on the plane, as places on the drawing.
    pub fn places(&self, points: impl IntoIterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
        points
            .into_iter()
            .filter(|[x, y]| self.x.holds(*x) && self.y.holds(*y))
            .map(|[x, y]| self.place(x, y))
            .collect()
    }

    /// Draws grid, axes, ticks and labels.
    pub fn draw(&self, canvas: &mut Canvas) {
        let base = self.top + self.height;
        for (value, text) in self.x.ticks() {
            let [x, _] = self.place(value, self.y.low);
            canvas.line([x, self.top], [x, base], "#ececec", 1.0);
            canvas.line([x, base], [x, base + 4.0], "#222", 1.0);
            canvas.text([x, base + 15.0], Anchor::Middle, TEXT - 1.0, &text);
        }
        for (value, text) in self.y.ticks() {
            let [_, y] = self.place(self.x.low, value);
            canvas.line([self.left, y], [self.left + self.width, y], "#ececec", 1.0);
            canvas.line([self.left - 4.0, y], [self.left, y], "#222", 1.0);
            canvas.text([self.left - 7.0, y + 3.5], Anchor::End, TEXT - 1.0, &text);
        }
        let corners = [
            [self.left, self.top],
            [self.left, base],
            [self.left + self.width, base],
        ];
        canvas.path(&corners, "#222", 1.0, None);
        let middle = self.left + self.width / 2.0;
        canvas.text([middle, base + 33.0], Anchor::Middle, TEXT, &self.x.label);
        canvas.upward([13.0, self.top + self.height / 2.0], TEXT, &self.y.label);
    }

    /// A dashed line of reference at a height, with a word at its right end.
    pub fn level(&self, canvas: &mut Canvas, value: f64, word: &str) {
        if !self.y.holds(value) {
            return;
        }
        let [from, to] = [self.x.low, self.x.high].map(|x| self.place(x, value));
        canvas.path(&[from, to], REFERENCE, 1.2, Some("5 3"));
        canvas.text([to[0] - 2.0, to[1] - 4.0], Anchor::End, TEXT - 1.0, word);
    }

    /// A dashed upright line of reference, with a word at its upper end, `row` lines below the top.
    pub fn upright(&self, canvas: &mut Canvas, value: f64, word: &str, row: usize) {
        if !self.x.holds(value) {
            return;
        }
        let [from, to] = [self.y.low, self.y.high].map(|y| self.place(value, y));
        canvas.path(&[from, to], REFERENCE, 1.2, Some("5 3"));
        let (x, anchor) = match self.x.part(value) > 0.6 {
            true => (to[0] - 4.0, Anchor::End),
            false => (to[0] + 4.0, Anchor::Start),
        };
        canvas.text(
            [x, to[1] + 10.0 + 13.0 * row as f64],
            anchor,
            TEXT - 1.0,
            word,
        );
    }

    /// The dashed line on which both coordinates are alike.
    pub fn diagonal(&self, canvas: &mut Canvas) {
        let low = self.x.low.max(self.y.low);
        let high = self.x.high.min(self.y.high);
        if low < high {
            canvas.path(
                &[self.place(low, low), self.place(high, high)],
                REFERENCE,
                1.2,
                Some("5 3"),
            );
        }
    }

    /// Words above the plot, where [`notes_height`] has left room for them.
    pub fn notes(&self, canvas: &mut Canvas, notes: &[String]) {
        let at = [self.left, self.top - 5.0];
        canvas.text(at, Anchor::Start, TEXT - 1.0, &notes.join("; "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_land_where_the_axes_say() {
        let axes = [Axis::new("", 0.0, 10.0), Axis::new("", -1.0, 1.0)];
        let [x, y] = axes;
        let plane = Plane::new(x, y, [LEFT + 100.0 + RIGHT, TOP + 50.0 + BOTTOM], 0.0);
        assert_eq!(plane.place(0.0, -1.0), [LEFT, TOP + 50.0]);
        assert_eq!(plane.place(10.0, 1.0), [LEFT + 100.0, TOP]);
        assert_eq!(
            plane.places([[5.0, 0.0], [11.0, 0.0], [5.0, f64::NAN]]),
            [[LEFT + 50.0, TOP + 25.0]]
        );
    }
}
