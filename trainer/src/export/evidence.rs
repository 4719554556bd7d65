//! What was measured on the test split, taken over into manifest and model card.

use super::ExportError;
use crate::cohort::Split;
use crate::evaluate::study::gallery::SHORT_AXIS;
use crate::evaluate::{METRICS_FILE, SHEET_FILE};
use crate::recipe::{RunEnvironment, RunFolder};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Tables for the model card that an evaluation may have written, in Markdown.
const TABLES_FILE: &str = "model_card_tables.md";
/// The object in the figures' file whose numbers are taken over; without it, those of the file's top level.
const SUMMARY: &str = "summary";

/// What was measured on the test split; nothing where it was not.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Figures by name, each beginning with `test_`.
    pub(super) figures: BTreeMap<String, f64>,
    /// A sheet of pictures, as a PNG file.
    pub(super) sheet: Option<Vec<u8>>,
    /// Tables for the model card.
    pub(super) tables: Option<String>,
}

/// Of what the figures are.
#[derive(Deserialize)]
struct Measured {
    checkpoint_sha256: String,
    split_fingerprint: String,
}

/// The figures, sheet and tables that `evaluate` wrote for the test split.
///
/// # Errors
/// Where they are of another checkpoint than the one exported, or of another data set than the one trained on.
pub(super) fn of_test_split(
    run: &RunFolder,
    trained_on: &RunEnvironment,
) -> Result<Evidence, ExportError> {
    let folder = run.evaluation(Split::Test);
    let path = folder.join(METRICS_FILE);
    if !path.is_file() {
        return Ok(Evidence::default());
    }
    let unusable = |problem: String| ExportError::Folder {
        path: path.clone(),
        problem,
    };
    let text = std::fs::read_to_string(&path).map_err(|error| unusable(error.to_string()))?;
    let measured: Measured =
        serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
    if measured.checkpoint_sha256 != run.trained_sha256()?
        || measured.split_fingerprint != trained_on.split_fingerprint
    {
        return Err(unusable(
            "is of another checkpoint or data set than the run's; run `evaluate` again".to_owned(),
        ));
    }
    let all: Value = serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
    Ok(Evidence {
        figures: figures(&all),
        // Many subjects tell more than a few in all views.
        sheet: [SHORT_AXIS, SHEET_FILE]
            .iter()
            .find_map(|name| std::fs::read(folder.join(name)).ok()),
        tables: std::fs::read_to_string(folder.join(TABLES_FILE)).ok(),
    })
}

/// The numbers of the summary with those of the objects in it, or else of the top level alone.
fn figures(all: &Value) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    match all.get(SUMMARY) {
        Some(summary) => collect(summary, "test", &mut found),
        None => {
            let fields = all.as_object().into_iter().flatten();
            for (name, value) in fields.filter(|(_, value)| value.is_number()) {
                collect(value, &format!("test_{name}"), &mut found);
            }
        }
    }
    found
}

fn collect(value: &Value, name: &str, found: &mut BTreeMap<String, f64>) {
    if let Some(number) = value.as_f64() {
        found.insert(name.to_owned(), number);
    }
    for (field, inner) in value.as_object().into_iter().flatten() {
        collect(inner, &format!("{name}_{field}"), found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(all: &Value) -> Vec<(String, f64)> {
        figures(all).into_iter().collect()
    }

    #[test]
    fn numbers_of_the_summary_are_taken_over_with_those_inside() {
        let all = json!({
            "subjects": 7,
            "tables": {"many": 1},
            "summary": {"image_l1": 0.5, "lvedv_ml": {"r_squared": 0.4, "from": "picture"}, "none": null},
        });
        let expected = [
            ("test_image_l1".to_owned(), 0.5),
            ("test_lvedv_ml_r_squared".to_owned(), 0.4),
        ];
        assert_eq!(names(&all), expected);
    }

    #[test]
    fn without_a_summary_the_top_level_serves() {
        let all = json!({"split": "test", "image_l1": 0.5, "bad": null, "nested": {"x": 1}});
        assert_eq!(names(&all), [("test_image_l1".to_owned(), 0.5)]);
    }
}
