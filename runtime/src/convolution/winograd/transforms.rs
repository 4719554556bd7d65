//! The three transforms of a one-dimensional convolution with three taps, for whole vectors.
//!
//! Winograd's algorithm gives `OUTPUTS` results of a filter g of three taps on a window d of the input
//! as `Aᵀ[(G g) ⊙ (Bᵀ d)]`: as few products as the middle vectors are long. In two dimensions all three
//! transforms are applied to columns, then to rows. (A. Lavin and S. Gray, "Fast algorithms for
//! convolutional neural networks", CVPR 2016; the matrices are those of its sections 4.1 and 4.3.)
//!
//! # Upsampling within the transform
//!
//! If each pixel of the input is first doubled in both directions, the window that a tile sees holds
//! equal neighbours, and some products vanish or can be had from fewer numbers. A tile of four begins
//! at an even place, so its window of six is (a, b, b, c, c, e), where a, b, c, e are four neighbours
//! before doubling. Put into `Bᵀ` of F(4, 3):
//!
//! | row of Bᵀ | window (d₀ … d₅) | doubled |
//! |---|---|---|
//! | 0 | 4d₀ − 5d₂ + d₄ | 4a − 5b + c |
//! | 1 | −4d₁ − 4d₂ + d₃ + d₄ | 2(c − 4b) |
//! | 2 | 4d₁ − 4d₂ − d₃ + d₄ | 0 |
//! | 3 | −2d₁ − d₂ + 2d₃ + d₄ | 3(c − b) |
//! | 4 | 2d₁ − d₂ − 2d₃ + d₄ | b − c |
//! | 5 | 4d₁ − 5d₃ + d₅ | 4b − 5c + e |
//!
//! One of six products is always zero and is left out: in two dimensions 25 remain of 36, and only
//! 4 × 4 pixels are read. Of rows 3 and 4 only c − b is kept, since they differ by a factor, and their
//! filters u and v are mixed instead: their products, 3u(c − b) and −v(c − b), are needed as a sum and as
//! twice a difference, which are the products of c − b with 3u − v and with 2(3u + v). Row 1 leaves its
//! factor of 2 to its filter, too. Likewise for F(2, 3): its window is (a, b, b, c) and `Bᵀd` =
//! (a − b, 2b, 0, b − c): 9 products of 16. Nothing is approximated.

use super::super::simd::Simd;

/// Transforms of a tile of `OUTPUTS` results that reads `WINDOW` numbers, makes `FACTORS` numbers of these
/// and takes `PRODUCTS` products.
pub trait Transform<
    const WINDOW: usize,
    const FACTORS: usize,
    const PRODUCTS: usize,
    const OUTPUTS: usize,
>
{
    /// Columns (or rows) from one window to the next.
    const STEP: usize;
    /// Which factor each product is of; a factor of two products is kept only once.
    const FACTOR_OF: [usize; PRODUCTS];

    /// `Bᵀ d`
    fn input<S: Simd>(simd: S, window: [S::Vector; WINDOW]) -> [S::Vector; FACTORS];
    /// `G g`
    fn filter<S: Simd>(simd: S, taps: [S::Vector; 3]) -> [S::Vector; PRODUCTS];
    /// `Aᵀ m`
    fn output<S: Simd>(simd: S, products: [S::Vector; PRODUCTS]) -> [S::Vector; OUTPUTS];
}

/// F(4, 3): six products for four results.
pub struct Four;

/// F(4, 3) of an input that is doubled first: five products.
pub struct FourDoubled;

/// F(2, 3): four products for two results.
pub struct Two;

/// F(2, 3) of an input that is doubled first: three products.
pub struct TwoDoubled;

impl Transform<6, 6, 6, 4> for Four {
    const STEP: usize = 4;
    const FACTOR_OF: [usize; 6] = [0, 1, 2, 3, 4, 5];

    #[inline(always)]
    fn input<S: Simd>(simd: S, d: [S::Vector; 6]) -> [S::Vector; 6] {
        let (two, four, minus_four) = (simd.splat(2.0), simd.splat(4.0), simd.splat(-4.0));
        let (far_even, far_odd) = (simd.sub(d[4], d[2]), simd.sub(d[3], d[1]));
        let even = simd.mul_add(d[2], minus_four, d[4]);
        let odd = simd.mul_add(d[1], minus_four, d[3]);
        let twice_far_odd = simd.mul(far_odd, two);
        [
            simd.mul_add(simd.sub(d[0], d[2]), four, far_even),
            simd.add(even, odd),
            simd.sub(even, odd),
            simd.add(far_even, twice_far_odd),
            simd.sub(far_even, twice_far_odd),
            simd.mul_add(far_odd, minus_four, simd.sub(d[5], d[3])),
        ]
    }

    #[inline(always)]
    fn filter<S: Simd>(simd: S, g: [S::Vector; 3]) -> [S::Vector; 6] {
        let (quarter, sixth) = (simd.splat(0.25), simd.splat(-1.0 / 6.0));
        let near_even = simd.mul(simd.add(g[0], g[2]), sixth);
        let near_odd = simd.mul(g[1], sixth);
        let [far_even, far_odd] = far_filters(simd, g);
        [
            simd.mul(g[0], quarter),
            simd.add(near_even, near_odd),
            simd.sub(near_even, near_odd),
            simd.add(far_even, far_odd),
            simd.sub(far_even, far_odd),
            g[2],
        ]
    }

