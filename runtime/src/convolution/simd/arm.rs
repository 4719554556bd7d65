//! NEON of 64-bit ARM: four floats, 32 registers, and products of a vector with one lane of another.
#![allow(
    unsafe_code,
    reason = "vector instructions are reached through intrinsics, which are unsafe where the compiler \
              cannot see that the processor has them"
)]

use std::arch::aarch64::*;
use std::arch::is_aarch64_feature_detected;

use super::{Kernel, Simd};

/// NEON, which all 64-bit ARM processors that run Linux have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neon(());

impl Neon {
    /// Proof that this processor has the instructions, if it has.
    pub fn detect() -> Option<Self> {
        is_aarch64_feature_detected!("neon").then_some(Self(()))
    }

    /// Runs a kernel compiled for these instructions.
    pub fn run<K: Kernel>(self, kernel: K) {
        #[target_feature(enable = "neon")]
        fn compiled<K: Kernel>(set: Neon, kernel: K) {
            kernel.run(set);
        }
        // SAFETY: `self` exists only where `detect` found the instructions.
        unsafe { compiled(self, kernel) }
    }
}

// Of all the blocks below that say no more: `self` exists only where `detect` found the instructions,
// and the arithmetic has no other condition.
impl Simd for Neon {
    type Vector = float32x4_t;
    type Lanes = [f32; 4];
    type Group = [f32; 4];
    type Scalars = float32x4_t;

    const LANES: usize = 4;
    const GROUP: usize = 4;
    const MANY_REGISTERS: bool = true;

    #[inline(always)]
    fn lanes(values: &[f32]) -> &[[f32; 4]] {
        values.as_chunks().0
    }
    #[inline(always)]
    fn lanes_mut(values: &mut [f32]) -> &mut [[f32; 4]] {
        values.as_chunks_mut().0
    }
    #[inline(always)]
    fn groups(values: &[f32]) -> &[[f32; 4]] {
        values.as_chunks().0
    }
    #[inline(always)]
    fn load(self, lanes: &[f32; 4]) -> float32x4_t {
        // SAFETY: besides `self`, the reference is to as many floats as are read.
        unsafe { vld1q_f32(lanes.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, lanes: &mut [f32; 4], vector: float32x4_t) {
        // SAFETY: besides `self`, the reference is to as many floats as are written.
        unsafe { vst1q_f32(lanes.as_mut_ptr(), vector) }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe { vdupq_n_f32(value) }
    }
    #[inline(always)]
    fn add(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe { vaddq_f32(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe { vsubq_f32(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe { vmulq_f32(a, b) }
    }
    #[inline(always)]
    fn div(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe { vdivq_f32(a, b) }
    }
    #[inline(always)]
    fn max(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe { vmaxq_f32(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe { vfmaq_f32(c, a, b) }
    }
    #[inline(always)]
    fn zip(self, a: float32x4_t, b: float32x4_t) -> [float32x4_t; 2] {
        // SAFETY: by `self`.
        unsafe { [vzip1q_f32(a, b), vzip2q_f32(a, b)] }
    }
    #[inline(always)]
    fn power_of_two(self, n: float32x4_t) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe {
            let exponent = vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127));
            vreinterpretq_f32_s32(vshlq_n_s32::<23>(exponent))
        }
    }
    #[inline(always)]
    fn scalars(self, group: &[f32; 4]) -> float32x4_t {
        self.load(group)
    }
    #[inline(always)]
    fn mul_add_scalar<const INDEX: i32>(
        self,
        scalars: float32x4_t,
        b: float32x4_t,
        c: float32x4_t,
    ) -> float32x4_t {
        // SAFETY: by `self`.
        unsafe { vfmaq_laneq_f32::<INDEX>(c, b, scalars) }
    }
}
