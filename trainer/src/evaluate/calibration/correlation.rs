//! Pearson's and Spearman's correlation.

/// Pearson's correlation of pairs; NaN of fewer than two, or where one side does not vary.
pub fn correlation(pairs: impl Iterator<Item = [f64; 2]> + Clone) -> f64 {
    let (count, sums) = pairs
        .clone()
        .fold((0usize, [0.0; 2]), |(count, sums), pair| {
            (count + 1, [sums[0] + pair[0], sums[1] + pair[1]])
        });
    let means = sums.map(|sum| sum / count as f64);
    let [first, second, both] = pairs.fold([0.0; 3], |[first, second, both], pair| {
        let [a, b] = [pair[0] - means[0], pair[1] - means[1]];
        [first + a * a, second + b * b, both + a * b]
    });
    if first > 0.0 && second > 0.0 {
        both / (first.sqrt() * second.sqrt())
    } else {
        f64::NAN
    }
}

/// Spearman's correlation: Pearson's of the ranks, equal values sharing their mean rank.
pub fn rank_correlation(pairs: &[[f64; 2]]) -> f64 {
    let side = |which: usize| -> Vec<f64> {
        let values: Vec<f64> = pairs.iter().map(|pair| pair[which]).collect();
        ranks(&values)
    };
    let (first, second) = (side(0), side(1));
    correlation(first.iter().zip(&second).map(|(&a, &b)| [a, b]))
}

/// Ranks from 1, equal values sharing their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&one, &other| values[one].total_cmp(&values[other]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for alike in order.chunk_by(|&one, &other| values[one] == values[other]) {
        let rank = below as f64 + (alike.len() + 1) as f64 / 2.0;
        alike.iter().for_each(|&place| ranks[place] = rank);
        below += alike.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_scipy() {
        // scipy.stats.pearsonr and spearmanr([1, 2, 2, 4, 8], [3, 1, 4, 4, 9]).
        let pairs = [[1.0, 3.0], [2.0, 1.0], [2.0, 4.0], [4.0, 4.0], [8.0, 9.0]];
        assert!((correlation(pairs.into_iter()) - 0.898307016899).abs() < 1e-12);
        assert!((rank_correlation(&pairs) - 0.763157894737).abs() < 1e-12);
        assert!(rank_correlation(&[[1.0, 1.0], [1.0, 2.0]]).is_nan());
        assert!(rank_correlation(&[]).is_nan());
    }
}
