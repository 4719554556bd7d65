//! Cheap soft edges and blends, free of transcendental functions so that a frame takes a fraction
//! of a millisecond.

/// 1 well inside an edge (positive `depth`), 0 well outside, ½ on it; linear over ± `1 / sharpness`,
/// which is the share of a box (a pixel, a slice's depth) that a straight edge leaves inside.
#[inline]
pub fn ramp(depth: f32, sharpness: f32) -> f32 {
    (0.5 + 0.5 * depth * sharpness).clamp(0.0, 1.0)
}

/// Like [`ramp`] with smooth shoulders (Hermite's cubic).
#[inline]
pub fn smooth(depth: f32, sharpness: f32) -> f32 {
    let x = ramp(depth, sharpness);
    x * x * (3.0 - 2.0 * x)
}

/// A bell of height 1 at 0 that reaches 0 at ± 1.
#[inline]
pub fn bell(x: f32) -> f32 {
    let inside = (1.0 - x * x).max(0.0);
    inside * inside
}

/// The smaller of two distances, rounded where they differ by less than `radius` (a fillet in the
/// corner that two shapes make).
#[inline]
pub fn smooth_min(a: f32, b: f32, radius: f32) -> f32 {
    let near = (radius - (a - b).abs()).max(0.0) / radius;
    a.min(b) - 0.25 * near * near * radius
}

/// Puts `share` (0..1) of `value` over what is there.
#[inline]
pub fn cover(under: &mut f32, share: f32, value: f32) {
    *under += share * (value - *under);
}

/// Length of a vector in the plane; quicker than `hypot`, whose care about overflow is not needed
/// for millimetres.
#[inline]
pub fn norm(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// The square root with the sign of its argument: the radius of a section that vanishes becomes
/// negative as it leaves the slice.
#[inline]
pub fn signed_sqrt(square: f32) -> f32 {
    square.abs().sqrt().copysign(square)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_run_from_one_to_zero_through_a_half() {
        for edge in [ramp, smooth] {
            assert_eq!(
                [edge(9.0, 1.0), edge(0.0, 3.0), edge(-9.0, 1.0)],
                [1.0, 0.5, 0.0]
            );
            assert!(edge(0.2, 1.0) > edge(0.1, 1.0));
        }
        assert_eq!([bell(0.0), bell(1.0), bell(-2.0)], [1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_rounded_minimum_is_never_above_either_and_equals_it_far_from_the_corner() {
        assert_eq!(smooth_min(1.0, 20.0, 5.0), 1.0);
        assert!(smooth_min(3.0, 3.0, 8.0) < 3.0);
        assert_eq!(signed_sqrt(-9.0), -3.0);
    }
}
