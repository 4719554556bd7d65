//! Pairs of what is annotated and what is found, and figures of them.

/// Hits, misses and false finds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Annotated and found.
    pub hits: usize,
    /// Annotated, not found.
    pub misses: usize,
    /// Found, not annotated.
    pub extra: usize,
}

impl Counts {
    /// Share of what is annotated that is found.
    pub fn sensitivity(&self) -> f64 {
        self.hits as f64 / (self.hits + self.misses).max(1) as f64
    }

    /// Share of what is found that is annotated.
    pub fn predictivity(&self) -> f64 {
        self.hits as f64 / (self.hits + self.extra).max(1) as f64
    }

    /// The harmonic mean of the two.
    pub fn f1(&self) -> f64 {
        2.0 * self.hits as f64 / (2 * self.hits + self.misses + self.extra).max(1) as f64
    }

    /// Adds the counts of another record.
    pub fn add(&mut self, other: Counts) {
        self.hits += other.hits;
        self.misses += other.misses;
        self.extra += other.extra;
    }
}

/// Pairs each annotated place with the nearest one found within `tolerance`, each at most once, the nearest
/// pairs first; gives the pairs' differences, found minus annotated.
pub fn pair(annotated: &[f64], found: &[f64], tolerance: f64) -> (Counts, Vec<f64>) {
    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    for (one, place) in annotated.iter().enumerate() {
        for (other, other_place) in found.iter().enumerate() {
            let distance = (other_place - place).abs();
            if distance <= tolerance {
                candidates.push((distance, one, other));
            }
        }
    }
    candidates.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut taken = (vec![false; annotated.len()], vec![false; found.len()]);
    let mut differences = Vec::new();
    for (_, one, other) in candidates {
        if !taken.0[one] && !taken.1[other] {
            (taken.0[one], taken.1[other]) = (true, true);
            differences.push(found[other] - annotated[one]);
        }
    }
    let hits = differences.len();
    let counts = Counts {
        hits,
        misses: annotated.len() - hits,
        extra: found.len() - hits,
    };
    (counts, differences)
}

/// Mean and standard deviation; NaN of nothing.
pub fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / count;
    (mean, variance.sqrt())
}

/// The middle value; NaN of nothing.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len() / 2, sorted.len() % 2) {
        (0, 0) => f64::NAN,
        (middle, 0) => (sorted[middle - 1] + sorted[middle]) / 2.0,
        (middle, _) => sorted[middle],
    }
}
