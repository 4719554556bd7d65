//! The predicted uncertainty as a section of the report.

use super::CalibrationFigures;
use super::chart::{coverage_chart, sharpness_chart, subjects_chart};
use crate::evaluate::html::table::rounded;
use crate::evaluate::html::{Block, Figure, Section, Table};

/// The section of the predicted uncertainty.
pub fn section(figures: &CalibrationFigures) -> Section {
    let fitted = &figures.recalibration;
    let row =
        |name: &str, value: f64, decimals: usize| vec![name.to_owned(), rounded(value, decimals)];
    let mut table = Table::of_cells(
        "Predicted uncertainty of the pictures.",
        &["figure", "value"],
        vec![
            row(
                "mean predicted deviation, recalibrated (grey 0 to 1)",
                figures.mean_deviation,
                4,
            ),
            row(
                "mean absolute error (grey 0 to 1)",
                figures.mean_absolute_error,
                4,
            ),
            row(
                "factor of recalibration, from the validation split",
                fitted.factor,
                3,
            ),
            row(
                "log-likelihood, Laplace law (nats a pixel)",
                fitted.laplace_log_likelihood,
                3,
            ),
            row(
                "log-likelihood, normal law (nats a pixel)",
                fitted.normal_log_likelihood,
                3,
            ),
            row(
                "expected calibration error, as predicted",
                figures.expected_calibration_error_as_predicted,
                4,
            ),
            row(
                "expected calibration error, recalibrated",
                figures.expected_calibration_error,
                4,
            ),
            row(
                "expected normalised calibration error, recalibrated",
                figures.sharpness.expected_normalised_calibration_error,
                3,
            ),
            row(
                "correlation of deviation and error, pixels",
                figures.correlation,
                3,
            ),
            row(
                "rank correlation of deviation and error, pixels",
                figures.sharpness.rank_correlation,
                3,
            ),
            row(
                "correlation of mean deviation and mean error, subjects",
                figures.subject_correlation,
                3,
            ),
        ],
    );
    table.notes.push(format!(
        "{} subjects. Law and factor were fitted by maximum likelihood to the validation split; the {} law was the \
         likelier.",
        figures.subjects,
        fitted.law.name()
    ));
    let panels = [
        coverage_chart(figures),
        sharpness_chart(figures),
        subjects_chart(figures),
    ];
    let figure = Figure::of_drawings(
        panels,
        "Calibration of the predicted uncertainty. Share of pixels whose truth lies in the central interval of each \
         nominal coverage; root mean squared error of tenths of all pixels by predicted deviation, after \
         recalibration; mean error of each subject. Dashed: perfect calibration.",
    );
    Section {
        heading: "Predicted uncertainty".to_owned(),
        blocks: vec![Block::Table(table), Block::Figure(figure)],
    }
}
