//! Random textures shared by all pictures: square tiles of noise that continue at their opposite
//! edges, made once per process.
//!
//! A picture reads a tile from a random corner, so a texture costs a look-up instead of a normal
//! deviate per pixel, and the same subject still gets the same picture on any machine and thread.

use std::f64::consts::PI;
use std::sync::LazyLock;

use crate::synthesis::random::{Purpose, Stream};

/// Values along each side of a tile, a power of two.
pub const SIDE: usize = 256;
/// Values stored of each row; those beyond [`SIDE`] repeat its start, so that any run of up to
/// [`RUN`] values lies in one piece.
const STORED: usize = SIDE + RUN;
/// Longest run of neighbours that can be read at once.
pub const RUN: usize = 128;
/// Key of the tiles' own random streams (they belong to no cohort).
const TILE_SEED: u64 = 0x7469_6c65;

/// A tile of mean 0 and SD 1.
pub struct Tile {
    values: Vec<f32>,
}

/// Receiver noise: nearly white; neighbouring pixels are a little alike because scanners
/// interpolate.
pub static NOISE: LazyLock<Tile> = LazyLock::new(|| Tile::smoothed(1, 0.45));
/// Fine grain: correlation length (SD) of one value.
pub static GRAIN: LazyLock<Tile> = LazyLock::new(|| Tile::smoothed(2, 1.0));
/// Blotches of about five values.
pub static BLOTCHES: LazyLock<Tile> = LazyLock::new(|| Tile::smoothed(3, 2.2));
/// Slow variation over some fifteen values.
pub static SLOW: LazyLock<Tile> = LazyLock::new(|| Tile::smoothed(4, 7.0));

/// Where a reader stands on the tiles.
#[derive(Clone, Copy, Debug)]
pub struct Corner {
    row: usize,
    column: usize,
}

impl Corner {
    /// A random place.
    pub fn draw(stream: &mut Stream) -> Self {
        let place = (stream.uniform() * (SIDE * SIDE) as f64) as usize;
        Self {
            row: place / SIDE,
            column: place % SIDE,
        }
    }

    /// The place this far down and to the right.
    #[inline]
    pub fn moved(self, down: usize, right: usize) -> Self {
        Self {
            row: (self.row + down) & (SIDE - 1),
            column: (self.column + right) & (SIDE - 1),
        }
    }
}

impl Tile {
    fn smoothed(number: u32, sigma: f64) -> Self {
        let mut stream = Stream::new(TILE_SEED, number, Purpose::Texture);
        let noise: Vec<f32> = (0..SIDE * SIDE)
            .map(|_| stream.standard_normal() as f32)
            .collect();
        let reach = (3.5 * sigma).ceil() as usize;
        let kernel: Vec<f32> = (0..=2 * reach)
            .map(|k| (-0.5 * ((k as f64 - reach as f64) / sigma).powi(2)).exp() as f32)
            .collect();
        // Along rows and then along columns: twice the same pass, each turning the tile over.
        let mut field = turned_and_smoothed(&turned_and_smoothed(&noise, &kernel), &kernel);
        let n = field.len() as f64;
        let mean = field.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
        let power = field
            .iter()
            .map(|&x| (f64::from(x) - mean).powi(2))
            .sum::<f64>()
            / n;
        for x in &mut field {
            *x = ((f64::from(*x) - mean) / power.sqrt()) as f32;
        }
        let values = field
            .chunks_exact(SIDE)
            .flat_map(|row| row.iter().chain(&row[..RUN]))
            .copied()
            .collect();
        Self { values }
    }

    /// The value this far down and to the right of a corner; both wrap round.
    #[inline]
    pub fn at(&self, corner: Corner, down: usize, right: usize) -> f32 {
        let row = (corner.row + down) & (SIDE - 1);
        let column = (corner.column + right) & (SIDE - 1);
        self.values[row * STORED + column]
    }

    /// `length` (at most [`RUN`]) neighbours from there to the right.
    pub fn run(&self, corner: Corner, down: usize, right: usize, length: usize) -> &[f32] {
        let row = (corner.row + down) & (SIDE - 1);
        let column = (corner.column + right) & (SIDE - 1);
        &self.values[row * STORED + column..][..length]
    }
}

fn turned_and_smoothed(field: &[f32], kernel: &[f32]) -> Vec<f32> {
    let mut turned = vec![0.0; field.len()];
    let reach = kernel.len() / 2;
    for (y, row) in field.chunks_exact(SIDE).enumerate() {
        for x in 0..SIDE {
            let sum: f32 = kernel
                .iter()
                .enumerate()
                .map(|(k, weight)| weight * row[(x + SIDE + k - reach) & (SIDE - 1)])
                .sum();
            turned[x * SIDE + y] = sum;
        }
    }
    turned
}

/// A field that varies over a quarter of the picture, in its lowest cosine modes, SD about 0.07;
/// row by row for a square of `side` pixels.
pub fn slow_field(stream: &mut Stream, side: usize) -> Vec<f32> {
    const MODES: usize = 5;
    let amplitude = |mode: usize| {
        let spread = (-0.5 * (0.82 * mode as f64).powi(2)).exp();
        spread
            * if mode == 0 {
                1.0
            } else {
                std::f64::consts::SQRT_2
            }
    };
    let wave = |mode: usize, position: usize| {
        (PI * mode as f64 * (position as f64 + 0.5) / side as f64).cos() as f32
    };
    let mut field = vec![0.0; side * side];
    for down in 0..MODES {
        let mut row = vec![0.0; side];
        for across in 0..MODES {
            let strength = 0.0625 * stream.standard_normal() * amplitude(down) * amplitude(across);
            for (x, value) in row.iter_mut().enumerate() {
                *value += strength as f32 * wave(across, x);
            }
        }
        for (y, output) in field.chunks_exact_mut(side).enumerate() {
            let height = wave(down, y);
            for (value, x) in output.iter_mut().zip(&row) {
                *value += height * x;
            }
        }
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_have_unit_sd_and_smoother_ones_have_neighbours_more_alike() {
        let alike = |tile: &Tile| {
            let origin = Corner { row: 0, column: 0 };
            let (mut power, mut product) = (0.0, 0.0);
            for row in 0..SIDE {
                let run = tile.run(origin, row, 0, RUN);
                power += run.iter().map(|x| x * x).sum::<f32>() / (SIDE * RUN) as f32;
                product += run.windows(2).map(|w| w[0] * w[1]).sum::<f32>() / (SIDE * RUN) as f32;
            }
            assert!((power - 1.0).abs() < 0.2, "{power}");
            product / power
        };
        let found = [&NOISE, &GRAIN, &BLOTCHES, &SLOW].map(|tile| alike(tile));
        assert!(found[0] < 0.35, "{found:?}");
        assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "{found:?}");
    }

    #[test]
    fn tiles_continue_at_their_edges() {
        let corner = Corner {
            row: 250,
            column: 200,
        };
        let run = GRAIN.run(corner, 10, 50, RUN);
        for (k, &value) in run.iter().enumerate() {
            assert_eq!(value, GRAIN.at(corner, 10, 50 + k));
            assert_eq!(value, GRAIN.at(corner.moved(SIDE + 10, 50), 0, k));
        }
    }
}
