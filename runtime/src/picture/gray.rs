//! The greys of values.

/// The grey of a value, limited to 0 ..= 1.
pub fn of(value: f32) -> u8 {
    rounded(value.clamp(0.0, 1.0) * 255.0)
}

/// The same for each of a row.
pub fn paint(values: &[f32], pixels: &mut [[u8; 3]]) {
    for (values, pixels) in values.chunks(64).zip(pixels.chunks_mut(64)) {
        let mut grays = [0; 64];
        for (gray, &value) in grays.iter_mut().zip(values) {
            *gray = of(value);
        }
        for (pixel, &gray) in pixels.iter_mut().zip(&grays) {
            *pixel = [gray; 3];
        }
    }
}

/// The nearest whole number, half upwards, of a value from 0 to 255; 0 where there is none.
///
/// The same as [`f32::round`], which calls a function of the system where the processor has no instruction for
/// it, and takes most of the time of a picture then.
pub(super) fn rounded(value: f32) -> u8 {
    let whole = value as u8;
    whole + u8::from(value - f32::from(whole) >= 0.5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_are_rounded_as_ever(value in 0.0_f32..=255.0, whole: u8, steps in -2_i32..3) {
            prop_assert_eq!(rounded(value), value.round() as u8);
            // The values next to a half are the hardest.
            let half = (f32::from(whole) + 0.5).min(254.5);
            let near = f32::from_bits(half.to_bits().wrapping_add_signed(steps));
            prop_assert_eq!(rounded(near), near.round() as u8);
        }
    }

    #[test]
    fn what_is_no_grey_is_black_or_white() {
        let found = [f32::NAN, -1.0, 0.0, 0.5, 1.0, 2.0, f32::INFINITY].map(of);
        assert_eq!(found, [0, 0, 0, 128, 255, 255, 255]);
    }
}
