//! True and generated pictures of many subjects, the true one above the one made from the ECG.

use super::StudyError;
use crate::cohort::Dataset;
use crate::cohort::picture::SIDE;
use crate::evaluate::measured_run::{MeasuredRun, SplitOutputs};
use crate::evaluate::sheet;

/// The sheet of the short axis.
pub const SHORT_AXIS: &str = "gallery-short-axis.png";
/// The sheet of the four-chamber view.
pub const FOUR_CHAMBER: &str = "gallery-four-chamber.png";
/// Subjects in a row.
const COLUMNS: usize = 8;
/// Rows of subjects without and with a condition, each.
const ROWS: usize = 2;

/// The conditions of each of `members`, as codes; empty where there is none or the table does not tell.
pub fn conditions(dataset: &Dataset, members: &[usize]) -> Vec<String> {
    let column = dataset.columns.iter().position(|name| name == "conditions");
    let of = |&subject: &usize| {
        let row = dataset.rows.get(subject)?;
        row.get(column?).cloned()
    };
    members
        .iter()
        .map(|member| of(member).unwrap_or_default())
        .collect()
}

/// For each view a sheet of up to 32 subjects at end-diastole, those without a condition first; file name and PNG.
///
/// # Errors
/// Where a picture cannot be encoded.
pub(super) fn galleries(
    measured: &MeasuredRun<'_>,
    outputs: &SplitOutputs,
    conditions: &[String],
) -> Result<Vec<(String, Vec<u8>)>, StudyError> {
    let frames = measured.recipe.picture.frames.count();
    let places = |sick: bool| -> Vec<usize> {
        let fits = |place: &usize| conditions[*place].is_empty() != sick;
        (0..conditions.len())
            .filter(fits)
            .take(ROWS * COLUMNS)
            .collect()
    };
    let chosen = [places(false), places(true)].concat();
    let mut sheets = Vec::new();
    for (view, name) in [SHORT_AXIS, FOUR_CHAMBER]
        .into_iter()
        .enumerate()
        .take(measured.recipe.picture.view_names().len())
    {
        let channel = view * frames;
        let of = |set: &[f32], place: usize| -> Vec<f32> {
            let start = place * outputs.values + channel * SIDE * SIDE;
            set[start..start + SIDE * SIDE].to_vec()
        };
        let rows: Vec<sheet::Row> = chosen
            .chunks(COLUMNS)
            .flat_map(|places| {
                let pictures = |set: &[f32]| -> Vec<Vec<f32>> {
                    places.iter().map(|&place| of(set, place)).collect()
                };
                let named = |place: &usize| match conditions[*place].as_str() {
                    "" => "no condition".to_owned(),
                    codes => codes.replace('+', ", "),
                };
                [
                    sheet::Row {
                        caption: "TRUTH: THE SUBJECT'S MRI".to_owned(),
                        names: places.iter().map(named).collect(),
                        pictures: pictures(&outputs.truth),
                    },
                    sheet::Row {
                        caption: "GENERATED FROM THE ECG ALONE".to_owned(),
                        names: Vec::new(),
                        pictures: pictures(&outputs.generated),
                    },
                ]
            })
            .collect();
        sheets.push((name.to_owned(), sheet::rows_png(&rows)?));
    }
    Ok(sheets)
}
