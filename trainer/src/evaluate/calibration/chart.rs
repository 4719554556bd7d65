//! Drawings of the predicted uncertainty.

use super::CalibrationFigures;
use super::coverage::Coverage;
use crate::evaluate::html::Svg;
use crate::evaluate::html::chart::axis::Axis;
use crate::evaluate::html::chart::{LineChart, Scatter, Series};

/// Observed against nominal coverage, as predicted and after recalibration.
pub fn coverage_chart(figures: &CalibrationFigures) -> Svg {
    let curve = |name: &str, points: &[Coverage]| {
        let per_cent = |point: &Coverage| [100.0 * point.nominal, 100.0 * point.observed];
        Series::new(name, points.iter().map(per_cent).collect())
    };
    let series = vec![
        curve("as predicted", &figures.coverage_as_predicted),
        curve("recalibrated", &figures.coverage),
    ];
    let chart = LineChart {
        x: Axis::new("nominal coverage in %", 0.0, 100.0),
        y: Axis::new("observed coverage in %", 0.0, 100.0),
        diagonal: true,
        notes: vec![format!(
            "{} law \u{d7} {:.2}: error {:.1} % \u{2192} {:.1} %",
            figures.recalibration.law.name(),
            figures.recalibration.factor,
            100.0 * figures.expected_calibration_error_as_predicted,
            100.0 * figures.expected_calibration_error
        )],
        ..LineChart::new("", "", series)
    };
    chart.svg("Observed against nominal coverage of the predicted intervals")
}

/// Root mean squared error against deviation, for tenths of all pixels.
pub fn sharpness_chart(figures: &CalibrationFigures) -> Svg {
    let groups = &figures.sharpness.groups;
    let points: Vec<[f64; 2]> = groups
        .iter()
        .map(|group| [group.deviation, group.root_mean_squared_error])
        .collect();
    let all = || points.iter().flatten().copied();
    let chart = LineChart {
        x: Axis::from_zero("predicted deviation, grey 0 to 1", all()),
        y: Axis::from_zero("root mean squared error", all()),
        diagonal: true,
        notes: vec![format!(
            "rank correlation of pixels {:.2}",
            figures.sharpness.rank_correlation
        )],
        ..LineChart::new(
            "",
            "",
            vec![Series::new("tenths of all pixels", points.clone())],
        )
    };
    chart.svg("Error against predicted deviation, for tenths of all pixels")
}

/// Each subject's mean error against its mean deviation.
pub fn subjects_chart(figures: &CalibrationFigures) -> Svg {
    let chart = Scatter {
        x_label: "mean predicted deviation, grey 0 to 1".to_owned(),
        y_label: "mean absolute error".to_owned(),
        points: figures.of_subject.clone(),
        identity: false,
        notes: vec![format!(
            "n = {}, r = {:.2}",
            figures.subjects, figures.subject_correlation
        )],
    };
    chart.svg("Mean error against mean predicted deviation, one dot a subject")
}
