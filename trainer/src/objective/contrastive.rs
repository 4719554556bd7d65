//! How well a pair's latents find each other among the batch's.
//!
//! All of them see the directions of latents only, whatever their lengths.

use crate::architecture::parameters::{Initialisation, Kind};
use crate::architecture::{NetworkBuilder, ParameterTable};
use crate::graph::layer::l2_normalise;
use crate::graph::loss::diagonal_cross_entropy;
use crate::graph::{Graph, GraphError, Value};
use crate::recipe::config::Contrast;

/// A trained temperature never falls below this (Radford et al., ICML 2021, section 2.5).
const LOWEST_TEMPERATURE: f32 = 0.01;
/// Name of the trained parameter: the logarithm of one over the temperature.
const SHARPNESS: &str = "contrast/log_sharpness";

/// The contrastive loss that a stage asks for, of latents (batch, latent) in the order of their pairs.
///
/// # Errors
/// Where the latents' shapes differ.
pub fn contrastive_loss(
    contrast: &Contrast,
    builder: &mut NetworkBuilder<'_>,
    ecg_latent: Value,
    mri_latent: Value,
) -> Result<Value, GraphError> {
    let cosines = cosine_table(builder.graph, ecg_latent, mri_latent)?;
    match *contrast {
        Contrast::InfoNce { temperature } => {
            let logits = builder.graph.scale(cosines, 1.0 / temperature)?;
            symmetric_cross_entropy(builder.graph, logits)
        }
        Contrast::LearnedInfoNce { first_temperature } => {
            let sharpness = builder.number(SHARPNESS, -first_temperature.ln());
            let graph = &mut *builder.graph;
            let highest = graph.scalar(-LOWEST_TEMPERATURE.ln());
            let limited = graph.minimum(sharpness, highest)?;
            let factor = graph.exp(limited)?;
            let logits = graph.multiply(cosines, factor)?;
            symmetric_cross_entropy(graph, logits)
        }
        Contrast::MarginCosine { margin } => margin_cosine(builder.graph, cosines, margin),
    }
}

/// Draws the parameters that the loss trains into the table.
pub fn declare_parameters(contrast: &Contrast, table: &mut ParameterTable) {
    if let Contrast::LearnedInfoNce { first_temperature } = *contrast {
        let first = Initialisation::Constant(-first_temperature.ln());
        table.declare(SHARPNESS, Kind::Offset, &[1], first);
    }
}

/// The cosine of each ECG's latent with each MRI's: (batch, latent) twice → (batch, batch).
///
/// # Errors
/// Where the latents' shapes differ.
pub fn cosine_table(
    graph: &mut Graph,
    ecg_latent: Value,
    mri_latent: Value,
) -> Result<Value, GraphError> {
    let ecg = l2_normalise(graph, ecg_latent, 1, 1e-8)?;
    let mri = l2_normalise(graph, mri_latent, 1, 1e-8)?;
    graph.matmul_transposed(ecg, mri, false, true)
}

/// InfoNCE both ways (van den Oord et al., arXiv:1807.03748; symmetric as Radford et al., ICML 2021, fig. 3): the mean
/// of two cross-entropies, as each ECG must find its MRI among the batch's and each MRI its ECG.
///
/// # Errors
/// Where the logits are not a square table.
pub fn symmetric_cross_entropy(graph: &mut Graph, logits: Value) -> Result<Value, GraphError> {
    let mirrored = graph.transpose(logits, &[1, 0])?;
    let ecg_to_mri = diagonal_cross_entropy(graph, logits)?;
    let mri_to_ecg = diagonal_cross_entropy(graph, mirrored)?;
    let sum = graph.add(ecg_to_mri, mri_to_ecg)?;
    graph.scale(sum, 0.5)
}

