//! Tables of figures in Markdown.

use crate::information::interval::Estimate;

/// A table with the first column to the left and the others to the right.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|---|", head.join(" | "));
    text += &"---:|".repeat(head.len().saturating_sub(1));
    text.push('\n');
    for row in rows {
        text += &format!("| {} |\n", row.join(" | "));
    }
    text
}

/// A figure with so many decimals; a dash where it is no finite number.
pub(super) fn figure(value: f64, decimals: usize) -> String {
    match value.is_finite() {
        true => format!("{value:.decimals$}"),
        false => "–".to_owned(),
    }
}

/// A figure that may be missing.
pub(super) fn optional(value: Option<f64>, decimals: usize) -> String {
    figure(value.unwrap_or(f64::NAN), decimals)
}

/// A figure with the ends of its interval.
pub(super) fn interval(estimate: Estimate) -> String {
    let [value, low, high] =
        [estimate.value, estimate.low, estimate.high].map(|value| figure(value, 3));
    format!("{value} ({low} to {high})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_for_each_row() {
        let rows = [vec!["L1".to_owned(), figure(0.12345, 3), optional(None, 3)]];
        assert_eq!(
            table(&["figure", "ours", "guess"], &rows),
            "| figure | ours | guess |\n|---|---:|---:|\n| L1 | 0.123 | – |\n"
        );
    }
}
