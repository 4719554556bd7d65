//! How values of several groups are distributed.

use super::axis::Axis;
use super::legend::Legend;
use super::plane::Plane;
use crate::evaluate::html::palette;
use crate::evaluate::html::svg::{Canvas, Svg};

/// Distributions over one axis, each of area one whatever the number of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// What the values are.
    pub label: String,
    /// Name and values of each group; values that are no finite numbers are left out.
    pub groups: Vec<(String, Vec<f64>)>,
    /// Bins over the range of all values.
    pub bins: usize,
    /// Whether the axis is logarithmic (base ten); values of 0 and below are left out then.
    pub logarithmic: bool,
    /// Values marked with an upright line, with their names.
    pub marks: Vec<(f64, String)>,
}

impl Histogram {
    /// The drawing, 520 by 270.
    pub fn svg(&self, description: &str) -> Svg {
        let size = [520.0, 270.0];
        let mut canvas = Canvas::new(size[0], size[1]);
        let names = self.groups.iter().enumerate();
        let legend = Legend::new(
            names.map(|(index, (name, _))| (name.as_str(), palette::category(index).to_owned())),
            54.0,
            size[0] - 10.0,
        );
        legend.draw(&mut canvas, 4.0);
        let groups: Vec<Vec<f64>> = self
            .groups
            .iter()
            .map(|(_, values)| self.placed(values))
            .collect();
        let marks = self
            .marks
            .iter()
            .flat_map(|(value, _)| self.placed(&[*value]));
        let label = match self.logarithmic {
            true => format!("log\u{2081}\u{2080} of {}", self.label),
            false => self.label.clone(),
        };
        let x = Axis::around(&label, groups.iter().flatten().copied().chain(marks));
        let shares: Vec<Vec<f64>> = groups
            .iter()
            .map(|values| self.shares(values, &x))
            .collect();
        let y = Axis::from_zero("share of the group in %", shares.iter().flatten().copied());
        let plane = Plane::new(x, y, size, legend.height());
        plane.draw(&mut canvas);
        let width = (plane.x.high - plane.x.low) / self.bins.max(1) as f64;
        for (group, shares) in shares.iter().enumerate() {
            let edge = |bin: usize| plane.x.low + bin as f64 * width;
            let mut outline = vec![plane.place(edge(0), 0.0)];
            for (bin, &share) in shares.iter().enumerate() {
                outline.extend([bin, bin + 1].map(|side| plane.place(edge(side), share)));
            }
            outline.push(plane.place(edge(shares.len()), 0.0));
            canvas.area(&outline, palette::category(group), 0.15);
            canvas.path(&outline, palette::category(group), 1.5, None);
        }
        for (row, (value, word)) in self.marks.iter().enumerate() {
            for at in self.placed(&[*value]) {
                plane.upright(&mut canvas, at, word, row);
            }
        }
        canvas.finish(description)
    }

    /// The values as they stand on the axis.
    fn placed(&self, values: &[f64]) -> Vec<f64> {
        let place = |&value: &f64| {
            if self.logarithmic {
                value.log10()
            } else {
                value
            }
        };
        values
            .iter()
            .map(place)
            .filter(|value| value.is_finite())
            .collect()
    }

    /// Per cent of `values` in each bin of the axis.
    fn shares(&self, values: &[f64], axis: &Axis) -> Vec<f64> {
        let bins = self.bins.max(1);
        let mut counts = vec![0usize; bins];
        for &value in values {
            let bin = (axis.part(value) * bins as f64) as usize;
            counts[bin.min(bins - 1)] += 1;
        }
        let all = values.len().max(1) as f64;
        counts
            .into_iter()
            .map(|count| 100.0 * count as f64 / all)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_into_one_bin() {
        let histogram = Histogram {
            label: String::new(),
            groups: Vec::new(),
            bins: 4,
            logarithmic: true,
            marks: Vec::new(),
        };
        let placed = histogram.placed(&[1.0, 10.0, 0.0, -3.0, f64::NAN, 100.0, 1e4]);
        assert_eq!(placed, [0.0, 1.0, 2.0, 4.0]);
        assert_eq!(
            histogram.shares(&placed, &Axis::new("", 0.0, 4.0)),
            [25.0, 25.0, 25.0, 25.0]
        );
        assert_eq!(histogram.shares(&[], &Axis::new("", 0.0, 4.0)), [0.0; 4]);
    }
}
