//! How well a score tells what is foreign from subjects held out.

use super::foreign_beats::Group;
use crate::information::auroc::auroc;
use crate::information::interval::Estimate;
use ecg2mri::model::statistics::{Novelty, Outlier};
use serde::Serialize;

/// The scores of beats that are foreign in one way.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// What is foreign about them.
    pub name: String,
    /// What kind of being foreign that is.
    pub group: Group,
    /// What the gate says of each recording.
    pub judged: Vec<Outlier>,
}

/// What orders recordings by how foreign they are: the distance over the one above which a picture is marked, in the
/// measure in which it is largest.
pub fn scores(judged: &[Outlier]) -> Vec<f64> {
    judged.iter().map(Outlier::relative).collect()
}

/// The shares that are marked or refused, and refused.
fn shares(judged: &[Outlier]) -> [f64; 2] {
    [Novelty::Marked, Novelty::Refused].map(|least| {
        let counted = judged.iter().filter(|outlier| outlier.verdict >= least);
        counted.count() as f64 / judged.len() as f64
    })
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
    /// Share of the subjects held out that is marked or refused, wrongly.
    pub held_out_share_marked: f64,
    /// Share of them that is refused, wrongly.
    pub held_out_share_refused: f64,
    /// Median of their scores.
    pub held_out_median_score: f64,
    /// Each kind of foreign beats.
    pub kinds: Vec<KindFigures>,
}

/// The figures of what the gate says of subjects held out and of foreign beats.
pub fn outlier_figures(held_out: &[Outlier], foreign: &[Scored]) -> OutlierFigures {
    let kinds = foreign.iter().map(|kind| {
        let all: Vec<f64> = [scores(&kind.judged), scores(held_out)].concat();
        let cases: Vec<bool> = (0..all.len())
            .map(|place| place < kind.judged.len())
            .collect();
        let [share_marked, share_refused] = shares(&kind.judged);
        KindFigures {
            name: kind.name.clone(),
            group: kind.group,
            recordings: kind.judged.len(),
            auroc: auroc(&all, &cases),
            share_marked,
            share_refused,
            median_score: median(scores(&kind.judged)),
        }
    });
    let [held_out_share_marked, held_out_share_refused] = shares(held_out);
    OutlierFigures {
        held_out_subjects: held_out.len(),
        held_out_share_marked,
        held_out_share_refused,
        held_out_median_score: median(scores(held_out)),
        kinds: kinds.collect(),
    }
}

fn median(mut scores: Vec<f64>) -> f64 {
    scores.sort_by(f64::total_cmp);
    match scores.len() {
        0 => f64::NAN,
        count => (scores[(count - 1) / 2] + scores[count / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ecg2mri::model::statistics::{Gate, Measure};

    /// What a gate that marks above 2 and refuses above 5 says of these distances.
    fn judged(distances: &[f64]) -> Vec<Outlier> {
        let gate = Gate {
            marked_above: 2.0,
            marked_share: 0.01,
            refused_above: 5.0,
            refused_share: 0.001,
            held_out_subjects: 1000,
        };
        let judge = |&distance: &f64| gate.judge(Measure::Latent, distance);
        distances.iter().map(judge).collect()
    }

    fn scored(name: &str, distances: &[f64]) -> Scored {
        Scored {
            name: name.to_owned(),
            group: Group::Noise,
            judged: judged(distances),
        }
    }

    #[test]
    fn figures_by_hand() {
        let held_out = judged(&[0.5, 1.0, 1.5, 2.5]);
        let foreign = [
            scored("far", &[6.0, f64::NAN]),
            scored("near", &[1.2, 3.0, 0.7, 0.2]),
        ];
        let found = outlier_figures(&held_out, &foreign);
        assert_eq!(
            (found.held_out_share_marked, found.held_out_share_refused),
            (0.25, 0.0)
        );
        assert_eq!(found.held_out_median_score, 0.625);
        let [far, near] = &found.kinds[..] else {
            panic!()
        };
        assert_eq!(far.auroc.unwrap().value, 1.0);
        assert_eq!((far.share_marked, far.share_refused), (1.0, 1.0));
        // 1.2 beats two of four, 3.0 all, 0.7 one, 0.2 none: 7 of 16.
        assert_eq!(near.auroc.unwrap().value, 7.0 / 16.0);
        assert_eq!((near.share_marked, near.share_refused), (0.25, 0.0));
        assert_eq!(near.median_score, 0.475);
    }
}
