//! Numbers in elements and attributes: those that must be there, and those that may.

use roxmltree::Node;

use super::node::{content, text};
use crate::formats::ReadErrorKind;
use crate::formats::abridged::abridged;

/// No interval of a heartbeat is longer, in milliseconds; recorders write such values for "none".
const LONGEST_INTERVAL_MS: f64 = 10_000.0;
/// No heart beats faster, per minute.
const FASTEST_RATE: f64 = 1000.0;

/// The number in `written`, called `label` in errors.
pub(in crate::formats) fn number(written: &str, label: &str) -> Result<f64, ReadErrorKind> {
    let trimmed = written.trim();
    trimmed.parse().map_err(|_| ReadErrorKind::Element {
        element: label.to_owned(),
        problem: format!("is \"{}\", not a number", abridged(trimmed)),
    })
}

/// The number in `written`, which must be above zero and finite.
pub(in crate::formats) fn positive_number(
    written: &str,
    label: &str,
) -> Result<f64, ReadErrorKind> {
    let value = number(written, label)?;
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(ReadErrorKind::Element {
            element: label.to_owned(),
            problem: format!("is {value}, not a positive number"),
        })
    }
}

/// The positive number in the element `node`, called `label` in errors.
pub(in crate::formats) fn positive(
    node: Option<Node<'_, '_>>,
    label: &str,
) -> Result<f64, ReadErrorKind> {
    match node {
        Some(node) => positive_number(&text(node), label),
        None => Err(ReadErrorKind::ElementMissing {
            element: label.to_owned(),
        }),
    }
}

/// A number that a recorder may have written, or left empty, or replaced by a word.
fn measured(node: Option<Node<'_, '_>>) -> Option<f64> {
    content(node?)?.parse().ok()
}

/// A measured interval in milliseconds; zero and placeholders are `None`.
pub(in crate::formats) fn duration(node: Option<Node<'_, '_>>) -> Option<f64> {
    measured(node).and_then(possible_duration)
}

/// A measured heart rate per minute; zero and placeholders are `None`.
pub(in crate::formats) fn rate(node: Option<Node<'_, '_>>) -> Option<f64> {
    measured(node).and_then(possible_rate)
}

/// A measured axis in degrees; placeholders are `None`.
pub(in crate::formats) fn angle(node: Option<Node<'_, '_>>) -> Option<f64> {
    measured(node).and_then(possible_angle)
}

/// The interval, in milliseconds, if a heart can have it.
pub(in crate::formats) fn possible_duration(milliseconds: f64) -> Option<f64> {
    (milliseconds > 0.0 && milliseconds < LONGEST_INTERVAL_MS).then_some(milliseconds)
}

/// The heart rate, per minute, if a heart can have it.
pub(in crate::formats) fn possible_rate(bpm: f64) -> Option<f64> {
    (bpm > 0.0 && bpm < FASTEST_RATE).then_some(bpm)
}

/// The angle, in degrees, if it is within a turn.
pub(in crate::formats) fn possible_angle(degrees: f64) -> Option<f64> {
    (degrees.abs() <= 360.0).then_some(degrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_numbers_from_placeholders() {
        let of = |inner: &str, read: fn(Option<Node<'_, '_>>) -> Option<f64>| {
            let xml = format!("<a>{inner}</a>");
            let document = roxmltree::Document::parse(&xml).unwrap();
            read(Some(document.root_element()))
        };
        assert_eq!(of(" 96\n", duration), Some(96.0));
        assert_eq!(of("9.5", rate), Some(9.5));
        assert_eq!((of("-30", angle), of("0", angle)), (Some(-30.0), Some(0.0)));
        for none in [
            "", "0", "-5", "*", "Failed", "NaN", "inf", "29999", "<b>5</b>",
        ] {
            assert_eq!(of(none, duration), None, "{none}");
            assert_eq!(of(none, rate), None, "{none}");
        }
        for none in ["", "Indeterminate", "NaN", "-inf", "32767"] {
            assert_eq!(of(none, angle), None, "{none}");
        }
        assert_eq!(
            (duration(None), rate(None), angle(None)),
            (None, None, None)
        );
    }

    #[test]
    fn names_what_is_no_positive_number() {
        assert_eq!(positive_number(" 4.88 ", "a").unwrap(), 4.88);
        for wrong in ["", "x", "0", "-1", "nan", "inf", "1e999"] {
            let error = positive_number(wrong, "Waveform/SampleBase").unwrap_err();
            assert!(error.to_string().starts_with("Waveform/SampleBase is "));
        }
        let error = positive(None, "SampleBase").unwrap_err();
        assert!(matches!(error, ReadErrorKind::ElementMissing { .. }));
    }
}
