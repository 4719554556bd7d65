//! The SVG of a sheet says what the sheet says.

use roxmltree::{Document, Node};

use super::super::shape::Shape;
use super::*;

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

/// The points of a path written as `M` and then right and down of all points.
fn points(data: &str) -> Vec<(f64, f64)> {
    let numbers: Vec<f64> = data
        .trim_start_matches('M')
        .trim_end_matches("h0")
        .split(' ')
        .map(number)
        .collect();
    let (pairs, rest) = numbers.as_chunks::<2>();
    assert!(rest.is_empty(), "{data}");
    pairs.iter().map(|&[right, down]| (right, down)).collect()
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
                let hundredths = |mm: f64| (100.0 * mm).round() / 100.0;
                let mut rounded: Vec<(f64, f64)> = line
                    .iter()
                    .map(|point| (hundredths(point.0), hundredths(point.1)))
                    .collect();
                rounded.dedup();
                assert_eq!(drawn, rounded);
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
    let sheet = Sheet::draw(
        &ecg(|_, _| 0.0),
        &Style::default(),
        "a\0\u{1b}\u{ffff}b",
        "",
    );
    let svg = sheet.to_svg();
    let document = Document::parse(&svg).expect("XML");
    let said = document
        .descendants()
        .find(|node| node.text() == Some("ab"));
    assert!(said.is_some(), "{svg}");
}
