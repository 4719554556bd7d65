//! Tables with captions, from cells or from rows that can be serialised.

use super::escape::escaped;
use super::figure::caption;
use serde::Serialize;
use serde_json::Value;

/// A table. Its number is given by its place in the report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// What is told, as plain text; its first sentence is set in bold.
    pub caption: String,
    /// Words above the columns.
    pub headings: Vec<String>,
    /// The rows; each cell is plain text. What looks like a number stands at the right.
    pub rows: Vec<Vec<String>>,
    /// Rows that are set in bold, by their place from 0.
    pub marked: Vec<usize>,
    /// Remarks below the table.
    pub notes: Vec<String>,
}

/// A column of a table made from rows that can be serialised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column<'a> {
    /// Words above it.
    pub heading: &'a str,
    /// Where in a serialised row its value is: a JSON pointer (RFC 6901), such as `/image/l1`. A value that is an
    /// object with `value`, `low` and `high` is shown with its interval.
    pub pointer: &'a str,
    /// Decimals of a number that is not whole.
    pub decimals: usize,
}

impl<'a> Column<'a> {
    /// A column of the field at `pointer`.
    pub fn new(heading: &'a str, pointer: &'a str, decimals: usize) -> Column<'a> {
        Column {
            heading,
            pointer,
            decimals,
        }
    }
}

/// What stands where there is no value.
const NOTHING: &str = "\u{2013}";

impl Table {
    /// A table of the given cells.
    pub fn of_cells(caption: &str, headings: &[&str], rows: Vec<Vec<String>>) -> Table {
        Table {
            caption: caption.to_owned(),
            headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
            rows,
            ..Table::default()
        }
    }

    /// A table with one row for each of `rows`.
    ///
    /// # Errors
    /// Where a row cannot be serialised as JSON.
    pub fn of_rows<T: Serialize>(
        caption: &str,
        columns: &[Column],
        rows: &[T],
    ) -> Result<Table, serde_json::Error> {
        let cells = rows.iter().map(|row| {
            let row = serde_json::to_value(row)?;
            let cell = |column: &Column| shown(row.pointer(column.pointer), column.decimals);
            Ok(columns.iter().map(cell).collect())
        });
        Ok(Table {
            caption: caption.to_owned(),
            headings: columns
                .iter()
                .map(|column| column.heading.to_owned())
                .collect(),
            rows: cells.collect::<Result<_, serde_json::Error>>()?,
            ..Table::default()
        })
    }

    /// The table as markup.
    pub(super) fn markup(&self, number: usize) -> String {
        let cells = |row: &[String], tag: &str| -> String {
            let cell = |text: &String| {
                let class = if is_number(text) {
                    " class=\"number\""
                } else {
                    ""
                };
                format!("<{tag}{class}>{}</{tag}>", escaped(text))
            };
            row.iter().map(cell).collect()
        };
        let headings: String = self
            .headings
            .iter()
            .enumerate()
            .map(|(column, heading)| {
                let first = self
                    .rows
                    .iter()
                    .find_map(|row| row.get(column).filter(|text| *text != NOTHING));
                let class = if first.is_some_and(|text| is_number(text)) {
                    " class=\"number\""
                } else {
                    ""
                };
                format!("<th{class}>{}</th>", escaped(heading))
            })
            .collect();
        let mut text = format!(
            "<div class=\"table\" id=\"table-{number}\">\n<p class=\"caption\">{}</p>\n<table>\n<thead><tr>{headings}</tr></thead>\n<tbody>\n",
            caption(&format!("Table {number}."), &self.caption)
        );
        for (place, row) in self.rows.iter().enumerate() {
            let class = if self.marked.contains(&place) {
                " class=\"marked\""
            } else {
                ""
            };
            text += &format!("<tr{class}>{}</tr>\n", cells(row, "td"));
        }
        text += "</tbody>\n</table>\n";
        for note in &self.notes {
            text += &format!("<p class=\"note\">{}</p>\n", escaped(note));
        }
        text + "</div>\n"
    }
}

