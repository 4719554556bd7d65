//! Sums of gradients over the subjects of a node, by feature and bin, and the best split they show.

use super::bins::Binned;
use super::tree::Gradients;

/// The least sum of second derivatives on either side of a split.
const LEAST_CURVATURE: f64 = 1e-3;

/// Sums over some subjects: first derivatives, second derivatives, subjects.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) slope: f64,
    pub(super) curvature: f64,
    pub(super) subjects: f64,
}

/// For each usable feature the sums of each bin.
pub(super) struct Histogram(Vec<Vec<Sums>>);

/// Where a node is best split.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) gain: f64,
    /// The feature, by its number among all.
    pub(super) feature: usize,
    /// The last bin that goes to the left.
    pub(super) bin: u8,
    pub(super) left: Sums,
    pub(super) right: Sums,
}

/// What bounds a split.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least_subjects: f64,
    pub(super) penalty: f64,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.slope += other.slope;
        self.curvature += other.curvature;
        self.subjects += other.subjects;
    }

    fn less(&self, other: &Sums) -> Sums {
        Sums {
            slope: self.slope - other.slope,
            curvature: self.curvature - other.curvature,
            subjects: self.subjects - other.subjects,
        }
    }

    /// The Newton step that serves these subjects best.
    pub(super) fn answer(&self, penalty: f64) -> f64 {
        -self.slope / (self.curvature + penalty + f64::MIN_POSITIVE)
    }

    /// By how much (twice) that step lowers the loss.
    fn lowered(&self, penalty: f64) -> f64 {
        -self.slope * self.answer(penalty)
    }

    fn allowed(&self, bounds: &Bounds) -> bool {
        self.subjects >= bounds.least_subjects && self.curvature >= LEAST_CURVATURE
    }
}

impl Histogram {
    /// Of these subjects.
    pub(super) fn of(
        features: &Binned,
        usable: &[usize],
        gradients: &Gradients,
        members: &[u32],
    ) -> Histogram {
        let own: Vec<[f64; 2]> = members
            .iter()
            .map(|&subject| gradients.0[subject as usize])
            .collect();
        let of_feature = |&feature: &usize| {
            let column = features.column(feature);
            let mut bins = vec![Sums::default(); features.bins(feature)];
            for (&subject, [slope, curvature]) in members.iter().zip(&own) {
                let sums = &mut bins[usize::from(column[subject as usize])];
                sums.slope += slope;
                sums.curvature += curvature;
                sums.subjects += 1.0;
            }
            bins
        };
        Histogram(usable.iter().map(of_feature).collect())
    }

    /// What is left of a node's histogram without one of its two children.
    pub(super) fn without(mut self, child: &Histogram) -> Histogram {
        for (own, other) in self.0.iter_mut().flatten().zip(child.0.iter().flatten()) {
            *own = own.less(other);
        }
        self
    }

    /// The split that lowers the loss most; `None` where none that is allowed lowers it.
    pub(super) fn best_split(
        &self,
        usable: &[usize],
        node: &Sums,
        bounds: &Bounds,
    ) -> Option<Split> {
        let unsplit = node.lowered(bounds.penalty);
        let mut best: Option<Split> = None;
        for (&feature, bins) in usable.iter().zip(&self.0) {
            let mut left = Sums::default();
            for (bin, sums) in bins.iter().enumerate().take(bins.len().saturating_sub(1)) {
                left.add(sums);
                let right = node.less(&left);
                if !(left.allowed(bounds) && right.allowed(bounds)) {
                    continue;
                }
                let gain = left.lowered(bounds.penalty) + right.lowered(bounds.penalty) - unsplit;
                if gain > best.map_or(0.0, |split| split.gain) {
                    best = Some(Split {
                        gain,
                        feature,
                        bin: bin as u8,
                        left,
                        right,
                    });
                }
            }
        }
        best
    }
}
