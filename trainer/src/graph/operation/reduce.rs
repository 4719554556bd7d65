//! Sums, means, extremes and variances over axes.

use super::{NodeInGradient, Operation, check_axis};
use crate::graph::builder::Graph;
use crate::graph::encode::{Opset, Site};
use crate::graph::error::GraphError;
use crate::graph::onnx::{AttributeProto, integers};
use crate::graph::shape::{element_count, indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sum,
    SumOfSquares,
    Mean,
    Maximum,
    Minimum,
}

#[derive(Debug, Clone, PartialEq)]
struct Reduce {
    kind: Kind,
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
        match self.kind {
            Kind::Sum => "ReduceSum",
            Kind::SumOfSquares => "ReduceSumSquare",
            Kind::Mean => "ReduceMean",
            Kind::Maximum => "ReduceMax",
            Kind::Minimum => "ReduceMin",
        }
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        for &axis in &self.axes {
            check_axis(axis, inputs[0].len())?;
        }
        if !matches!(self.kind, Kind::Sum | Kind::SumOfSquares) && self.count(inputs[0]) == 0 {
            return Err(
                "of no elements there is no mean or extreme: give axes with elements".to_owned(),
            );
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
        // ReduceSum takes its axes as an input since opset 13, the others since 18.
        if self.kind != Kind::Sum && site.opset() == Opset::Inference {
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
        let start = match self.kind {
            Kind::Sum | Kind::SumOfSquares | Kind::Mean => 0.0,
            Kind::Maximum => f64::NEG_INFINITY,
            Kind::Minimum => f64::INFINITY,
        };
        let mut output = Tensor::from_fn(output_shape, |_| start);
        for (index, &value) in indices(shape).zip(inputs[0].values()) {
            let reduced = &mut output.values_mut()[position(&index, &steps)];
            *reduced = match self.kind {
                Kind::Sum | Kind::Mean => *reduced + value,
                Kind::SumOfSquares => *reduced + value * value,
                Kind::Maximum => reduced.max(value),
                Kind::Minimum => reduced.min(value),
            };
        }
        if self.kind == Kind::Mean {
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
        if self.kind == Kind::Mean {
            // Before the repetition, where there are few elements.
            dy = graph.scale(dy, 1.0 / self.count(&shape) as f32)?;
        }
        if matches!(self.kind, Kind::Maximum | Kind::Minimum) {
            // Elements that share the extreme share its gradient, as with `torch.amax`.
            let extreme = graph.reshape(node.output, &self.kept_shape(&shape))?;
            let chosen = graph.equal(node.inputs[0], extreme)?;
            let sharers = graph.reduce_sum(chosen, &self.axes, true)?;
            let share = graph.divide(dy, sharers)?;
            return Ok(vec![Some(graph.multiply(chosen, share)?)]);
        }
        if self.kind == Kind::SumOfSquares {
            let twice = graph.scale(dy, 2.0)?;
            return Ok(vec![Some(graph.multiply(node.inputs[0], twice)?)]);
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
        self.reduce(x, Kind::Sum, axes, keep_dimensions)
    }

    /// Sum of squares over axes, which are dropped or, with `keep_dimensions`, kept with size 1; the squares themselves are
    /// never stored.
    ///
    /// # Errors
    /// When an axis does not exist.
    pub fn reduce_sum_of_squares(
        &mut self,
        x: Value,
        axes: &[usize],
        keep_dimensions: bool,
    ) -> Result<Value, GraphError> {
        if axes.is_empty() {
            return self.square(x);
        }
        self.reduce(x, Kind::SumOfSquares, axes, keep_dimensions)
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
        self.reduce(x, Kind::Mean, axes, keep_dimensions)
    }

    /// Greatest element over axes, which are dropped or, with `keep_dimensions`, kept with size 1. Elements that share
    /// the extreme share its gradient.
    ///
    /// # Errors
    /// When an axis does not exist or there is no element to choose from.
    pub fn reduce_max(
        &mut self,
        x: Value,
        axes: &[usize],
        keep_dimensions: bool,
    ) -> Result<Value, GraphError> {
        self.reduce(x, Kind::Maximum, axes, keep_dimensions)
    }

    /// Least element over axes; otherwise as [`Graph::reduce_max`].
    ///
    /// # Errors
    /// When an axis does not exist or there is no element to choose from.
    pub fn reduce_min(
        &mut self,
        x: Value,
        axes: &[usize],
        keep_dimensions: bool,
    ) -> Result<Value, GraphError> {
        self.reduce(x, Kind::Minimum, axes, keep_dimensions)
    }

    /// Variance over axes, which are dropped or, with `keep_dimensions`, kept with size 1: the mean squared distance from
    /// the mean, divided by the count less `correction` in place of the count (0: biased; 1: unbiased, as `torch.var`).
    ///
    /// # Errors
    /// When an axis does not exist or there are not more elements than `correction`.
    pub fn reduce_variance(
        &mut self,
        x: Value,
        axes: &[usize],
        keep_dimensions: bool,
        correction: usize,
    ) -> Result<Value, GraphError> {
        let mean = self.reduce_mean(x, axes, true)?;
        let count = element_count(self.shape(x)) / element_count(self.shape(mean)).max(1);
        if count <= correction {
            let reason = format!(
                "a variance of {count} elements with correction {correction} is undefined: give more elements"
            );
            return Err(self.refuse("Variance", &[x], reason));
        }
        let centred = self.subtract(x, mean)?;
        let squared = self.square(centred)?;
        let variance = self.reduce_mean(squared, axes, keep_dimensions)?;
        if correction == 0 {
            return Ok(variance);
        }
        self.scale(variance, count as f32 / (count - correction) as f32)
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
        kind: Kind,
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
            kind,
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
        assert!(graph.reduce_max(x, &[2], true).is_err());
        assert!(graph.reduce_variance(x, &[0], true, 2).is_err());
    }
}
