//! Weights as they are given: in memory, or as they lie in a file, whose bytes are read where they are needed and not
//! before.

use std::ops::Range;

use super::simd::{InstructionSet, Kernel, Simd};

/// A row of numbers.
#[derive(Clone, Copy, Debug)]
pub enum Numbers<'a> {
    /// In memory.
    Singles(&'a [f32]),
    /// 32-bit floats, least significant byte first.
    StoredSingles(&'a [u8]),
    /// 16-bit floats (IEEE 754-2008 binary16), least significant byte first.
    StoredHalves(&'a [u8]),
}

impl<'a> Numbers<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Singles(values) => values.len(),
            Self::StoredSingles(bytes) => bytes.len() / 4,
            Self::StoredHalves(bytes) => bytes.len() / 2,
        }
    }

    /// Some of them, by place.
    pub fn part(self, places: Range<usize>) -> Self {
        let bytes = |of_one: usize| places.start * of_one..places.end * of_one;
        match self {
            Self::StoredSingles(stored) => Self::StoredSingles(&stored[bytes(4)]),
            Self::StoredHalves(stored) => Self::StoredHalves(&stored[bytes(2)]),
            Self::Singles(values) => Self::Singles(&values[places]),
        }
    }

    /// Whether none is infinite and none is no number.
    pub fn all_finite(&self) -> bool {
        // To the end and not to the first fault, since nearly all numbers are sound, and so several are
        // looked at in one instruction.
        match self {
            Self::Singles(values) => values
                .iter()
                .fold(true, |all, value| all & value.is_finite()),
            Self::StoredSingles(bytes) => {
                bytes.as_chunks::<4>().0.iter().fold(true, |all, &bytes| {
                    all & f32::from_le_bytes(bytes).is_finite()
                })
            }
            Self::StoredHalves(bytes) => {
                let mut finite = true;
                InstructionSet::best().run(AllFinite {
                    halves: bytes.as_chunks::<2>().0,
                    finite: &mut finite,
                });
                finite
            }
        }
    }

    /// The numbers in single precision; where they are not in memory, they are put into `memory`, over what it holds.
    pub fn read<'b>(self, memory: &'b mut Vec<f32>) -> &'b [f32]
    where
        'a: 'b,
    {
        match self {
            Self::Singles(values) => return values,
            Self::StoredSingles(bytes) => {
                let values = bytes.as_chunks::<4>().0.iter();
                memory.clear();
                memory.extend(values.map(|&bytes| f32::from_le_bytes(bytes)));
            }
            Self::StoredHalves(bytes) => {
                let halves = bytes.as_chunks::<2>().0;
                memory.resize(halves.len(), 0.0);
                InstructionSet::best().run(Widen {
                    halves,
                    singles: memory,
                });
            }
        }
        memory
    }
}

/// Looks at numbers as [`Numbers::all_finite`] does.
struct AllFinite<'a> {
    halves: &'a [[u8; 2]],
    finite: &'a mut bool,
}

impl Kernel for AllFinite<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        const EXPONENT: u16 = 0x7c00;
        let finite = |half: [u8; 2]| u16::from_le_bytes(half) & EXPONENT != EXPONENT;
        *self.finite = (self.halves.iter()).fold(true, |all, &half| all & finite(half));
    }
}

/// Widens numbers by plain arithmetic, which the compiler turns into vectors of the instruction set that it is
/// compiled for.
struct Widen<'a> {
    halves: &'a [[u8; 2]],
    singles: &'a mut [f32],
}

impl Kernel for Widen<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        for (single, &half) in self.singles.iter_mut().zip(self.halves) {
            *single = single_precision(u16::from_le_bytes(half));
        }
    }
}

/// The number that 16 bits stand for, exactly.
///
/// No operation takes or gives a subnormal number in single precision, for which processors take a hundred times as long;
/// and of small weights, many are subnormal in half precision.
#[inline(always)]
fn single_precision(half: u16) -> f32 {
    // By which the biases of the exponents differ, in the place of the exponent.
    const BIASES_APART: u32 = 112 << 23;
    // The smallest normal number of half precision.
    const LEAST_NORMAL: u32 = 113 << 23;
    const INFINITE: u32 = 0x7c00;
    let magnitude = u32::from(half & 0x7fff);
    let shifted = magnitude << 13;
    let normal = shifted + BIASES_APART;
    // With an exponent of 0, the fraction counts parts of the least normal number.
    let subnormal = f32::from_bits(shifted + LEAST_NORMAL) - f32::from_bits(LEAST_NORMAL);
    let bits = if magnitude < 0x0400 {
        subnormal.to_bits()
    } else if magnitude >= INFINITE {
        normal + BIASES_APART
    } else {
        normal
    };
    f32::from_bits(u32::from(half & 0x8000) << 16 | bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition of the format, in double precision.
    fn defined(half: u16) -> f64 {
        let sign = if half >> 15 == 0 { 1.0 } else { -1.0 };
        let (exponent, fraction) = (i32::from(half >> 10 & 0x1f), f64::from(half & 0x3ff));
        let magnitude = match exponent {
            0 => fraction * 2_f64.powi(-24),
            0x1f if fraction == 0.0 => f64::INFINITY,
            0x1f => f64::NAN,
            _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
        };
        sign * magnitude
    }

    #[test]
    fn every_half_is_widened_exactly() {
        let bytes: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
        let mut memory = vec![7.0; 3];
        let widened = Numbers::StoredHalves(&bytes).read(&mut memory);
        assert_eq!(widened.len(), 65536);
        for (half, &ours) in (0..=u16::MAX).zip(widened) {
            let theirs = defined(half) as f32;
            let same = ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan());
            assert!(same, "{half:#06x}: {ours} where {theirs} is meant");
            let finite = Numbers::StoredHalves(&half.to_le_bytes()).all_finite();
            assert_eq!(finite, theirs.is_finite(), "{half:#06x}");
        }
    }

    #[test]
    fn stored_singles_are_read_whatever_their_place() {
        let values = [1.5_f32, -0.0, f32::MIN_POSITIVE, 3e38];
        let mut bytes = vec![0];
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        let stored = Numbers::StoredSingles(&bytes[1..]);
        assert_eq!((stored.len(), stored.all_finite()), (4, true));
        let mut memory = vec![7.0; 9];
        assert_eq!(stored.read(&mut memory), values);
        assert_eq!(Numbers::Singles(&values).read(&mut memory), values);
        for wrong in [f32::NAN, f32::NEG_INFINITY] {
            assert!(!Numbers::StoredSingles(&wrong.to_le_bytes()).all_finite());
            assert!(!Numbers::Singles(&[1.0, wrong]).all_finite());
        }
    }
}
