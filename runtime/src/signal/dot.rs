//! The inner product, in eight running sums, which a processor adds in parallel.

/// Σ `one`·`other` over the shorter of the two.
pub(super) fn dot(one: &[f64], other: &[f64]) -> f64 {
    let length = one.len().min(other.len());
    let (ones, ones_left) = one[..length].as_chunks::<8>();
    let (others, others_left) = other[..length].as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (one, other) in ones.iter().zip(others) {
        for lane in 0..8 {
            sums[lane] += one[lane] * other[lane];
        }
    }
    let left: f64 = ones_left
        .iter()
        .zip(others_left)
        .map(|(one, other)| one * other)
        .sum();
    sums.iter().sum::<f64>() + left
}

#[cfg(test)]
mod tests {
    use super::dot;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_sum_of_products(values in prop::collection::vec((-9.0_f64..9.0, -9.0_f64..9.0), 0..40)) {
            let (one, other): (Vec<f64>, Vec<f64>) = values.iter().copied().unzip();
            let plain: f64 = values.iter().map(|(one, other)| one * other).sum();
            prop_assert!((dot(&one, &other) - plain).abs() < 1e-9);
        }
    }
}
