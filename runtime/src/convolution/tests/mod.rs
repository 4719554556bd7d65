//! Every kind of layer, with every instruction set that this machine has, beside its definition in
//! double precision.

mod attention;
mod chain;
mod convolution;
mod finish;
mod reference;
mod resample;

use super::chain::{Chain, Extent, Layer, Plan, Work};
use super::finish::Finish;
use super::simd::InstructionSet;

/// Numbers between −1 and 1, the same for the same seed.
fn numbers(length: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2) + 1;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as f32 / (1_u32 << 30) as f32 - 1.0
        })
        .collect()
}

impl Extent {
    /// How many numbers it has.
    fn length(&self) -> usize {
        self.height * self.width * self.channels
    }
}

/// A plan of one layer, which reads the value 0, makes the value 1 and may add the value 2.
fn single(work: Work, extents: [Extent; 2]) -> Plan {
    let mut plan = Plan {
        values: extents.to_vec(),
        inputs: vec![0],
        outputs: vec![(1, Finish::whole(extents[1].channels))],
        layers: vec![Layer {
            work,
            input: 0,
            output: 1,
        }],
    };
    if let Work::Convolution {
        residual: Some(_), ..
    } = plan.layers[0].work
    {
        plan.values.push(extents[1]);
        plan.inputs.push(2);
    }
    plan
}

/// What a plan gives with one instruction set: its only output.
fn run(plan: &Plan, set: InstructionSet, inputs: &[&[f32]]) -> Vec<f32> {
    let chain = Chain::new(set, plan);
    let mut output = vec![f32::NAN; plan.values[plan.outputs[0].0].length()];
    chain.run(1, inputs, &mut [&mut output]);
    // Once more in the same memory, where the first run must have left nothing behind, and by several threads.
    let mut again = vec![f32::NAN; output.len()];
    chain.run(3, inputs, &mut [&mut again]);
    assert_eq!(output, again);
    output
}

/// The largest difference, relative to the largest number of the second, or to 1 where all are smaller:
/// what is given is of that size, and small results come of large numbers that cancel out.
fn error(values: &[f32], exact: &[f64]) -> f64 {
    assert_eq!(values.len(), exact.len());
    let largest = exact.iter().fold(1.0, |most: f64, x| most.max(x.abs()));
    values
        .iter()
        .zip(exact)
        // A difference that is no number must count as large.
        .map(|(a, b)| (f64::from(*a) - b).abs())
        .fold(0.0, |most: f64, x| if x <= most { most } else { x })
        / largest
}
