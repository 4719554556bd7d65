//! Age, sex and the recorder's verdict from the comments of a header.

use crate::ecg::{Patient, Sex};

pub(super) fn from_comments(comments: &[String]) -> Patient {
    let first = |key: &str| comments.iter().find_map(|comment| value_of(comment, key));
    Patient {
        id: None,
        age_years: first("age").and_then(Patient::age_from_text),
        sex: first("sex").and_then(Sex::from_text),
    }
}

/// Whether a comment says, as this program writes it, that the recorder found its quality poor.
pub(super) fn quality_is_poor(comments: &[String]) -> bool {
    comments
        .iter()
        .any(|comment| value_of(comment, "device_quality") == Some("poor"))
}

/// The word after `key:` or `<key>:`; several keys may share one line.
fn value_of<'a>(comment: &'a str, key: &str) -> Option<&'a str> {
    let mut words = comment.split_whitespace();
    while let Some(word) = words.next() {
        let Some((name, value)) = word.split_once(':') else {
            continue;
        };
        let name = name.trim_start_matches('<').trim_end_matches('>');
        if name.eq_ignore_ascii_case(key) {
            return if value.is_empty() {
                words.next()
            } else {
                Some(value)
            };
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patient(comments: &[&str]) -> (Option<f32>, Option<Sex>) {
        let comments: Vec<String> = comments.iter().map(|&comment| comment.to_owned()).collect();
        let patient = from_comments(&comments);
        (patient.age_years, patient.sex)
    }

    #[test]
    fn reads_the_customary_spellings() {
        assert_eq!(
            patient(&["<age>: 51", "<sex>: F", "<diagnoses>:"]),
            (Some(51.0), Some(Sex::Female))
        );
        assert_eq!(patient(&["Age: 47  Sex: M"]), (Some(47.0), Some(Sex::Male)));
        assert_eq!(
            patient(&["Age:78", "Sex: Female"]),
            (Some(78.0), Some(Sex::Female))
        );
    }

    #[test]
    fn leaves_the_unknown_unknown() {
        assert_eq!(patient(&["Age: NaN", "Sex: Unknown"]), (None, None));
        assert_eq!(patient(&["Age: 300", "the average: 5"]), (None, None));
        assert_eq!(patient(&["Age:", "69 M 1085 1629 x1"]), (None, None));
    }
}
