//! One row of a log: where it was taken, and numbers by name.

use super::super::RecipeError;
use std::path::Path;

/// Columns before the numbers.
const PLACE: [&str; 3] = ["stage", "epoch", "step"];

/// A row of `losses.csv` (means over an epoch) or of `steps.csv` (one step).
///
/// The numbers are those that the stage computes: `learning_rate`, `loss`, its parts by their names, `gradient_norm`
/// before it is cut off (0 where mixed precision leaves a step out), with mixed precision `loss_scale`; `seconds` of
/// wall-clock time since the row before or the program's start; in `losses.csv` also `validation_mri_reconstruction` and
/// `validation_cross_modal`, mean absolute errors of the picture from its own latent and from the ECG.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRow {
    /// The stage's name.
    pub stage: String,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Steps of the stage done.
    pub step: usize,
    /// Names and numbers, in the order of the columns.
    pub numbers: Vec<(String, f32)>,
}

impl LogRow {
    /// The number of this name; NaN where the stage does not compute it.
    pub fn get(&self, name: &str) -> f32 {
        let number = self.numbers.iter().find(|(known, _)| known == name);
        number.map_or(f32::NAN, |(_, number)| *number)
    }
}

/// The names of all numbers in the rows, each once, in the order in which they first appear.
pub(super) fn names(rows: &[LogRow]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.numbers) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The header line of a table with these numbers.
pub(super) fn header(path: &Path, names: &[String]) -> Result<String, RecipeError> {
    let places = PLACE.iter().map(|&name| name.to_owned());
    line(path, places.chain(names.iter().cloned()))
}

/// One row as a line; a number that it lacks is an empty field.
pub(super) fn record(path: &Path, names: &[String], row: &LogRow) -> Result<String, RecipeError> {
    let place = [
        row.stage.clone(),
        row.epoch.to_string(),
        row.step.to_string(),
    ];
    let numbers = names.iter().map(|name| {
        let number = row.numbers.iter().find(|(known, _)| known == name);
        number.map_or_else(String::new, |(_, number)| number.to_string())
    });
    line(path, place.into_iter().chain(numbers))
}

/// A whole table.
pub(super) fn to_csv(path: &Path, rows: &[LogRow]) -> Result<String, RecipeError> {
    let names = names(rows);
    let mut text = header(path, &names)?;
    for row in rows {
        text += &record(path, &names, row)?;
    }
    Ok(text)
}

/// Reads at most `limit` rows of a table; what follows them may be damaged.
///
/// # Errors
/// Where it is no such table.
pub(crate) fn from_csv(path: &Path, limit: usize) -> Result<Vec<LogRow>, RecipeError> {
    let failed = |problem: String| RecipeError::Run {
        path: path.to_owned(),
        problem: format!("is no log of a run or is damaged: {problem}"),
    };
    let mut reader = csv::Reader::from_path(path).map_err(|error| failed(error.to_string()))?;
    let header = reader
        .headers()
        .map_err(|error| failed(error.to_string()))?
        .clone();
    if !header.iter().take(PLACE.len()).eq(PLACE) {
        return Err(failed(format!(
            "it does not begin with the columns {}",
            PLACE.join(", ")
        )));
    }
    let mut rows = Vec::new();
    for record in reader.records().take(limit) {
        let record = record.map_err(|error| failed(error.to_string()))?;
        let field = |index: usize| record.get(index).unwrap_or_default();
        let whole = |index: usize| {
            let number = field(index).parse();
            number.map_err(|_| failed(format!("`{}` is no whole number", field(index))))
        };
        let mut row = LogRow {
            stage: field(0).to_owned(),
            epoch: whole(1)?,
            step: whole(2)?,
            numbers: Vec::new(),
        };
        for (name, text) in header.iter().zip(&record).skip(PLACE.len()) {
            if !text.is_empty() {
                let number = text
                    .parse()
                    .map_err(|_| failed(format!("`{text}` is no number")))?;
                row.numbers.push((name.to_owned(), number));
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

fn line(path: &Path, fields: impl Iterator<Item = String>) -> Result<String, RecipeError> {
    let failed = |problem: String| RecipeError::Run {
        path: path.to_owned(),
        problem,
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(fields)
        .map_err(|error| failed(error.to_string()))?;
    let bytes = writer
        .into_inner()
        .map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = LogRow> {
        let number = (
            prop::sample::select(vec!["loss", "norm", "a,b"]),
            any::<f32>(),
        );
        let numbers = prop::collection::btree_map(number.0, number.1, 0..3);
        ("[a-z,\" ]{1,8}", 1usize..99, any::<u32>(), numbers).prop_map(
            |(stage, epoch, step, numbers)| LogRow {
                stage,
                epoch,
                step: step as usize,
                numbers: numbers
                    .into_iter()
                    .map(|(name, number)| (name.to_owned(), number))
                    .collect(),
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn rows_read_back_to_the_bit(rows in prop::collection::vec(row(), 0..6)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("losses.csv");
            std::fs::write(&path, to_csv(&path, &rows).unwrap()).unwrap();
            let back = from_csv(&path, usize::MAX).unwrap();
            prop_assert_eq!(back.len(), rows.len());
            for (one, other) in back.iter().zip(&rows) {
                prop_assert_eq!((&one.stage, one.epoch, one.step), (&other.stage, other.epoch, other.step));
                prop_assert_eq!(one.numbers.len(), other.numbers.len());
                for (name, number) in &other.numbers {
                    let same = one.get(name).to_bits() == number.to_bits();
                    prop_assert!(same || number.is_nan() && one.get(name).is_nan());
                }
            }
        }
    }

    #[test]
    fn what_is_no_log_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("losses.csv");
        for text in [
            "",
            "a,b\n1,2\n",
            "stage,epoch,step\nx,one,2\n",
            "stage,epoch,step,loss\nx,1,2,much\n",
            "stage,epoch,step\nx,1,2,3\n",
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(from_csv(&path, 9).is_err(), "{text:?}");
        }
    }
}
