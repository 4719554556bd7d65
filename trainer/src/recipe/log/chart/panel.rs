//! One panel of the chart.

use super::super::LogRow;
use super::super::row::names;
use super::axis::{Axis, label};
use super::canvas::{COLOURS, Canvas, FAINT, INK, LETTER, LINE};
use embedded_graphics::text::Alignment;

/// Columns of pixels of the chart.
pub(super) const WIDTH: usize = 960;
/// Rows of pixels of one panel.
pub(super) const HEIGHT: usize = 220;
/// The plot's left edge; ticks and their words stand before it.
pub(super) const LEFT: usize = 64;
/// The plot's right edge; the curves' names stand after it.
pub(super) const RIGHT: usize = WIDTH - 200;
/// The plot's upper and lower edge, within the panel.
const TOP: usize = 30;
const BOTTOM: usize = HEIGHT - 26;

/// Numbers that share an axis.
pub(super) struct Panel {
    title: &'static str,
    names: Vec<String>,
    values: Axis,
}

impl Panel {
    /// The panels that the rows have numbers for, from the top.
    pub(super) fn all(rows: &[LogRow]) -> Vec<Panel> {
        let names = names(rows);
        let of = |title: &'static str, linear: bool, belongs: &dyn Fn(&str) -> bool| {
            let names: Vec<String> = names.iter().filter(|name| belongs(name)).cloned().collect();
            let numbers = rows
                .iter()
                .flat_map(|row| names.iter().map(|name| row.get(name)));
            let values = match linear {
                true => Axis::fitting_linear(numbers),
                false => Axis::fitting(numbers),
            };
            values.map(|values| Panel {
                title,
                names,
                values,
            })
        };
        let others = ["learning_rate", "gradient_norm", "seconds"];
        let panels = [
            of("training: losses, means over an epoch", false, &|name| {
                !name.starts_with("validation_") && !others.contains(&name)
            }),
            of("validation", false, &|name| name.starts_with("validation_")),
            of("norm of the gradient", false, &|name| {
                name == "gradient_norm"
            }),
            of("learning rate", true, &|name| name == "learning_rate"),
        ];
        panels.into_iter().flatten().collect()
    }

    /// Draws the panel at the rows of pixels from `top`.
    pub(super) fn draw(&self, canvas: &mut Canvas, top: usize, rows: &[LogRow]) {
        let epochs = Axis::linear(1.0, rows.len() as f64);
        let column = |index: usize| {
            LEFT + 1
                + (epochs.place(index as f64 + 1.0) * (RIGHT - LEFT - 2) as f64).round() as usize
        };
        let height = |value: f64| {
            let place = self.values.place(value).clamp(0.0, 1.0);
            top + BOTTOM - (place * (BOTTOM - TOP) as f64).round() as usize
        };
        canvas.words(self.title, (LEFT, top + LINE / 2), Alignment::Left, INK);
        for tick in self.values.ticks(5) {
            let row = height(tick);
            canvas.line((LEFT, row), (RIGHT, row), FAINT, 1);
            canvas.words(&label(tick), (LEFT - LETTER, row), Alignment::Right, INK);
        }
        for tick in epochs.ticks(10) {
            let index = (tick - 1.0).max(0.0) as usize;
            if tick.fract() == 0.0 && index < rows.len() {
                let at = (column(index), top + BOTTOM + LINE);
                canvas.line((at.0, top + BOTTOM), (at.0, top + BOTTOM + 4), INK, 1);
                canvas.words(&label(tick), at, Alignment::Center, INK);
            }
        }
        canvas.words(
            "epoch",
            (RIGHT + LETTER, top + BOTTOM + LINE),
            Alignment::Left,
            INK,
        );
        for (index, row) in rows.iter().enumerate() {
            // Each stage begins with a line and its name.
            if index == 0 || row.stage != rows[index - 1].stage {
                let at = column(index);
                canvas.line((at, top + TOP), (at, top + BOTTOM), FAINT, 1);
                canvas.words(
                    &row.stage,
                    (at + 2, top + TOP - LINE / 2),
                    Alignment::Left,
                    INK,
                );
            }
        }
        for (number, name) in self.names.iter().enumerate() {
            let colour = COLOURS[number % COLOURS.len()];
            self.curve(canvas, rows, name, colour, (&column, &height));
            let row = top + TOP + LINE / 2 + number * LINE;
            canvas.line((RIGHT + 8, row), (RIGHT + 20, row), colour, 2);
            canvas.words(name, (RIGHT + 26, row), Alignment::Left, colour);
        }
        let corners = [(LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM), (LEFT, BOTTOM)];
        for index in 0..corners.len() {
            let [from, to] = [index, (index + 1) % corners.len()]
                .map(|corner| (corners[corner].0, top + corners[corner].1));
            canvas.line(from, to, INK, 1);
        }
    }

    /// One curve: broken between stages and where there is no number, so each number is a dot as well.
    fn curve(
        &self,
        canvas: &mut Canvas,
        rows: &[LogRow],
        name: &str,
        colour: embedded_graphics::pixelcolor::Rgb888,
        (column, height): (&dyn Fn(usize) -> usize, &dyn Fn(f64) -> usize),
    ) {
        let mut before: Option<(&str, (usize, usize))> = None;
        for (index, row) in rows.iter().enumerate() {
            let value = row.get(name);
            if !value.is_finite() {
                before = None;
                continue;
            }
            let at = (column(index), height(f64::from(value)));
            match before {
                Some((stage, from)) if stage == row.stage => canvas.line(from, at, colour, 1),
                _ => {}
            }
            if rows.len() <= 100 {
                canvas.dot(at, colour);
            }
            before = Some((&row.stage, at));
        }
    }
}