/// The mean of 1 − cosine over the pairs, plus the mean over all strangers in the batch of what their cosine exceeds
/// `margin` by; as `torch.nn.CosineEmbeddingLoss` of either kind.
///
/// # Errors
/// Where the cosines are not a square table.
pub fn margin_cosine(graph: &mut Graph, cosines: Value, margin: f32) -> Result<Value, GraphError> {
    let pairs = graph.shape(cosines).first().copied().unwrap_or(0);
    let table = |on: f32, off: f32| -> Vec<f32> {
        (0..pairs * pairs)
            .map(|flat| {
                if flat / pairs == flat % pairs {
                    on
                } else {
                    off
                }
            })
            .collect()
    };
    let strangers = (pairs * pairs.saturating_sub(1)).max(1) as f32;
    let own = graph.constant(
        "pairs",
        &[pairs, pairs],
        table(1.0 / pairs.max(1) as f32, 0.0),
    );
    let other = graph.constant("strangers", &[pairs, pairs], table(0.0, 1.0 / strangers));
    let agreement = graph.multiply(cosines, own)?;
    let agreement = graph.sum_all(agreement)?;
    let excess = graph.offset(cosines, -margin)?;
    let excess = graph.relu(excess)?;
    let excess = graph.multiply(excess, other)?;
    let excess = graph.sum_all(excess)?;
    let distance = graph.subtract(excess, agreement)?;
    graph.offset(distance, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::Mode;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    fn loss_of(contrast: &Contrast, ecg: [f64; 4], mri: [f64; 4]) -> f64 {
        let mut graph = Graph::new("by hand");
        let one = graph.input("ecg", &[2, 2]);
        let other = graph.input("mri", &[2, 2]);
        let mut table = ParameterTable::new(1);
        let mut builder = NetworkBuilder::new(&mut graph, &mut table, Mode::Inference);
        let loss = contrastive_loss(contrast, &mut builder, one, other).unwrap();
        // Lengths must not matter.
        let tensor = |unit: [f64; 4], length: f64| {
            Tensor::new(&[2, 2], unit.map(|v| v * length).to_vec()).unwrap()
        };
        let given = [(one, tensor(ecg, 15.0)), (other, tensor(mri, 0.5))];
        evaluate(&graph, &[loss], &given).unwrap()[0].values()[0]
    }

    const UPRIGHT: [f64; 4] = [1.0, 0.0, 0.0, 1.0];

    #[test]
    fn info_nce_by_hand() {
        let at = |temperature: f32| Contrast::InfoNce { temperature };
        // Pairs alike, strangers at right angles: logits [[2, 0], [0, 2]] at temperature 0.5, so each row's
        // cross-entropy is ln(1 + e⁻²).
        let alike = loss_of(&at(0.5), UPRIGHT, UPRIGHT);
        assert!((alike - (1.0 + (-2f64).exp()).ln()).abs() < 1e-6);
        // Strangers alike: ln(1 + e²).
        let swapped = loss_of(&at(0.5), UPRIGHT, [0.0, 1.0, 1.0, 0.0]);
        assert!((swapped - (1.0 + 2f64.exp()).ln()).abs() < 1e-6);
        // All alike: guessing, ln 2.
        let guessing = loss_of(&at(0.1), [1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]);
        assert!((guessing - 2f64.ln()).abs() < 1e-6);
        // One-sided case, logits [[1, 1], [0, 0]]: ECG to MRI guesses, MRI to ECG is ln(1 + e⁻¹) and ln(1 + e).
        let one_sided = loss_of(&at(1.0), UPRIGHT, [1.0, 0.0, 1.0, 0.0]);
        let there = 2f64.ln();
        let back = 0.5 * ((1.0 + (-1f64).exp()).ln() + (1.0 + 1f64.exp()).ln());
        assert!((one_sided - 0.5 * (there + back)).abs() < 1e-6);
    }

    #[test]
    fn a_learned_temperature_begins_where_it_is_told_and_has_a_floor() {
        let learned = |first_temperature| Contrast::LearnedInfoNce { first_temperature };
        let alike = loss_of(&learned(0.5), UPRIGHT, UPRIGHT);
        assert!((alike - (1.0 + (-2f64).exp()).ln()).abs() < 1e-6);
        // At 0.001 the floor of 0.01 holds: strangers alike cost ln(1 + e¹⁰⁰) = 100, not 1000.
        let floor = loss_of(&learned(0.001), UPRIGHT, [0.0, 1.0, 1.0, 0.0]);
        assert!((floor - 100.0).abs() < 1e-3, "{floor}");
    }

    #[test]
    fn margin_cosine_by_hand() {
        let loss = |margin, mri| loss_of(&Contrast::MarginCosine { margin }, UPRIGHT, mri);
        // Pairs alike, strangers at right angles: nothing to pay.
        assert!(loss(0.0, UPRIGHT).abs() < 1e-6);
        // Pairs at right angles cost 1, strangers alike 1 − 0.3.
        assert!((loss(0.3, [0.0, 1.0, 1.0, 0.0]) - 1.7).abs() < 1e-6);
        // Cosines [[0.8, 0], [0.6, 1]]: pairs cost (0.2 + 0) / 2, strangers (0 + 0.1) / 2.
        let tilted = loss(0.5, [0.8, 0.6, 0.0, 1.0]);
        assert!((tilted - 0.15).abs() < 1e-6, "{tilted}");
    }
}
