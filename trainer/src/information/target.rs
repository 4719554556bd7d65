//! What is to be told from the ECG: quantities, sex and conditions, from the columns of `subjects.csv`.

use super::table_of_subjects::TableOfSubjects;
use serde::Serialize;
use std::collections::BTreeSet;

/// Cases (and others) that a condition needs to be reported.
pub const LEAST_CASES: usize = 10;

/// The quantities, as (column, how the report names it).
const QUANTITIES: [(&str, &str); 13] = [
    ("lvedv_ml", "LVEDV"),
    ("lvesv_ml", "LVESV"),
    ("lvm_g", "LV mass"),
    ("lvef", "LV ejection fraction"),
    ("rvedv_ml", "RVEDV"),
    ("rvesv_ml", "RVESV"),
    ("wall_mm", "LV wall thickness"),
    ("mid_lv_x_mm", "LV centre, x"),
    ("mid_lv_y_mm", "LV centre, y"),
    ("mid_lv_area_cm2", "LV mid-slice area"),
    ("ax_frontal_deg", "frontal axis"),
    ("ax_transverse_deg", "transverse axis"),
    ("ax_roll_deg", "roll"),
];

/// Whether a target is a number or a yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A number; its measure is R².
    Quantity,
    /// +1 for a case and −1 for another; its measure is the AUROC.
    Class,
}

/// One thing to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The column of `subjects.csv`, or the condition's code as it stands in the column `conditions`.
    pub key: String,
    /// How the report names it.
    pub label: String,
    /// Number or class.
    pub kind: Kind,
    /// One value a subject; `None` where the table has none.
    pub values: Vec<Option<f64>>,
}

impl Target {
    /// Whether this is the subject's sex, which demographics must then not tell.
    pub fn is_sex(&self) -> bool {
        self.key == SEX
    }

    /// Subjects with a value.
    pub fn known(&self) -> usize {
        self.values.iter().flatten().count()
    }

    /// Subjects of the class; `None` for a quantity.
    pub fn cases(&self) -> Option<usize> {
        let cases = || self.values.iter().flatten().filter(|&&v| v > 0.0).count();
        (self.kind == Kind::Class).then(cases)
    }
}

/// The column of the sex.
pub const SEX: &str = "sex";

/// Every target that the table has values of for at least `least` subjects; classes need [`LEAST_CASES`] of both kinds.
pub fn targets(table: &TableOfSubjects, least: usize) -> Vec<Target> {
    let quantities = QUANTITIES.iter().filter_map(|&(column, label)| {
        Some(Target {
            key: column.to_owned(),
            label: label.to_owned(),
            kind: Kind::Quantity,
            values: table.numbers(column)?,
        })
    });
    let sex = table.numbers(SEX).map(|values| Target {
        key: SEX.to_owned(),
        label: "sex (male)".to_owned(),
        kind: Kind::Class,
        values: values.iter().map(|sex| sex.map(as_class)).collect(),
    });
    quantities
        .chain(sex)
        .chain(conditions(table))
        .filter(|target| target.known() >= least && varies(target))
        .collect()
}

/// One class for each code in `conditions`, where codes are joined by `+`; codes of one family, which have the same
/// letters before a hyphen (`MI-LAD`, `MI-RCA`), make up another.
fn conditions(table: &TableOfSubjects) -> Vec<Target> {
    let Some(texts) = table.texts("conditions") else {
        return Vec::new();
    };
    let codes = |text: &str| -> BTreeSet<String> {
        let codes = text
            .split('+')
            .map(str::trim)
            .filter(|code| !code.is_empty());
        codes
            .flat_map(|code| {
                let family = code.split_once('-').map(|(family, _)| family.to_owned());
                std::iter::once(code.to_owned()).chain(family)
            })
            .collect()
    };
    let of_subjects: Vec<BTreeSet<String>> = texts.iter().map(|text| codes(text)).collect();
    let all: BTreeSet<&String> = of_subjects.iter().flatten().collect();
    all.into_iter()
        .map(|code| Target {
            key: code.clone(),
            label: code.clone(),
            kind: Kind::Class,
            values: of_subjects
                .iter()
                .map(|codes| Some(as_class(f64::from(u8::from(codes.contains(code))))))
                .collect(),
        })
        .collect()
}

fn as_class(zero_or_one: f64) -> f64 {
    if zero_or_one > 0.5 { 1.0 } else { -1.0 }
}

fn varies(target: &Target) -> bool {
    match target.cases() {
        Some(cases) => cases >= LEAST_CASES && target.known() - cases >= LEAST_CASES,
        None => {
            let mut known = target.values.iter().flatten();
            let first = known.next();
            known.any(|value| Some(value) != first)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_quantities_sex_and_conditions() {
        let columns = ["sex", "lvm_g", "lvef", "conditions"].map(str::to_owned);
        let rows: Vec<Vec<String>> = (0..40)
            .map(|i| {
                let conditions = match i {
                    0..6 => "HTN+MI-LAD",
                    6..12 => "MI-RCA",
                    12..15 => "DCM",
                    _ => "",
                };
                let mass = if i == 3 { "" } else { &format!("{}", 90 + i) };
                vec![
                    format!("{}", i % 2),
                    mass.to_owned(),
                    "60".to_owned(),
                    conditions.to_owned(),
                ]
            })
            .collect();
        let table = TableOfSubjects::new(&columns, rows);
        let found = targets(&table, 20);
        let keys: Vec<&str> = found.iter().map(|target| target.key.as_str()).collect();
        // lvef does not vary; HTN, MI-LAD, MI-RCA and DCM have fewer than ten cases, MI as a whole has twelve.
        assert_eq!(keys, ["lvm_g", "sex", "MI"]);
        assert_eq!(found[0].known(), 39);
        assert_eq!(found[0].values[3], None);
        assert_eq!(found[1].values[..2], [Some(-1.0), Some(1.0)]);
        assert_eq!(found[2].cases(), Some(12));
    }
}
