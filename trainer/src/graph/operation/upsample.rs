//! Enlarging images and signals.

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

/// Weights of bilinear interpolation along one axis with the corners aligned, (size·factor, size) row-major.
fn interpolation_matrix(size: usize, factor: usize) -> Vec<f32> {
    let enlarged = size * factor;
    let mut matrix = vec![0.0; enlarged * size];
    for row in 0..enlarged {
        let place = if enlarged > 1 {
            (row * (size - 1)) as f64 / (enlarged - 1) as f64
        } else {
            0.0
        };
        let left = (place as usize).min(size - 1);
        let right = (left + 1).min(size - 1);
        let weight = place - left as f64;
        matrix[row * size + left] += (1.0 - weight) as f32;
        matrix[row * size + right] += weight as f32;
    }
    matrix
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

    /// Bilinear interpolation with the corners aligned, as `torch.nn.Upsample(mode="bilinear", align_corners=True)`:
    /// (n, channels, h, w) → (n, channels, h·factor, w·factor). Two products with fixed matrices, so that the
    /// gradient too runs on every device.
    ///
    /// # Errors
    /// When the shape is not that, an image axis is empty or the factor is 0.
    pub fn upsample_bilinear(&mut self, x: Value, factor: usize) -> Result<Value, GraphError> {
        let &[_, _, height, width] = self.shape(x) else {
            let reason = "needs shape (batch, channels, height, width)".to_owned();
            return Err(self.refuse("UpsampleBilinear", &[x], reason));
        };
        if factor == 0 || height == 0 || width == 0 {
            let reason = "needs an image with pixels and a factor of at least 1".to_owned();
            return Err(self.refuse("UpsampleBilinear", &[x], reason));
        }
        let mut matrix = |size: usize| {
            let name = format!("interpolation/{size}x{factor}");
            let weights = interpolation_matrix(size, factor);
            self.constant(&name, &[size * factor, size], weights)
        };
        let (rows, columns) = (matrix(height), matrix(width));
        let wider = self.matmul_transposed(x, columns, false, true)?;
        self.matmul(rows, wider)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolation_reproduces_straight_lines() {
        let matrix = interpolation_matrix(4, 2);
        for (row, weights) in matrix.chunks(4).enumerate() {
            let value: f32 = weights
                .iter()
                .zip([0.0, 1.0, 2.0, 3.0])
                .map(|(w, x)| w * x)
                .sum();
            assert!((value - row as f32 * 3.0 / 7.0).abs() < 1e-6);
        }
    }

    #[test]
    fn one_pixel_is_repeated() {
        assert_eq!(interpolation_matrix(1, 2), [1.0, 1.0]);
    }

    #[test]
    fn shapes_without_an_image_are_refused() {
        let mut graph = Graph::new("upsample");
        let x = graph.input("x", &[2, 3]);
        assert!(graph.upsample_nearest(x, 2).is_err());
        assert!(graph.upsample_bilinear(x, 2).is_err());
    }
}
