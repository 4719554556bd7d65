//! Drawings as SVG 1.1: a canvas of few elements, and what it gives.
//!
//! No ids are used, so that any number of drawings may stand in one document, and no style sheet, so that each may
//! stand alone in a file.

use super::base64::base64_of;
use super::escape::escaped;
use std::fmt::Write;

/// Where a text ends up relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// How dots look that are drawn many at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dot {
    /// Filled circles.
    Round,
    /// Filled squares.
    Square,
}

/// A finished drawing: well-formed markup whose texts are escaped, and which names nothing outside itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg(String);

impl Svg {
    /// The markup, beginning with `<svg`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A drawing in the making; lengths are CSS pixels, from the upper left corner.
#[derive(Debug, Clone)]
pub struct Canvas {
    width: f64,
    height: f64,
    body: String,
}

impl Canvas {
    /// An empty drawing of this size.
    pub fn new(width: f64, height: f64) -> Canvas {
        Canvas {
            width,
            height,
            body: String::new(),
        }
    }

    /// A straight line.
    pub fn line(&mut self, from: [f64; 2], to: [f64; 2], colour: &str, width: f64) {
        self.path(&[from, to], colour, width, None);
    }

    /// A line through `points`; `dashes` is SVG's stroke-dasharray.
    pub fn path(&mut self, points: &[[f64; 2]], colour: &str, width: f64, dashes: Option<&str>) {
        let dashes = dashes.map_or(String::new(), |dashes| {
            format!(" stroke-dasharray=\"{}\"", escaped(dashes))
        });
        self.push(format_args!(
            "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{dashes} d=\"{}\"/>",
            escaped(colour),
            Short(width),
            outline(points)
        ));
    }

    /// A filled area without an edge.
    pub fn area(&mut self, points: &[[f64; 2]], colour: &str, opacity: f64) {
        self.push(format_args!(
            "<path fill=\"{}\" fill-opacity=\"{}\" d=\"{}z\"/>",
            escaped(colour),
            Short(opacity),
            outline(points)
        ));
    }

    /// A filled rectangle with its upper left corner at `at`.
    pub fn rectangle(&mut self, at: [f64; 2], size: [f64; 2], colour: &str) {
        self.push(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
            Short(at[0]),
            Short(at[1]),
            Short(size[0]),
            Short(size[1]),
            escaped(colour)
        ));
    }

    /// Many dots of one colour, as one element: lines of no length with their ends drawn.
    pub fn dots(
        &mut self,
        points: &[[f64; 2]],
        dot: Dot,
        diameter: f64,
        colour: &str,
        opacity: f64,
    ) {
        let mut outline = String::new();
        for [x, y] in points {
            let _ = write!(outline, "M{} {}h.01", Short(*x), Short(*y));
        }
        self.strokes(&outline, dot, diameter, colour, opacity);
    }

    /// Many straight lines of one colour, as one element.
    pub fn lines(&mut self, lines: &[[[f64; 2]; 2]], width: f64, colour: &str, opacity: f64) {
        let mut outline = String::new();
        for [from, to] in lines {
            let _ = write!(
                outline,
                "M{} {}L{} {}",
                Short(from[0]),
                Short(from[1]),
                Short(to[0]),
                Short(to[1])
            );
        }
        self.strokes(&outline, Dot::Round, width, colour, opacity);
    }

    fn strokes(&mut self, outline: &str, cap: Dot, width: f64, colour: &str, opacity: f64) {
        if outline.is_empty() {
            return;
        }
        let cap = match cap {
            Dot::Round => "round",
            Dot::Square => "square",
        };
        self.push(format_args!(
            "<path fill=\"none\" stroke=\"{}\" stroke-opacity=\"{}\" stroke-width=\"{}\" stroke-linecap=\"{cap}\" \
             d=\"{outline}\"/>",
            escaped(colour),
            Short(opacity),
            Short(width)
        ));
    }

