//! When each node recovers.

use super::geometry::Ventricles;
use super::mesh::Mesh;
use super::subject::Repolarisation;
use super::vector::logistic;

/// From the end of the T wave back to the time by which 99 % of nodes are half recovered, ms.
const TAIL_MS: f64 = 48.0;
/// QT lengthens by this fraction of what QRS exceeds [`USUAL_QRS_MS`].
const QT_PER_QRS: f64 = 0.6;
/// QRS duration above which QT lengthens with it, ms.
const USUAL_QRS_MS: f64 = 95.0;

/// What an ectopic beat leaves of the gradients of action potentials: the order of its slow activation outweighs them.
const ECTOPIC_GRADIENTS: f64 = 0.3;
/// How fast an ectopic beat recovers relative to a conducted one; its T wave is broad and round.
const ECTOPIC_RATE: f64 = 0.62;

impl Repolarisation {
    /// The same of a beat that arises in the ventricle.
    pub(super) fn of_ectopic_beat(&self) -> Self {
        Self {
            lv_transmural_ms: ECTOPIC_GRADIENTS * self.lv_transmural_ms,
            rv_transmural_ms: ECTOPIC_GRADIENTS * self.rv_transmural_ms,
            apicobasal_ms: ECTOPIC_GRADIENTS * self.apicobasal_ms,
            rv_difference_ms: ECTOPIC_GRADIENTS * self.rv_difference_ms,
            fast_rate_per_ms: ECTOPIC_RATE * self.fast_rate_per_ms,
            ..self.clone()
        }
    }
}

/// QT interval (ms) at an RR interval (ms) for a QRS lasting `activation_ms`: Fridericia's cube
/// root, plus what a broad QRS adds.
pub fn qt_ms(repolarisation: &Repolarisation, rr_ms: f64, activation_ms: f64) -> f64 {
    repolarisation.qtc_ms * (rr_ms / 1000.0).cbrt()
        + (activation_ms - USUAL_QRS_MS).max(0.0) * QT_PER_QRS
}

/// Recovery time (ms) of every node: activation plus an action potential that is shorter outside
/// and at the apex, in the RV and where activation comes late, placed so that the T wave ends at
/// `qt_ms` after the first activation. `counted` says which nodes are alive.
pub fn recovery_times(
    ventricles: &Ventricles,
    mesh: &Mesh,
    repolarisation: &Repolarisation,
    activation_ms: &[f64],
    counted: &[bool],
    qt_ms: f64,
) -> Vec<f64> {
    let height = ventricles.semi_axis + ventricles.base;
    let mut recovery: Vec<f64> = (0..mesh.nodes.len())
        .map(|n| {
            let [u, v, w] = mesh.nodes[n];
            let right = Mesh::is_right(n);
            let (transmural, septal, difference) = if right {
                (
                    repolarisation.rv_transmural_ms,
                    0.0,
                    repolarisation.rv_difference_ms,
                )
            } else {
                let septal = logistic((0.9 - v.atan2(u).abs()) / 0.15);
                (repolarisation.lv_transmural_ms, septal, 0.0)
            };
            let transmural = transmural * (1.0 - repolarisation.septal_loss * septal);
            let fraction = (w + ventricles.semi_axis) / height;
            let duration = -transmural * (mesh.depth[n] - 0.5)
                + repolarisation.apicobasal_ms * (fraction - 0.5)
                + difference
                - repolarisation.activation_slope * activation_ms[n];
            activation_ms[n] + duration
        })
        .collect();
    let last = percentile_of(&recovery, counted, 0.99);
    for time in &mut recovery {
        *time += qt_ms - TAIL_MS - last;
    }
    recovery
}

/// Quantile by linear interpolation between order statistics; 0 when nothing is counted.
fn percentile_of(values: &[f64], counted: &[bool], fraction: f64) -> f64 {
    let mut sorted: Vec<f64> = values
        .iter()
        .zip(counted)
        .filter_map(|(&value, &is)| is.then_some(value))
        .collect();
    if sorted.is_empty() {
        return 0.0;
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let position = fraction * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentile_interpolates_and_skips() {
        let values = [4.0, 1.0, 100.0, 2.0, 3.0];
        let counted = [true, true, false, true, true];
        assert!((percentile_of(&values, &counted, 0.5) - 2.5).abs() < 1e-12);
        assert!((percentile_of(&values, &counted, 0.99) - 3.97).abs() < 1e-12);
        assert_eq!(percentile_of(&values, &[false; 5], 0.5), 0.0);
    }
}
