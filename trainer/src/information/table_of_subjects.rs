//! The rows of `subjects.csv` by column.

use ecg2mri::ecg::Sex;

/// Demographics, as the columns of `subjects.csv`: years, 0 female or 1 male, cm, kg, kg/m².
pub const DEMOGRAPHICS: [&str; 5] = ["age", "sex", "height", "weight", "bmi"];

/// A table with one row a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct TableOfSubjects {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl TableOfSubjects {
    /// A table of these columns; a row may be short or empty where values are missing.
    pub fn new(columns: &[String], rows: Vec<Vec<String>>) -> TableOfSubjects {
        TableOfSubjects {
            columns: columns.to_vec(),
            rows,
        }
    }

    /// How many subjects there are.
    pub fn subjects(&self) -> usize {
        self.rows.len()
    }

    /// The texts of one column, empty where missing; `None` where there is no such column.
    pub fn texts(&self, column: &str) -> Option<Vec<&str>> {
        let column = self.columns.iter().position(|name| name == column)?;
        let text =
            |row: &'_ Vec<String>| -> Option<usize> { (row.len() > column).then_some(column) };
        Some(
            self.rows
                .iter()
                .map(|row| text(row).map_or("", |column| row[column].as_str()))
                .collect(),
        )
    }

    /// The numbers of one column, `None` where there is none that is finite; the words for a sex count as 0 (female)
    /// and 1 (male), as in UK Biobank's field 31. `None` where there is no such column.
    pub fn numbers(&self, column: &str) -> Option<Vec<Option<f64>>> {
        Some(self.texts(column)?.into_iter().map(number).collect())
    }
}

fn number(text: &str) -> Option<f64> {
    match Sex::from_text(text) {
        Some(Sex::Female) => Some(0.0),
        Some(Sex::Male) => Some(1.0),
        None => text.trim().parse().ok().filter(|x: &f64| x.is_finite()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_are_none() {
        let rows =
            ["61,male", "x,F", "nan", ""].map(|row| row.split(',').map(str::to_owned).collect());
        let table = TableOfSubjects::new(&["age".into(), "sex".into()], rows.into());
        assert_eq!(
            table.numbers("age"),
            Some(vec![Some(61.0), None, None, None])
        );
        assert_eq!(
            table.numbers("sex"),
            Some(vec![Some(1.0), Some(0.0), None, None])
        );
        assert_eq!(table.numbers("bmi"), None);
    }
}
