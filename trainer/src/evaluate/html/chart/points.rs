//! A map of points: two a subject, one of its ECG and one of its MRI, coloured by what is known of the subject.

use super::axis::Axis;
use super::legend::Legend;
use super::plane::TEXT;
use super::scale_bar;
use crate::evaluate::html::palette::{self, Scale};
use crate::evaluate::html::svg::{Anchor, Canvas, Dot, Svg};

/// What the colours of a map say, by subject in the map's order.
#[derive(Debug, Clone, PartialEq)]
pub enum Colours {
    /// Each modality has its colour.
    Modality,
    /// Each subject belongs to one of a few kinds, or to none that is known.
    Kinds {
        /// Names of the kinds, at most seven so that their colours differ.
        names: Vec<String>,
        /// Each subject's kind.
        of_subject: Vec<Option<usize>>,
    },
    /// Each subject has a number.
    Numbers {
        /// What the number is, with its unit.
        label: String,
        /// Each subject's number; no finite one where it is unknown.
        of_subject: Vec<f64>,
    },
}

/// Points on a map, joined where they are of one subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointMap<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// Where each subject's ECG lies.
    pub ecg: &'a [[f64; 2]],
    /// Where each subject's MRI lies, in the same order.
    pub mri: &'a [[f64; 2]],
    /// What the colours say.
    pub colours: &'a Colours,
}

/// Width of the map.
const SIDE: f64 = 270.0;
/// A map that is flat is drawn as flat, but with room for its scale.
const FLATTEST: f64 = 0.45;
const MARGIN: f64 = 8.0;
const TITLE: f64 = 18.0;
/// Colours that numbers are told apart by.
const SHADES: usize = 24;
/// Numbers beyond these shares of all get the scale's end colours, so that a few far ones do not take it all.
const ENDS: [f64; 2] = [0.02, 0.98];

/// Subjects of one colour.
struct Group {
    colour: String,
    subjects: Vec<usize>,
}

impl PointMap<'_> {
    /// The drawing, 340 wide: round dots for ECGs, squares for MRIs, thin lines from one to the other.
    pub fn svg(&self) -> Svg {
        let (groups, key) = self.groups();
        let width = SIDE + scale_bar::ROOM + 2.0 * MARGIN;
        let names = match &key {
            Key::Names(names) => names.clone(),
            Key::Bar(_) => Vec::new(),
        };
        let entries = names
            .iter()
            .map(|(name, colour)| (name.as_str(), colour.clone()));
        let legend = Legend::new(entries, MARGIN, width - MARGIN);
        let top = TITLE + legend.height() + MARGIN;
        let (place, height) = self.placing(top);
        let mut canvas = Canvas::new(width, top + height + MARGIN);
        canvas.bold([MARGIN, 12.0], Anchor::Start, TEXT, self.title);
        legend.draw(&mut canvas, TITLE + 2.0);

        let places = |points: &[[f64; 2]], subjects: &[usize]| -> Vec<[f64; 2]> {
            subjects
                .iter()
                .map(|&subject| place(points[subject]))
                .collect()
        };
        let all: Vec<usize> = (0..self.ecg.len().min(self.mri.len())).collect();
        let pairs: Vec<[[f64; 2]; 2]> = all
            .iter()
            .map(|&subject| [place(self.ecg[subject]), place(self.mri[subject])])
            .collect();
        let diameter = if all.len() > 400 { 3.2 } else { 4.5 };
        canvas.lines(&pairs, 0.5, "#999", 0.35);
        match self.colours {
            Colours::Modality => {
                let [ecg, mri] = [0, 1].map(palette::category);
                canvas.dots(&places(self.ecg, &all), Dot::Round, diameter, ecg, 0.75);
                canvas.dots(
                    &places(self.mri, &all),
                    Dot::Square,
                    diameter * 0.85,
                    mri,
                    0.75,
                );
            }
            _ => {
                for group in &groups {
                    let (ecg, mri) = (
                        places(self.ecg, &group.subjects),
                        places(self.mri, &group.subjects),
                    );
                    canvas.dots(&ecg, Dot::Round, diameter, &group.colour, 0.8);
                    canvas.dots(&mri, Dot::Square, diameter * 0.85, &group.colour, 0.8);
                }
            }
        }
        if let Key::Bar(axis) = &key {
            let at = [2.0 * MARGIN + SIDE, top];
            scale_bar::draw(&mut canvas, at, height, axis, Scale::Viridis);
        }
        canvas.finish(self.title)
    }

    /// Brings the points into a rectangle with one scale for both axes; also gives its height.
    fn placing(&self, top: f64) -> (impl Fn([f64; 2]) -> [f64; 2], f64) {
        let all = || self.ecg.iter().chain(self.mri);
        let axes = [0, 1].map(|axis| Axis::around("", all().map(|point| point[axis])));
        let [wide, high] = axes.each_ref().map(|axis| axis.high - axis.low);
        let span = wide.max(high);
        let height = SIDE * (high / span).max(FLATTEST);
        let middles = axes.map(|axis| (axis.low + axis.high) / 2.0);
        let place = move |point: [f64; 2]| {
            let part = |axis: usize| (point[axis] - middles[axis]) / span;
            [
                MARGIN + SIDE * (0.5 + part(0)),
                top + height / 2.0 - SIDE * part(1),
            ]
        };
        (place, height)
    }

    /// Subjects by colour, those of an unknown one first so that they lie below, and what explains the colours.
    fn groups(&self) -> (Vec<Group>, Key) {
        let subjects = self.ecg.len().min(self.mri.len());
        let group = |colour: &str, chosen: &dyn Fn(usize) -> bool| Group {
            colour: colour.to_owned(),
            subjects: (0..subjects).filter(|&subject| chosen(subject)).collect(),
        };
        match self.colours {
            Colours::Modality => {
                let names = ["ECG", "MRI"].into_iter().enumerate();
                let names = names
                    .map(|(index, name)| (name.to_owned(), palette::category(index).to_owned()));
                (Vec::new(), Key::Names(names.collect()))
            }
            Colours::Kinds { names, of_subject } => {
                let kind_of = |subject: usize| of_subject.get(subject).copied().flatten();
                let mut groups = vec![group(palette::UNKNOWN, &|subject| {
                    kind_of(subject).is_none()
                })];
                let mut key: Vec<(String, String)> = Vec::new();
                for (kind, name) in names.iter().enumerate() {
                    let members = group(palette::category(kind), &|subject| {
                        kind_of(subject) == Some(kind)
                    });
                    key.push((
                        format!("{name} ({})", members.subjects.len()),
                        members.colour.clone(),
                    ));
                    groups.push(members);
                }
                let unknown = groups[0].subjects.len();
                if unknown > 0 {
                    key.push((format!("unknown ({unknown})"), palette::UNKNOWN.to_owned()));
                }
                // The rarer a kind, the later it is drawn, so that it is seen.
                groups[1..].sort_by_key(|group| std::cmp::Reverse(group.subjects.len()));
                (groups, Key::Names(key))
            }
            Colours::Numbers { label, of_subject } => {
                let mut known: Vec<f64> = of_subject
                    .iter()
                    .copied()
                    .filter(|value| value.is_finite())
                    .collect();
                known.sort_by(f64::total_cmp);
                let end = |share: f64| {
                    let place = share * known.len().saturating_sub(1) as f64;
                    known
                        .get(place.round() as usize)
                        .copied()
                        .unwrap_or(f64::NAN)
                };
                let [low, high] = ENDS.map(end);
                let axis = Axis::new(label, low, high);
                let shade = |subject: usize| -> Option<usize> {
                    let value = of_subject
                        .get(subject)
                        .copied()
                        .filter(|value| value.is_finite())?;
                    let step = axis.part(value).clamp(0.0, 1.0) * SHADES as f64;
                    Some((step as usize).min(SHADES - 1))
                };
                let unknown = group(palette::UNKNOWN, &|subject| shade(subject).is_none());
                let shades = (0..SHADES).map(|number| {
                    let colour = Scale::Viridis.hex((number as f64 + 0.5) / SHADES as f64);
                    group(&colour, &|subject| shade(subject) == Some(number))
                });
                (
                    [unknown].into_iter().chain(shades).collect(),
                    Key::Bar(axis),
                )
            }
        }
    }
}

