//! What is known of the subjects of a map, as colours.
//!
//! The seed thesis coloured its maps by the rows of a table that stood in another order than its points, so that every
//! colour told of somebody else. Here a subject's row is looked up by its id, and one without a row is an error.

use super::MapError;
use crate::evaluate::html::chart::Colours;
use crate::information::table_of_subjects::TableOfSubjects;
use std::collections::HashMap;

/// One way to colour a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Colouring {
    /// What the colours say, in a word or two.
    pub title: String,
    /// The colours, in the order of the map's subjects.
    pub colours: Colours,
}

/// An ejection fraction up to this, in per cent, is reduced: heart failure with reduced ejection fraction (ESC
/// guidelines 2021, Eur Heart J 2021;42:3599, table 3).
const REDUCED_LVEF: f64 = 40.0;

/// A quantity's column, its title, and its label with unit.
const QUANTITIES: [(&str, &str, &str); 4] = [
    ("age", "Age", "age in years"),
    ("bmi", "Body mass index", "BMI in kg/m\u{b2}"),
    ("lvedv_ml", "LV end-diastolic volume", "LVEDV in ml"),
    ("lvm_g", "LV mass", "LV mass in g"),
];

/// Conduction disorders by their code in the column `conditions`, the graver ones first, which count where there are
/// two.
const CONDUCTION: [(&str, &str); 3] = [
    ("LBBB", "left bundle branch block"),
    ("RBBB", "right bundle branch block"),
    ("AVB1", "first-degree AV block"),
];

/// How a map of `ids` can be coloured with what a table tells: `columns` are its columns, `rows` its fields, and
/// `row_ids` says whose each row is. Modality always; sex, age, body mass index, infarction, reduced ejection fraction,
/// conduction block, LV volume and mass where the table has their columns.
///
/// # Errors
/// A subject of the map without a row, or with two.
pub fn colourings(
    ids: &[String],
    columns: &[String],
    row_ids: &[String],
    rows: &[Vec<String>],
) -> Result<Vec<Colouring>, MapError> {
    let table = TableOfSubjects::new(columns, rows_of(ids, row_ids, rows)?);
    let numbers = |column: &str| -> Option<Vec<f64>> {
        let values = table.numbers(column)?;
        Some(
            values
                .into_iter()
                .map(|value| value.unwrap_or(f64::NAN))
                .collect(),
        )
    };
    let sex = numbers("sex").map(|values| {
        kinds(
            "Sex",
            &["female", "male"],
            values.into_iter().map(|sex| match sex {
                0.0 => Some(0),
                1.0 => Some(1),
                _ => None,
            }),
        )
    });
    let reduced = numbers("lvef").map(|values| {
        let names = ["LVEF above 40 %", "LVEF 40 % or less"];
        let kind = |lvef: f64| {
            lvef.is_finite()
                .then_some(usize::from(lvef <= REDUCED_LVEF))
        };
        kinds("LV failure", &names, values.into_iter().map(kind))
    });
    let conditions = table.texts("conditions");
    let infarct = conditions.as_ref().map(|texts| {
        let has = |text: &&str| codes(text).any(|code| code.starts_with("MI-") || code == "MI");
        kinds(
            "Infarction",
            &["none", "old infarct"],
            texts.iter().map(|text| Some(usize::from(has(text)))),
        )
    });
    let conduction = conditions.as_ref().map(|texts| {
        let kind = |text: &&str| {
            let found = CONDUCTION
                .iter()
                .position(|(code, _)| codes(text).any(|one| one == *code));
            Some(found.map_or(0, |place| place + 1))
        };
        let names: Vec<&str> = ["none"]
            .into_iter()
            .chain(CONDUCTION.map(|(_, name)| name))
            .collect();
        kinds("Conduction block", &names, texts.iter().map(kind))
    });
    let quantities = QUANTITIES.iter().map(|&(column, title, label)| {
        Some(Colouring {
            title: title.to_owned(),
            colours: Colours::Numbers {
                label: label.to_owned(),
                of_subject: numbers(column)?,
            },
        })
    });
    let modality = Colouring {
        title: "Modality".to_owned(),
        colours: Colours::Modality,
    };
    let all = [Some(modality), sex]
        .into_iter()
        .chain(quantities)
        .chain([infarct, reduced, conduction]);
    Ok(all.flatten().collect())
}

