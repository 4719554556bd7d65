//! The exponential function of whole vectors.

use super::simd::Simd;

/// e to the power of each number, to within 2·10⁻⁷ of the value; below −87 it is that of −87, which is
/// nothing beside 1. The numbers are to be at most 88.
///
/// `x = n·ln 2 + r` with a whole number n, and a polynomial in r, as in the Cephes library's `expf`
/// (S. L. Moshier, 1989).
#[inline(always)]
pub fn exponential<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    // Adding and subtracting 1.5 · 2²³ rounds to a whole number.
    let rounding = simd.splat(12_582_912.0);
    let x = simd.max(x, simd.splat(-87.0));
    let n = simd.mul_add(x, simd.splat(std::f32::consts::LOG2_E), rounding);
    let n = simd.sub(n, rounding);
    // ln 2 in two parts, of which the first times n is exact.
    let r = simd.mul_add(n, simd.splat(-0.693_359_4), x);
    let r = simd.mul_add(n, simd.splat(2.121_944_4e-4), r);
    let mut sum = simd.splat(1.987_569_1e-4);
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_66,
        0.5,
    ] {
        sum = simd.mul_add(sum, r, simd.splat(coefficient));
    }
    let value = simd.add(simd.mul_add(sum, simd.mul(r, r), r), simd.splat(1.0));
    simd.mul(value, simd.power_of_two(n))
}
