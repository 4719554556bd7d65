//! From a table to an [`Ecg`].

use std::path::Path;

use super::key;
use crate::ecg::{Ecg, Lead, Patient, Sex};
use crate::formats::abridged::abridged;
use crate::formats::text::{self, line_error};
use crate::formats::units::millivolts_per_unit;
use crate::formats::{ReadError, ReadErrorKind};

/// The column of times.
const TIME: &str = "time_s";
/// More than any recorder has.
const MAX_COLUMNS: usize = 256;
/// How far, as a share, a rate told from times may be from the whole number that it then is.
const WHOLE_RATE: f64 = 1e-4;

/// Whether a file begins with a line of column names, one of them a lead, below lines with `#`.
pub(in crate::formats) fn begins(start: &[u8]) -> bool {
    let names = text::beginning(start).and_then(|text| {
        text.lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#'))
    });
    names.is_some_and(|names| {
        let mut columns = fields(names, separator(names)).map(Column::named);
        columns.any(|column| matches!(column, Column::Lead(_)))
    })
}

/// Reads the recording.
///
/// # Errors
/// No lead among the columns; no sampling rate; units that are no voltage; rows with more or fewer
/// values than columns, or values that are no finite numbers; times that are not evenly spaced.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    parse(&text::read(path)?).map_err(|kind| ReadError::new(path, kind))
}

enum Column {
    Lead(Lead),
    Time,
    Other(String),
}

impl Column {
    fn named(name: &str) -> Column {
        match name.parse() {
            Ok(lead) => Column::Lead(lead),
            Err(_) if name.eq_ignore_ascii_case(TIME) => Column::Time,
            Err(_) => Column::Other(name.to_owned()),
        }
    }
}

/// What the lines above the table say.
#[derive(Default)]
struct Remarks {
    sampling_rate: Option<f64>,
    millivolts_per_unit: Option<f64>,
    patient: Patient,
    poor_quality: bool,
}

impl Remarks {
    /// Takes in one line without its `#`.
    fn take(&mut self, line: usize, remark: &str) -> Result<(), ReadErrorKind> {
        let Some((name, value)) = remark.split_once(':') else {
            return Ok(());
        };
        let value = value.trim();
        let refused =
            |what: &str| line_error(line, format!("has \"{}\" as {what}", abridged(value)));
        match name.trim().to_ascii_lowercase().as_str() {
            key::SAMPLING_RATE => {
                let rate = value.parse().map_err(|_| refused("the sampling rate"))?;
                self.sampling_rate = Some(rate);
            }
            key::UNITS => {
                let unit = millivolts_per_unit(value)
                    .ok_or_else(|| refused("the units, which must be V, mV, uV or nV"))?;
                self.millivolts_per_unit = Some(unit);
            }
            key::AGE => self.patient.age_years = Patient::age_from_text(value),
            key::SEX => self.patient.sex = Sex::from_text(value),
            key::DEVICE_QUALITY => self.poor_quality = value.eq_ignore_ascii_case(key::POOR),
            _ => {}
        }
        Ok(())
    }
}

pub(super) fn parse(text: &str) -> Result<Ecg, ReadErrorKind> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty());
    let mut remarks = Remarks::default();
    let (names_line, names) = loop {
        match lines.next() {
            Some((number, line)) => match line.strip_prefix('#') {
                Some(remark) => remarks.take(number, remark)?,
                None => break (number, line),
            },
            None => return Err(ReadErrorKind::NoStandardLead { found: Vec::new() }),
        }
    };
    let separator = separator(names);
    let columns: Vec<Column> = fields(names, separator)
        .take(MAX_COLUMNS + 1)
        .map(Column::named)
        .collect();
    if columns.len() > MAX_COLUMNS {
        let problem = format!("names more than {MAX_COLUMNS} columns");
        return Err(line_error(names_line, problem));
    }

    let mut table = Table::new(&columns, remarks.millivolts_per_unit);
    if table.leads.is_empty() {
        let found = table.skipped;
        return Err(ReadErrorKind::NoStandardLead { found });
    }
    for (number, line) in lines {
        table.push(&columns, number, fields(line, separator))?;
    }
    let sampling_rate = table.sampling_rate(names_line, remarks.sampling_rate)?;
    Ok(Ecg::new(table.leads, table.rows, sampling_rate)?
        .with_patient(remarks.patient)
        .with_skipped_signals(table.skipped)
        .with_device_quality_warning(remarks.poor_quality))
}

