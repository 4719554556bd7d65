//! How well a score tells what is foreign from subjects held out.

use super::foreign_beats::{ForeignBeats, Group};
use crate::information::auroc::auroc;
use crate::information::interval::Estimate;
use serde::Serialize;

/// Scores above which a recording is marked and refused.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Thresholds {
    /// Above this a picture is marked.
    pub marked_above: f64,
    /// Above this there is no picture.
    pub refused_above: f64,
}

impl Thresholds {
    /// The scores that 99 % and 99.9 % of a validation split's subjects do not exceed. Infinite where there is none.
    pub fn of_validation(scores: &[f64]) -> Thresholds {
        let mut sorted: Vec<f64> = scores.iter().copied().map(known).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let rank = (share * sorted.len() as f64).ceil() as usize;
            sorted
                .get(rank.saturating_sub(1))
                .copied()
                .unwrap_or(f64::INFINITY)
        };
        Thresholds {
            marked_above: at(0.99),
            refused_above: at(0.999),
        }
    }

    /// Shares of `scores` beyond each.
    fn shares_beyond(&self, scores: &[f64]) -> [f64; 2] {
        [self.marked_above, self.refused_above].map(|threshold| {
            let beyond = scores
                .iter()
                .filter(|&&score| known(score) > threshold)
                .count();
            beyond as f64 / scores.len() as f64
        })
    }
}

/// A score that is no number comes of a network that left the numbers: nothing is more foreign.
fn known(score: f64) -> f64 {
    if score.is_nan() { f64::INFINITY } else { score }
}

/// The scores of beats that are foreign in one way.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// What is foreign about them.
    pub name: String,
    /// What kind of being foreign that is.
    pub group: Group,
    /// One score a recording.
    pub scores: Vec<f64>,
}

/// How well one kind is told from subjects held out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindFigures {
    /// What is foreign.
    pub name: String,
    /// What kind of being foreign that is.
    pub group: Group,
    /// Recordings scored.
    pub recordings: usize,
    /// Area under the ROC for telling them from the subjects held out, with its 95 % interval; `None` where there are
    /// no two of either.
    pub auroc: Option<Estimate>,
    /// Share that is marked, or refused.
    pub share_marked: f64,
    /// Share that is refused.
    pub share_refused: f64,
    /// Median of the scores.
    pub median_score: f64,
}

/// The figures of a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutlierFigures {
    /// Subjects held out.
    pub held_out_subjects: usize,
    /// Where it marks and refuses.
    pub thresholds: Thresholds,
    /// Share of the subjects held out that is marked or refused, wrongly.
    pub held_out_share_marked: f64,
    /// Share of them that is refused, wrongly.
    pub held_out_share_refused: f64,
    /// Median of their scores.
    pub held_out_median_score: f64,
    /// Each kind of foreign beats.
    pub kinds: Vec<KindFigures>,
}

/// The figures of scores of subjects held out and of foreign beats.
pub fn outlier_figures(
    held_out: &[f64],
    foreign: &[Scored],
    thresholds: Thresholds,
) -> OutlierFigures {
    let kinds = foreign.iter().map(|kind| {
        let scores: Vec<f64> = kind
            .scores
            .iter()
            .chain(held_out)
            .copied()
            .map(known)
            .collect();
        let cases: Vec<bool> = (0..scores.len())
            .map(|place| place < kind.scores.len())
            .collect();
        let [share_marked, share_refused] = thresholds.shares_beyond(&kind.scores);
        KindFigures {
            name: kind.name.clone(),
            group: kind.group,
            recordings: kind.scores.len(),
            auroc: auroc(&scores, &cases),
            share_marked,
            share_refused,
            median_score: median(&kind.scores),
        }
    });
    let [held_out_share_marked, held_out_share_refused] = thresholds.shares_beyond(held_out);
    OutlierFigures {
        held_out_subjects: held_out.len(),
        thresholds,
        held_out_share_marked,
        held_out_share_refused,
        held_out_median_score: median(held_out),
        kinds: kinds.collect(),
    }
}

/// Scores foreign beats: `encode` gives the latents (recording, `length`) of beats and heart rates, `score` that of one
/// latent.
///
/// # Errors
/// Whatever `encode` refuses.
pub fn measure<E>(
    foreign: &[ForeignBeats],
    length: usize,
    mut encode: impl FnMut(&ForeignBeats) -> Result<Vec<f32>, E>,
    score: impl Fn(&[f32]) -> f64,
) -> Result<Vec<Scored>, E> {
    foreign
        .iter()
        .map(|kind| {
            let latents = encode(kind)?;
            Ok(Scored {
                name: kind.name.clone(),
                group: kind.group,
                scores: latents.chunks_exact(length).map(&score).collect(),
            })
        })
        .collect()
}

fn median(scores: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = scores.iter().copied().map(known).collect();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count => (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(name: &str, scores: &[f64]) -> Scored {
        Scored {
            name: name.to_owned(),
            group: Group::Noise,
            scores: scores.to_vec(),
        }
    }

    #[test]
    fn figures_by_hand() {
        let held_out = [1.0, 2.0, 3.0, 4.0];
        let thresholds = Thresholds {
            marked_above: 3.5,
            refused_above: 5.0,
        };
        let foreign = [
            scored("far", &[6.0, f64::NAN]),
            scored("near", &[2.5, 4.5, 1.5, 0.5]),
        ];
        let found = outlier_figures(&held_out, &foreign, thresholds);
        assert_eq!(
            (found.held_out_share_marked, found.held_out_share_refused),
            (0.25, 0.0)
        );
        assert_eq!(found.held_out_median_score, 2.5);
        let [far, near] = &found.kinds[..] else {
            panic!()
        };
        assert_eq!(far.auroc.unwrap().value, 1.0);
        assert_eq!((far.share_marked, far.share_refused), (1.0, 1.0));
        // 2.5 beats two of four, 4.5 all, 1.5 one, 0.5 none: 7 of 16.
        assert_eq!(near.auroc.unwrap().value, 7.0 / 16.0);
        assert_eq!(
            (near.share_marked, near.share_refused, near.median_score),
            (0.25, 0.0, 2.0)
        );
    }

    #[test]
    fn thresholds_leave_one_in_a_hundred_and_one_in_a_thousand_beyond() {
        let scores: Vec<f64> = (1..=1000).map(f64::from).collect();
        let thresholds = Thresholds::of_validation(&scores);
        assert_eq!(
            (thresholds.marked_above, thresholds.refused_above),
            (990.0, 999.0)
        );
        assert_eq!(thresholds.shares_beyond(&scores), [0.01, 0.001]);
        assert_eq!(Thresholds::of_validation(&[]).marked_above, f64::INFINITY);
    }

    #[test]
    fn every_recording_is_scored_by_its_own_latent() {
        let kind = ForeignBeats {
            name: "x".to_owned(),
            group: Group::Noise,
            beats: Vec::new(),
            heart_rates_bpm: vec![60.0, 90.0],
        };
        let encode = |kind: &ForeignBeats| -> Result<Vec<f32>, String> {
            Ok(kind
                .heart_rates_bpm
                .iter()
                .flat_map(|&rate| [rate as f32, 1.0])
                .collect())
        };
        let found = measure(&[kind], 2, encode, |latent| {
            f64::from(latent[0] + latent[1])
        })
        .unwrap();
        assert_eq!(found[0].scores, [61.0, 91.0]);
        let refused = measure(&[], 2, |_| Err("no"), |_| 0.0);
        assert_eq!(refused.map(|scored| scored.len()), Ok(0));
    }
}
