//! Pooling over windows that do not overlap, over any number of spatial axes.

use super::{NodeInGradient, Operation, SliceRange};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::{element_count, indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// Input (n, channels, spatial…), every spatial size a multiple of `size`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pooling {
    maximum: bool,
    size: usize,
}

impl Operation for Pooling {
    fn name(&self) -> &'static str {
        if self.maximum {
            "MaxPool"
        } else {
            "AveragePool"
        }
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (channels, spatial) = inputs[0].split_at(2);
        let pooled = spatial.iter().map(|size| size / self.size);
        Ok(channels.iter().copied().chain(pooled).collect())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let sizes = vec![self.size; site.output_shape().len() - 2];
        let attributes = vec![
            AttributeProto::sizes("kernel_shape", &sizes),
            AttributeProto::sizes("strides", &sizes),
        ];
        site.emit(self.name(), &site.inputs(), attributes);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let steps = strides(output_shape);
        let start = if self.maximum { f64::NEG_INFINITY } else { 0.0 };
        let mut output = Tensor::from_fn(output_shape, |_| start);
        let share = (self.size as f64).powi(2 - output_shape.len() as i32);
        for (mut index, &x) in indices(inputs[0].shape()).zip(inputs[0].values()) {
            index[2..].iter_mut().for_each(|place| *place /= self.size);
            let pooled = &mut output.values_mut()[position(&index, &steps)];
            if self.maximum {
                *pooled = pooled.max(x);
            } else {
                *pooled += x * share;
            }
        }
        output
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (x, y, dy) = (node.inputs[0], node.output, node.output_gradient);
        let window = self.size.pow(graph.shape(x).len() as u32 - 2) as f32;
        let dx = if self.maximum {
            let greatest = graph.upsample_nearest(y, self.size)?;
            let chosen = graph.equal(x, greatest)?;
            let part = graph.average_pool(chosen, self.size)?;
            let sharers = graph.scale(part, window)?;
            let share = graph.divide(dy, sharers)?;
            let spread = graph.upsample_nearest(share, self.size)?;
            graph.multiply(chosen, spread)?
        } else {
            let share = graph.scale(dy, 1.0 / window)?;
            graph.upsample_nearest(share, self.size)?
        };
        Ok(vec![Some(dx)])
    }
}

impl Graph {
    /// The greatest sample of every window of `size` samples along each spatial axis: (n, channels, spatial…) →
    /// (n, channels, spatial/size…). Windows do not overlap; samples left over at the end are dropped.
    ///
    /// Samples that share their window's greatest share its gradient: in the even background of a picture whole windows are
    /// equal.
    ///
    /// # Errors
    /// When there is no spatial axis or one is shorter than `size`.
    pub fn max_pool(&mut self, x: Value, size: usize) -> Result<Value, GraphError> {
        self.pool(x, true, size)
    }

    /// The mean of every window of `size` samples along each spatial axis: (n, channels, spatial…) →
    /// (n, channels, spatial/size…). Windows do not overlap; samples left over at the end are dropped.
    ///
    /// # Errors
    /// When there is no spatial axis or one is shorter than `size`.
    pub fn average_pool(&mut self, x: Value, size: usize) -> Result<Value, GraphError> {
        self.pool(x, false, size)
    }

    /// Mean over all spatial axes: (n, channels, spatial…) → (n, channels).
    ///
    /// # Errors
    /// When there is no spatial axis.
    pub fn global_average_pool(&mut self, x: Value) -> Result<Value, GraphError> {
        let spatial: Vec<usize> = (2..self.shape(x).len()).collect();
        if spatial.is_empty() {
            let reason = "needs shape (batch, channels, spatial…)".to_owned();
            return Err(self.refuse("GlobalAveragePool", &[x], reason));
        }
        self.reduce_mean(x, &spatial, false)
    }

    /// Greatest over all spatial axes: (n, channels, spatial…) → (n, channels).
    ///
    /// # Errors
    /// When there is no spatial axis, or one has no samples.
    pub fn global_max_pool(&mut self, x: Value) -> Result<Value, GraphError> {
        let spatial: Vec<usize> = (2..self.shape(x).len()).collect();
        if spatial.is_empty() {
            let reason = "needs shape (batch, channels, spatial…)".to_owned();
            return Err(self.refuse("GlobalMaxPool", &[x], reason));
        }
        self.reduce_max(x, &spatial, false)
    }

    fn pool(&mut self, x: Value, maximum: bool, size: usize) -> Result<Value, GraphError> {
        let operation = Pooling { maximum, size };
        let shape = self.shape(x).to_vec();
        let spatial = shape.get(2..).unwrap_or_default();
        if spatial.is_empty() || size == 0 || spatial.iter().any(|&axis| axis < size) {
            let reason = format!(
                "needs shape (batch, channels, spatial…) with at least {} samples along each spatial axis",
                size.max(1)
            );
            return Err(self.refuse(operation.name(), &[x], reason));
        }
        if element_count(&shape) == 0 || size == 1 {
            return Ok(x);
        }
        let ranges: Vec<SliceRange> = spatial
            .iter()
            .enumerate()
            .map(|(axis, &length)| SliceRange {
                axis: axis + 2,
                start: 0,
                end: length / size * size,
                step: 1,
            })
            .collect();
        let cropped = self.slice_ranges(x, &ranges)?;
        self.apply(operation, &[cropped])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_drop_what_is_left_over() {
        let mut graph = Graph::new("pool");
        let x = graph.input("x", &[1, 2, 7, 5]);
        let y = graph.max_pool(x, 2).unwrap();
        assert_eq!(graph.shape(y), [1, 2, 3, 2]);
        let error = graph.average_pool(x, 6).unwrap_err().to_string();
        assert!(error.contains("at least 6 samples"), "{error}");
        let flat = graph.input("flat", &[3, 4]);
        assert!(graph.max_pool(flat, 2).is_err());
        assert!(graph.global_average_pool(flat).is_err());
        assert!(graph.global_max_pool(flat).is_err());
    }
}
