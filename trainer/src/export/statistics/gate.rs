//! Limits that few of the held-out subjects lie beyond.
//!
//! One in a hundred of those that the model was made for is marked and one in a thousand refused: rare enough that a
//! mark keeps its meaning, and that hardly a patient is turned away whose ECG is of the kind the model learned from.
//! What is foreign in scale, wiring or rhythm lies far beyond either. The subjects are those of the validation split,
//! since latents of the training split lie closer to a spread that was fitted to them.

use super::ExportError;
use ecg2mri::model::statistics::Gate;

/// Part of the held-out subjects beyond the distance that is marked, and beyond the one that is refused, in all measures
/// together.
const MARKED: f64 = 0.01;
const REFUSED: f64 = 0.001;

/// The limits from the distances of held-out subjects in one of several measures, each of which has its part of those
/// that are marked and refused.
///
/// # Errors
/// [`ExportError::Statistics`] where there are none.
pub(super) fn fit(mut distances: Vec<f64>, measures: u32) -> Result<Gate, ExportError> {
    if distances.is_empty() {
        return Err(ExportError::Statistics(
            "the validation split is empty, and the limits are taken from it".to_owned(),
        ));
    }
    distances.sort_by(f64::total_cmp);
    let limit = |beyond: f64| quantile(&distances, 1.0 - beyond / f64::from(measures));
    let (marked_above, refused_above) = (limit(MARKED), limit(REFUSED));
    let share_beyond = |limit: f64| {
        let beyond = distances.iter().filter(|distance| **distance > limit);
        beyond.count() as f64 / distances.len() as f64
    };
    Ok(Gate {
        marked_above,
        marked_share: share_beyond(marked_above),
        refused_above,
        refused_share: share_beyond(refused_above),
        held_out_subjects: distances.len() as u64,
    })
}

/// A quantile of sorted values, straight between two of them.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_a_hundred_is_marked_and_one_in_a_thousand_refused() {
        let distances: Vec<f64> = (0..5000).rev().map(f64::from).collect();
        let gate = fit(distances.clone(), 1).unwrap();
        assert!((gate.marked_share - 0.01).abs() < 1e-9, "{gate:?}");
        assert!((gate.refused_share - 0.001).abs() < 1e-9, "{gate:?}");
        assert!((gate.marked_above - 4949.01).abs() < 1e-6);
        assert_eq!(gate.held_out_subjects, 5000);
        let half = fit(distances, 2).unwrap();
        assert!((half.marked_share - 0.005).abs() < 1e-9, "{half:?}");
    }

    #[test]
    fn a_few_subjects_give_limits_and_none_give_none() {
        let gate = fit(vec![3.0, 1.0], 3).unwrap();
        assert!(gate.marked_above <= gate.refused_above && gate.refused_above <= 3.0);
        assert!(fit(Vec::new(), 1).is_err());
    }
}
