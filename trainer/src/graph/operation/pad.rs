//! Zeros, or another number, around a tensor.

use super::{NodeInGradient, Operation, SliceRange};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::shape::{indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, PartialEq)]
struct Pad {
    /// Elements added before and after, for each axis.
    paddings: Vec<(usize, usize)>,
    /// What they are.
    value: f32,
}

impl Operation for Pad {
    fn name(&self) -> &'static str {
        "Pad"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        if self.paddings.len() != inputs[0].len() {
            return Err(format!(
                "there are {} paddings for {} axes: give one for each",
                self.paddings.len(),
                inputs[0].len()
            ));
        }
        let padded = inputs[0].iter().zip(&self.paddings);
        Ok(padded.map(|(size, (b, a))| size + b + a).collect())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let before = self.paddings.iter().map(|padding| padding.0 as i64);
        let after = self.paddings.iter().map(|padding| padding.1 as i64);
        let pads: Vec<i64> = before.chain(after).collect();
        let pads = site.integers(&pads);
        let value = site.scalar(self.value);
        site.emit("Pad", &[site.input(0), pads, value], Vec::new());
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let steps = strides(output_shape);
        let before: Vec<usize> = self.paddings.iter().map(|padding| padding.0).collect();
        let origin = position(&before, &steps);
        let mut output = Tensor::from_fn(output_shape, |_| f64::from(self.value));
        for (index, value) in indices(inputs[0].shape()).zip(inputs[0].values()) {
            output.values_mut()[origin + position(&index, &steps)] = *value;
        }
        output
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let shape = graph.shape(node.inputs[0]);
        let ranges: Vec<SliceRange> = self
            .paddings
            .iter()
            .enumerate()
            .map(|(axis, &(before, _))| SliceRange {
                axis,
                start: before,
                end: before + shape[axis],
                step: 1,
            })
            .collect();
        Ok(vec![Some(
            graph.slice_ranges(node.output_gradient, &ranges)?,
        )])
    }
}

impl Graph {
    /// x with zeros before and after along each axis: one pair for each.
    ///
    /// # Errors
    /// When there is not one pair for each axis.
    pub fn pad(&mut self, x: Value, paddings: &[(usize, usize)]) -> Result<Value, GraphError> {
        self.pad_with(x, paddings, 0.0)
    }

    /// x with elements of one value before and after along each axis: one pair of counts for each.
    ///
    /// # Errors
    /// When there is not one pair for each axis.
    pub fn pad_with(
        &mut self,
        x: Value,
        paddings: &[(usize, usize)],
        value: f32,
    ) -> Result<Value, GraphError> {
        if paddings.len() == self.shape(x).len() && paddings.iter().all(|pair| *pair == (0, 0)) {
            return Ok(x);
        }
        let paddings = paddings.to_vec();
        self.apply(Pad { paddings, value }, &[x])
    }
}