/// What explains a map's colours.
enum Key {
    /// Names with their colours.
    Names(Vec<(String, String)>),
    /// A scale.
    Bar(Axis),
}

#[cfg(test)]
mod tests {
    use super::*;

    const ECG: [[f64; 2]; 3] = [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]];
    const MRI: [[f64; 2]; 3] = [[0.0, 0.1], [1.0, 0.1], [0.0, 1.9]];

    fn map(colours: &Colours) -> (Vec<Vec<usize>>, Vec<String>) {
        let map = PointMap {
            title: "",
            ecg: &ECG,
            mri: &MRI,
            colours,
        };
        roxmltree::Document::parse(map.svg().as_str()).unwrap();
        let (groups, key) = map.groups();
        let names = match key {
            Key::Names(names) => names.into_iter().map(|(name, _)| name).collect(),
            Key::Bar(axis) => vec![axis.label],
        };
        (
            groups.into_iter().map(|group| group.subjects).collect(),
            names,
        )
    }

    #[test]
    fn each_subject_has_the_colour_of_its_kind() {
        let (groups, names) = map(&Colours::Kinds {
            names: vec!["no".to_owned(), "yes".to_owned()],
            of_subject: vec![Some(1), None, Some(0)],
        });
        assert_eq!(groups, [vec![1], vec![2], vec![0]]);
        assert_eq!(names, ["no (1)", "yes (1)", "unknown (1)"]);
    }

    #[test]
    fn each_subject_has_the_shade_of_its_number() {
        let (groups, names) = map(&Colours::Numbers {
            label: "age in years".to_owned(),
            of_subject: vec![80.0, 40.0, f64::NAN],
        });
        assert_eq!(groups[0], [2]);
        assert_eq!(groups[1], [1]);
        assert_eq!(groups[SHADES], [0]);
        assert_eq!(names, ["age in years"]);
    }

    #[test]
    fn both_axes_have_one_scale() {
        let map = PointMap {
            title: "",
            ecg: &ECG,
            mri: &MRI,
            colours: &Colours::Modality,
        };
        let (place, _) = map.placing(0.0);
        let [a, b, c] = ECG.map(place);
        assert!(((b[0] - a[0]) * 2.0 - (a[1] - c[1])).abs() < 1e-9);
    }
}
