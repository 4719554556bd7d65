//! One tree, grown where the loss falls most.

use super::Settings;
use super::bins::Binned;
use super::histogram::{Bounds, Histogram, Split, Sums};

/// First and second derivative of the loss by each training subject's prediction.
#[derive(Debug, Clone)]
pub struct Gradients(pub(super) Vec<[f64; 2]>);

/// A regression tree over binned features.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone)]
enum Node {
    Leaf(f64),
    /// Subjects with a bin up to `bin` go to node `left`, the others to the one after it.
    Split {
        feature: usize,
        bin: u8,
        left: usize,
    },
}

/// A leaf that may yet be split.
struct Open {
    node: usize,
    members: Vec<u32>,
    histogram: Histogram,
    split: Split,
}

impl Tree {
    /// A tree that splits by `usable` features, always at the leaf and threshold that lower the loss most.
    pub(super) fn grow(
        features: &Binned,
        gradients: &Gradients,
        usable: &[usize],
        settings: &Settings,
    ) -> Tree {
        let bounds = Bounds {
            least_subjects: settings.least_subjects as f64,
            penalty: settings.penalty,
        };
        let answer = |sums: &Sums| settings.learning_rate * sums.answer(settings.penalty);
        let mut all = Sums::default();
        for [slope, curvature] in &gradients.0 {
            all.slope += slope;
            all.curvature += curvature;
            all.subjects += 1.0;
        }
        let mut nodes = vec![Node::Leaf(answer(&all))];
        let candidate = |node, members, histogram: Histogram, sums: &Sums| {
            let split = histogram.best_split(usable, sums, &bounds)?;
            Some(Open {
                node,
                members,
                histogram,
                split,
            })
        };
        let members: Vec<u32> = (0..features.subjects() as u32).collect();
        let histogram = Histogram::of(features, usable, gradients, &members);
        let mut open: Vec<Open> = candidate(0, members, histogram, &all).into_iter().collect();
        for _ in 1..settings.leaves {
            let Some(most) = (0..open.len()).reduce(|best, other| {
                match open[other].split.gain > open[best].split.gain {
                    true => other,
                    false => best,
                }
            }) else {
                break;
            };
            let chosen = open.remove(most);
            let Split {
                feature,
                bin,
                left: of_left,
                right: of_right,
                ..
            } = chosen.split;
            let column = features.column(feature);
            let (left, right): (Vec<u32>, Vec<u32>) = chosen
                .members
                .iter()
                .partition(|&&subject| column[subject as usize] <= bin);
            let place = nodes.len();
            nodes[chosen.node] = Node::Split {
                feature,
                bin,
                left: place,
            };
            nodes.extend([&of_left, &of_right].map(|sums| Node::Leaf(answer(sums))));
            // Only the smaller side is summed; the other is what is left.
            let smaller = if left.len() <= right.len() {
                &left
            } else {
                &right
            };
            let summed = Histogram::of(features, usable, gradients, smaller);
            let rest = chosen.histogram.without(&summed);
            let (at_left, at_right) = match left.len() <= right.len() {
                true => (summed, rest),
                false => (rest, summed),
            };
            open.extend(candidate(place, left, at_left, &of_left));
            open.extend(candidate(place + 1, right, at_right, &of_right));
        }
        Tree { nodes }
    }

    /// Adds the tree's answer to each subject's prediction.
    pub(super) fn add_to(&self, features: &Binned, predicted: &mut [f64]) {
        for (subject, sum) in predicted.iter_mut().enumerate() {
            let mut place = 0;
            *sum += loop {
                match self.nodes[place] {
                    Node::Leaf(answer) => break answer,
                    Node::Split { feature, bin, left } => {
                        let right = features.column(feature)[subject] > bin;
                        place = left + usize::from(right);
                    }
                }
            };
        }
    }
}
