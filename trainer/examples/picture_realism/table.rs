//! Figures by name: median and range over subjects, one column for each group.

use std::fmt;

/// Groups side by side: real and simulated.
const GROUPS: usize = 2;

/// One figure: a value for each subject of each group.
struct Row {
    name: String,
    subjects: [Vec<f64>; GROUPS],
    current: Vec<f64>,
}

/// The table, rows in the order in which their names first came.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
    next: usize,
}

impl Table {
    /// A new picture of the same subject: its figures come in the usual order.
    pub fn begin_picture(&mut self) {
        self.next = 0;
    }

    /// One figure of the current picture; NaN says that it could not be measured there.
    pub fn add(&mut self, group: usize, name: &str, value: f64) {
        debug_assert!(group < GROUPS);
        if self.next == self.rows.len() {
            self.rows.push(Row {
                name: name.to_owned(),
                subjects: Default::default(),
                current: Vec::new(),
            });
        }
        let row = &mut self.rows[self.next];
        debug_assert_eq!(row.name, name);
        if value.is_finite() {
            row.current.push(value);
        }
        self.next += 1;
    }

    /// The subject is complete: each figure is the mean over its pictures.
    pub fn end_subject(&mut self, group: usize) {
        for row in &mut self.rows {
            let values = std::mem::take(&mut row.current);
            if !values.is_empty() {
                row.subjects[group].push(values.iter().sum::<f64>() / values.len() as f64);
            }
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<52} {:>26} {:>26}  simulated median",
            "", "real", "simulated"
        )?;
        for row in &self.rows {
            write!(f, "{:<52}", row.name)?;
            for values in &row.subjects {
                write!(f, " {:>26}", range(values))?;
            }
            writeln!(f, "  {}", verdict(&row.subjects))?;
        }
        Ok(())
    }
}

fn range(values: &[f64]) -> String {
    let [low, middle, high] = [0.1, 0.5, 0.9].map(|fraction| quantile(values, fraction));
    format!("{middle:.3} [{low:.3} .. {high:.3}]")
}

/// Where the simulated median lies among the real subjects.
fn verdict([real, simulated]: &[Vec<f64>; GROUPS]) -> &'static str {
    let median = quantile(simulated, 0.5);
    if (quantile(real, 0.1)..=quantile(real, 0.9)).contains(&median) {
        "in the range"
    } else if (quantile(real, 0.0)..=quantile(real, 1.0)).contains(&median) {
        "at its border"
    } else if median < quantile(real, 0.0) {
        "BELOW"
    } else {
        "ABOVE"
    }
}

/// Quantile by linear interpolation; NaN of nothing.
pub fn quantile(values: &[f64], fraction: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = fraction * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64)
}