    /// Words; `size` is the height of the font.
    pub fn text(&mut self, at: [f64; 2], anchor: Anchor, size: f64, words: &str) {
        self.words(at, anchor, size, "", words);
    }

    /// Words in bold.
    pub fn bold(&mut self, at: [f64; 2], anchor: Anchor, size: f64, words: &str) {
        self.words(at, anchor, size, " font-weight=\"bold\"", words);
    }

    /// Words that run upwards, their middle at `at`.
    pub fn upward(&mut self, at: [f64; 2], size: f64, words: &str) {
        let turned = format!(
            " transform=\"rotate(-90 {} {})\"",
            Short(at[0]),
            Short(at[1])
        );
        self.words(at, Anchor::Middle, size, &turned, words);
    }

    fn words(&mut self, at: [f64; 2], anchor: Anchor, size: f64, attributes: &str, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.push(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{anchor}\"{attributes}>{}</text>",
            Short(at[0]),
            Short(at[1]),
            Short(size),
            escaped(words)
        ));
    }

    /// A PNG picture with its upper left corner at `at`, its pixels kept square-edged when enlarged.
    pub fn picture(&mut self, at: [f64; 2], size: [f64; 2], png: &[u8]) {
        self.push(format_args!(
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>",
            Short(at[0]),
            Short(at[1]),
            Short(size[0]),
            Short(size[1]),
            base64_of(png)
        ));
    }

    /// The drawing; `description` is what a reader hears who cannot see it.
    pub fn finish(self, description: &str) -> Svg {
        Svg(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" \
             font-family=\"Helvetica,Arial,sans-serif\" fill=\"#222\"><title>{2}</title>{3}</svg>",
            Short(self.width),
            Short(self.height),
            escaped(description),
            self.body
        ))
    }

    fn push(&mut self, element: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(element);
        self.body.push('\n');
    }
}

fn outline(points: &[[f64; 2]]) -> String {
    let mut text = String::new();
    for (place, [x, y]) in points.iter().enumerate() {
        let command = if place == 0 { 'M' } else { 'L' };
        let _ = write!(text, "{command}{} {}", Short(*x), Short(*y));
    }
    text
}

/// A length with at most two decimals and no idle zeros; what is no finite number counts as 0.
struct Short(f64);

impl std::fmt::Display for Short {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = match self.0.is_finite() {
            // Adding 0 takes the sign off a negative nought.
            true => (self.0 * 100.0).round() / 100.0 + 0.0,
            false => 0.0,
        };
        write!(formatter, "{rounded}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_well_formed_and_its_texts_are_text() {
        let mut canvas = Canvas::new(100.0, 50.0);
        canvas.line([0.0, 0.0], [f64::NAN, 12.3456], "#000", 1.0);
        canvas.text([1.0, 2.0], Anchor::End, 9.0, "a < b & \"c\"");
        canvas.dots(
            &[[1.0, 2.0], [3.0, 4.0]],
            Dot::Square,
            3.0,
            "\"/><script>",
            0.5,
        );
        canvas.dots(&[], Dot::Round, 3.0, "#000", 1.0);
        let svg = canvas.finish("t<");
        let parsed = roxmltree::Document::parse(svg.as_str()).unwrap();
        let names: Vec<&str> = parsed
            .root_element()
            .children()
            .filter(|child| child.is_element())
            .map(|child| child.tag_name().name())
            .collect();
        assert_eq!(names, ["title", "path", "text", "path"]);
        let text = parsed.descendants().find(|node| node.has_tag_name("text"));
        assert_eq!(text.and_then(|node| node.text()), Some("a < b & \"c\""));
        assert!(svg.as_str().contains("d=\"M0 0L0 12.35\""));
    }

    #[test]
    fn lengths_are_short() {
        let shown = [1.0, -0.001, 2.345_6, f64::INFINITY].map(|length| Short(length).to_string());
        assert_eq!(shown, ["1", "0", "2.35", "0"]);
    }
}
