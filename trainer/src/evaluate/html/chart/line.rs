//! Curves.

use super::axis::Axis;
use super::legend::Legend;
use super::plane::{Plane, notes_height};
use crate::evaluate::html::palette;
use crate::evaluate::html::svg::{Canvas, Dot, Svg};

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Its points from left to right.
    pub points: Vec<[f64; 2]>,
    /// For each point the lower and upper end of its interval; empty where there is none.
    pub band: Vec<[f64; 2]>,
}

impl Series {
    /// A curve without intervals.
    pub fn new(name: &str, points: Vec<[f64; 2]>) -> Series {
        Series {
            name: name.to_owned(),
            points,
            band: Vec::new(),
        }
    }
}

/// Curves over one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The curves, at most seven so that their colours differ.
    pub series: Vec<Series>,
    /// Whether the line x = y is drawn.
    pub diagonal: bool,
    /// Whether each point is marked.
    pub dots: bool,
    /// Levels to compare with, with their names.
    pub levels: Vec<(f64, String)>,
    /// Words above the plot.
    pub notes: Vec<String>,
}

impl LineChart {
    /// Curves on axes that fit them.
    pub fn new(x_label: &str, y_label: &str, series: Vec<Series>) -> LineChart {
        let points = || series.iter().flat_map(|one| one.points.iter());
        let ends = series
            .iter()
            .flat_map(|one| one.band.iter().flatten().copied());
        LineChart {
            x: Axis::around(x_label, points().map(|point| point[0])),
            y: Axis::around(y_label, points().map(|point| point[1]).chain(ends)),
            series,
            diagonal: false,
            dots: true,
            levels: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The drawing, 340 by 270.
    pub fn svg(&self, description: &str) -> Svg {
        let size = [340.0, 270.0];
        let mut canvas = Canvas::new(size[0], size[1]);
        let names = self.series.iter().enumerate();
        let legend = match self.series.len() {
            1 => Legend::new([], 0.0, 0.0),
            _ => Legend::new(
                names.map(|(index, one)| (one.name.as_str(), palette::category(index).to_owned())),
                54.0,
                size[0] - 10.0,
            ),
        };
        legend.draw(&mut canvas, 4.0);
        let above = legend.height() + notes_height(&self.notes);
        let plane = Plane::new(self.x.clone(), self.y.clone(), size, above);
        plane.draw(&mut canvas);
        if self.diagonal {
            plane.diagonal(&mut canvas);
        }
        for (value, word) in &self.levels {
            plane.level(&mut canvas, *value, word);
        }
        for (index, one) in self.series.iter().enumerate() {
            let colour = palette::category(index);
            let finite = |points: Vec<[f64; 2]>| plane.places(points);
            if one.band.len() == one.points.len() && !one.band.is_empty() {
                let end = |which: usize| {
                    one.points
                        .iter()
                        .zip(&one.band)
                        .map(move |(point, ends)| [point[0], ends[which]])
                };
                let around: Vec<[f64; 2]> = end(0).chain(end(1).rev()).collect();
                canvas.area(&finite(around), colour, 0.18);
            }
            let places = finite(one.points.clone());
            canvas.path(&places, colour, 1.8, None);
            if self.dots {
                canvas.dots(&places, Dot::Round, 5.0, colour, 1.0);
            }
        }
        plane.notes(&mut canvas, &self.notes);
        canvas.finish(description)
    }
}
