//! What is known of the subjects of a data set beside ECG and MRI: what is to be told, and demographics.

use crate::information::table_of_subjects::{DEMOGRAPHICS, TableOfSubjects};
use crate::information::target::{Kind, LEAST_CASES, SEX, Target, targets};
use ndarray::{Array1, Array2, Axis};

/// The column of the age.
const AGE: &str = "age";
/// The column of the ejection fraction, percent.
const EJECTION_FRACTION: &str = "lvef";
/// A left ventricle that ejects less than this part, in percent, fails (heart failure with reduced ejection fraction,
/// ESC guideline 2021: 40 % or less).
const FAILING: f64 = 40.0;

/// Targets and demographics; row and value *i* are subject *i* of the data set.
#[derive(Debug, Clone)]
pub struct Known {
    /// Quantities, sex and conditions that enough subjects have a value of; age, and a failing left ventricle.
    pub targets: Vec<Target>,
    /// The columns of the demographics there are, a part of [`DEMOGRAPHICS`].
    pub demographic_columns: Vec<&'static str>,
    /// Subject × column; where a value is missing, the mean of the others.
    demographics: Array2<f64>,
}

/// Targets that have values for the same subjects and go beside the same demographics, by their numbers.
pub(super) struct Alike {
    pub(super) targets: Vec<usize>,
    /// Whether each subject has values.
    pub(super) known: Vec<bool>,
    /// Subject × column: all demographics but the target itself.
    pub(super) demographics: Array2<f64>,
}

