//! A sheet as an SVG file (SVG 1.1): millimetres are its units, words stay words.

use std::fmt::Write;

use super::shape::{Anchor, Points, Shape};
use super::{GRID, INK, PAPER, Sheet, TRACE_MM};

/// Width of the lines of the grid, mm, in the order of [`GRID`].
const GRID_MM: [f64; 2] = [0.1, 0.15];
/// Height of letters, mm.
const LETTER_MM: f64 = 3.0;
/// Positions are written in hundredths of a mm.
const STEPS_PER_MM: f64 = 100.0;

impl Sheet {
    /// The sheet as the text of an SVG file that is true-size when printed: 25 mm of paper are a
    /// second. Positions are rounded to 0.01 mm.
    pub fn to_svg(&self) -> String {
        let [width, height] = self.size_mm();
        let mut svg = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
             viewBox=\"0 0 {width} {height}\">\n\
             <title>ECG, {}</title>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
            escaped(self.scale()),
            colour(PAPER),
        );
        for ((spacing, line), thickness) in GRID.into_iter().zip(GRID_MM) {
            let mut path = String::new();
            for right in (0..=width).step_by(spacing) {
                push(&mut path, format_args!("M{right} 0v{height}"));
            }
            for down in (0..=height).step_by(spacing) {
                push(&mut path, format_args!("M0 {down}h{width}"));
            }
            push(
                &mut svg,
                format_args!(
                    "<path d=\"{path}\" stroke=\"{}\" stroke-width=\"{thickness}\" fill=\"none\"/>\n",
                    colour(line)
                ),
            );
        }
        let ink = colour(INK);
        push(
            &mut svg,
            format_args!(
                "<g fill=\"none\" stroke=\"{ink}\" stroke-width=\"{TRACE_MM}\" \
                 stroke-linecap=\"round\" stroke-linejoin=\"round\">\n"
            ),
        );
        for shape in self.shapes() {
            if let Shape::Line(points) = shape {
                push(&mut svg, format_args!("<path d=\"{}\"/>\n", path(points)));
            }
        }
        push(
            &mut svg,
            format_args!(
                "</g>\n<g fill=\"{ink}\" font-family=\"Helvetica,Arial,sans-serif\" \
                 font-size=\"{LETTER_MM}\">\n"
            ),
        );
        for shape in self.shapes() {
            if let Shape::Words { text, at, anchor } = shape {
                push_words(&mut svg, text, *at, *anchor);
            }
        }
        svg.push_str("</g>\n</svg>\n");
        svg
    }
}

fn push_words(svg: &mut String, text: &str, at: (f64, f64), anchor: Anchor) {
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let (right, down) = (decimal(steps(at.0)), decimal(steps(at.1)));
    push(
        svg,
        format_args!(
            "<text x=\"{right}\" y=\"{down}\" text-anchor=\"{anchor}\" xml:space=\"preserve\">{}</text>\n",
            escaped(text)
        ),
    );
}

/// Path data: the first point, and lines to all others. Points that fall together are written
/// once. Positions are absolute, because drawing programs add relative steps up in fixed point.
fn path(points: &Points) -> String {
    let mut rounded: Vec<(i64, i64)> = points
        .iter()
        .map(|&(right, down)| (steps(right), steps(down)))
        .collect();
    rounded.dedup();
    let mut data = String::new();
    for (number, (right, down)) in rounded.iter().enumerate() {
        let lead = if number == 0 { "M" } else { " " };
        push(
            &mut data,
            format_args!("{lead}{} {}", decimal(*right), decimal(*down)),
        );
    }
    if rounded.len() == 1 {
        // A lone point shows as a dot only where it is a line of no length.
        data.push_str("h0");
    }
    data
}

/// A position in whole steps; far beyond the sheet, where it is as good as any.
fn steps(mm: f64) -> i64 {
    const FAR_MM: f64 = 10_000.0;
    (mm.clamp(-FAR_MM, FAR_MM) * STEPS_PER_MM).round() as i64
}

/// Hundredths as a decimal number without needless digits.
fn decimal(steps: i64) -> String {
    let sign = if steps < 0 { "-" } else { "" };
    let (whole, hundredths) = (steps.abs() / 100, steps.abs() % 100);
    match (whole, hundredths) {
        (whole, 0) => format!("{sign}{whole}"),
        (0, part) if part % 10 == 0 => format!("{sign}.{}", part / 10),
        (0, part) => format!("{sign}.{part:02}"),
        (whole, part) if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
        (whole, part) => format!("{sign}{whole}.{part:02}"),
    }
}

fn colour([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Text as it stands in XML; characters that XML 1.0 (section 2.2) does not know are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => {}
            other => safe.push(other),
        }
    }
    safe
}

/// Appends; writing to a string cannot fail.
fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}
