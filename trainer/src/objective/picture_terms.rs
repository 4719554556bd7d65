//! Terms of a picture's loss besides its error pixel by pixel: sharpness, and the error that the decoder expects.

use crate::graph::loss::mean_absolute_error;
use crate::graph::{Graph, GraphError, Value};

/// The mean absolute error of the differences between neighbouring pixels, along rows and along columns, of pictures
/// (batch, channels, y, x): a picture that is blurred has the right greys on average but the wrong differences.
///
/// # Errors
/// Where the shapes differ.
pub fn edge_error(graph: &mut Graph, made: Value, truth: Value) -> Result<Value, GraphError> {
    let mut sum = graph.scalar(0.0);
    for axis in [2, 3] {
        let made = neighbours(graph, made, axis)?;
        let truth = neighbours(graph, truth, axis)?;
        let error = mean_absolute_error(graph, made, truth)?;
        sum = graph.add(sum, error)?;
    }
    graph.scale(sum, 0.5)
}

fn neighbours(graph: &mut Graph, picture: Value, axis: usize) -> Result<Value, GraphError> {
    let side = graph.shape(picture).get(axis).copied().unwrap_or(0);
    let later = graph.slice(picture, axis, 1, side)?;
    let earlier = graph.slice(picture, axis, 0, side.saturating_sub(1))?;
    graph.subtract(later, earlier)
}

/// The mean negative log-likelihood, less ln 2, of the picture's errors under Laplace distributions whose scales' logarithms
/// the decoder gives: |error| / scale + ln scale (Kendall & Gal, NeurIPS 2017, with the absolute error). The error counts
/// as given, so that the picture is not pulled to where its error is easily told.
///
/// # Errors
/// Where the shapes differ.
pub fn deviation_misfit(
    graph: &mut Graph,
    made: Value,
    truth: Value,
    log_scale: Value,
) -> Result<Value, GraphError> {
    let difference = graph.subtract(made, truth)?;
    let error = graph.abs(difference)?;
    let error = graph.stop_gradient(error)?;
    let negative = graph.negate(log_scale)?;
    let precision = graph.exp(negative)?;
    let scaled = graph.multiply(error, precision)?;
    let sum = graph.add(scaled, log_scale)?;
    graph.mean_all(sum)
}

/// How much the pictures' variance over the batch, averaged over pixels, falls short of `share` of the true pictures'; 0
/// where it reaches that. The pictures of least error are alike wherever the ECG does not tell one heart from another,
/// and the error alone does not see what that takes from them.
///
/// # Errors
/// Where the shapes differ.
pub fn variety_shortfall(
    graph: &mut Graph,
    made: Value,
    truth: Value,
    share: f32,
) -> Result<Value, GraphError> {
    let mut variance = |picture: Value| {
        let variance = graph.reduce_variance(picture, &[0], false, 0)?;
        graph.mean_all(variance)
    };
    let (made, true_variance) = (variance(made)?, variance(truth)?);
    // A batch of one picture over and over has no variance to reach.
    let true_variance = graph.offset(true_variance, 1e-6)?;
    let reached = graph.divide(made, true_variance)?;
    let missing = graph.negate(reached)?;
    let missing = graph.offset(missing, share)?;
    graph.relu(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn by_hand() {
        let mut graph = Graph::new("by hand");
        let made = graph.input("made", &[1, 1, 2, 2]);
        let truth = graph.input("truth", &[1, 1, 2, 2]);
        let log_scale = graph.input("log_scale", &[1, 1, 2, 2]);
        let edges = edge_error(&mut graph, made, truth).unwrap();
        let misfit = deviation_misfit(&mut graph, made, truth, log_scale).unwrap();
        let of_scale = graph.gradients(misfit, &[log_scale]).unwrap()[0];
        let tensor = |values: [f64; 4]| Tensor::new(&[1, 1, 2, 2], values.to_vec()).unwrap();
        let half = 0.5f64.ln();
        let given = [
            (made, tensor([0.0, 1.0, 0.0, 0.0])),
            (truth, tensor([0.0, 0.0, 0.0, 0.5])),
            (log_scale, tensor([half; 4])),
        ];
        let results = evaluate(&graph, &[edges, misfit, of_scale], &given).unwrap();
        // Along columns 0 and −1 against 0 and 0.5; along rows 1 and 0 against 0 and 0.5.
        let expected = ((0.0 + 1.5) / 2.0 + (1.0 + 0.5) / 2.0) / 2.0;
        assert!((results[0].values()[0] - expected).abs() < 1e-12);
        // Errors 0, 1, 0, 0.5 over a scale of a half.
        assert!((results[1].values()[0] - (3.0 / 4.0 + half)).abs() < 1e-6);
        // 1 − error / scale, a fourth each: the scale should grow where the error is larger than it.
        let slopes = [0.25, -0.25, 0.25, 0.0];
        for (found, expected) in results[2].values().iter().zip(slopes) {
            assert!((found - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn variety_is_missed_only_where_there_is_too_little() {
        let mut graph = Graph::new("by hand");
        let made = graph.input("made", &[2, 1, 1, 2]);
        let truth = graph.input("truth", &[2, 1, 1, 2]);
        let half = variety_shortfall(&mut graph, made, truth, 0.5).unwrap();
        let tensor = |values: [f64; 4]| Tensor::new(&[2, 1, 1, 2], values.to_vec()).unwrap();
        let shortfall = |pictures: [f64; 4]| {
            let given = [
                (made, tensor(pictures)),
                (truth, tensor([0.0, 0.0, 1.0, 1.0])),
            ];
            evaluate(&graph, &[half], &given).unwrap()[0].values()[0]
        };
        assert!((shortfall([0.5; 4]) - 0.5).abs() < 1e-5);
        // One pixel varies like the truth, the other does not: half of the variance.
        assert!(shortfall([0.0, 0.5, 1.0, 0.5]).abs() < 1e-5);
        assert!((shortfall([0.25, 0.25, 0.75, 0.75]) - 0.25).abs() < 1e-5);
        assert_eq!(shortfall([0.0, 0.0, 1.0, 1.0]), 0.0);
    }
}