/// The rows of `ids`, in their order.
fn rows_of(
    ids: &[String],
    row_ids: &[String],
    rows: &[Vec<String>],
) -> Result<Vec<Vec<String>>, MapError> {
    let mut by_id: HashMap<&str, &Vec<String>> = HashMap::with_capacity(rows.len());
    for (id, row) in row_ids.iter().zip(rows) {
        if by_id.insert(id, row).is_some() {
            return Err(MapError::TwoRows { id: id.clone() });
        }
    }
    ids.iter()
        .map(|id| {
            let row = by_id.get(id.as_str()).copied();
            row.cloned()
                .ok_or_else(|| MapError::UnknownSubject { id: id.clone() })
        })
        .collect()
}

/// The codes in a field of the column `conditions`, which are joined by `+`.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('+').map(str::trim)
}

fn kinds(
    title: &str,
    names: &[&str],
    of_subject: impl Iterator<Item = Option<usize>>,
) -> Colouring {
    Colouring {
        title: title.to_owned(),
        colours: Colours::Kinds {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            of_subject: of_subject.collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    fn of<'a>(colourings: &'a [Colouring], title: &str) -> &'a Colours {
        &colourings
            .iter()
            .find(|one| one.title == title)
            .unwrap()
            .colours
    }

    fn table() -> (Vec<String>, Vec<String>, Vec<Vec<String>>) {
        let columns = strings(&["age", "sex", "lvef", "conditions"]);
        let rows = [
            "61,1,38.5,HTN+MI-LAD+LBBB",
            "42,0,60,",
            "77,female,,RBBB+AVB1",
        ];
        let rows = rows
            .iter()
            .map(|row| strings(&row.split(',').collect::<Vec<_>>()));
        (columns, strings(&["c", "a", "b"]), rows.collect())
    }

    #[test]
    fn each_point_is_coloured_by_its_own_row_whatever_the_order_of_the_table() {
        let (columns, row_ids, rows) = table();
        let found = colourings(&strings(&["a", "b", "c"]), &columns, &row_ids, &rows).unwrap();
        let Colours::Numbers { of_subject, .. } = of(&found, "Age") else {
            panic!()
        };
        assert_eq!(of_subject, &[42.0, 77.0, 61.0]);
        let kind = |title: &str| match of(&found, title) {
            Colours::Kinds { of_subject, .. } => of_subject.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(kind("Sex"), [Some(0), Some(0), Some(1)]);
        assert_eq!(kind("Infarction"), [Some(0), Some(0), Some(1)]);
        assert_eq!(kind("LV failure"), [Some(0), None, Some(1)]);
        assert_eq!(kind("Conduction block"), [Some(0), Some(2), Some(1)]);

        // The same table in another order colours the same.
        let turned = |order: [usize; 3]| {
            let row_ids: Vec<String> = order.iter().map(|&row| row_ids[row].clone()).collect();
            let rows: Vec<Vec<String>> = order.iter().map(|&row| rows[row].clone()).collect();
            colourings(&strings(&["a", "b", "c"]), &columns, &row_ids, &rows).unwrap()
        };
        assert_eq!(turned([2, 0, 1]), found);
    }

    #[test]
    fn what_the_table_lacks_is_not_shown() {
        let found = colourings(&strings(&["a"]), &[], &strings(&["a"]), &[Vec::new()]).unwrap();
        let titles: Vec<&str> = found.iter().map(|one| one.title.as_str()).collect();
        assert_eq!(titles, ["Modality"]);
    }

    #[test]
    fn a_subject_without_a_row_or_with_two_is_an_error() {
        let (columns, mut row_ids, rows) = table();
        let ask =
            |ids: &[&str], row_ids: &[String]| colourings(&strings(ids), &columns, row_ids, &rows);
        assert_eq!(
            ask(&["a", "d"], &row_ids),
            Err(MapError::UnknownSubject { id: "d".to_owned() })
        );
        row_ids[2] = "a".to_owned();
        assert_eq!(
            ask(&["a"], &row_ids),
            Err(MapError::TwoRows { id: "a".to_owned() })
        );
    }
}
