//! Weights stored as 16-bit floats, widened to the 32 bits they are computed with.
//!
//! The trainer's exporter stores a weight in half precision and has the graph cast it. tract would cast number by
//! number.

use tract_onnx::prelude::*;

use crate::convolution::simd::{InstructionSet, Kernel, Simd};

/// A tensor of 16-bit floats with the same numbers as 32-bit floats.
///
/// # Errors
/// If the tensor holds something else.
pub(super) fn widened(halves: &Tensor) -> TractResult<Tensor> {
    let mut singles = Tensor::zero::<f32>(halves.shape())?;
    InstructionSet::best().run(Widen {
        halves: halves.try_as_plain_ram()?.as_slice::<f16>()?,
        singles: singles.try_as_plain_ram_mut()?.as_slice_mut::<f32>()?,
    });
    Ok(singles)
}

/// Widens numbers by plain arithmetic, which the compiler turns into vectors of the instruction set that it is
/// compiled for.
struct Widen<'a> {
    halves: &'a [f16],
    singles: &'a mut [f32],
}

impl Kernel for Widen<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        for (single, half) in self.singles.iter_mut().zip(self.halves) {
            *single = single_precision(half.to_bits());
        }
    }
}

/// The number that 16 bits stand for (IEEE 754-2008 binary16), exactly.
#[inline(always)]
fn single_precision(half: u16) -> f32 {
    // 2 to the 112th, by which the exponents' biases differ. The product is exact, and right for subnormal numbers.
    const BIASES_APART: f32 = f32::from_bits((127 + 112) << 23);
    const LARGEST_EXPONENT: u32 = 0x7c00;
    let magnitude = u32::from(half & 0x7fff);
    let scaled = (f32::from_bits(magnitude << 13) * BIASES_APART).to_bits();
    let infinite_or_nan = if magnitude >= LARGEST_EXPONENT {
        f32::INFINITY.to_bits()
    } else {
        0
    };
    let sign = u32::from(half & 0x8000) << 16;
    f32::from_bits(sign | scaled | infinite_or_nan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_widened_exactly() {
        let halves: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
        let tensor =
            Tensor::from_shape(&[256, 256], &halves).expect("as many numbers as the shape says");
        let widened = widened(&tensor).expect("16-bit floats");
        assert_eq!(widened.shape(), [256, 256]);
        let ours = widened.to_plain_array_view::<f32>().expect("32-bit floats");
        for (ours, half) in ours.iter().zip(halves) {
            let theirs = half.to_f32();
            let same = ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan());
            assert!(
                same,
                "{:#06x}: {ours} where the crate `half` gives {theirs}",
                half.to_bits()
            );
        }
    }

    #[test]
    fn other_numbers_are_refused() {
        assert!(widened(&tensor1(&[1.0_f32])).is_err());
    }
}
