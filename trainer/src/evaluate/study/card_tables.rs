//! The tables of the model card, in Markdown.

use super::Study;
use crate::evaluate::image::ImageComparison;
use crate::evaluate::markdown::{figure, interval, table};
use crate::evaluate::measured_run::MeasuredRun;

/// All tables that the study has figures for.
pub(super) fn tables(study: &Study, measured: &MeasuredRun<'_>) -> String {
    let mut parts: Vec<(&str, String)> = vec![
        ("Errors of the pictures", study.image.markdown()),
        ("Diversity", study.diversity.markdown(&names(&study.image))),
        (
            "Retrieval without training for it: whose MRI an ECG points to",
            study.retrieval.markdown(),
        ),
    ];
    if study.anatomy.is_some() {
        parts.push(("Anatomy read off the generated pictures", anatomy(study)));
    }
    if let Some(found) = &study.phenotypes {
        parts.push(("What the latent tells", found.markdown()));
    }
    if let Some(found) = &study.ceiling {
        parts.push((
            "The ceiling: what plain learners get from the same ECGs",
            found.markdown(),
        ));
    }
    if let Some(study) = &study.outliers {
        parts.push(("Foreign ECGs", outliers(study)));
    }
    if let Some(found) = &study.subgroups {
        parts.push((
            "Subgroups, with 95 % intervals of a bootstrap by subject",
            found.markdown(),
        ));
    }
    let mut text = format!(
        "Measured on the {} split, {} subjects of {}.\n",
        study.metrics.split, study.metrics.subjects, measured.dataset.header.cohort
    );
    for (title, table) in parts {
        text += &format!("\n### {title}\n\n{}\n", table.trim_end());
    }
    text
}

fn names(image: &ImageComparison) -> Vec<String> {
    image.channel_names.clone()
}

fn anatomy(study: &Study) -> String {
    let Some(anatomy) = &study.anatomy else {
        return String::new();
    };
    let both = anatomy
        .read_as_true_pictures
        .quantities
        .iter()
        .zip(&anatomy.read_as_generated_pictures.quantities);
    let rows: Vec<Vec<String>> = both
        .map(|(as_true, as_generated)| {
            let column = as_true.quantity.column();
            let told = |found: &Option<crate::segmentation::agreement::Agreement>| {
                let estimate = found.as_ref().map(|found| found.r_squared);
                estimate.map_or_else(|| "–".to_owned(), interval)
            };
            let error = |decimals: usize| {
                let found = as_generated.generated_against_truth.as_ref();
                found.map_or_else(
                    || "–".to_owned(),
                    |found| {
                        let [low, high] = found.limits_of_agreement;
                        format!(
                            "{}; {} ({} to {})",
                            figure(found.mean_absolute_error, decimals),
                            figure(found.bias, decimals),
                            figure(low, decimals),
                            figure(high, decimals)
                        )
                    },
                )
            };
            let share = study.summary.picture_over_ceiling.get(column);
            vec![
                format!("{column}, {}", as_true.unit),
                told(&as_true.generated_against_truth),
                told(&as_generated.generated_against_truth),
                study
                    .summary
                    .ceiling
                    .get(column)
                    .map_or_else(|| "–".to_owned(), |&value| figure(value, 3)),
                share.map_or_else(|| "–".to_owned(), |&share| figure(share, 2)),
                error(1),
                told(&as_true.true_picture_against_truth),
            ]
        })
        .collect();
    table(
        &[
            "quantity",
            "R², read as a true picture",
            "R², read as a generated picture",
            "ceiling's R²",
            "share of the ceiling",
            "mean absolute error; bias (limits of agreement)",
            "R² from the true picture",
        ],
        &rows,
    )
}

fn outliers(study: &super::OutlierStudy) -> String {
    let rows: Vec<Vec<String>> = study
        .figures
        .kinds
        .iter()
        .map(|kind| {
            vec![
                kind.name.clone(),
                kind.recordings.to_string(),
                kind.auroc.map_or_else(|| "–".to_owned(), interval),
                format!("{:.1} %", 100.0 * kind.share_marked),
                format!("{:.1} %", 100.0 * kind.share_refused),
            ]
        })
        .collect();
    table(
        &[
            "kind",
            "recordings",
            "AUROC",
            "marked or refused",
            "refused",
        ],
        &rows,
    )
}
