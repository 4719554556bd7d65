//! A bar that says which colour stands for which value.

use super::axis::Axis;
use super::plane::TEXT;
use crate::evaluate::html::palette::Scale;
use crate::evaluate::html::svg::{Anchor, Canvas};

/// Steps that the bar is drawn in.
const STEPS: usize = 48;
/// Width of the bar.
const WIDTH: f64 = 12.0;

/// Width of the bar with its numbers and words.
pub const ROOM: f64 = 62.0;

/// Draws an upright bar for the values of `axis`, its upper left corner at `at`.
pub fn draw(canvas: &mut Canvas, at: [f64; 2], height: f64, axis: &Axis, scale: Scale) {
    let step = height / STEPS as f64;
    for number in 0..STEPS {
        let part = (number as f64 + 0.5) / STEPS as f64;
        let y = at[1] + height - (number + 1) as f64 * step;
        // Half a pixel more, so that no seam shows between two of them.
        canvas.rectangle([at[0], y], [WIDTH, step + 0.5], &scale.hex(part));
    }
    for (value, text) in axis.ticks() {
        let y = at[1] + height * (1.0 - axis.part(value));
        canvas.line([at[0] + WIDTH, y], [at[0] + WIDTH + 3.0, y], "#222", 1.0);
        let place = [at[0] + WIDTH + 5.0, y + 3.5];
        canvas.text(place, Anchor::Start, TEXT - 1.0, &text);
    }
    let middle = [at[0] + ROOM - 8.0, at[1] + height / 2.0];
    canvas.upward(middle, TEXT - 1.0, &axis.label);
}
