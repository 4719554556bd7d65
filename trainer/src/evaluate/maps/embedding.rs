//! t-SNE (van der Maaten and Hinton, JMLR 2008;9:2579; Barnes–Hut: van der Maaten, JMLR 2014;15:3221), by way of the
//! crate `bhtsne`, the same every time.
//!
//! Three things make the crate's result depend on chance or on the number of processors: its random start, its
//! vantage-point tree, and sums that are made in parallel. So it is given a start (the principal plane, which keeps
//! more of the large-scale arrangement as well: Kobak and Berens, Nat Commun 2019;10:5416) and the neighbours, and runs
//! on one thread.

use super::MapError;
use super::neighbours::nearest;
use super::principal_plane::principal_plane;
use bhtsne::{Neighbor, tSNE};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// How a map is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmbeddingSettings {
    /// About how many neighbours count for a point. Lowered to what the number of points allows.
    pub perplexity: f64,
    /// Steps of the gradient descent.
    pub steps: usize,
    /// For where the search begins.
    pub seed: u64,
}

impl Default for EmbeddingSettings {
    fn default() -> EmbeddingSettings {
        EmbeddingSettings {
            perplexity: 30.0,
            steps: 1000,
            seed: 1,
        }
    }
}

/// The fewest points that are put on a map.
pub const LEAST_POINTS: usize = 10;

/// The part of a cell's distance that its width may be, to count as one point: the usual 0.5 of the method's paper.
const THETA: f64 = 0.5;
/// Standard deviation of the start along the first component.
const START: f64 = 1e-4;
/// What is added to the start by chance, so that points that are all alike come apart.
const JITTER: f64 = 1e-6;

/// A place on a plane for each of `latents` (point, `length`); near ones stay near.
///
/// # Errors
/// Fewer than [`LEAST_POINTS`] points, numbers that make no whole latents, or one that is not finite.
pub fn embed(
    latents: &[f32],
    length: usize,
    settings: &EmbeddingSettings,
) -> Result<Vec<[f64; 2]>, MapError> {
    let points = check(latents, length)?;
    let most = ((points - 1) / 3) as f64;
    let perplexity = settings.perplexity.clamp(1.0, most);
    let neighbours: Vec<Vec<Neighbor<f64>>> = nearest(latents, length, (3.0 * perplexity) as usize)
        .into_iter()
        .map(|row| {
            let neighbour = |one: super::neighbours::Neighbour| Neighbor {
                index: one.point,
                distance: one.distance,
            };
            row.into_iter().map(neighbour).collect()
        })
        .collect();
    let start = start(latents, length, settings.seed);
    let one_thread = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .map_err(|error| MapError::Thread(error.to_string()))?;
    let places = one_thread.install(|| {
        // The crate wants the points, though with neighbours given it looks at their number only.
        let numbers: Vec<usize> = (0..points).collect();
        let mut search: tSNE<'_, f64, usize> = tSNE::new(&numbers);
        search
            .perplexity(perplexity)
            .epochs(settings.steps)
            .initial_embedding(start)
            .barnes_hut_with_neighbors(THETA, &neighbours);
        search.embedding()
    });
    Ok(places
        .chunks_exact(2)
        .map(|place| [place[0], place[1]])
        .collect())
}

/// The number of points.
pub(super) fn check(latents: &[f32], length: usize) -> Result<usize, MapError> {
    let points = latents.len().checked_div(length).unwrap_or(0);
    if points * length != latents.len() {
        return Err(MapError::Shape {
            numbers: latents.len(),
            points,
            length,
        });
    }
    if points < LEAST_POINTS {
        return Err(MapError::TooFewPoints {
            points,
            needed: LEAST_POINTS,
        });
    }
    match latents.iter().position(|value| !value.is_finite()) {
        Some(place) => Err(MapError::NotFinite {
            point: place / length,
        }),
        None => Ok(points),
    }
}

/// The principal plane, very small, with a little chance in it: x and y of each point in turn.
fn start(latents: &[f32], length: usize, seed: u64) -> Vec<f64> {
    let plane = principal_plane(latents, length, seed);
    let squares: f64 = plane.iter().map(|place| place[0] * place[0]).sum();
    let spread = (squares / plane.len() as f64).sqrt();
    let scale = if spread > 0.0 { START / spread } else { 0.0 };
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    plane
        .into_iter()
        .flatten()
        .map(|value| {
            let chance: f64 = StandardNormal.sample(&mut random);
            value * scale + JITTER * chance
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    /// Three well-parted heaps of `each` points in `length` dimensions.
    fn heaps(each: usize, length: usize) -> Vec<f32> {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        (0..3 * each)
            .flat_map(|point| {
                let heap = point / each;
                let values: Vec<f32> = (0..length)
                    .map(|axis| {
                        random.random_range(-1.0..1.0) + if axis == heap { 12.0 } else { 0.0 }
                    })
                    .collect();
                values
            })
            .collect()
    }

    fn settings(steps: usize) -> EmbeddingSettings {
        EmbeddingSettings {
            steps,
            ..EmbeddingSettings::default()
        }
    }

    #[test]
    fn heaps_stay_together_and_apart() {
        let (each, length) = (60, 8);
        let map = embed(&heaps(each, length), length, &settings(400)).unwrap();
        let flat: Vec<f32> = map.iter().flatten().map(|&value| value as f32).collect();
        for (point, row) in nearest(&flat, 2, 10).iter().enumerate() {
            assert!(row.iter().all(|other| other.point / each == point / each));
        }
    }

    #[test]
    fn the_same_points_and_seed_give_the_same_map_to_the_last_bit() {
        let points = heaps(250, 6);
        let [one, other] = [(); 2].map(|()| embed(&points, 6, &settings(60)).unwrap());
        assert_eq!(one, other);
        let another = EmbeddingSettings {
            seed: 2,
            ..settings(60)
        };
        assert_ne!(embed(&points, 6, &another).unwrap(), one);
    }

    #[test]
    fn latents_that_are_all_alike_give_finite_places() {
        let map = embed(&[0.5; 40 * 4], 4, &settings(300)).unwrap();
        assert!(map.iter().flatten().all(|value| value.is_finite()));
    }

    #[test]
    fn what_is_no_set_of_latents_is_refused() {
        let few = embed(&[0.0; 12], 4, &settings(1)).unwrap_err();
        assert_eq!(
            few,
            MapError::TooFewPoints {
                points: 3,
                needed: LEAST_POINTS
            }
        );
        assert!(matches!(
            embed(&[0.0; 41], 4, &settings(1)),
            Err(MapError::Shape { .. })
        ));
        assert!(matches!(
            embed(&[0.0; 41], 0, &settings(1)),
            Err(MapError::Shape { .. })
        ));
        let mut diverged = [0.0; 80];
        diverged[30] = f32::NAN;
        assert_eq!(
            embed(&diverged, 4, &settings(1)),
            Err(MapError::NotFinite { point: 7 })
        );
    }
}
