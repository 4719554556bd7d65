//! The plane of the two principal components, where t-SNE starts from.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Rounds of the subspace iteration. The plane need not be exact: it is only where the search begins.
const ROUNDS: usize = 60;

/// Each point of `points` (point, `length`) on the plane of greatest variance, found by subspace iteration from a
/// direction drawn from `seed`; the components stand at right angles, the larger first.
pub fn principal_plane(points: &[f32], length: usize, seed: u64) -> Vec<[f64; 2]> {
    let count = points.len() / length;
    let mut mean = vec![0.0f64; length];
    for point in points.chunks_exact(length) {
        mean.iter_mut()
            .zip(point)
            .for_each(|(sum, &value)| *sum += f64::from(value));
    }
    mean.iter_mut().for_each(|sum| *sum /= count as f64);
    let centred: Vec<f64> = points
        .chunks_exact(length)
        .flat_map(|point| {
            point
                .iter()
                .zip(&mean)
                .map(|(&value, mean)| f64::from(value) - mean)
        })
        .collect();

    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut axes = [(); 2].map(|()| -> Vec<f64> {
        (0..length)
            .map(|_| StandardNormal.sample(&mut random))
            .collect()
    });
    for _ in 0..ROUNDS {
        let mut next = [vec![0.0f64; length], vec![0.0f64; length]];
        for point in centred.chunks_exact(length) {
            for (axis, sum) in axes.iter().zip(&mut next) {
                let along = product(point, axis);
                sum.iter_mut()
                    .zip(point)
                    .for_each(|(sum, value)| *sum += along * value);
            }
        }
        axes = orthonormal(next);
    }
    centred
        .chunks_exact(length)
        .map(|point| [0, 1].map(|axis: usize| product(point, &axes[axis])))
        .collect()
}

fn product(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Both of length one and at right angles; a direction without length stays nought.
fn orthonormal([mut first, mut second]: [Vec<f64>; 2]) -> [Vec<f64>; 2] {
    let normalise = |axis: &mut [f64]| {
        let length = product(axis, axis).sqrt();
        if length > 0.0 {
            axis.iter_mut().for_each(|value| *value /= length);
        }
    };
    normalise(&mut first);
    let along = product(&first, &second);
    second
        .iter_mut()
        .zip(&first)
        .for_each(|(value, first)| *value -= along * first);
    normalise(&mut second);
    [first, second]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_two_longest_directions() {
        // An ellipsoid with half axes 5, 2 and 0.1 along x, z and y.
        let points: Vec<f32> = (0..400)
            .flat_map(|number| {
                let [a, b, c] = [0.37, 1.13, 2.71].map(|step: f32| (number as f32 * step).sin());
                [5.0 * a + 7.0, 0.1 * c, 2.0 * b - 3.0]
            })
            .collect();
        let plane = principal_plane(&points, 3, 1);
        let spread =
            |axis: usize| plane.iter().map(|place| place[axis].powi(2)).sum::<f64>() / 400.0;
        assert!((spread(0) - 12.5).abs() < 0.3, "{}", spread(0));
        assert!((spread(1) - 2.0).abs() < 0.1, "{}", spread(1));
        let both: f64 = plane.iter().map(|place| place[0] * place[1]).sum::<f64>() / 400.0;
        assert!(both.abs() < 1e-3, "{both}");
    }

    #[test]
    fn points_that_are_all_alike_stay_together() {
        assert_eq!(principal_plane(&[1.0; 30], 3, 1), [[0.0; 2]; 10]);
    }
}
