//! Drawings of a score.

use super::figures::{OutlierFigures, Scored};
use crate::evaluate::html::Svg;
use crate::evaluate::html::chart::{Bar, BarChart, Histogram};

/// The area under the ROC of each kind, with its interval.
pub fn auroc_chart(figures: &OutlierFigures) -> Svg {
    let bar = |kind: &super::figures::KindFigures| match kind.auroc {
        Some(area) => Bar {
            value: area.value,
            interval: Some([area.low, area.high]),
        },
        None => Bar::plain(f64::NAN),
    };
    let chart = BarChart {
        label: "AUROC against subjects held out".to_owned(),
        groups: vec!["AUROC".to_owned()],
        rows: figures
            .kinds
            .iter()
            .map(|kind| (kind.name.clone(), vec![bar(kind)]))
            .collect(),
        level: Some((0.5, "chance".to_owned())),
        decimals: 3,
    };
    chart.svg("Area under the ROC for telling each kind of foreign ECG from subjects held out")
}

/// How the scores of subjects held out and of at most six kinds are distributed, with both thresholds.
pub fn score_chart(figures: &OutlierFigures, held_out: &[f64], foreign: &[&Scored]) -> Svg {
    let kinds = foreign
        .iter()
        .take(6)
        .map(|kind| (kind.name.clone(), kind.scores.clone()));
    let chart = Histogram {
        label: "outlier score".to_owned(),
        groups: [("held out".to_owned(), held_out.to_vec())]
            .into_iter()
            .chain(kinds)
            .collect(),
        bins: 60,
        logarithmic: true,
        marks: vec![
            (figures.thresholds.marked_above, "marked".to_owned()),
            (figures.thresholds.refused_above, "refused".to_owned()),
        ],
    };
    chart.svg("Distribution of the outlier score")
}