impl Known {
    /// From the table of subjects; a target needs [`LEAST_CASES`] values, and a class as many of both kinds.
    pub fn of(table: &TableOfSubjects) -> Known {
        let mut targets = targets(table, LEAST_CASES);
        let numbers = |column: &str| table.numbers(column);
        targets.extend(numbers(EJECTION_FRACTION).and_then(failing));
        targets.extend(numbers(AGE).map(|values| Target {
            key: AGE.to_owned(),
            label: "age".to_owned(),
            kind: Kind::Quantity,
            values,
        }));
        targets.retain(|target| target.known() >= LEAST_CASES);
        let (demographic_columns, columns): (Vec<&'static str>, Vec<Array1<f64>>) = DEMOGRAPHICS
            .into_iter()
            .filter_map(|name| Some((name, filled(&numbers(name)?)?)))
            .unzip();
        let subjects = table.subjects();
        let demographics = Array2::from_shape_fn((subjects, columns.len()), |(row, column)| {
            columns[column][row]
        });
        Known {
            targets,
            demographic_columns,
            demographics,
        }
    }

    /// A column of the demographics, the mean where it is missing; `None` where there is no such column.
    pub fn demographic(&self, name: &str) -> Option<Vec<f64>> {
        let column = self
            .demographic_columns
            .iter()
            .position(|own| *own == name)?;
        Some(self.demographics.column(column).to_vec())
    }

    /// All demographics (subject × column) but `target` itself, which would tell it.
    pub fn demographics_beside(&self, target: &Target) -> Array2<f64> {
        let others: Vec<usize> = (0..self.demographic_columns.len())
            .filter(|&column| self.demographic_columns[column] != target.key)
            .collect();
        self.demographics.select(Axis(1), &others)
    }

    /// The targets in groups that are learned at once.
    pub(super) fn alike(&self) -> Vec<Alike> {
        let mut groups: Vec<(Option<&str>, Alike)> = Vec::new();
        for (number, target) in self.targets.iter().enumerate() {
            let known: Vec<bool> = target.values.iter().map(Option::is_some).collect();
            let left_out = [AGE, SEX].into_iter().find(|column| *column == target.key);
            let same =
                |group: &&mut (Option<&str>, Alike)| group.0 == left_out && group.1.known == known;
            match groups.iter_mut().find(same) {
                Some((_, group)) => group.targets.push(number),
                None => groups.push((
                    left_out,
                    Alike {
                        targets: vec![number],
                        known,
                        demographics: self.demographics_beside(target),
                    },
                )),
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// The values (subject × target) of some subjects, who must have them; a class is −1 or 1.
    pub(super) fn values(&self, targets: &[usize], subjects: &[usize]) -> Array2<f64> {
        Array2::from_shape_fn((subjects.len(), targets.len()), |(row, column)| {
            self.targets[targets[column]].values[subjects[row]].unwrap_or_default()
        })
    }
}

impl Alike {
    /// Those of `subjects` that have values.
    pub(super) fn among(&self, subjects: &[usize]) -> Vec<usize> {
        let has = |subject: &usize| self.known.get(*subject) == Some(&true);
        subjects.iter().copied().filter(has).collect()
    }
}

/// A class of those whose left ventricle fails; `None` where there are too few of either kind.
fn failing(values: Vec<Option<f64>>) -> Option<Target> {
    let class = |fraction: f64| if fraction <= FAILING { 1.0 } else { -1.0 };
    let target = Target {
        key: "lvef_40_or_less".to_owned(),
        label: "LVEF 40 % or less".to_owned(),
        kind: Kind::Class,
        values: values.into_iter().map(|value| value.map(class)).collect(),
    };
    let cases = target.cases()?;
    (cases >= LEAST_CASES && target.known() - cases >= LEAST_CASES).then_some(target)
}

/// A column with the mean where a value is missing; `None` where all are.
fn filled(values: &[Option<f64>]) -> Option<Array1<f64>> {
    let known = values.iter().flatten().count();
    let mean = values.iter().flatten().sum::<f64>() / known as f64;
    (known > 0).then(|| values.iter().map(|value| value.unwrap_or(mean)).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Thirty subjects: men and women in turn, every third with a failing ventricle; the last without LV mass.
    pub(crate) fn table() -> TableOfSubjects {
        let columns = ["age", "sex", "bmi", "lvm_g", "lvef", "conditions"].map(str::to_owned);
        let rows = (0..30)
            .map(|i| {
                let mass = if i == 29 {
                    String::new()
                } else {
                    format!("{}", 90 + i)
                };
                let bmi = if i == 0 {
                    String::new()
                } else {
                    format!("{}", 20 + i % 15)
                };
                vec![
                    format!("{}", 40 + i),
                    format!("{}", i % 2),
                    bmi,
                    mass,
                    if i % 3 == 0 { "40" } else { "62" }.to_owned(),
                    if i % 3 == 0 { "DCM" } else { "" }.to_owned(),
                ]
            })
            .collect();
        TableOfSubjects::new(&columns, rows)
    }

    #[test]
    fn quantities_classes_age_and_failure() {
        let known = Known::of(&table());
        let keys: Vec<&str> = known.targets.iter().map(|t| t.key.as_str()).collect();
        assert_eq!(
            keys,
            ["lvm_g", "lvef", "sex", "DCM", "lvef_40_or_less", "age"]
        );
        assert_eq!(known.targets[4].cases(), Some(10));
        assert_eq!(known.demographic_columns, ["age", "sex", "bmi"]);
        // Twenty-nine others, two rounds of 20 to 34 less the missing 20.
        let bmi = known.demographic("bmi").unwrap();
        assert!((bmi[0] - (30.0 * 27.0 - 20.0) / 29.0).abs() < 1e-9);
        assert_eq!(known.demographics_beside(&known.targets[5]).ncols(), 2);
        assert_eq!(known.demographics_beside(&known.targets[0]).ncols(), 3);
    }

    #[test]
    fn targets_of_the_same_subjects_are_learned_at_once() {
        let known = Known::of(&table());
        let groups = known.alike();
        let of: Vec<&[usize]> = groups.iter().map(|group| &group.targets[..]).collect();
        // Mass, which one subject lacks; sex and age, which must not stand beside themselves; all others.
        assert_eq!(of, [&[0][..], &[1, 3, 4], &[2], &[5]]);
        assert_eq!(groups[0].among(&[3, 29, 7]), [3, 7]);
        assert_eq!(
            known.values(&[0, 3], &[3, 4]),
            ndarray::array![[93.0, 1.0], [94.0, -1.0]]
        );
    }
}
