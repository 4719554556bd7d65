//! An exponential moving average of the weights, as part of the graph.

use super::builder::Graph;
use super::error::GraphError;
use super::value::Value;

/// The average after one more step: `decay·average + (1 − decay)·parameter`, computed as a change to the average so that
/// nothing is lost where the decay is near 1, as `torch.optim.swa_utils.get_ema_multi_avg_fn` does. `decay` is a scalar of
/// the graph, fed at each step; see [`decay_at`].
///
/// The average is one more state tensor of the engine, beside the moments; it begins as the parameter, and it is what
/// evaluation and export read.
///
/// # Errors
/// When the shapes differ or the decay is no scalar.
pub fn moving_average(
    graph: &mut Graph,
    average: Value,
    parameter: Value,
    decay: Value,
) -> Result<Value, GraphError> {
    if graph.shape(average) != graph.shape(parameter) || !graph.shape(decay).is_empty() {
        let reason =
            "the average must have the parameter's shape and the decay shape []".to_owned();
        return Err(graph.refuse("MovingAverage", &[average, parameter, decay], reason));
    }
    let one = graph.scalar(1.0);
    let share = graph.subtract(one, decay)?;
    let distance = graph.subtract(parameter, average)?;
    let change = graph.multiply(distance, share)?;
    graph.add(average, change)
}

/// The decay to feed at a step, counted from 1: `decay`, but at first no more than (1 + step)/(10 + step), so that early
/// weights are soon forgotten; the rule of TensorFlow's `ExponentialMovingAverage`.
pub fn decay_at(decay: f64, step: u64) -> f32 {
    let step = step as f64;
    decay.min((1.0 + step) / (10.0 + step)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn the_average_follows_the_parameter() {
        let mut graph = Graph::new("average");
        let [average, parameter] = ["average", "parameter"].map(|name| graph.input(name, &[2]));
        let decay = graph.input("decay", &[]);
        let next = moving_average(&mut graph, average, parameter, decay).unwrap();
        let feeds = [
            (average, Tensor::new(&[2], vec![1.0, 4.0]).unwrap()),
            (parameter, Tensor::new(&[2], vec![3.0, 0.0]).unwrap()),
            (decay, Tensor::new(&[], vec![0.75]).unwrap()),
        ];
        let found = evaluate(&graph, &[next], &feeds).unwrap();
        assert_eq!(found[0].values(), [1.5, 3.0]);
        assert!(moving_average(&mut graph, average, decay, decay).is_err());
        assert!(moving_average(&mut graph, average, parameter, average).is_err());
    }

    #[test]
    fn the_decay_warms_up() {
        assert_eq!(decay_at(0.999, 1), 2.0 / 11.0);
        assert_eq!(decay_at(0.999, 1_000_000), 0.999);
    }
}
