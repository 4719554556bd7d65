//! Self-attention.

use proptest::prelude::*;

use super::super::attention::AttentionTaps;
use super::super::chain::{Extent, Work};
use super::super::numbers::Numbers;
use super::super::simd::InstructionSet;
use super::super::taps::Taps;
use super::{error, numbers, reference, run, single};

/// Largest error relative to the largest value.
const ERROR: f64 = 5e-6;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 32 }))]

    #[test]
    fn attention_equals_the_definition(
        height in 1..=6_usize,
        width in 1..=6_usize,
        channels in 1..=40_usize,
        heads in 1..=4_usize,
        head in 1..=20_usize,
        sharpness in 0.1..3.0_f32,
        seed in any::<u32>(),
    ) {
        let extent = Extent { height, width, channels };
        let features = heads * head;
        let x = numbers(extent.length(), seed.into());
        let weights: Vec<Vec<f32>> = (1..=4)
            .map(|part| numbers(channels * features, u64::from(seed) + part))
            .collect();
        let biases = numbers(features.max(channels), u64::from(seed) + 9);
        let taps = |index: usize, outputs: usize| Taps {
            weights: Numbers::Singles(&weights[index]),
            bias: &biases[..outputs],
        };
        let taps = AttentionTaps {
            heads,
            scale: sharpness / (features as f32).sqrt(),
            query: taps(0, features),
            key: taps(1, features),
            value: taps(2, features),
            output: taps(3, channels),
        };
        let exact = reference::attention(&x, extent, &taps);
        let plan = single(Work::Attention(taps), [extent, extent]);
        for set in InstructionSet::available() {
            let error = error(&run(&plan, set, &[&x]), &exact);
            prop_assert!(error <= ERROR, "{set:?}: {error:.2e}");
        }
    }
}
