//! Median and quantiles of a handful of values.

/// The middle value (the mean of the two middle ones); 0 of nothing.
pub(super) fn median(values: &[f64]) -> f64 {
    median_in_place(&mut values.to_vec())
}

/// As [`median`], leaving the values in order.
pub(crate) fn median_in_place(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match (values.len() / 2, values.len() % 2) {
        (0, 0) => 0.0,
        (middle, 0) => (values[middle - 1] + values[middle]) / 2.0,
        (middle, _) => values[middle],
    }
}

/// The value that this share of `values`, 0 to 1, does not exceed; 0 of nothing.
pub(super) fn quantile(values: &[f64], share: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    let place = (share * last as f64).round() as usize;
    let mut values = values.to_vec();
    *values
        .select_nth_unstable_by(place.min(last), f64::total_cmp)
        .1
}
