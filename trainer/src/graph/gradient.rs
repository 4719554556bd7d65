//! Reverse-mode differentiation: the gradient of a loss, as more nodes of the same graph.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::builder::{Graph, Source};
use super::error::GraphError;
use super::operation::{NodeInGradient, Operation};
use super::shape::element_count;
use super::value::Value;

impl Graph {
    /// The gradient of a loss with respect to each of some values, each of that value's shape. What is made for the
    /// node `encoder/Gemm` is named `gradient/encoder/Gemm/…`.
    ///
    /// # Errors
    /// When the loss has more than one element, or does not depend on one of the values (sign, step and comparison pass
    /// nothing on).
    pub fn gradients(
        &mut self,
        loss: Value,
        with_respect_to: &[Value],
    ) -> Result<Vec<Value>, GraphError> {
        self.check()?;
        let known = self.len();
        if [loss]
            .iter()
            .chain(with_respect_to)
            .any(|value| value.0 >= known)
        {
            return Err(GraphError::ForeignValue {
                node: "gradients".to_owned(),
                graph: self.title().to_owned(),
            });
        }
        let shape = self.shape(loss).to_vec();
        if element_count(&shape) != 1 {
            let name = self.name(loss).to_owned();
            return Err(GraphError::LossNotScalar { name, shape });
        }

        let depends = self.dependents_of(with_respect_to);
        let one = self.constant("gradient/one", &shape, vec![1.0]);
        // Contributions to each value's gradient, from every place that uses it.
        let mut contributions: BTreeMap<Value, Vec<Value>> = BTreeMap::new();
        contributions.insert(loss, vec![one]);
        let mut finished: BTreeMap<Value, Value> = BTreeMap::new();

        // Every value comes after its inputs, so going down all its users have been met when a value is reached.
        while let Some((value, parts)) = contributions.pop_last() {
            let scope = vec!["gradient".to_owned(), self.name(value).to_owned()];
            let gradient = self.in_scope(scope.clone(), |graph| graph.sum_of(&parts))?;
            finished.insert(value, gradient);
            let Some((operation, inputs)) = self.node(value) else {
                continue;
            };
            if !inputs.iter().any(|input| depends[input.0]) {
                continue;
            }
            let node = NodeInGradient {
                inputs: &inputs,
                output: value,
                output_gradient: gradient,
            };
            let of_inputs = self.in_scope(scope, |graph| operation.gradient(graph, &node))?;
            for (&input, part) in inputs.iter().zip(of_inputs) {
                if let (true, Some(part)) = (depends[input.0], part) {
                    contributions.entry(input).or_default().push(part);
                }
            }
        }

        with_respect_to
            .iter()
            .map(|value| {
                finished
                    .get(value)
                    .copied()
                    .ok_or_else(|| GraphError::Independent {
                        loss: self.name(loss).to_owned(),
                        name: self.name(*value).to_owned(),
                    })
            })
            .collect()
    }

    fn node(&self, value: Value) -> Option<(Arc<dyn Operation>, Vec<Value>)> {
        match self.source(value) {
            Source::Node { operation, inputs } => Some((Arc::clone(operation), inputs.clone())),
            Source::Input | Source::Constant(_) => None,
        }
    }

    /// For every value so far, whether it is one of the roots or computed from one.
    fn dependents_of(&self, roots: &[Value]) -> Vec<bool> {
        let mut depends = vec![false; self.len()];
        for root in roots {
            depends[root.0] = true;
        }
        for position in 0..self.len() {
            if let Source::Node { inputs, .. } = self.source(Value(position)) {
                let inherited = inputs.iter().any(|input| depends[input.0]);
                depends[position] |= inherited;
            }
        }
        depends
    }

    /// The sum of one or more values.
    pub(super) fn sum_of(&mut self, parts: &[Value]) -> Result<Value, GraphError> {
        let (&first, others) = parts
            .split_first()
            .expect("a gradient has contributions and a kernel has taps");
        others
            .iter()
            .try_fold(first, |sum, &part| self.add(sum, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_must_be_a_scalar() {
        let mut graph = Graph::new("loss");
        let x = graph.input("x", &[2]);
        let error = graph.gradients(x, &[x]).unwrap_err();
        assert!(error.to_string().contains("`x` of shape [2]"), "{error}");
    }

    #[test]
    fn independent_values_are_named() {
        let mut graph = Graph::new("independent");
        let x = graph.input("x", &[]);
        let z = graph.input("z", &[]);
        let y = graph.square(x).unwrap();
        let error = graph.gradients(y, &[x, z]).unwrap_err();
        assert!(
            error.to_string().contains("does not depend on `z`"),
            "{error}"
        );
        let sign = graph.sign(x).unwrap();
        assert!(graph.gradients(sign, &[x]).is_err());
    }

    #[test]
    fn gradient_of_the_loss_itself_is_one() {
        let mut graph = Graph::new("identity");
        let x = graph.input("x", &[1]);
        let gradients = graph.gradients(x, &[x]).unwrap();
        assert_eq!(graph.shape(gradients[0]), [1]);
    }

    #[test]
    fn names_tell_where_a_gradient_belongs() {
        let mut graph = Graph::new("names");
        let x = graph.input("x", &[3]);
        let y = graph.scope("encoder", |graph| graph.exp(x)).unwrap();
        let loss = graph.sum_all(y).unwrap();
        let gradients = graph.gradients(loss, &[x]).unwrap();
        assert_eq!(graph.name(y), "encoder/Exp");
        assert_eq!(graph.name(gradients[0]), "gradient/encoder/Exp/Mul");
    }
}
