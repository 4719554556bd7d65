//! Operations on graph values: each knows its shape rule, its ONNX form, its gradient and its meaning in f64.
//!
//! One file per family. The methods that build them, such as [`Graph::matmul`], stand in the same file.

use std::fmt::Debug;

use super::builder::Graph;
use super::encode::Site;
use super::error::GraphError;
use super::tensor::Tensor;
use super::value::Value;

mod activation;
mod arithmetic;
mod axes;
mod batch_norm;
mod broadcast;
mod comparison;
mod concat;
mod convolution;
mod convolution_gradient;
mod elementwise;
mod gather;
mod linear;
mod matmul;
mod pad;
mod pooling;
mod reduce;
mod reshape;
mod resize;
mod row_taps;
mod shuffle;
mod slice;
mod softmax;
mod stop_gradient;
mod upsample;
mod window;
mod window_pooling;

pub use batch_norm::BatchNormTraining;
pub use resize::Corners;
pub use slice::SliceRange;
pub use window::Window;

/// What every operation must know about itself. An operation takes some values and makes one.
pub trait Operation: Debug + Send + Sync {
    /// Name in node names: that of the ONNX operator where there is one.
    fn name(&self) -> &'static str;

    /// Shape of the output.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the shapes and what would be right.
    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String>;

    /// Writes the ONNX nodes.
    fn encode(&self, site: &mut Site<'_>);

    /// The output in double precision, written for plainness and not for speed.
    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor;

    /// For each input, the gradient of the loss with respect to it; None where there is none.
    ///
    /// # Errors
    /// When the graph cannot hold the gradient; a mistake in this crate.
    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError>;
}

/// A node while its gradient is built.
#[derive(Debug)]
pub struct NodeInGradient<'a> {
    /// What the node took.
    pub inputs: &'a [Value],
    /// What it made.
    pub output: Value,
    /// Gradient of the loss with respect to what it made.
    pub output_gradient: Value,
}

/// Checks that an axis exists.
fn check_axis(axis: usize, rank: usize) -> Result<(), String> {
    if axis < rank {
        Ok(())
    } else {
        Err(format!(
            "axis {axis} does not exist in {rank} dimensions: count axes from 0"
        ))
    }
}
