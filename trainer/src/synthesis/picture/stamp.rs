//! Small things drawn over a picture: rods with round ends.

use super::grid::Grid;
use super::soft::{cover, norm, ramp};

/// A rod in the picture; positions and lengths in mm as in [`Grid`].
#[derive(Clone, Copy, Debug)]
pub struct Rod {
    /// One end.
    pub from: [f32; 2],
    /// The other end; the same for a disc.
    pub to: [f32; 2],
    /// Radius.
    pub radius: f32,
    /// How much of what is behind it it hides, 0..1.
    pub share: f32,
    /// Its signal.
    pub signal: f32,
}

impl Rod {
    /// Draws it.
    pub fn draw(&self, grid: &Grid, image: &mut [f32]) {
        let pixel = grid.pixel_mm;
        let reach = self.radius + pixel;
        let last = (grid.side - 1) as f32;
        let span = |axis: usize| {
            let (a, b) = (self.from[axis], self.to[axis]);
            let low = (a.min(b) - reach) / pixel;
            let high = (a.max(b) + reach) / pixel;
            (low.max(0.0).ceil(), high.min(last).floor())
        };
        let ((left, right), (top, bottom)) = (span(0), span(1));
        // Outside the picture, or not a number.
        if !(left <= right && top <= bottom) {
            return;
        }
        let along = [self.to[0] - self.from[0], self.to[1] - self.from[1]];
        let square = along[0] * along[0] + along[1] * along[1];
        for y in top as usize..=bottom as usize {
            for x in left as usize..=right as usize {
                let from = [
                    x as f32 * pixel - self.from[0],
                    y as f32 * pixel - self.from[1],
                ];
                let at = if square > 0.0 {
                    ((from[0] * along[0] + from[1] * along[1]) / square).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let away = norm(from[0] - at * along[0], from[1] - at * along[1]);
                let inside = ramp(self.radius - away, 2.0 / pixel);
                if inside > 0.0 {
                    cover(
                        &mut image[y * grid.side + x],
                        inside * self.share,
                        self.signal,
                    );
                }
            }
        }
    }
}
