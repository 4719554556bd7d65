//! Features as small whole numbers, so that a split is looked for among some dozens of thresholds.

use ndarray::ArrayView2;

/// The thresholds of each feature, from training subjects.
#[derive(Debug, Clone)]
pub struct Bins {
    /// For each feature thresholds that rise; bin *b* holds the values above threshold *b* − 1 and not above *b*.
    thresholds: Vec<Vec<f64>>,
}

/// The bins of a set of subjects.
#[derive(Debug, Clone)]
pub struct Binned {
    /// For each feature one bin a subject.
    columns: Vec<Vec<u8>>,
    /// Bins of each feature.
    counts: Vec<usize>,
    subjects: usize,
}

impl Bins {
    /// The most bins there can be.
    pub const MOST: usize = 256;

    /// At most `most` (2 to [`Self::MOST`]) bins of each of `features` (subject × feature): one for each value where
    /// there are no more than that, else as many with about as many subjects in each. Thresholds lie midway between
    /// two values.
    pub fn of(features: &ArrayView2<f64>, most: usize) -> Bins {
        let most = most.clamp(2, Self::MOST);
        let thresholds = features
            .columns()
            .into_iter()
            .map(|column| {
                let mut values = column.to_vec();
                values.sort_by(f64::total_cmp);
                let midway = |place: usize| (values[place - 1] + values[place]) / 2.0;
                let changes: Vec<usize> = (1..values.len())
                    .filter(|&place| values[place] > values[place - 1])
                    .collect();
                let mut found: Vec<f64> = match changes.len() < most {
                    true => changes.into_iter().map(midway).collect(),
                    false => (1..most)
                        .map(|bin| midway((bin * values.len() / most).max(1)))
                        .collect(),
                };
                found.dedup();
                found
            })
            .collect();
        Bins { thresholds }
    }

    /// The bins of other subjects' features (subject × feature).
    pub fn apply(&self, features: &ArrayView2<f64>) -> Binned {
        let columns = self.thresholds.iter().zip(features.columns());
        Binned {
            columns: columns
                .map(|(thresholds, column)| {
                    let bin = |value: &f64| {
                        // There are at most 255 thresholds.
                        thresholds.partition_point(|threshold| threshold < value) as u8
                    };
                    column.iter().map(bin).collect()
                })
                .collect(),
            counts: self
                .thresholds
                .iter()
                .map(|found| found.len() + 1)
                .collect(),
            subjects: features.nrows(),
        }
    }
}

impl Binned {
    /// How many subjects there are.
    pub fn subjects(&self) -> usize {
        self.subjects
    }

    /// How many features there are.
    pub fn features(&self) -> usize {
        self.columns.len()
    }

    /// One bin a subject.
    pub(super) fn column(&self, feature: usize) -> &[u8] {
        &self.columns[feature]
    }

    /// How many bins a feature has.
    pub(super) fn bins(&self, feature: usize) -> usize {
        self.counts[feature]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_bin_for_each_value_where_there_are_few() {
        let features = array![[1.0, 5.0], [3.0, 5.0], [1.0, 5.0], [2.0, 5.0]];
        let bins = Bins::of(&features.view(), 8);
        assert_eq!(bins.thresholds, [vec![1.5, 2.5], vec![]]);
        let binned = bins.apply(&array![[1.5, 0.0], [1.6, 9.0], [99.0, 5.0]].view());
        assert_eq!(binned.column(0), [0, 1, 2]);
        assert_eq!((binned.column(1), binned.bins(1)), (&[0u8, 0, 0][..], 1));
    }

    #[test]
    fn equally_many_subjects_in_each_bin_where_there_are_many() {
        let features = ndarray::Array2::from_shape_fn((1000, 1), |(row, _)| (row * row) as f64);
        let binned = Bins::of(&features.view(), 10).apply(&features.view());
        let mut counts = [0; 10];
        for &bin in binned.column(0) {
            counts[usize::from(bin)] += 1;
        }
        assert_eq!(counts, [100; 10]);
    }
}
