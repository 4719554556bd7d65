//! The median over rows, column by column.

/// The median of each column of `rows` (shape (row, column), all of one length), which are left sorted by
/// column; empty where there are no rows.
///
/// Batcher's odd-even merge sort over the rows (Knuth, The Art of Computer Programming 3, 5.2.2): the
/// same exchanges for every column, so that a processor does several columns at a time.
pub(super) fn column_medians(rows: &mut [Vec<f64>]) -> Vec<f64> {
    let count = rows.len();
    let mut stretch = 1;
    while stretch < count {
        let mut step = stretch;
        while step >= 1 {
            for first in (step % stretch..count.saturating_sub(step)).step_by(2 * step) {
                for one in first..(first + step).min(count - step) {
                    if one / (2 * stretch) == (one + step) / (2 * stretch) {
                        exchange(rows, one, one + step);
                    }
                }
            }
            step /= 2;
        }
        stretch *= 2;
    }
    match (count / 2, count % 2) {
        (0, 0) => Vec::new(),
        (middle, 0) => rows[middle - 1]
            .iter()
            .zip(&rows[middle])
            .map(|(lower, upper)| (lower + upper) / 2.0)
            .collect(),
        (middle, _) => rows[middle].clone(),
    }
}

/// Puts the smaller values of two rows into the first and the larger into the second.
fn exchange(rows: &mut [Vec<f64>], one: usize, other: usize) {
    let (before, after) = rows.split_at_mut(other);
    for (low, high) in before[one].iter_mut().zip(&mut after[0]) {
        let (small, large) = (low.min(*high), low.max(*high));
        (*low, *high) = (small, large);
    }
}

#[cfg(test)]
mod tests {
    use super::column_medians;
    use crate::signal::quantile::median;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn are_the_medians_of_the_columns(rows in (0_usize..40, 1_usize..5).prop_flat_map(|(rows, columns)| {
            prop::collection::vec(prop::collection::vec(-9.0_f64..9.0, columns), rows)
        })) {
            let columns = rows.first().map_or(0, Vec::len);
            let expected: Vec<f64> = (0..columns)
                .map(|column| median(&rows.iter().map(|row| row[column]).collect::<Vec<_>>()))
                .collect();
            prop_assert_eq!(column_medians(&mut rows.clone()), expected);
        }
    }
}
