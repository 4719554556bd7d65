//! Making pictures larger and smaller.

use proptest::prelude::*;

use super::super::chain::{Extent, Work};
use super::super::simd::InstructionSet;
use super::{error, numbers, reference, run, single};

/// Largest error relative to the largest value.
const ERROR: f64 = 2e-6;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 64 }))]

    #[test]
    fn resampling_equals_the_definition(
        (height, width) in (1..=9_usize, 1..=9_usize),
        (tall, wide) in (1..=18_usize, 1..=18_usize),
        channels in 1..=20_usize,
        zeros in 0..=4_usize,
        seed in any::<u32>(),
    ) {
        let from = Extent { height, width, channels };
        let to = Extent { height: tall, width: wide, channels };
        let x = numbers(from.length(), seed.into());
        // Matrices with zeros at either end of each row, as those of interpolation have.
        let matrix = |rows: usize, columns: usize, seed: u64| {
            let mut matrix = numbers(rows * columns, seed);
            for (row, values) in matrix.chunks_exact_mut(columns).enumerate() {
                for (column, value) in values.iter_mut().enumerate() {
                    if (column + row) % 5 < zeros {
                        *value = 0.0;
                    }
                }
            }
            matrix
        };
        let rows = matrix(tall, height, u64::from(seed) + 1);
        let columns = matrix(wide, width, u64::from(seed) + 2);
        let exact = reference::resample(&x, [from, to], &rows, &columns);
        let plan = single(Work::Resample { rows: &rows, columns: &columns }, [from, to]);
        for set in InstructionSet::available() {
            let error = error(&run(&plan, set, &[&x]), &exact);
            prop_assert!(error <= ERROR, "{set:?}: {error:.2e}");
        }
    }
}
