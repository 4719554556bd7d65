//! The `.asc` files of deepfake-ecg: eight leads in microvolts at 500 Hz.
//!
//! One line per sample with eight numbers between blanks: I, II, V1, V2, V3, V4, V5, V6. There is no
//! header; the units and the rate are those of the collection (Thambawita et al., Sci Rep 2021).

use std::path::Path;

use super::abridged::abridged;
use super::text::{self, line_error};
use super::units::millivolts_per_unit;
use super::{ReadError, ReadErrorKind};
use crate::ecg::{Ecg, Lead};

/// In Hz.
const SAMPLING_RATE: f64 = 500.0;
const UNITS: &str = "uV";
const COLUMNS: [Lead; 8] = Lead::INDEPENDENT;

/// Whether a file begins with a line of eight numbers.
pub(super) fn begins(start: &[u8]) -> bool {
    let line =
        text::beginning(start).and_then(|text| text.lines().find(|line| !line.trim().is_empty()));
    line.is_some_and(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        fields.len() == COLUMNS.len() && fields.iter().all(|field| field.parse::<f32>().is_ok())
    })
}

/// Reads the recording.
///
/// # Errors
/// A line that has not eight numbers, and numbers that are not finite.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    parse(&text::read(path)?).map_err(|kind| ReadError::new(path, kind))
}

fn parse(text: &str) -> Result<Ecg, ReadErrorKind> {
    let scale = millivolts_per_unit(UNITS).unwrap_or(1.0);
    let mut rows = vec![Vec::new(); COLUMNS.len()];
    for (index, line) in text.lines().enumerate() {
        let mut fields = line.split_ascii_whitespace().peekable();
        if fields.peek().is_none() {
            continue;
        }
        for (lead, row) in COLUMNS.iter().zip(&mut rows) {
            let Some(field) = fields.next() else {
                return Err(line_error(
                    index + 1,
                    format!("has no value of lead {lead}"),
                ));
            };
            let value: f64 = field.parse().map_err(|_| {
                let problem = format!("has \"{}\" as its value of lead {lead}", abridged(field));
                line_error(index + 1, problem)
            })?;
            row.push((value * scale) as f32);
        }
        if fields.next().is_some() {
            return Err(line_error(index + 1, "has more than eight values"));
        }
    }
    Ok(Ecg::new(COLUMNS.to_vec(), rows, SAMPLING_RATE)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_eight_columns_of_microvolts() {
        let ecg = parse("234 254 -215 137 527 566 420 312\r\n\r\n1 2 3 4 5 6 7 -8.5\n").unwrap();
        assert_eq!(
            (ecg.leads(), ecg.sampling_rate()),
            (&Lead::INDEPENDENT[..], 500.0)
        );
        assert_eq!(ecg.lead(Lead::I).unwrap(), [0.234, 0.001]);
        assert_eq!(ecg.lead(Lead::V6).unwrap(), [0.312, -0.0085]);
    }

    #[test]
    fn refuses_other_columns_and_says_where() {
        for (text, reason) in [
            (
                "1 2 3 4 5 6 7 8\n1 2 3 4 5 6 7\n",
                "line 2 has no value of lead V6",
            ),
            ("1 2 3 4 5 6 7 8 9\n", "line 1 has more than eight"),
            (
                "1 2 3 4 5 6 x 8\n",
                "line 1 has \"x\" as its value of lead V5",
            ),
            (
                "1 2 3 4 5 6 7 8\n1 2 nan 4 5 6 7 8\n",
                "lead V1 is NaN at sample 1",
            ),
            ("1 2 3 4 5 6 7 1e300\n", "lead V6 is inf at sample 0"),
            ("\n", "no samples"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text:?}: {error}");
        }
    }

    #[test]
    fn tells_its_own_beginning() {
        assert!(begins(b"\n 1 2 3 4 -5.5 6 7 8\nx"));
        for other in [
            &b""[..],
            b"1,2,3,4,5,6,7,8",
            b"1 2 3",
            b"\xff 2 3 4 5 6 7 8",
            b"I II V1 V2 V3 V4 V5 V6",
        ] {
            assert!(!begins(other), "{other:?}");
        }
    }
}
