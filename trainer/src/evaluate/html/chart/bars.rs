//! Values side by side, as bars that run to the right.

use super::axis::Axis;
use super::legend::Legend;
use super::plane::TEXT;
use crate::evaluate::html::palette;
use crate::evaluate::html::svg::{Anchor, Canvas, Svg};

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// The value; no finite number where there is none.
    pub value: f64,
    /// The ends of its interval, where it has one.
    pub interval: Option<[f64; 2]>,
}

impl Bar {
    /// A value without an interval.
    pub fn plain(value: f64) -> Bar {
        Bar {
            value,
            interval: None,
        }
    }
}

/// For each row one bar a group, e.g. for each phenotype one of the ECG and one of the ceiling.
#[derive(Debug, Clone, PartialEq)]
pub struct BarChart {
    /// What the values are.
    pub label: String,
    /// Names of the groups; a single one is not told in a legend.
    pub groups: Vec<String>,
    /// Name of each row and its bars, one a group.
    pub rows: Vec<(String, Vec<Bar>)>,
    /// A value to compare with, with its name.
    pub level: Option<(f64, String)>,
    /// Decimals of the values written beside the bars.
    pub decimals: usize,
}

const WIDTH: f64 = 520.0;
const THICK: f64 = 11.0;
const GAP: f64 = 9.0;
const BOTTOM: f64 = 40.0;
/// Where the numbers stand, to the right of the plotting area.
const NUMBERS: f64 = 46.0;
const LEGEND_TOP: f64 = 4.0;

impl BarChart {
    /// The drawing, 520 wide and as high as the rows need.
    pub fn svg(&self, description: &str) -> Svg {
        let longest = self.rows.iter().map(|(name, _)| name.chars().count()).max();
        let left = 12.0 + (longest.unwrap_or(0) as f64 * TEXT * 0.56).clamp(40.0, 230.0);
        let right = WIDTH - NUMBERS;
        let several = self
            .groups
            .iter()
            .enumerate()
            .filter(|_| self.groups.len() > 1);
        let legend = Legend::new(
            several.map(|(index, name)| (name.as_str(), palette::category(index).to_owned())),
            left,
            WIDTH - 8.0,
        );
        let row_height = self.groups.len().max(1) as f64 * THICK + GAP;
        let named_level = if self.level.is_some() { TEXT } else { 0.0 };
        let top = LEGEND_TOP + 6.0 + legend.height() + named_level;
        let base = top + self.rows.len() as f64 * row_height;
        let mut canvas = Canvas::new(WIDTH, base + BOTTOM);
        legend.draw(&mut canvas, LEGEND_TOP);

        let axis = self.axis();
        let x = |value: f64| left + (right - left) * axis.part(value).clamp(0.0, 1.0);
        for (value, text) in axis.ticks() {
            canvas.line([x(value), top], [x(value), base], "#ececec", 1.0);
            canvas.text([x(value), base + 14.0], Anchor::Middle, TEXT - 1.0, &text);
        }
        for (number, (name, bars)) in self.rows.iter().enumerate() {
            let upper = top + number as f64 * row_height + GAP / 2.0;
            let middle = upper + (row_height - GAP) / 2.0 + 3.5;
            canvas.text([left - 6.0, middle], Anchor::End, TEXT - 1.0, name);
            for (group, bar) in bars.iter().enumerate() {
                let y = upper + group as f64 * THICK;
                self.bar(&mut canvas, bar, palette::category(group), y, right, &x);
            }
        }
        if let Some((value, word)) = &self.level {
            let at = x(*value);
            canvas.path(
                &[[at, top], [at, base]],
                palette::REFERENCE,
                1.2,
                Some("5 3"),
            );
            canvas.text([at, top - 4.0], Anchor::Middle, TEXT - 1.0, word);
        }
        canvas.line([x(0.0), top], [x(0.0), base], "#222", 1.0);
        let label = [right, base + 33.0];
        canvas.text(label, Anchor::End, TEXT, &self.label);
        canvas.finish(description)
    }

    fn axis(&self) -> Axis {
        let bars = self.rows.iter().flat_map(|(_, bars)| bars);
        let values = bars.flat_map(|bar| {
            [bar.value]
                .into_iter()
                .chain(bar.interval.into_iter().flatten())
        });
        Axis::from_zero(
            &self.label,
            values.chain(self.level.iter().map(|(value, _)| *value)),
        )
    }

    fn bar(
        &self,
        canvas: &mut Canvas,
        bar: &Bar,
        colour: &str,
        y: f64,
        right: f64,
        x: &dyn Fn(f64) -> f64,
    ) {
        let number = [right + 6.0, y + THICK - 2.0];
        if !bar.value.is_finite() {
            canvas.text(number, Anchor::Start, TEXT - 2.0, "\u{2013}");
            return;
        }
        let [from, to] = [bar.value.min(0.0), bar.value.max(0.0)].map(x);
        canvas.rectangle([from, y + 0.5], [to - from, THICK - 1.0], colour);
        if let Some([low, high]) = bar
            .interval
            .filter(|ends| ends.iter().all(|end| end.is_finite()))
        {
            let middle = y + THICK / 2.0;
            let [low, high] = [low, high].map(x);
            canvas.line([low, middle], [high, middle], "#222", 1.2);
            for end in [low, high] {
                canvas.line([end, middle - 3.0], [end, middle + 3.0], "#222", 1.2);
            }
        }
        let decimals = self.decimals;
        let text = format!("{:.decimals$}", bar.value).replacen('-', "\u{2212}", 1);
        canvas.text(number, Anchor::Start, TEXT - 2.0, &text);
    }
}
