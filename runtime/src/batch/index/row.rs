//! One row of the index.

use super::csv_line;
use crate::batch::fingerprint::Fingerprint;
use crate::batch::work::Status;

/// Columns before those of the work.
const FIRST: [&str; 3] = ["path", "status", "reason"];
/// Columns after them.
const LAST: [&str; 2] = ["seconds", "fingerprint"];

/// What the index says of one recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// The recording's name.
    pub(crate) name: String,
    /// How it ended.
    pub(crate) status: Status,
    /// Why it did not end well; empty if it did.
    pub(crate) reason: String,
    /// What the work says of it.
    pub(crate) values: Vec<String>,
    /// How long it took.
    pub(crate) seconds: f64,
    /// What it depended on; `None` if it is to be tried again.
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// Names of all columns, where the work has `own` ones.
pub(super) fn columns(own: &[String]) -> Vec<String> {
    let own = own.iter().cloned();
    let first = FIRST.map(String::from).into_iter();
    first.chain(own).chain(LAST.map(String::from)).collect()
}

impl Row {
    /// The row as a line of an index whose work has `own` columns.
    pub(super) fn line(&self, own: usize) -> String {
        let seconds = format!("{:.3}", self.seconds);
        let fingerprint = self
            .fingerprint
            .map_or(String::new(), |one| one.to_string());
        let first = [self.name.as_str(), self.status.name(), &self.reason];
        let values = self.values.iter().map(String::as_str);
        let values = values.chain(std::iter::repeat("")).take(own);
        csv_line::write(
            first
                .into_iter()
                .chain(values)
                .chain([&*seconds, &fingerprint]),
        )
    }
}

/// What is looked at when a row is read again.
#[derive(Debug, PartialEq)]
pub(super) struct Known {
    /// The recording's name.
    pub(super) name: String,
    /// How it ended.
    pub(super) status: Status,
    /// What it depended on; `None` if it is to be tried again.
    pub(super) fingerprint: Option<Fingerprint>,
}

impl Known {
    /// From the fields of a row, which has at least those that every index has; `None` if it is damaged.
    pub(super) fn from_fields(fields: &[String]) -> Option<Self> {
        let [name, status, _reason, .., fingerprint] = fields else {
            return None;
        };
        let fingerprint = match fingerprint.as_str() {
            "" => None,
            text => Some(text.parse().ok()?),
        };
        Some(Self {
            name: name.clone(),
            status: status.parse().ok()?,
            fingerprint,
        })
    }
}

/// Whether the fields of a first line are those of an index, of whatever work.
pub(super) fn is_header(fields: &[String]) -> bool {
    fields.len() >= FIRST.len() + LAST.len()
        && fields.iter().zip(FIRST).all(|(field, name)| field == name)
        && fields
            .iter()
            .rev()
            .zip(LAST.iter().rev())
            .all(|(field, name)| field == name)
}