/// What separates the columns of the line of names.
fn separator(names: &str) -> char {
    ['\t', ';']
        .into_iter()
        .find(|&mark| names.contains(mark))
        .unwrap_or(',')
}

fn fields(line: &str, separator: char) -> impl Iterator<Item = &str> {
    line.split(separator).map(|field| {
        let field = field.trim();
        let inside = field
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        inside.map_or(field, str::trim)
    })
}

/// The columns as they fill.
struct Table {
    leads: Vec<Lead>,
    skipped: Vec<String>,
    /// Millivolts, shape (lead, sample).
    rows: Vec<Vec<f32>>,
    /// What a value is multiplied by; `None` leaves it as it is, to the last bit.
    scale: Option<f64>,
    /// Seconds and the line they stand in.
    times: Vec<f64>,
    has_times: bool,
}

impl Table {
    fn new(columns: &[Column], millivolts_per_unit: Option<f64>) -> Table {
        let mut table = Table {
            leads: Vec::new(),
            skipped: Vec::new(),
            rows: Vec::new(),
            scale: millivolts_per_unit.filter(|&scale| scale != 1.0),
            times: Vec::new(),
            has_times: false,
        };
        for column in columns {
            match column {
                Column::Lead(lead) => table.leads.push(*lead),
                Column::Time => table.has_times = true,
                Column::Other(name) => table.skipped.push(name.clone()),
            }
        }
        table.rows = vec![Vec::new(); table.leads.len()];
        table
    }

    fn push<'a>(
        &mut self,
        columns: &[Column],
        line: usize,
        mut fields: impl Iterator<Item = &'a str>,
    ) -> Result<(), ReadErrorKind> {
        let mut rows = self.rows.iter_mut();
        for column in columns {
            let Some(field) = fields.next() else {
                let problem = format!("has fewer than the {} values of a row", columns.len());
                return Err(line_error(line, problem));
            };
            let refused = |what: &dyn std::fmt::Display| {
                let problem = match field {
                    "" => format!("has no value of {what}"),
                    _ => format!("has \"{}\" as its value of {what}", abridged(field)),
                };
                line_error(line, problem)
            };
            match column {
                Column::Lead(lead) => {
                    let value = match self.scale {
                        None => field.parse().ok(),
                        Some(scale) => field.parse().ok().map(|value: f64| (value * scale) as f32),
                    };
                    let value = value.ok_or_else(|| refused(&format!("lead {lead}")))?;
                    if let Some(row) = rows.next() {
                        row.push(value);
                    }
                }
                Column::Time => {
                    self.times.push(field.parse().map_err(|_| refused(&TIME))?);
                }
                Column::Other(_) => {}
            }
        }
        match fields.next() {
            None => Ok(()),
            Some(_) => {
                let problem = format!("has more than the {} values of a row", columns.len());
                Err(line_error(line, problem))
            }
        }
    }

    /// The rate given above the table or told by the times; neither may contradict the other.
    fn sampling_rate(&self, line: usize, given: Option<f64>) -> Result<f64, ReadErrorKind> {
        let (first, last) = match self.times.as_slice() {
            [first, .., last] => (*first, *last),
            _ => {
                return given.ok_or_else(|| {
                    let what = if self.has_times {
                        "two rows"
                    } else {
                        "a column time_s"
                    };
                    let key = key::SAMPLING_RATE;
                    line_error(
                        line,
                        format!("has neither a line \"# {key}: …\" above nor {what} below"),
                    )
                });
            }
        };
        let rate = given.unwrap_or_else(|| {
            let told = (self.times.len() - 1) as f64 / (last - first);
            let whole = told.round();
            if (told - whole).abs() <= WHOLE_RATE * whole {
                whole
            } else {
                told
            }
        });
        // Half a sample leaves room for rounded times, and none for a sample too many or too few.
        let odd = self.times.iter().enumerate().find(|&(row, time)| {
            let expected = first + row as f64 / rate;
            let off = ((time - expected) * rate).abs();
            off.is_nan() || off > 0.5
        });
        match odd {
            None => Ok(rate),
            Some((row, _)) => Err(ReadErrorKind::Element {
                element: TIME.to_owned(),
                problem: format!(
                    "of sample {row} is not where {rate} Hz have it; resample the recording to one rate, or correct the rate"
                ),
            }),
        }
    }
}
