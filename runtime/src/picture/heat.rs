//! The colours of uncertainty.
//!
//! One fixed scale for all pictures, so that two can be compared: black for a pixel that is certain, over violet
//! and orange to a light yellow. It grows lighter all the way, so that it reads the same without colours. The
//! six colours are those of the scale `inferno` (van der Walt & Smith, 2015, given to the public domain) at
//! equal steps; between them colours are mixed.

use super::gray;

/// The standard deviation, in grey levels of 255, at which the scale ends; larger ones have its last colour.
pub const MOST_GRAY_LEVELS: f32 = 80.0;

/// Colours at equal steps, of red, green and blue.
const COLOURS: [[u8; 3]; 6] = [
    [0, 0, 4],
    [66, 10, 104],
    [147, 38, 103],
    [221, 81, 58],
    [252, 165, 10],
    [252, 255, 164],
];

/// The colour of a standard deviation of grey values 0..1.
pub fn colour(deviation: f32) -> [u8; 3] {
    mixed(place(deviation))
}

/// Where a deviation lies between the first colour, 0, and the last.
fn place(deviation: f32) -> f32 {
    let last = COLOURS.len() - 1;
    (deviation * 255.0 / MOST_GRAY_LEVELS).clamp(0.0, 1.0) * last as f32
}

/// The colour of a place, mixed of the two beside it.
fn mixed(place: f32) -> [u8; 3] {
    // A value that is no number has no place and becomes 0 here.
    let below = (place as usize).min(COLOURS.len() - 2);
    let part = place - below as f32;
    let (from, to) = (COLOURS[below], COLOURS[below + 1]);
    [0, 1, 2].map(|channel| {
        let (from, to) = (f32::from(from[channel]), f32::from(to[channel]));
        gray::rounded(from + part * (to - from))
    })
}

/// The same colours at hand, for whole pictures.
///
/// The scale is cut into short steps. Between two of [`COLOURS`] a channel only rises or only falls, so a step
/// with one colour in its middle and at both ends has no other between; in other steps colours are mixed as ever.
#[derive(Clone, Debug)]
pub struct Scale {
    steps: Vec<Option<[u8; 3]>>,
}

impl Scale {
    /// Steps from one of [`COLOURS`] to the next; a power of two, so that places are cut exactly.
    const STEPS: f32 = 4096.0;

    /// A number of this size has no digits after the point, so that adding it leaves the nearest whole number
    /// in the lowest 23 bits.
    const WHOLE: f32 = 8_388_608.0;

    /// Works out the colours.
    pub fn new() -> Self {
        let steps = (COLOURS.len() - 1) * Self::STEPS as usize;
        let at = |step: f32| mixed((step / Self::STEPS).clamp(0.0, (COLOURS.len() - 1) as f32));
        let one_colour = |step: usize| {
            let middle = step as f32;
            let colour = at(middle);
            (at(middle - 0.5) == colour && at(middle + 0.5) == colour).then_some(colour)
        };
        Self {
            steps: (0..=steps).map(one_colour).collect(),
        }
    }

    /// The same as [`colour`] for each of a row.
    pub fn paint(&self, deviations: &[f32], pixels: &mut [[u8; 3]]) {
        let chunks = deviations.chunks(64).zip(pixels.chunks_mut(64));
        for (deviations, pixels) in chunks {
            let mut places = [0.0; 64];
            for (place, &deviation) in places.iter_mut().zip(deviations) {
                *place = self::place(deviation);
            }
            for (pixel, &place) in pixels.iter_mut().zip(&places) {
                let step = (place * Self::STEPS + Self::WHOLE).to_bits() & 0x7f_ffff;
                *pixel = match self.steps.get(step as usize) {
                    Some(&Some(colour)) => colour,
                    _ => mixed(place),
                };
            }
        }
    }
}

impl Default for Scale {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_colours_at_hand_are_the_same(deviations in prop::collection::vec(-0.01_f32..0.4, 1000)) {
            let special = [f32::NAN, f32::INFINITY, -1.0, 0.0, 80.0 / 255.0];
            let deviations = [deviations, special.to_vec()].concat();
            let mut painted = vec![[7; 3]; deviations.len()];
            Scale::new().paint(&deviations, &mut painted);
            let expected: Vec<[u8; 3]> = deviations.iter().map(|value| colour(*value)).collect();
            prop_assert_eq!(painted, expected);
        }
    }

    #[test]
    fn more_uncertainty_is_lighter_up_to_the_end_of_the_scale() {
        let lightness = |levels: f32| {
            let [r, g, b] = colour(levels / 255.0).map(f32::from);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let steps: Vec<f32> = (0..=40_u8)
            .map(|step| lightness(f32::from(step) * 2.0))
            .collect();
        assert!(steps.windows(2).all(|pair| pair[1] > pair[0]), "{steps:?}");
        assert_eq!(colour(0.0), COLOURS[0]);
        for beyond in [80.0 / 255.0, 1.0, f32::INFINITY] {
            assert_eq!(colour(beyond), COLOURS[5]);
        }
        assert_eq!(colour(-1.0), COLOURS[0]);
    }
}
