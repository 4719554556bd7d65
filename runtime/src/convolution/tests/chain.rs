//! Layers that feed each other.

use super::super::chain::{Chain, Extent, Layer, Plan, Work};
use super::super::direct::Geometry;
use super::super::finish::Finish;
use super::super::numbers::Numbers;
use super::super::simd::InstructionSet;
use super::super::taps::Taps;
use super::{error, numbers, reference};

const EXTENT: Extent = Extent {
    height: 12,
    width: 10,
    channels: 6,
};

const DOUBLED: Extent = Extent {
    height: 24,
    width: 20,
    channels: 6,
};

const SQUARE: Geometry = Geometry {
    kernel: (3, 3),
    stride: (1, 1),
    padding: (1, 1),
};

const WIDE: Geometry = Geometry {
    kernel: (5, 5),
    stride: (1, 1),
    padding: (2, 2),
};

/// Input 0 → 3 × 3 → value 1 → 5 × 5, plus value 1 → value 2 → doubled, 3 × 3 → value 3; values 2 and 3
/// are asked for.
fn plan<'a>(weights: &'a [Vec<f32>; 3], bias: &'a [f32]) -> Plan<'a> {
    let layer = |input, output, geometry, index: usize, doubled, residual| Layer {
        work: Work::Convolution {
            doubled,
            geometry,
            taps: Taps {
                weights: Numbers::Singles(&weights[index]),
                bias,
            },
            residual,
            relu: true,
        },
        input,
        output,
    };
    Plan {
        values: vec![EXTENT, EXTENT, EXTENT, DOUBLED],
        inputs: vec![0],
        outputs: vec![(3, Finish::whole(6)), (2, Finish::whole(6))],
        layers: vec![
            layer(0, 1, SQUARE, 0, false, None),
            layer(1, 2, WIDE, 1, false, Some(1)),
            layer(2, 3, SQUARE, 2, true, None),
        ],
    }
}

fn weights() -> ([Vec<f32>; 3], Vec<f32>) {
    let weights = [(9, 1), (25, 2), (9, 3)].map(|(taps, seed)| numbers(6 * 6 * taps, seed));
    (weights, numbers(6, 4))
}

fn single_precision(values: &[f64]) -> Vec<f32> {
    values.iter().map(|value| *value as f32).collect()
}

#[test]
fn layers_feed_each_other() {
    let (weights, bias) = weights();
    let x = numbers(EXTENT.length(), 5);
    let taps = |index: usize| Taps {
        weights: Numbers::Singles(&weights[index]),
        bias: &bias,
    };
    let same = [EXTENT, EXTENT];
    let one = reference::convolution(&x, same, false, SQUARE, &taps(0), None, true);
    let one = single_precision(&one);
    let two = reference::convolution(&one, same, false, WIDE, &taps(1), Some(&one), true);
    let between = single_precision(&two);
    let three = reference::convolution(
        &between,
        [EXTENT, DOUBLED],
        true,
        SQUARE,
        &taps(2),
        None,
        true,
    );
    for set in InstructionSet::available() {
        let chain = Chain::new(set, &plan(&weights, &bias));
        let (mut a, mut b) = (vec![0.0; DOUBLED.length()], vec![0.0; EXTENT.length()]);
        chain.run(1, &[&x], &mut [&mut a, &mut b]);
        assert!(error(&b, &two) < 1e-5, "{set:?}: {:.2e}", error(&b, &two));
        assert!(
            error(&a, &three) < 1e-5,
            "{set:?}: {:.2e}",
            error(&a, &three)
        );
    }
}

#[test]
fn a_chain_is_shared_by_threads() {
    let (weights, bias) = weights();
    let chain = Chain::new(InstructionSet::best(), &plan(&weights, &bias));
    let result = |seed: u64| {
        let x = numbers(EXTENT.length(), seed);
        let (mut a, mut b) = (vec![0.0; DOUBLED.length()], vec![0.0; EXTENT.length()]);
        chain.run(1, &[&x], &mut [&mut a, &mut b]);
        a
    };
    let alone: Vec<Vec<f32>> = (0..4).map(result).collect();
    let together: Vec<Vec<f32>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|seed| scope.spawn(move || result(seed)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no thread panics"))
            .collect()
    });
    assert_eq!(alone, together);
}
