//! Enlarging images and signals by repetition.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::{indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// Input (n, channels, spatial…): every sample repeated `factor` times along each spatial axis.
#[derive(Debug, Clone, Copy, PartialEq)]
struct NearestUpsample {
    factor: usize,
}

impl Operation for NearestUpsample {
    fn name(&self) -> &'static str {
        "Resize"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        if inputs[0].len() < 3 || self.factor == 0 {
            return Err(
                "needs shape (batch, channels, spatial…) and a factor of at least 1".to_owned(),
            );
        }
        let (channels, spatial) = inputs[0].split_at(2);
        let enlarged = spatial.iter().map(|size| size * self.factor);
        Ok(channels.iter().copied().chain(enlarged).collect())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let mut scales = vec![1.0; site.output_shape().len()];
        scales[2..].fill(self.factor as f32);
        let scales = site.floats(&scales);
        // The second input, a region of interest, is left out.
        let inputs = [site.input(0), String::new(), scales];
        let attributes = vec![
            AttributeProto::string("mode", "nearest"),
            AttributeProto::string("coordinate_transformation_mode", "asymmetric"),
            AttributeProto::string("nearest_mode", "floor"),
        ];
        site.emit("Resize", &inputs, attributes);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let steps = strides(inputs[0].shape());
        let values = indices(output_shape)
            .map(|mut index| {
                index[2..]
                    .iter_mut()
                    .for_each(|place| *place /= self.factor);
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
        let copies = self.factor.pow(graph.shape(node.output).len() as u32 - 2);
        let mean = graph.average_pool(node.output_gradient, self.factor)?;
        Ok(vec![Some(graph.scale(mean, copies as f32)?)])
    }
}

impl Graph {
    /// Every sample repeated `factor` times along each spatial axis: (n, channels, spatial…) →
    /// (n, channels, spatial·factor…).
    ///
    /// # Errors
    /// When there is no spatial axis or the factor is 0.
    pub fn upsample_nearest(&mut self, x: Value, factor: usize) -> Result<Value, GraphError> {
        if factor == 1 && self.shape(x).len() > 2 {
            return Ok(x);
        }
        self.apply(NearestUpsample { factor }, &[x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_without_samples_are_refused() {
        let mut graph = Graph::new("upsample");
        let x = graph.input("x", &[2, 3]);
        assert!(graph.upsample_nearest(x, 2).is_err());
    }
}
