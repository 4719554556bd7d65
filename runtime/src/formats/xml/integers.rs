//! Samples as whole numbers in text.

use crate::formats::ReadErrorKind;
use crate::formats::abridged::abridged;

/// More samples per lead than an hour at 1 kHz are no resting ECG.
const MAX_SAMPLES: usize = 4_000_000;

/// The whole numbers in `text`, separated by commas and white space; at least one.
///
/// # Errors
/// None, too many, or what is no whole number of 32 bits, told by its place in `label`.
pub(in crate::formats) fn integers(text: &str, label: &str) -> Result<Vec<i32>, ReadErrorKind> {
    let wrong = |problem: String| ReadErrorKind::Element {
        element: label.to_owned(),
        problem,
    };
    let mut row = Vec::new();
    for word in text
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
    {
        let value = word.parse().map_err(|_| {
            wrong(format!(
                "has \"{}\" at sample {}, which is no whole number",
                abridged(word),
                row.len()
            ))
        })?;
        if row.len() == MAX_SAMPLES {
            return Err(wrong(format!("has more than {MAX_SAMPLES} samples")));
        }
        row.push(value);
    }
    if row.is_empty() {
        return Err(wrong("holds no samples".to_owned()));
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_commas_and_any_white_space() {
        assert_eq!(
            integers("\r\n 0, 1,\t-2,\n+200,", "a").unwrap(),
            [0, 1, -2, 200]
        );
        let sentence = |text: &str| integers(text, "lead V3").unwrap_err().to_string();
        assert!(sentence("1, NaN, 3").contains("lead V3 has \"NaN\" at sample 1"));
        assert!(sentence("1.5").contains("no whole number"));
        assert!(sentence("99999999999").contains("no whole number"));
        assert!(sentence(" , ").contains("holds no samples"));
    }
}
