//! The colours of uncertainty.
//!
//! One fixed scale for all pictures, so that two can be compared: black for a pixel that is certain, over violet
//! and orange to a light yellow. It grows lighter all the way, so that it reads the same without colours. The
//! six colours are those of the scale `inferno` (van der Walt & Smith, 2015, given to the public domain) at
//! equal steps; between them colours are mixed.

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
    let last = COLOURS.len() - 1;
    let place = (deviation * 255.0 / MOST_GRAY_LEVELS).clamp(0.0, 1.0) * last as f32;
    // A value that is no number has no place and becomes 0 here.
    let below = (place as usize).min(last - 1);
    let part = place - below as f32;
    let mixed = |one: u8, other: u8| {
        (f32::from(one) + part * (f32::from(other) - f32::from(one))).round() as u8
    };
    let (from, to) = (COLOURS[below], COLOURS[below + 1]);
    [0, 1, 2].map(|channel| mixed(from[channel], to[channel]))
}

#[cfg(test)]
mod tests {
    use super::*;

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
