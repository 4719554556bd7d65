//! Estimates against truth, one dot a subject.

use super::axis::Axis;
use super::plane::{Plane, notes_height};
use crate::evaluate::html::palette;
use crate::evaluate::html::svg::{Canvas, Dot, Svg};

/// Dots with the line on which both are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    /// What the horizontal axis shows.
    pub x_label: String,
    /// What the vertical axis shows.
    pub y_label: String,
    /// The dots; those with a coordinate that is no finite number are left out.
    pub points: Vec<[f64; 2]>,
    /// Whether both axes have one range and the line x = y is drawn.
    pub identity: bool,
    /// Words above the plot, such as R² and n.
    pub notes: Vec<String>,
}

impl Scatter {
    /// The drawing, 300 by 290.
    pub fn svg(&self, description: &str) -> Svg {
        let size = [300.0, 290.0];
        let mut canvas = Canvas::new(size[0], size[1]);
        let [along, up] = [0, 1].map(|axis| self.points.iter().map(move |point| point[axis]));
        let (x, y) = match self.identity {
            true => {
                let both = Axis::around("", along.chain(up));
                let labelled = |label: &str| Axis::new(label, both.low, both.high);
                (labelled(&self.x_label), labelled(&self.y_label))
            }
            false => (
                Axis::around(&self.x_label, along),
                Axis::around(&self.y_label, up),
            ),
        };
        let plane = Plane::new(x, y, size, notes_height(&self.notes));
        plane.draw(&mut canvas);
        if self.identity {
            plane.diagonal(&mut canvas);
        }
        let places = plane.places(self.points.iter().copied());
        canvas.dots(
            &places,
            Dot::Round,
            diameter(places.len()),
            palette::category(0),
            0.5,
        );
        plane.notes(&mut canvas, &self.notes);
        canvas.finish(description)
    }
}

/// Smaller dots where there are many.
pub(super) fn diameter(dots: usize) -> f64 {
    match dots {
        0..300 => 5.0,
        300..1000 => 4.0,
        _ => 3.0,
    }
}
