//! Drawings of a score.

use super::figures::{OutlierFigures, Scored, scores};
use crate::evaluate::html::Svg;
use crate::evaluate::html::chart::{Bar, BarChart, Histogram};
use ecg2mri::model::statistics::Outlier;

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

/// How the scores of subjects held out and of at most six kinds are distributed, and where
/// they are marked.
pub fn score_chart(held_out: &[Outlier], foreign: &[&Scored]) -> Svg {
    let kinds = foreign
        .iter()
        .take(6)
        .map(|kind| (kind.name.clone(), scores(&kind.judged)));
    let chart = Histogram {
        label: "outlier score".to_owned(),
        groups: [("held out".to_owned(), scores(held_out))]
            .into_iter()
            .chain(kinds)
            .collect(),
        bins: 60,
        logarithmic: true,
        marks: vec![(1.0, "marked".to_owned())],
    };
    chart.svg("Distribution of the outlier score")
}
