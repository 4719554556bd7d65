//! Sums and means over axes.

use super::{NodeInGradient, Operation, check_axis};
use crate::graph::builder::Graph;
use crate::graph::encode::{Opset, Site};
use crate::graph::error::GraphError;
use crate::graph::onnx::{AttributeProto, integers};
use crate::graph::shape::{element_count, indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, PartialEq)]
struct Reduce {
    mean: bool,
    /// Sorted, each once.
    axes: Vec<usize>,
    keep_dimensions: bool,
}

impl Reduce {
    /// The shape with each reduced axis kept as 1.
    fn kept_shape(&self, input: &[usize]) -> Vec<usize> {
        let mut shape = input.to_vec();
        for &axis in &self.axes {
            shape[axis] = 1;
        }
        shape
    }

    /// How many elements go into one.
    fn count(&self, input: &[usize]) -> usize {
        self.axes.iter().map(|&axis| input[axis]).product()
    }
}

impl Operation for Reduce {
    fn name(&self) -> &'static str {
        if self.mean { "ReduceMean" } else { "ReduceSum" }
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        for &axis in &self.axes {
            check_axis(axis, inputs[0].len())?;
        }
        if self.mean && self.count(inputs[0]) == 0 {
            return Err("the mean of no elements is undefined: give axes with elements".to_owned());
        }
        if self.keep_dimensions {
            return Ok(self.kept_shape(inputs[0]));
        }
        let kept = (0..inputs[0].len()).filter(|axis| !self.axes.contains(axis));
        Ok(kept.map(|axis| inputs[0][axis]).collect())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let mut inputs = site.inputs();
        let mut attributes = vec![AttributeProto::integer(
            "keepdims",
            i64::from(self.keep_dimensions),
        )];
        // ReduceSum takes its axes as an input since opset 13, ReduceMean since 18.
        if self.mean && site.opset() == Opset::Inference {
            attributes.push(AttributeProto::sizes("axes", &self.axes));
        } else {
            inputs.push(site.integers(&integers(&self.axes)));
        }
        site.emit(self.name(), &inputs, attributes);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let shape = inputs[0].shape();
        let kept_shape = self.kept_shape(shape);
        let mut steps = strides(&kept_shape);
        for &axis in &self.axes {
            steps[axis] = 0;
        }
        let mut output = Tensor::from_fn(output_shape, |_| 0.0);
        for (index, value) in indices(shape).zip(inputs[0].values()) {
            output.values_mut()[position(&index, &steps)] += value;
        }
        if self.mean {
            let count = self.count(shape) as f64;
            output.values_mut().iter_mut().for_each(|sum| *sum /= count);
        }
        output
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let shape = graph.shape(node.inputs[0]).to_vec();
        let mut dy = graph.reshape(node.output_gradient, &self.kept_shape(&shape))?;
        if self.mean {
            // Before the repetition, where there are few elements.
            dy = graph.scale(dy, 1.0 / self.count(&shape) as f32)?;
        }
        Ok(vec![Some(graph.broadcast_to(dy, &shape)?)])
    }
}

impl Graph {
    /// Sum over axes, which are dropped or, with `keep_dimensions`, kept with size 1.
    ///
    /// # Errors
    /// When an axis does not exist.
    pub fn reduce_sum(
        &mut self,
        x: Value,
        axes: &[usize],
        keep_dimensions: bool,
    ) -> Result<Value, GraphError> {
        self.reduce(x, false, axes, keep_dimensions)
    }

    /// Mean over axes, which are dropped or, with `keep_dimensions`, kept with size 1.
    ///
    /// # Errors
    /// When an axis does not exist or there is no element to take the mean of.
    pub fn reduce_mean(
        &mut self,
        x: Value,
        axes: &[usize],
        keep_dimensions: bool,
    ) -> Result<Value, GraphError> {
        self.reduce(x, true, axes, keep_dimensions)
    }

    /// Sum of all elements, shape `[]`.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn sum_all(&mut self, x: Value) -> Result<Value, GraphError> {
        let axes: Vec<usize> = (0..self.shape(x).len()).collect();
        self.reduce_sum(x, &axes, false)
    }

    /// Mean of all elements, shape `[]`.
    ///
    /// # Errors
    /// When there are no elements.
    pub fn mean_all(&mut self, x: Value) -> Result<Value, GraphError> {
        let axes: Vec<usize> = (0..self.shape(x).len()).collect();
        self.reduce_mean(x, &axes, false)
    }

    fn reduce(
        &mut self,
        x: Value,
        mean: bool,
        axes: &[usize],
        keep_dimensions: bool,
    ) -> Result<Value, GraphError> {
        let mut axes = axes.to_vec();
        axes.sort_unstable();
        axes.dedup();
        // An empty list of axes means all of them to ONNX and none to us.
        if axes.is_empty() && element_count(self.shape(x)) > 0 {
            return Ok(x);
        }
        let operation = Reduce {
            mean,
            axes,
            keep_dimensions,
        };
        self.apply(operation, &[x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_keep_or_drop_axes() {
        let mut graph = Graph::new("reduce");
        let x = graph.input("x", &[2, 3, 4]);
        let kept = graph.reduce_mean(x, &[2, 0], true).unwrap();
        let dropped = graph.reduce_sum(x, &[1], false).unwrap();
        let all = graph.sum_all(x).unwrap();
        assert_eq!(graph.shape(kept), [1, 3, 1]);
        assert_eq!(graph.shape(dropped), [2, 4]);
        assert_eq!(graph.shape(all), [0; 0]);
        assert_eq!(graph.reduce_sum(x, &[], false), Ok(x));
    }

    #[test]
    fn missing_axis_is_named() {
        let mut graph = Graph::new("reduce");
        let x = graph.input("x", &[2, 3]);
        let error = graph.reduce_sum(x, &[2], true).unwrap_err().to_string();
        assert!(error.contains("axis 2 does not exist"), "{error}");
    }
}
