//! What a segmenter reads off the pictures.

use super::interval;
use crate::evaluate::html::chart::{BlandAltman, Scatter};
use crate::evaluate::html::table::rounded;
use crate::evaluate::html::{Block, Figure, Section, Table};
use crate::evaluate::study::Study;
use crate::segmentation::agreement::Agreement;
use crate::segmentation::calibration::Quantity;

/// The section; none where it was not measured.
pub(super) fn section(study: &Study) -> Option<Section> {
    let found = study.anatomy.as_ref()?;
    let told = |agreement: &Option<Agreement>| {
        agreement
            .as_ref()
            .map_or_else(|| "\u{2013}".to_owned(), |found| interval(found.r_squared))
    };
    let both = found
        .read_as_true_pictures
        .quantities
        .iter()
        .zip(&found.read_as_generated_pictures.quantities);
    let rows = both
        .map(|(as_true, as_generated)| {
            let column = as_true.quantity.column();
            let number = |value: Option<&f64>, decimals: usize| {
                value.map_or_else(|| "\u{2013}".to_owned(), |&value| rounded(value, decimals))
            };
            vec![
                column.to_owned(),
                told(&as_true.generated_against_truth),
                told(&as_generated.generated_against_truth),
                number(study.summary.ceiling.get(column), 3),
                number(study.summary.picture_over_ceiling.get(column), 2),
                told(&as_true.true_picture_against_truth),
            ]
        })
        .collect();
    let mut table = Table::of_cells(
        "R\u{b2} of quantities that a segmenter reads off the generated pictures.",
        &[
            "quantity",
            "read as a true picture",
            "read as a generated picture",
            "ceiling",
            "share of the ceiling",
            "from the true picture",
        ],
        rows,
    );
    table.notes.push(format!(
        "Volumes follow from areas and lengths by a calibration on {} training subjects: on their true pictures, or on \
         the pictures generated for them. {} of {} generated pictures show no left ventricle to the segmenter, of the true \
         ones {}.",
        found.calibration_subjects,
        found.read_as_true_pictures.generated_without_left_ventricle,
        found.read_as_true_pictures.subjects,
        found.read_as_true_pictures.true_without_left_ventricle
    ));
    let measures = found
        .read_as_true_pictures
        .measures
        .iter()
        .map(|figures| {
            let agreement = &figures.generated_against_true_picture;
            vec![
                figures.measure.label().to_owned(),
                figures.unit.to_owned(),
                told(agreement),
                agreement.as_ref().map_or_else(
                    || "\u{2013}".to_owned(),
                    |found| rounded(found.mean_absolute_error, 2),
                ),
                agreement
                    .as_ref()
                    .map_or_else(|| "\u{2013}".to_owned(), |found| rounded(found.bias, 2)),
            ]
        })
        .collect();
    let shown = [Quantity::LeftEndDiastolicVolume, Quantity::LeftMass];
    let panels = found
        .series
        .iter()
        .filter(|series| shown.contains(&series.quantity))
        .flat_map(|series| {
            let (name, unit) = (series.quantity.column(), series.quantity.unit());
            let pairs = || series.generated.iter().zip(&series.truth);
            let scatter = Scatter {
                x_label: format!("truth, {unit}"),
                y_label: format!("{name} from the picture, {unit}"),
                points: pairs().map(|(made, truth)| [*truth, *made]).collect(),
                identity: true,
                notes: Vec::new(),
            };
            let differences = BlandAltman {
                quantity: name.to_owned(),
                unit: unit.to_owned(),
                pairs: pairs().map(|(made, truth)| [*made, *truth]).collect(),
            };
            [scatter.svg(name), differences.svg(name)]
        });
    Some(Section {
        heading: "Anatomy in the pictures".to_owned(),
        blocks: vec![
            Block::Table(table),
            Block::Figure(Figure::of_drawings(
                panels,
                "Volume and mass read off generated pictures as off true ones, against the truth.",
            )),
            Block::Table(Table::of_cells(
                "Lengths and areas in the generated picture against those in the true one.",
                &["measure", "unit", "R\u{b2}", "mean absolute error", "bias"],
                measures,
            )),
        ],
    })
}
