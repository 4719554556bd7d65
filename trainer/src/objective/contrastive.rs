//! InfoNCE both ways (van den Oord et al., arXiv:1807.03748; symmetric as Radford et al., ICML 2021, fig. 3).

use crate::graph::loss::diagonal_cross_entropy;
use crate::graph::{Graph, GraphError, Value};

/// The mean of two cross-entropies: each ECG must find its MRI among the batch's, and each MRI its ECG.
///
/// Takes latents (batch, latent) of length √latent each, as [`crate::architecture::normalise_latent`] makes them;
/// their cosine similarities, divided by `temperature`, are the logits.
///
/// # Errors
/// Where the latents' shapes differ.
pub fn symmetric_info_nce(
    graph: &mut Graph,
    ecg_latent: Value,
    mri_latent: Value,
    temperature: f32,
) -> Result<Value, GraphError> {
    let length = graph.shape(ecg_latent).last().copied().unwrap_or(1) as f32;
    let products = graph.matmul_transposed(ecg_latent, mri_latent, false, true)?;
    let logits = graph.scale(products, 1.0 / (length * temperature))?;
    let mirrored = graph.transpose(logits, &[1, 0])?;
    let ecg_to_mri = diagonal_cross_entropy(graph, logits)?;
    let mri_to_ecg = diagonal_cross_entropy(graph, mirrored)?;
    let sum = graph.add(ecg_to_mri, mri_to_ecg)?;
    graph.scale(sum, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    fn loss_of(ecg: [f64; 4], mri: [f64; 4], temperature: f32) -> f64 {
        let mut graph = Graph::new("by hand");
        let one = graph.input("ecg", &[2, 2]);
        let other = graph.input("mri", &[2, 2]);
        let loss = symmetric_info_nce(&mut graph, one, other, temperature).unwrap();
        let root = 2f64.sqrt();
        let tensor =
            |unit: [f64; 4]| Tensor::new(&[2, 2], unit.map(|v| v * root).to_vec()).unwrap();
        evaluate(&graph, &[loss], &[(one, tensor(ecg)), (other, tensor(mri))]).unwrap()[0].values()
            [0]
    }

    #[test]
    fn by_hand() {
        // Pairs alike, strangers at right angles: logits [[2, 0], [0, 2]] at temperature 0.5, so each row's
        // cross-entropy is ln(1 + e⁻²).
        let alike = loss_of([1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 1.0], 0.5);
        assert!((alike - (1.0 + (-2f64).exp()).ln()).abs() < 1e-6);
        // Strangers alike: ln(1 + e²).
        let swapped = loss_of([1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0], 0.5);
        assert!((swapped - (1.0 + 2f64.exp()).ln()).abs() < 1e-6);
        // All alike: guessing, ln 2.
        let guessing = loss_of([1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0], 0.1);
        assert!((guessing - 2f64.ln()).abs() < 1e-6);
        // One-sided case, logits [[1, 1], [0, 0]]: ECG to MRI guesses, MRI to ECG is ln(1 + e⁻¹) and ln(1 + e).
        let one_sided = loss_of([1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0], 1.0);
        let there = 2f64.ln();
        let back = 0.5 * ((1.0 + (-1f64).exp()).ln() + (1.0 + 1f64.exp()).ln());
        assert!((one_sided - 0.5 * (there + back)).abs() < 1e-6);
    }
}