    #[inline(always)]
    fn output<S: Simd>(simd: S, m: [S::Vector; 6]) -> [S::Vector; 4] {
        let (near_even, near_odd) = (simd.add(m[1], m[2]), simd.sub(m[1], m[2]));
        let (far_even, far_odd) = (simd.add(m[3], m[4]), simd.sub(m[3], m[4]));
        [
            simd.add(m[0], simd.add(near_even, far_even)),
            simd.mul_add(far_odd, simd.splat(2.0), near_odd),
            simd.mul_add(far_even, simd.splat(4.0), near_even),
            simd.mul_add(far_odd, simd.splat(8.0), simd.add(m[5], near_odd)),
        ]
    }
}

/// Half the sum and half the difference of the filters of rows 3 and 4: `g₀/24 + g₂/6` and `g₁/12`.
#[inline(always)]
fn far_filters<S: Simd>(simd: S, g: [S::Vector; 3]) -> [S::Vector; 2] {
    let sixth = simd.mul(g[2], simd.splat(1.0 / 6.0));
    [
        simd.mul_add(g[0], simd.splat(1.0 / 24.0), sixth),
        simd.mul(g[1], simd.splat(1.0 / 12.0)),
    ]
}

impl Transform<4, 4, 5, 4> for FourDoubled {
    const STEP: usize = 2;
    const FACTOR_OF: [usize; 5] = [0, 1, 2, 2, 3];

    #[inline(always)]
    fn input<S: Simd>(simd: S, [a, b, c, e]: [S::Vector; 4]) -> [S::Vector; 4] {
        let (four, minus_four) = (simd.splat(4.0), simd.splat(-4.0));
        let rise = simd.sub(c, b);
        [
            simd.mul_add(simd.sub(a, b), four, rise),
            simd.mul_add(b, minus_four, c),
            rise,
            simd.mul_add(rise, minus_four, simd.sub(e, c)),
        ]
    }

    #[inline(always)]
    fn filter<S: Simd>(simd: S, g: [S::Vector; 3]) -> [S::Vector; 5] {
        let [even, odd] = far_filters(simd, g);
        let two = simd.splat(2.0);
        // 3u − v and 2(3u + v), where u is the sum of the two and v their difference.
        let sum = simd.mul(simd.mul_add(odd, two, even), two);
        let difference = simd.mul(simd.mul_add(even, two, odd), simd.splat(4.0));
        let all = simd.add(simd.add(g[0], g[2]), g[1]);
        [
            simd.mul(g[0], simd.splat(0.25)),
            simd.mul(all, simd.splat(-1.0 / 3.0)),
            sum,
            difference,
            g[2],
        ]
    }

    #[inline(always)]
    fn output<S: Simd>(simd: S, m: [S::Vector; 5]) -> [S::Vector; 4] {
        let four = simd.splat(4.0);
        [
            simd.add(m[0], simd.add(m[1], m[2])),
            simd.add(m[1], m[3]),
            simd.mul_add(m[2], four, m[1]),
            simd.mul_add(m[3], four, simd.add(m[4], m[1])),
        ]
    }
}

impl Transform<4, 4, 4, 2> for Two {
    const STEP: usize = 2;
    const FACTOR_OF: [usize; 4] = [0, 1, 2, 3];

    #[inline(always)]
    fn input<S: Simd>(simd: S, d: [S::Vector; 4]) -> [S::Vector; 4] {
        [
            simd.sub(d[0], d[2]),
            simd.add(d[1], d[2]),
            simd.sub(d[2], d[1]),
            simd.sub(d[1], d[3]),
        ]
    }

    #[inline(always)]
    fn filter<S: Simd>(simd: S, g: [S::Vector; 3]) -> [S::Vector; 4] {
        let half = simd.splat(0.5);
        let (even, odd) = (simd.mul(simd.add(g[0], g[2]), half), simd.mul(g[1], half));
        [g[0], simd.add(even, odd), simd.sub(even, odd), g[2]]
    }

    #[inline(always)]
    fn output<S: Simd>(simd: S, m: [S::Vector; 4]) -> [S::Vector; 2] {
        [
            simd.add(m[0], simd.add(m[1], m[2])),
            simd.sub(simd.sub(m[1], m[2]), m[3]),
        ]
    }
}

impl Transform<3, 3, 3, 2> for TwoDoubled {
    const STEP: usize = 1;
    const FACTOR_OF: [usize; 3] = [0, 1, 2];

    #[inline(always)]
    fn input<S: Simd>(simd: S, [a, b, c]: [S::Vector; 3]) -> [S::Vector; 3] {
        [simd.sub(a, b), b, simd.sub(b, c)]
    }

    #[inline(always)]
    fn filter<S: Simd>(simd: S, g: [S::Vector; 3]) -> [S::Vector; 3] {
        [g[0], simd.add(simd.add(g[0], g[2]), g[1]), g[2]]
    }

    #[inline(always)]
    fn output<S: Simd>(simd: S, m: [S::Vector; 3]) -> [S::Vector; 2] {
        [simd.add(m[0], m[1]), simd.sub(m[1], m[2])]
    }
}
