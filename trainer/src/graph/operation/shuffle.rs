//! Trading channels for resolution and back (Shi et al. 2016), by reshapes and one transpose.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::shape::element_count;
use crate::graph::value::Value;

impl Graph {
    /// (n, c·factorᵈ, spatial…) → (n, c, spatial·factor…) for d spatial axes, the channels of one block laid out in space
    /// in row-major order; in two dimensions `torch.nn.PixelShuffle` and ONNX's DepthToSpace in mode CRD.
    ///
    /// # Errors
    /// When there is no spatial axis, the factor is 0 or the channels do not divide.
    pub fn depth_to_space(&mut self, x: Value, factor: usize) -> Result<Value, GraphError> {
        let shape = self.shape(x).to_vec();
        let axes = shape.len().saturating_sub(2);
        let block = factor.checked_pow(axes as u32).unwrap_or(0);
        if axes == 0 || block == 0 || !shape[1].is_multiple_of(block) {
            let reason = format!(
                "needs shape (batch, channels, spatial…), a factor of at least 1 and channels in multiples of {}",
                block.max(1)
            );
            return Err(self.refuse("DepthToSpace", &[x], reason));
        }
        let channels = shape[1] / block;
        let blocks = [
            &[shape[0], channels],
            vec![factor; axes].as_slice(),
            &shape[2..],
        ]
        .concat();
        let split = self.reshape(x, &blocks)?;
        // Every spatial axis followed by the axis of its block.
        let pairs = (0..axes).flat_map(|axis| [2 + axes + axis, 2 + axis]);
        let order: Vec<usize> = [0, 1].into_iter().chain(pairs).collect();
        let laid_out = self.transpose(split, &order)?;
        let spatial = shape[2..].iter().map(|size| size * factor);
        let sizes: Vec<usize> = [shape[0], channels].into_iter().chain(spatial).collect();
        self.reshape(laid_out, &sizes)
    }

    /// The inverse of [`Graph::depth_to_space`]: (n, c, spatial…) → (n, c·factorᵈ, spatial/factor…); in two dimensions
    /// `torch.nn.PixelUnshuffle`.
    ///
    /// # Errors
    /// When there is no spatial axis or one does not divide by the factor.
    pub fn space_to_depth(&mut self, x: Value, factor: usize) -> Result<Value, GraphError> {
        let shape = self.shape(x).to_vec();
        let axes = shape.len().saturating_sub(2);
        if axes == 0 || factor == 0 || shape[2..].iter().any(|size| !size.is_multiple_of(factor)) {
            let reason = format!(
                "needs shape (batch, channels, spatial…) with spatial sizes in multiples of {}",
                factor.max(1)
            );
            return Err(self.refuse("SpaceToDepth", &[x], reason));
        }
        let spatial: Vec<usize> = shape[2..].iter().map(|size| size / factor).collect();
        let pairs = spatial.iter().flat_map(|size| [*size, factor]);
        let blocks: Vec<usize> = shape[..2].iter().copied().chain(pairs).collect();
        let split = self.reshape(x, &blocks)?;
        let within = (0..axes).map(|axis| 3 + 2 * axis);
        let between = (0..axes).map(|axis| 2 + 2 * axis);
        let order: Vec<usize> = [0, 1].into_iter().chain(within).chain(between).collect();
        let gathered = self.transpose(split, &order)?;
        let channels = shape[1] * element_count(&vec![factor; axes]);
        self.reshape(
            gathered,
            &[&[shape[0], channels], spatial.as_slice()].concat(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn there_and_back_is_where_it_began() {
        let mut graph = Graph::new("shuffle");
        let x = graph.input("x", &[1, 8, 1, 3]);
        let image = graph.depth_to_space(x, 2).unwrap();
        let back = graph.space_to_depth(image, 2).unwrap();
        assert_eq!(graph.shape(image), [1, 2, 2, 6]);
        let fed = Tensor::from_fn(&[1, 8, 1, 3], |flat| flat as f64);
        let found = evaluate(&graph, &[image, back], &[(x, fed.clone())]).unwrap();
        // Channels 0 to 3 of the first pixel make the first block of two by two.
        assert_eq!(found[0].values()[..2], [0.0, 3.0]);
        assert_eq!(found[0].values()[6..8], [6.0, 9.0]);
        assert_eq!(found[1], fed);
    }

    #[test]
    fn what_does_not_divide_is_refused() {
        let mut graph = Graph::new("shuffle");
        let x = graph.input("x", &[1, 6, 3, 4]);
        assert!(graph.depth_to_space(x, 2).is_err());
        assert!(graph.space_to_depth(x, 2).is_err());
        assert!(graph.space_to_depth(x, 0).is_err());
        let flat = graph.input("flat", &[3, 4]);
        assert!(graph.depth_to_space(flat, 1).is_err());
    }
}
