//! How far a map can be believed.

use super::neighbours::{Neighbour, by_distance, distances};
use rayon::prelude::*;

/// Trustworthiness with `k` neighbours (Venna and Kaski, ICANN 2001, LNCS 2130:485): 1 where the `k` nearest on the map
/// are among the `k` nearest in the latent, less for each that is not by how far it is from that, about 0.5 where
/// the map is chance.
///
/// `latents` is (point, `length`), `map` one place each. NaN where `k` is 0 or not below half the points, where the
/// score has no meaning.
pub fn trustworthiness(latents: &[f32], length: usize, map: &[[f64; 2]], k: usize) -> f64 {
    let points = map.len();
    if k == 0 || 2 * k >= points || latents.len() != points * length {
        return f64::NAN;
    }
    // The map's neighbours in single precision would tie where double precision does not.
    let on_map = |point: usize| -> Vec<Neighbour> {
        let [x, y] = map[point];
        let mut others: Vec<Neighbour> = map
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != point)
            .map(|(other, place)| Neighbour {
                point: other,
                distance: (place[0] - x).hypot(place[1] - y),
            })
            .collect();
        others.select_nth_unstable_by(k, by_distance);
        others.truncate(k);
        others
    };
    let penalty: usize = (0..points)
        .into_par_iter()
        .map(|point| {
            let mut others = distances(latents, length, point);
            others.sort_unstable_by(by_distance);
            let mut ranks = vec![0; points];
            for (rank, other) in others.iter().enumerate() {
                ranks[other.point] = rank + 1;
            }
            let beyond = |other: &Neighbour| ranks[other.point].saturating_sub(k);
            on_map(point).iter().map(beyond).sum::<usize>()
        })
        .sum();
    let worst = points as f64 * k as f64 * (2.0 * points as f64 - 3.0 * k as f64 - 1.0) / 2.0;
    1.0 - penalty as f64 / worst
}

#[cfg(test)]
mod tests;
