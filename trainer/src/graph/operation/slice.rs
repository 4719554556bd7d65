//! Taking part of a tensor, and reversing it along axes.

use super::{NodeInGradient, Operation, check_axis};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::integers;
use crate::graph::shape::{indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// The elements `start, start + step, …` below `end` of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceRange {
    /// The axis.
    pub axis: usize,
    /// First element taken.
    pub start: usize,
    /// One past the last element that may be taken.
    pub end: usize,
    /// Distance between elements taken, at least 1.
    pub step: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct Slice {
    ranges: Vec<SliceRange>,
}

impl Operation for Slice {
    fn name(&self) -> &'static str {
        "Slice"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut shape = inputs[0].to_vec();
        let mut seen = Vec::new();
        for range in &self.ranges {
            check_axis(range.axis, shape.len())?;
            let size = inputs[0][range.axis];
            if range.start >= range.end || range.end > size || range.step == 0 {
                return Err(format!(
                    "elements {}..{} in steps of {} cannot be taken from axis {} of size {size}: take a range inside it",
                    range.start, range.end, range.step, range.axis
                ));
            }
            if seen.contains(&range.axis) {
                return Err(format!(
                    "axis {} is sliced twice: slice it once",
                    range.axis
                ));
            }
            seen.push(range.axis);
            shape[range.axis] = (range.end - range.start).div_ceil(range.step);
        }
        Ok(shape)
    }

    fn encode(&self, site: &mut Site<'_>) {
        let list = |field: fn(&SliceRange) -> usize| {
            let sizes: Vec<usize> = self.ranges.iter().map(field).collect();
            integers(&sizes)
        };
        let starts = site.integers(&list(|range| range.start));
        let ends = site.integers(&list(|range| range.end));
        let axes = site.integers(&list(|range| range.axis));
        let steps = site.integers(&list(|range| range.step));
        let x = site.input(0);
        site.emit("Slice", &[x, starts, ends, axes, steps], Vec::new());
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let mut steps = strides(inputs[0].shape());
        let mut origin = 0;
        for range in &self.ranges {
            origin += range.start * steps[range.axis];
            steps[range.axis] *= range.step;
        }
        let values = indices(output_shape)
            .map(|index| inputs[0].values()[origin + position(&index, &steps)])
            .collect();
        Tensor::new(output_shape, values).expect("one value per element was copied")
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let full = graph.shape(node.inputs[0]).to_vec();
        let dx = graph.put_back(node.output_gradient, &self.ranges, &full)?;
        Ok(vec![Some(dx)])
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Flip {
    axes: Vec<usize>,
}

impl Operation for Flip {
    fn name(&self) -> &'static str {
        "Flip"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        for &axis in &self.axes {
            check_axis(axis, inputs[0].len())?;
        }
        Ok(inputs[0].to_vec())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let count = self.axes.len();
        // −1 counts from the last element; the smallest integer stands for "past the first one".
        let starts = site.integers(&vec![-1; count]);
        let ends = site.integers(&vec![i64::MIN; count]);
        let axes = site.integers(&integers(&self.axes));
        let steps = starts.clone();
        let x = site.input(0);
        site.emit("Slice", &[x, starts, ends, axes, steps], Vec::new());
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let steps = strides(output_shape);
        let values = indices(output_shape)
            .map(|mut index| {
                for &axis in &self.axes {
                    index[axis] = output_shape[axis] - 1 - index[axis];
                }
                inputs[0].values()[position(&index, &steps)]
            })
            .collect();
        Tensor::new(output_shape, values).expect("one value per element was copied")
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        Ok(vec![Some(graph.flip(node.output_gradient, &self.axes)?)])
    }
}

impl Graph {
    /// Elements `start` up to, but without, `end` along an axis.
    ///
    /// # Errors
    /// When the range is empty or not inside the axis.
    pub fn slice(
        &mut self,
        x: Value,
        axis: usize,
        start: usize,
        end: usize,
    ) -> Result<Value, GraphError> {
        let step = 1;
        self.slice_ranges(
            x,
            &[SliceRange {
                axis,
                start,
                end,
                step,
            }],
        )
    }

    /// Elements along several axes at once.
    ///
    /// # Errors
    /// When a range is empty or not inside its axis, or an axis is named twice.
    pub fn slice_ranges(&mut self, x: Value, ranges: &[SliceRange]) -> Result<Value, GraphError> {
        let shape = self.shape(x);
        let whole = |range: &SliceRange| {
            range.start == 0 && range.step == 1 && shape.get(range.axis) == Some(&range.end)
        };
        if ranges.iter().all(whole) {
            return Ok(x);
        }
        let ranges = ranges.to_vec();
        self.apply(Slice { ranges }, &[x])
    }

    /// x reversed along axes.
    ///
    /// # Errors
    /// When an axis does not exist.
    pub fn flip(&mut self, x: Value, axes: &[usize]) -> Result<Value, GraphError> {
        let mut axes = axes.to_vec();
        axes.sort_unstable();
        axes.dedup();
        self.apply(Flip { axes }, &[x])
    }

    /// The transpose of [`Graph::slice_ranges`]: elements put back to where they were taken from in a tensor of shape
    /// `full`, zeros everywhere else: between them where the step is above 1, then around them.
    pub(super) fn put_back(
        &mut self,
        taken: Value,
        ranges: &[SliceRange],
        full: &[usize],
    ) -> Result<Value, GraphError> {
        let mut spread = taken;
        for range in ranges.iter().filter(|range| range.step > 1) {
            spread = self.spread(spread, range.axis, range.step)?;
        }
        let mut paddings = vec![(0, 0); full.len()];
        for range in ranges {
            let reached = range.start + self.shape(spread)[range.axis];
            paddings[range.axis] = (range.start, full[range.axis] - reached);
        }
        self.pad(spread, &paddings)
    }

    /// `step − 1` zeros put between neighbours along an axis: size n becomes (n − 1)·step + 1.
    pub(super) fn spread(
        &mut self,
        x: Value,
        axis: usize,
        step: usize,
    ) -> Result<Value, GraphError> {
        let mut shape = self.shape(x).to_vec();
        let size = shape[axis];
        if step == 1 || size == 1 {
            return Ok(x);
        }
        shape.insert(axis + 1, 1);
        let split = self.reshape(x, &shape)?;
        let mut paddings = vec![(0, 0); shape.len()];
        paddings[axis + 1] = (0, step - 1);
        let padded = self.pad(split, &paddings)?;
        shape.remove(axis + 1);
        shape[axis] = size * step;
        let joined = self.reshape(padded, &shape)?;
        self.slice(joined, axis, 0, (size - 1) * step + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_outside_the_axis_are_refused() {
        let mut graph = Graph::new("slice");
        let x = graph.input("x", &[2, 5]);
        let y = graph.slice(x, 1, 1, 4).unwrap();
        assert_eq!(graph.shape(y), [2, 3]);
        assert_eq!(graph.slice(x, 1, 0, 5), Ok(x));
        for (axis, start, end) in [(1, 3, 3), (1, 0, 6), (2, 0, 1)] {
            assert!(graph.slice(x, axis, start, end).is_err());
        }
        let error = graph.slice(x, 1, 0, 6).unwrap_err().to_string();
        assert!(error.contains("axis 1 of size 5"), "{error}");
    }
}
