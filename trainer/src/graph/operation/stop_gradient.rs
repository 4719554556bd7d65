//! A value that a loss sees as given: nothing is passed on to what made it.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
struct StopGradient;

impl Operation for StopGradient {
    fn name(&self) -> &'static str {
        "StopGradient"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(inputs[0].to_vec())
    }

    fn encode(&self, site: &mut Site<'_>) {
        site.emit("Identity", &site.inputs(), Vec::new());
    }

    fn evaluate(&self, inputs: &[&Tensor], _: &[usize]) -> Tensor {
        inputs[0].clone()
    }

    fn gradient(
        &self,
        _: &mut Graph,
        _: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        Ok(vec![None])
    }
}

impl Graph {
    /// The same value, of which a loss' gradient sees nothing; as `Tensor.detach` of PyTorch.
    ///
    /// # Errors
    /// When the value is of another graph.
    pub fn stop_gradient(&mut self, x: Value) -> Result<Value, GraphError> {
        self.apply(StopGradient, &[x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;

    #[test]
    fn what_is_stopped_counts_as_given() {
        let mut graph = Graph::new("stopped");
        let x = graph.input("x", &[2]);
        let given = graph.stop_gradient(x).unwrap();
        // x · given(x): the gradient is given(x), not 2 x.
        let product = graph.multiply(x, given).unwrap();
        let loss = graph.sum_all(product).unwrap();
        let gradient = graph.gradients(loss, &[x]).unwrap()[0];
        let fed = Tensor::new(&[2], vec![3.0, -4.0]).unwrap();
        let found = evaluate(&graph, &[loss, gradient], &[(x, fed)]).unwrap();
        assert_eq!(found[0].values(), [25.0]);
        assert_eq!(found[1].values(), [3.0, -4.0]);
    }
}
