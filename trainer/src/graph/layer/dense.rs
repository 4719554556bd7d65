//! The fully connected layer over the last of any number of axes.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::shape::element_count;
use crate::graph::value::Value;

/// Parameters of a fully connected layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dense {
    /// (out, in), as PyTorch stores it.
    pub weight: Value,
    /// (out).
    pub bias: Option<Value>,
}

/// `x·wᵀ + b` over the last axis: x (…, in) → (…, out), as `torch.nn.Linear`.
///
/// # Errors
/// When the shapes are not those.
pub fn dense(graph: &mut Graph, x: Value, layer: Dense) -> Result<Value, GraphError> {
    let shape = graph.shape(x).to_vec();
    let Some((&features, leading)) = shape.split_last() else {
        let reason = "a scalar has no last axis: reshape first".to_owned();
        return Err(graph.refuse("Dense", &[x], reason));
    };
    let rows = graph.reshape(x, &[element_count(leading), features])?;
    let made = graph.linear(rows, layer.weight, layer.bias)?;
    let outputs = graph.shape(made)[1];
    graph.reshape(made, &[leading, &[outputs]].concat())
}
