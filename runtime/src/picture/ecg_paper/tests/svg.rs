//! The SVG of a sheet says what the sheet says.

use roxmltree::{Document, Node};

use super::super::shape::Shape;
use super::*;

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

/// The points of a path written as `M right down` and `l right down` from each to the next.
fn points(data: &str) -> Vec<(f64, f64)> {
    let mut at = (0.0, 0.0);
    data.trim_start_matches('M')
        .trim_end_matches("h0")
        .split('l')
        .map(|step| {
            let (right, down) = step.split_once(' ').expect("two numbers");
            at = (at.0 + number(right), at.1 + number(down));
            at
        })
        .collect()
}

fn group<'a>(document: &'a Document<'a>, attribute: &str) -> Node<'a, 'a> {
    document
        .descendants()
        .find(|node| node.has_tag_name("g") && node.has_attribute(attribute))
        .expect("a group")
}

#[test]
fn lines_and_words_are_those_of_the_sheet_to_a_hundredth_of_a_millimetre() {
    let recording = ecg(|lead, k| (lead as f32 + k as f32 * 0.037).sin() * 0.8);
    let sheet = Sheet::draw(&recording, &Style::default(), "a < b & c", "Größe");
    let svg = sheet.to_svg();
    let document = Document::parse(&svg).expect("XML");
    let root = document.root_element();
    assert_eq!(root.attribute("width"), Some("270mm"));
    assert_eq!(root.attribute("height"), Some("145mm"));
    assert_eq!(root.attribute("viewBox"), Some("0 0 270 145"));

    let mut paths = group(&document, "stroke")
        .children()
        .filter(Node::is_element);
    let mut texts = group(&document, "font-size")
        .children()
        .filter(Node::is_element);
    for shape in sheet.shapes() {
        match shape {
            Shape::Line(line) => {
                let path = paths.next().expect("a path");
                let drawn = points(path.attribute("d").expect("path data"));
                // Points that round to the one before are left out.
                let mut drawn = drawn.iter().peekable();
                let mut last = *drawn.next().expect("a point");
                for point in line {
                    let is_near = |at: (f64, f64)| {
                        (at.0 - point.0).abs() < 0.0051 && (at.1 - point.1).abs() < 0.0051
                    };
                    if !is_near(last) {
                        last = *drawn.next().expect("a point");
                    } else if drawn.peek().is_some_and(|&&next| is_near(next)) {
                        last = *drawn.next().expect("a point");
                    }
                    assert!(is_near(last), "{last:?} {point:?}");
                }
            }
            Shape::Words { text, at, .. } => {
                let words = texts.next().expect("words");
                assert_eq!(words.text().unwrap_or_default(), text);
                let right = number(words.attribute("x").expect("x"));
                assert!((right - at.0).abs() < 0.0051);
            }
        }
    }
    assert!(paths.next().is_none() && texts.next().is_none());
}

#[test]
fn what_xml_does_not_know_is_left_out() {
    let sheet = Sheet::draw(&ecg(|_, _| 0.0), &Style::default(), "a\0\u{1b}\u{ffff}b", "");
    let svg = sheet.to_svg();
    let document = Document::parse(&svg).expect("XML");
    let said = document.descendants().find(|node| node.text() == Some("ab"));
    assert!(said.is_some(), "{svg}");
}
