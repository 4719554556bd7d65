//! Turning, zooming, shifting and warping of a picture together with its labels.

use crate::cohort::picture::SIDE;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::f32::consts::TAU;

/// Largest turn either way, radians: hearts lie from upright to level.
const TURN: f32 = 0.8;
/// Largest natural logarithm of the zoom either way.
const ZOOM: f32 = 0.3;
/// Largest natural logarithm of the stretch of one axis against the other.
const STRETCH: f32 = 0.12;
/// Largest shift either way along each axis, pixels.
const SHIFT: f32 = 22.0;
/// Waves that bend the picture, each with at most this amplitude in pixels and these wavelengths in pixels.
const WAVES: usize = 2;
const AMPLITUDE: f32 = 2.5;
const WAVELENGTH: [f32; 2] = [35.0, 90.0];

/// Where each pixel of the changed picture comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Warp {
    /// Rows of the matrix that takes a place seen from the picture's centre to where it comes from.
    matrix: [[f32; 2]; 2],
    shift: [f32; 2],
    waves: [Wave; WAVES],
    /// Whether what comes from outside is the edge's grey, else black.
    edge_goes_on: bool,
}

/// A displacement that goes up and down across the picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Wave {
    displacement: [f32; 2],
    frequency: [f32; 2],
    phase: f32,
}

impl Wave {
    fn draw(random: &mut ChaCha8Rng) -> Wave {
        let mut direction = || {
            let angle: f32 = random.random_range(0.0..TAU);
            [angle.cos(), angle.sin()]
        };
        let (along, across) = (direction(), direction());
        let amplitude = random.random_range(0.0..AMPLITUDE);
        let frequency = TAU / random.random_range(WAVELENGTH[0]..WAVELENGTH[1]);
        Wave {
            displacement: along.map(|part| part * amplitude),
            frequency: across.map(|part| part * frequency),
            phase: random.random_range(0.0..TAU),
        }
    }
}

impl Warp {
    /// The warp that changes nothing.
    pub const NONE: Warp = Warp {
        matrix: [[1.0, 0.0], [0.0, 1.0]],
        shift: [0.0; 2],
        waves: [Wave {
            displacement: [0.0; 2],
            frequency: [0.0; 2],
            phase: 0.0,
        }; WAVES],
        edge_goes_on: false,
    };

    /// A warp of random size.
    pub fn draw(random: &mut ChaCha8Rng) -> Warp {
        let mut within = |limit: f32| random.random_range(-limit..limit);
        let (sine, cosine) = within(TURN).sin_cos();
        let (zoom, stretch) = (within(ZOOM), within(STRETCH));
        let shift = [within(SHIFT), within(SHIFT)];
        let (x, y) = ((zoom + stretch).exp(), (zoom - stretch).exp());
        Warp {
            matrix: [[x * cosine, -y * sine], [x * sine, y * cosine]],
            shift,
            waves: [(); WAVES].map(|()| Wave::draw(random)),
            edge_goes_on: random.random(),
        }
    }

    /// The picture, grey 0..1 between its pixels bilinearly, and its labels, the nearest, both (128, 128).
    pub fn apply(&self, picture: &[u8], labels: &[u8]) -> (Vec<f32>, Vec<f32>) {
        let (mut grey, mut moved) = (Vec::new(), Vec::new());
        for row in 0..SIDE {
            for column in 0..SIDE {
                let [x, y] = self.source(row, column);
                let (left, top) = (x.floor(), y.floor());
                let (along, down) = (x - left, y - top);
                let at = |x: f32, y: f32| {
                    self.pixel(x, y)
                        .map_or(0.0, |place| f32::from(picture[place]))
                };
                let upper = at(left, top) * (1.0 - along) + at(left + 1.0, top) * along;
                let lower = at(left, top + 1.0) * (1.0 - along) + at(left + 1.0, top + 1.0) * along;
                grey.push((upper * (1.0 - down) + lower * down) / 255.0);
                let nearest = self.pixel(x.round(), y.round());
                moved.push(nearest.map_or(0.0, |place| f32::from(labels[place])));
            }
        }
        (grey, moved)
    }

    /// Column and row, in parts of pixels, that a pixel comes from.
    fn source(&self, row: usize, column: usize) -> [f32; 2] {
        let centre = (SIDE as f32 - 1.0) / 2.0;
        let (x, y) = (column as f32 - centre, row as f32 - centre);
        let mut place = [0, 1].map(|axis| {
            let [along_x, along_y] = self.matrix[axis];
            along_x * x + along_y * y + self.shift[axis] + centre
        });
        for wave in &self.waves {
            let angle = wave.frequency[0] * x + wave.frequency[1] * y + wave.phase;
            let size = angle.sin();
            place[0] += wave.displacement[0] * size;
            place[1] += wave.displacement[1] * size;
        }
        place
    }

    /// The position of a pixel in the picture's rows, `None` where there is none.
    fn pixel(&self, x: f32, y: f32) -> Option<usize> {
        let last = SIDE as f32 - 1.0;
        let inside = |value: f32| (0.0..=last).contains(&value);
        let (x, y) = match self.edge_goes_on {
            true => (x.clamp(0.0, last), y.clamp(0.0, last)),
            false if inside(x) && inside(y) => (x, y),
            false => return None,
        };
        Some(y as usize * SIDE + x as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn gradient() -> Vec<u8> {
        (0..SIDE * SIDE).map(|pixel| (pixel % SIDE) as u8).collect()
    }

    #[test]
    fn nothing_and_a_shift() {
        let (picture, labels) = (gradient(), vec![2; SIDE * SIDE]);
        let (grey, moved) = Warp::NONE.apply(&picture, &labels);
        assert!(
            grey.iter()
                .zip(&picture)
                .all(|(a, b)| (a * 255.0 - f32::from(*b)).abs() < 1e-3)
        );
        assert!(moved.iter().all(|&label| label == 2.0));

        let shifted = Warp {
            shift: [3.5, 0.0],
            ..Warp::NONE
        };
        let (grey, moved) = shifted.apply(&picture, &labels);
        assert!((grey[40] * 255.0 - 43.5).abs() < 1e-3);
        // What comes from outside is black background.
        assert_eq!((grey[127], moved[127]), (0.0, 0.0));
        let on = Warp {
            edge_goes_on: true,
            ..shifted
        };
        let (grey, moved) = on.apply(&picture, &labels);
        assert!((grey[127] * 255.0 - 127.0).abs() < 1e-3 && moved[127] == 2.0);
    }

    #[test]
    fn labels_go_where_their_pixels_go() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let inside = |pixel: usize| {
            let (x, y) = ((pixel % SIDE) as f64 - 60.0, (pixel / SIDE) as f64 - 66.0);
            x.hypot(y) < 20.0
        };
        let labels: Vec<u8> = (0..SIDE * SIDE).map(|p| u8::from(inside(p))).collect();
        let picture: Vec<u8> = labels.iter().map(|label| label * 255).collect();
        for _ in 0..20 {
            let warp = Warp::draw(&mut random);
            let (grey, moved) = warp.apply(&picture, &labels);
            let apart = grey
                .iter()
                .zip(&moved)
                .filter(|(grey, label)| (*grey - *label).abs() > 0.75);
            assert_eq!(apart.count(), 0);
            let found = moved.iter().filter(|&&label| label == 1.0).count();
            assert!((500..3500).contains(&found), "{found} pixels of {warp:?}");
        }
    }
}
