//! The meaning of a graph in double precision: a plain evaluator to hold the fast ones against.

use std::collections::BTreeMap;

use super::builder::{Graph, Source};
use super::error::GraphError;
use super::tensor::Tensor;
use super::value::Value;

/// Values of some of a graph's tensors for given inputs, computed in f64 by each operation's own definition. Inputs that
/// the wanted values do not depend on need not be fed; any other value may be fed too and is then not computed.
///
/// ```
/// # use ecg2mri_trainer::graph::{Graph, reference, tensor::Tensor};
/// let mut graph = Graph::new("square");
/// let x = graph.input("x", &[2]);
/// let y = graph.square(x)?;
/// let loss = graph.sum_all(y)?;
/// let gradient = graph.gradients(loss, &[x])?;
/// let fed = Tensor::new(&[2], vec![3.0, -1.0]).expect("two values");
/// let found = reference::evaluate(&graph, &gradient, &[(x, fed)])?;
/// assert_eq!(found[0].values(), [6.0, -2.0]);
/// # Ok::<(), ecg2mri_trainer::graph::GraphError>(())
/// ```
///
/// # Errors
/// When an input is missing or has another shape, or a wanted value belongs to another graph.
pub fn evaluate(
    graph: &Graph,
    wanted: &[Value],
    feeds: &[(Value, Tensor)],
) -> Result<Vec<Tensor>, GraphError> {
    graph.check()?;
    let mut known: BTreeMap<Value, Tensor> = BTreeMap::new();
    let fed = feeds.iter().map(|(value, _)| value);
    if wanted.iter().chain(fed).any(|value| value.0 >= graph.len()) {
        return Err(GraphError::ForeignValue {
            node: "evaluate".to_owned(),
            graph: graph.title().to_owned(),
        });
    }
    for (value, tensor) in feeds {
        if tensor.shape() != graph.shape(*value) {
            return Err(GraphError::FeedShape {
                name: graph.name(*value).to_owned(),
                expected: graph.shape(*value).to_vec(),
                found: tensor.shape().to_vec(),
            });
        }
        known.insert(*value, tensor.clone());
    }
    for value in needed(graph, wanted, &known) {
        let shape = graph.shape(value);
        let tensor = match graph.source(value) {
            Source::Input => {
                return Err(GraphError::MissingFeed {
                    name: graph.name(value).to_owned(),
                    shape: shape.to_vec(),
                });
            }
            Source::Constant(data) => Tensor::from_fn(shape, |flat| f64::from(data[flat])),
            Source::Node { operation, inputs } => {
                let inputs: Vec<&Tensor> = inputs.iter().map(|input| &known[input]).collect();
                operation.evaluate(&inputs, shape)
            }
        };
        known.insert(value, tensor);
    }
    Ok(wanted.iter().map(|value| known[value].clone()).collect())
}

/// The values to compute, each after its inputs; what is known already ends the search.
fn needed(graph: &Graph, wanted: &[Value], known: &BTreeMap<Value, Tensor>) -> Vec<Value> {
    let mut needed = vec![false; graph.len()];
    for value in wanted {
        needed[value.0] = true;
    }
    for position in (0..graph.len()).rev() {
        let value = Value(position);
        needed[position] &= !known.contains_key(&value);
        if let (true, Source::Node { inputs, .. }) = (needed[position], graph.source(value)) {
            for input in inputs {
                needed[input.0] = true;
            }
        }
    }
    let positions = (0..graph.len()).filter(|&position| needed[position]);
    positions.map(Value).collect()
}

/// The gradient of a scalar by central differences: `(f(x + h) − f(x − h)) / 2h` for every element of the tensor fed for
/// `with_respect_to`.
///
/// With f64 and values near 1, `h = 1e-5` leaves an error near 1e-9 for smooth functions.
///
/// # Errors
/// Those of [`evaluate`], or when `loss` is not a scalar or `with_respect_to` is not fed.
pub fn central_differences(
    graph: &Graph,
    loss: Value,
    with_respect_to: Value,
    feeds: &[(Value, Tensor)],
    h: f64,
) -> Result<Tensor, GraphError> {
    let mut feeds = feeds.to_vec();
    let Some(place) = feeds
        .iter()
        .position(|(value, _)| *value == with_respect_to)
    else {
        return Err(GraphError::MissingFeed {
            name: graph.name(with_respect_to).to_owned(),
            shape: graph.shape(with_respect_to).to_vec(),
        });
    };
    let mut slopes = feeds[place].1.clone();
    for flat in 0..slopes.values().len() {
        let centre = feeds[place].1.values()[flat];
        let mut loss_at = |x: f64| {
            feeds[place].1.values_mut()[flat] = x;
            let found = evaluate(graph, &[loss], &feeds)?;
            match found[0].values() {
                [value] => Ok(*value),
                _ => Err(GraphError::LossNotScalar {
                    name: graph.name(loss).to_owned(),
                    shape: graph.shape(loss).to_vec(),
                }),
            }
        };
        let slope = (loss_at(centre + h)? - loss_at(centre - h)?) / (2.0 * h);
        feeds[place].1.values_mut()[flat] = centre;
        slopes.values_mut()[flat] = slope;
    }
    Ok(slopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_needed_must_be_fed() {
        let mut graph = Graph::new("feeds");
        let x = graph.input("x", &[]);
        let unused = graph.input("unused", &[4]);
        let y = graph.exp(x).unwrap();
        let zero = Tensor::new(&[], vec![0.0]).unwrap();
        let found = evaluate(&graph, &[y], &[(x, zero.clone())]).unwrap();
        assert_eq!(found[0].values(), [1.0]);
        let missing = evaluate(&graph, &[y, unused], &[(x, zero.clone())]).unwrap_err();
        assert!(missing.to_string().contains("`unused`"), "{missing}");
        let misshapen = evaluate(&graph, &[y], &[(unused, zero)]).unwrap_err();
        assert!(misshapen.to_string().contains("was fed []"), "{misshapen}");
    }

    #[test]
    fn differences_find_a_known_slope() {
        let mut graph = Graph::new("slope");
        let x = graph.input("x", &[2]);
        let y = graph.exp(x).unwrap();
        let loss = graph.sum_all(y).unwrap();
        let at = Tensor::new(&[2], vec![0.0, 1.0]).unwrap();
        let slopes = central_differences(&graph, loss, x, &[(x, at.clone())], 1e-5).unwrap();
        assert!((slopes.values()[1] - 1f64.exp()).abs() < 1e-8);
        assert!(central_differences(&graph, y, x, &[(x, at)], 1e-5).is_err());
    }
}
