//! Vectors as plain arrays of four floats, which compilers turn into what the processor has.

use super::Simd;

/// Any processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portable;

type Four = [f32; 4];

impl Simd for Portable {
    type Vector = Four;
    type Lanes = Four;
    type Group = [f32; 1];
    type Scalars = f32;

    const LANES: usize = 4;
    const GROUP: usize = 1;
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn lanes(values: &[f32]) -> &[Four] {
        values.as_chunks().0
    }
    #[inline(always)]
    fn lanes_mut(values: &mut [f32]) -> &mut [Four] {
        values.as_chunks_mut().0
    }
    #[inline(always)]
    fn groups(values: &[f32]) -> &[[f32; 1]] {
        values.as_chunks().0
    }
    #[inline(always)]
    fn load(self, lanes: &Four) -> Four {
        *lanes
    }
    #[inline(always)]
    fn store(self, lanes: &mut Four, vector: Four) {
        *lanes = vector;
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Four {
        [value; 4]
    }
    #[inline(always)]
    fn add(self, a: Four, b: Four) -> Four {
        [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
    }
    #[inline(always)]
    fn sub(self, a: Four, b: Four) -> Four {
        [a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]]
    }
    #[inline(always)]
    fn mul(self, a: Four, b: Four) -> Four {
        [a[0] * b[0], a[1] * b[1], a[2] * b[2], a[3] * b[3]]
    }
    #[inline(always)]
    fn div(self, a: Four, b: Four) -> Four {
        [a[0] / b[0], a[1] / b[1], a[2] / b[2], a[3] / b[3]]
    }
    #[inline(always)]
    fn max(self, a: Four, b: Four) -> Four {
        // NaN must not vanish here: comparisons with it are false, and it is then kept.
        let larger = |a: f32, b: f32| if b > a { b } else { a };
        [
            larger(a[0], b[0]),
            larger(a[1], b[1]),
            larger(a[2], b[2]),
            larger(a[3], b[3]),
        ]
    }
    #[inline(always)]
    fn mul_add(self, a: Four, b: Four, c: Four) -> Four {
        // Not `f32::mul_add`, which is a function call where there is no such instruction.
        self.add(self.mul(a, b), c)
    }
    #[inline(always)]
    fn zip(self, a: Four, b: Four) -> [Four; 2] {
        [[a[0], b[0], a[1], b[1]], [a[2], b[2], a[3], b[3]]]
    }
    #[inline(always)]
    fn power_of_two(self, n: Four) -> Four {
        n.map(|n| f32::from_bits((((n as i32) + 127) << 23) as u32))
    }
    #[inline(always)]
    fn scalars(self, group: &[f32; 1]) -> f32 {
        group[0]
    }
    #[inline(always)]
    fn mul_add_scalar<const INDEX: i32>(self, scalars: f32, b: Four, c: Four) -> Four {
        self.mul_add(self.splat(scalars), b, c)
    }
}
