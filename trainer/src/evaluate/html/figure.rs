//! Figures: one panel or several with a caption.

use super::base64::base64_of;
use super::escape::escaped;
use super::svg::Svg;

/// What a panel shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawing {
    /// A drawing of lines and words.
    Svg(Svg),
    /// A picture of pixels.
    Png {
        /// The bytes of the file.
        bytes: Vec<u8>,
        /// What a reader hears who cannot see it.
        description: String,
    },
}

/// A figure. Its number is given by its place in the report; several panels are lettered (a), (b), …
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The panels from left to right, two or three in a row; they are made smaller where the page is narrow.
    pub panels: Vec<Drawing>,
    /// What is to be seen, as plain text; its first sentence is set in bold.
    pub caption: String,
}

impl Figure {
    /// A figure of drawings.
    pub fn of_drawings(panels: impl IntoIterator<Item = Svg>, caption: &str) -> Figure {
        Figure {
            panels: panels.into_iter().map(Drawing::Svg).collect(),
            caption: caption.to_owned(),
        }
    }

    /// A figure of one PNG picture.
    pub fn of_png(bytes: Vec<u8>, description: &str, caption: &str) -> Figure {
        Figure {
            panels: vec![Drawing::Png {
                bytes,
                description: description.to_owned(),
            }],
            caption: caption.to_owned(),
        }
    }

    /// The figure as markup.
    pub(super) fn markup(&self, number: usize) -> String {
        let mut text = format!(
            "<figure id=\"figure-{number}\">\n<div class=\"panels {}\">\n",
            across(self.panels.len())
        );
        for (index, panel) in self.panels.iter().enumerate() {
            let letter = match self.panels.len() {
                0 | 1 => String::new(),
                _ => format!("<span class=\"letter\">{}</span>", letter(index)),
            };
            let drawing = match panel {
                Drawing::Svg(svg) => svg.as_str().to_owned(),
                Drawing::Png { bytes, description } => format!(
                    "<img alt=\"{}\" src=\"data:image/png;base64,{}\"/>",
                    escaped(description),
                    base64_of(bytes)
                ),
            };
            text += &format!("<div class=\"panel\">{letter}{drawing}</div>\n");
        }
        text += &format!(
            "</div>\n<figcaption>{}</figcaption>\n</figure>\n",
            caption(&format!("Figure {number}."), &self.caption)
        );
        text
    }
}

/// How many panels stand in a row, as a class of the style sheet.
fn across(panels: usize) -> &'static str {
    match panels {
        0 | 1 => "alone",
        2 | 4 => "in-twos",
        _ => "in-threes",
    }
}

/// (a), (b), … (z), (aa), …
fn letter(index: usize) -> String {
    let (before, last) = (index / 26, (index % 26) as u8);
    let before = match before {
        0 => String::new(),
        _ => char::from(b'a' + ((before - 1) % 26) as u8).to_string(),
    };
    format!("({before}{})", char::from(b'a' + last))
}

/// A caption with its number, the first sentence in bold.
pub(super) fn caption(number: &str, words: &str) -> String {
    let (first, rest) = match words.split_once(". ") {
        Some((first, rest)) => (format!("{first}."), rest),
        None => (words.to_owned(), ""),
    };
    format!("<b>{number} {}</b> {}", escaped(&first), escaped(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_are_lettered_where_there_are_several() {
        let one = super::super::svg::Canvas::new(1.0, 1.0).finish("x");
        let single = Figure::of_drawings([one.clone()], "A thing. It is <small>.").markup(3);
        assert!(
            !single.contains("letter")
                && single.contains("<b>Figure 3. A thing.</b> It is &lt;small&gt;.")
        );
        let two = Figure::of_drawings([one.clone(), one], "Two").markup(1);
        assert!(two.contains(">(a)</span>") && two.contains(">(b)</span>"));
        assert_eq!([letter(25), letter(26)], ["(z)", "(aa)"]);
    }
}