fn shown(value: Option<&Value>, decimals: usize) -> String {
    let field = |name: &str| {
        value
            .and_then(|value| value.get(name))
            .and_then(Value::as_f64)
    };
    match value {
        None | Some(Value::Null) => NOTHING.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(yes)) => (if *yes { "yes" } else { "no" }).to_owned(),
        Some(Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => signed(&whole.to_string()),
            (None, Some(value)) => rounded(value, decimals),
            (None, None) => number.to_string(),
        },
        Some(Value::Array(items)) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| shown(Some(item), decimals))
                .collect();
            items.join(", ")
        }
        Some(Value::Object(_)) => match (field("value"), field("low"), field("high")) {
            (Some(value), Some(low), Some(high)) => format!(
                "{} ({} to {})",
                rounded(value, decimals),
                rounded(low, decimals),
                rounded(high, decimals)
            ),
            (Some(value), ..) => rounded(value, decimals),
            _ => NOTHING.to_owned(),
        },
    }
}

/// A number with so many decimals, as a cell shows it: a true minus sign, and a dash for what is no finite number.
pub fn rounded(value: f64, decimals: usize) -> String {
    match value.is_finite() {
        true => signed(&format!("{value:.decimals$}")),
        false => NOTHING.to_owned(),
    }
}

fn signed(number: &str) -> String {
    let nought = number.chars().all(|character| "-0.".contains(character));
    number.replacen('-', if nought { "" } else { "\u{2212}" }, 1)
}

/// Whether a cell stands at the right: it begins like a number and goes on as one with an interval or a unit does.
fn is_number(text: &str) -> bool {
    let mut letters = text.chars();
    match letters.next() {
        Some('\u{2212}' | '-' | '+' | '<' | '>' | '\u{b1}') => letters
            .next()
            .is_some_and(|next| next.is_ascii_digit() || next == ' '),
        Some(first) => first.is_ascii_digit() || text == NOTHING,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        subjects: usize,
        error: f64,
        nested: Nested,
    }

    #[derive(Serialize)]
    struct Nested {
        r_squared: Estimate,
        missing: Option<f64>,
    }

    #[derive(Serialize)]
    struct Estimate {
        value: f64,
        low: f64,
        high: f64,
    }

    #[test]
    fn cells_come_from_the_fields_in_the_order_asked_for() {
        let row = Row {
            name: "women & men",
            subjects: 300,
            error: f64::NAN,
            nested: Nested {
                r_squared: Estimate {
                    value: -0.0004,
                    low: -0.126,
                    high: 0.5,
                },
                missing: None,
            },
        };
        let columns = [
            Column::new("n", "/subjects", 2),
            Column::new("group", "/name", 0),
            Column::new("error", "/error", 2),
            Column::new("R\u{b2}", "/nested/r_squared", 2),
            Column::new("none", "/nested/missing", 2),
            Column::new("nowhere", "/elsewhere", 2),
        ];
        let table = Table::of_rows("Groups", &columns, &[row]).unwrap();
        assert_eq!(
            table.rows,
            [[
                "300",
                "women & men",
                "\u{2013}",
                "0.00 (\u{2212}0.13 to 0.50)",
                "\u{2013}",
                "\u{2013}"
            ]]
        );
        let markup = table.markup(2);
        let parsed = roxmltree::Document::parse(&markup).unwrap();
        let cells: Vec<_> = parsed
            .descendants()
            .filter(|node| node.has_tag_name("td"))
            .collect();
        assert_eq!(cells[1].text(), Some("women & men"));
        assert_eq!(cells[0].attribute("class"), Some("number"));
        assert_eq!(cells[1].attribute("class"), None);
        assert!(markup.contains("<b>Table 2. Groups</b>"));
    }
}
