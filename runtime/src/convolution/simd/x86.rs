//! SSE2 (four floats, 16 registers), AVX2 with FMA (eight floats, 16 registers) and AVX-512F (sixteen floats,
//! 32 registers).
#![allow(
    unsafe_code,
    reason = "vector instructions are reached through intrinsics, which are unsafe where the compiler \
              cannot see that the processor has them"
)]

use std::arch::x86_64::*;

use super::{Kernel, Simd};

/// Defines a type that proves a processor to have an instruction set, and its vectors.
macro_rules! instruction_set {
    (
        $(#[$about:meta])*
        $name:ident: [f32; $lanes:literal] as $vector:ty, many registers: $many:literal,
        features: $features:literal, detected: $detected:expr,
        load: $load:ident, store: $store:ident, splat: $splat:ident, add: $add:ident, sub: $sub:ident,
        mul: $mul:ident, div: $div:ident, max: $max:ident,
        mul_add: |$x:ident, $y:ident, $z:ident| $mul_add:expr,
        zip: |$a:ident, $b:ident| $zip:expr, power_of_two: |$n:ident| $power_of_two:expr $(,)?
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(());

        impl $name {
            /// Proof that this processor has the instructions, if it has.
            pub fn detect() -> Option<Self> {
                $detected.then_some(Self(()))
            }

            /// Runs a kernel compiled for these instructions.
            pub fn run<K: Kernel>(self, kernel: K) {
                #[target_feature(enable = $features)]
                fn compiled<K: Kernel>(set: $name, kernel: K) {
                    kernel.run(set);
                }
                // SAFETY: `self` exists only where `detect` found the instructions.
                unsafe { compiled(self, kernel) }
            }
        }

        // Of all the blocks below that say no more: `self` exists only where `detect` found the
        // instructions, and the arithmetic has no other condition.
        impl Simd for $name {
            type Vector = $vector;
            type Lanes = [f32; $lanes];
            type Group = [f32; 1];
            type Scalars = $vector;

            const LANES: usize = $lanes;
            const GROUP: usize = 1;
            const MANY_REGISTERS: bool = $many;

            #[inline(always)]
            fn lanes(values: &[f32]) -> &[Self::Lanes] {
                values.as_chunks().0
            }
            #[inline(always)]
            fn lanes_mut(values: &mut [f32]) -> &mut [Self::Lanes] {
                values.as_chunks_mut().0
            }
            #[inline(always)]
            fn groups(values: &[f32]) -> &[Self::Group] {
                values.as_chunks().0
            }
            #[inline(always)]
            fn load(self, lanes: &Self::Lanes) -> $vector {
                // SAFETY: besides `self`, the reference is to as many floats as are read, and the
                // instruction needs no alignment.
                unsafe { $load(lanes.as_ptr()) }
            }
            #[inline(always)]
            fn store(self, lanes: &mut Self::Lanes, vector: $vector) {
                // SAFETY: besides `self`, the reference is to as many floats as are written, and the
                // instruction needs no alignment.
                unsafe { $store(lanes.as_mut_ptr(), vector) }
            }
            #[inline(always)]
            fn splat(self, value: f32) -> $vector {
                // SAFETY: by `self`.
                unsafe { $splat(value) }
            }
            #[inline(always)]
            fn add(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: by `self`.
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            fn sub(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: by `self`.
                unsafe { $sub(a, b) }
            }
            #[inline(always)]
            fn mul(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: by `self`.
                unsafe { $mul(a, b) }
            }
            #[inline(always)]
            fn div(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: by `self`.
                unsafe { $div(a, b) }
            }
            #[inline(always)]
            fn max(self, a: $vector, b: $vector) -> $vector {
                // The instruction gives its second operand where one is NaN, and NaN must not vanish.
                // SAFETY: by `self`.
                unsafe { $max(b, a) }
            }
            #[inline(always)]
            fn mul_add(self, $x: $vector, $y: $vector, $z: $vector) -> $vector {
                // SAFETY: by `self`.
                unsafe { $mul_add }
            }
            #[inline(always)]
            fn zip(self, $a: $vector, $b: $vector) -> [$vector; 2] {
                // SAFETY: by `self`.
                unsafe { $zip }
            }
            #[inline(always)]
            fn power_of_two(self, $n: $vector) -> $vector {
                // SAFETY: by `self`.
                unsafe { $power_of_two }
            }
            #[inline(always)]
            fn scalars(self, group: &[f32; 1]) -> $vector {
                self.splat(group[0])
            }
            #[inline(always)]
            fn mul_add_scalar<const INDEX: i32>(
                self,
                scalars: $vector,
                b: $vector,
                c: $vector,
            ) -> $vector {
                self.mul_add(scalars, b, c)
            }
        }
    };
}

instruction_set! {
    /// SSE2: every 64-bit processor of this family.
    Sse2: [f32; 4] as __m128, many registers: false,
    features: "sse2",
    detected: is_x86_feature_detected!("sse2"),
    load: _mm_loadu_ps, store: _mm_storeu_ps, splat: _mm_set1_ps, add: _mm_add_ps,
    sub: _mm_sub_ps, mul: _mm_mul_ps, div: _mm_div_ps, max: _mm_max_ps,
    mul_add: |a, b, c| _mm_add_ps(_mm_mul_ps(a, b), c),
    zip: |a, b| [_mm_unpacklo_ps(a, b), _mm_unpackhi_ps(a, b)],
    power_of_two: |n| _mm_castsi128_ps(_mm_slli_epi32::<23>(_mm_add_epi32(
        _mm_cvtps_epi32(n),
        _mm_set1_epi32(127),
    ))),
}

instruction_set! {
    /// AVX2 and FMA: Intel since 2013, AMD since 2015.
    Avx2: [f32; 8] as __m256, many registers: false,
    features: "avx2,fma",
    detected: (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")),
    load: _mm256_loadu_ps, store: _mm256_storeu_ps, splat: _mm256_set1_ps, add: _mm256_add_ps,
    sub: _mm256_sub_ps, mul: _mm256_mul_ps, div: _mm256_div_ps, max: _mm256_max_ps,
    mul_add: |a, b, c| _mm256_fmadd_ps(a, b, c),
    // Within the halves first, of which the instruction makes two vectors of its own.
    zip: |a, b| {
        let (even, odd) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
        [_mm256_permute2f128_ps::<0x20>(even, odd), _mm256_permute2f128_ps::<0x31>(even, odd)]
    },
    power_of_two: |n| _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(
        _mm256_cvtps_epi32(n),
        _mm256_set1_epi32(127),
    ))),
}

instruction_set! {
    /// AVX-512F: Intel servers since 2017, AMD since 2022.
    Avx512: [f32; 16] as __m512, many registers: true,
    features: "avx512f,avx2,fma",
    detected: (is_x86_feature_detected!("avx512f") && Avx2::detect().is_some()),
    load: _mm512_loadu_ps, store: _mm512_storeu_ps, splat: _mm512_set1_ps, add: _mm512_add_ps,
    sub: _mm512_sub_ps, mul: _mm512_mul_ps, div: _mm512_div_ps, max: _mm512_max_ps,
    mul_add: |a, b, c| _mm512_fmadd_ps(a, b, c),
    // Numbers from 16 on stand for the lanes of b.
    zip: |a, b| {
        let first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        let second = _mm512_add_epi32(first, _mm512_set1_epi32(8));
        [_mm512_permutex2var_ps(a, first, b), _mm512_permutex2var_ps(a, second, b)]
    },
    power_of_two: |n| _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_add_epi32(
        _mm512_cvtps_epi32(n),
        _mm512_set1_epi32(127),
    ))),
}
