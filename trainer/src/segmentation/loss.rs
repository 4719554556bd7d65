//! What the segmenter is trained by: cross-entropy of its pixels and overlap of its labels.

use super::network::CLASSES;
use crate::graph::loss::cross_entropy;
use crate::graph::{Graph, GraphError, Value};

/// Added to both sides of the ratio, so that a label that is nowhere counts as found.
const SMOOTH: f32 = 1.0;

/// Cross-entropy of the pixels plus 1 − the mean soft Dice coefficient of the labels over the whole batch (Milletari,
/// Navab & Ahmadi, 3DV 2016), shape `[]`: most pixels are background, whose edges the first would serve at the heart's
/// expense.
///
/// `scores` is (batch, [`CLASSES`], rows, columns), `labels` (batch, rows, columns), whole numbers below [`CLASSES`].
///
/// # Errors
/// When the shapes are not those.
pub fn segmentation_loss(
    graph: &mut Graph,
    scores: Value,
    labels: Value,
) -> Result<Value, GraphError> {
    let pixels: usize = graph.shape(labels).iter().product();
    let last = graph.transpose(scores, &[0, 2, 3, 1])?;
    let logits = graph.reshape(last, &[pixels, CLASSES])?;
    let labels = graph.reshape(labels, &[pixels])?;
    let entropy = cross_entropy(graph, logits, labels)?;

    let found = graph.softmax(logits)?;
    let truth = graph.one_hot(labels, CLASSES)?;
    let both = graph.multiply(found, truth)?;
    let both = graph.reduce_sum(both, &[0], false)?;
    let either = graph.add(found, truth)?;
    let either = graph.reduce_sum(either, &[0], false)?;
    let both = graph.scale(both, 2.0)?;
    let both = graph.offset(both, SMOOTH)?;
    let either = graph.offset(either, SMOOTH)?;
    let dice = graph.divide(both, either)?;
    let dice = graph.mean_all(dice)?;
    let missed = graph.scale(dice, -1.0)?;
    let missed = graph.offset(missed, 1.0)?;
    graph.add(entropy, missed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    /// The loss of one picture of four pixels with these labels, when the network is `sure` of the labels `said`.
    fn loss(labels: [f32; 4], said: [usize; 4], sure: f64) -> f64 {
        let mut graph = Graph::new("loss");
        let scores = graph.input("scores", &[1, CLASSES, 2, 2]);
        let truth = graph.constant("labels", &[1, 2, 2], labels.to_vec());
        let loss = segmentation_loss(&mut graph, scores, truth).unwrap();
        let values = Tensor::from_fn(&[1, CLASSES, 2, 2], |place| {
            if said[place % 4] == place / 4 {
                sure
            } else {
                0.0
            }
        });
        evaluate(&graph, &[loss], &[(scores, values)]).unwrap()[0].values()[0]
    }

    #[test]
    fn is_nothing_for_the_truth_and_grows_with_what_is_wrong() {
        let labels = [0.0, 1.0, 2.0, 3.0];
        assert!(loss(labels, [0, 1, 2, 3], 60.0).abs() < 1e-6);
        // Two of four labels are missed by a pixel each: their Dice is (0 + 1) / (2 + 1).
        let wrong = loss(labels, [0, 1, 3, 2], 60.0);
        assert!((wrong - (30.0 + 1.0 / 3.0)).abs() < 1e-6, "{wrong}");
        // One who knows nothing: ln 4, and each Dice is (2 · ¼ + 1) / (2 + 1).
        let unsure = loss(labels, [0; 4], 0.0);
        assert!((unsure - (4f64.ln() + 0.5)).abs() < 1e-6, "{unsure}");
    }
}
