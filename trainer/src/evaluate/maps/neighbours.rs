//! Who is near whom.

use rayon::prelude::*;

/// A point and how far it is away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// The point's place, from 0.
    pub point: usize,
    /// Its Euclidean distance.
    pub distance: f64,
}

/// For each point of `points` (point, `length`) the `count` nearest others, nearest first; among those equally far, the
/// one that comes first.
pub fn nearest(points: &[f32], length: usize, count: usize) -> Vec<Vec<Neighbour>> {
    let subjects = points.len() / length.max(1);
    (0..subjects)
        .into_par_iter()
        .map(|point| {
            let mut others = distances(points, length, point);
            let count = count.min(others.len());
            if count < others.len() {
                others.select_nth_unstable_by(count, by_distance);
                others.truncate(count);
            }
            others.sort_unstable_by(by_distance);
            others
        })
        .collect()
}

/// All others with their distances from `point`, in the order of the points.
pub fn distances(points: &[f32], length: usize, point: usize) -> Vec<Neighbour> {
    let own = &points[point * length..(point + 1) * length];
    points
        .chunks_exact(length)
        .enumerate()
        .filter(|(other, _)| *other != point)
        .map(|(other, latent)| Neighbour {
            point: other,
            distance: distance(own, latent),
        })
        .collect()
}

fn distance(one: &[f32], other: &[f32]) -> f64 {
    let squares = one.iter().zip(other).map(|(a, b)| {
        let difference = f64::from(a - b);
        difference * difference
    });
    squares.sum::<f64>().sqrt()
}

/// The nearer first, and of two equally near the one with the lower place.
pub fn by_distance(one: &Neighbour, other: &Neighbour) -> std::cmp::Ordering {
    one.distance
        .total_cmp(&other.distance)
        .then(one.point.cmp(&other.point))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_come_first() {
        let points = [0.0, 0.0, 3.0, 4.0, 0.0, 1.0, 0.0, -1.0];
        let found = nearest(&points, 2, 2);
        let places: Vec<Vec<usize>> = found
            .iter()
            .map(|row| row.iter().map(|neighbour| neighbour.point).collect())
            .collect();
        assert_eq!(places, [[2, 3], [2, 0], [0, 3], [0, 2]]);
        assert_eq!(found[0][0].distance, 1.0);
        assert_eq!(nearest(&points, 2, 9)[1].len(), 3);
    }
}
