//! Whose MRI an ECG points to, and whose ECG an MRI, among all subjects of a split.

use super::markdown::{figure, interval, table};
use crate::information::interval::{Estimate, bootstrap};
use ndarray::{Array2, Axis};
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Subjects of the gallery that splits of different size are compared by.
pub const GALLERY: usize = 1000;

/// Bars of the histogram of ranks.
const BARS: usize = 20;

/// Two cosines closer than this are equal; rounding must not find the pair where all latents are one.
const TIE: f64 = 1e-9;

/// For each ECG, how many MRIs of the set are as close to it (by cosine) as its own: 0 where its own is closest.
pub fn retrieval_ranks(ecg_latents: &[f32], mri_latents: &[f32], length: usize) -> Vec<usize> {
    let likenesses = unit_rows(ecg_latents, length).dot(&unit_rows(mri_latents, length).t());
    ranks(&likenesses, Axis(0))
}

/// The share of ranks below `k`.
pub fn recall_at(ranks: &[usize], k: usize) -> f64 {
    ranks.iter().filter(|&&rank| rank < k).count() as f64 / ranks.len() as f64
}

/// Retrieval both ways, among all subjects and in a gallery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retrieval {
    /// Among all subjects of the split.
    pub among_all: BothWays,
    /// Among [`GALLERY`] subjects drawn by the seed; `None` where the split has fewer.
    pub in_gallery: Option<BothWays>,
}

/// Retrieval both ways.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BothWays {
    /// The MRI of an ECG.
    pub ecg_to_mri: OneWay,
    /// The ECG of an MRI.
    pub mri_to_ecg: OneWay,
}

/// Retrieval one way: how many others are as close as the right one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneWay {
    /// Subjects that are asked for and among which the right one is looked for.
    pub subjects: usize,
    /// Share for which the right one is the closest.
    pub recall_at_1: Estimate,
    /// Share for which it is among the five closest.
    pub recall_at_5: Estimate,
    /// Share for which it is among the ten closest.
    pub recall_at_10: Estimate,
    /// What chance gives for the ten closest.
    pub chance_at_10: f64,
    /// Half of the subjects have fewer others before them than this; chance gives half the number of subjects.
    pub median_rank: f64,
    /// Subjects by rank, in twentieths of all ranks; chance gives bars of one height.
    pub rank_histogram: Vec<usize>,
    /// How many others come before the right one, for each subject.
    #[serde(skip)]
    pub ranks: Vec<usize>,
}

impl Retrieval {
    /// Of latents (subject, `length`) of ECGs and MRIs, pair by pair; `seed` draws the gallery and the intervals.
    pub fn measure(
        ecg_latents: &[f32],
        mri_latents: &[f32],
        length: usize,
        seed: u64,
    ) -> Retrieval {
        let (ecgs, mris) = (
            unit_rows(ecg_latents, length),
            unit_rows(mri_latents, length),
        );
        let among = |ecgs: &Array2<f64>, mris: &Array2<f64>| {
            let likenesses = ecgs.dot(&mris.t());
            BothWays {
                ecg_to_mri: OneWay::of(ranks(&likenesses, Axis(0)), seed),
                mri_to_ecg: OneWay::of(ranks(&likenesses, Axis(1)), seed),
            }
        };
        let in_gallery = (ecgs.nrows() >= GALLERY).then(|| {
            let mut stream = ChaCha8Rng::seed_from_u64(seed);
            let mut gallery = index::sample(&mut stream, ecgs.nrows(), GALLERY).into_vec();
            gallery.sort_unstable();
            among(
                &ecgs.select(Axis(0), &gallery),
                &mris.select(Axis(0), &gallery),
            )
        });
        Retrieval {
            among_all: among(&ecgs, &mris),
            in_gallery,
        }
    }

    /// A row for each way and set of subjects.
    pub fn markdown(&self) -> String {
        let mut rows = Vec::new();
        for both in std::iter::once(&self.among_all).chain(&self.in_gallery) {
            for (name, way) in [
                ("ECG to MRI", &both.ecg_to_mri),
                ("MRI to ECG", &both.mri_to_ecg),
            ] {
                rows.push(vec![
                    format!("{name}, among {}", way.subjects),
                    interval(way.recall_at_1),
                    interval(way.recall_at_5),
                    interval(way.recall_at_10),
                    figure(way.chance_at_10, 4),
                    figure(way.times_chance_at_10(), 1),
                    figure(way.median_rank, 0),
                ]);
            }
        }
        table(
            &[
                "retrieval",
                "recall at 1",
                "at 5",
                "at 10",
                "chance at 10",
                "times chance",
                "median rank",
            ],
            &rows,
        )
    }
}

impl OneWay {
    fn of(ranks: Vec<usize>, seed: u64) -> OneWay {
        let subjects = ranks.len();
        let recall = |k: usize| {
            bootstrap(recall_at(&ranks, k), subjects, seed, |drawn| {
                let found = drawn.iter().filter(|&&subject| ranks[subject] < k).count();
                found as f64 / subjects as f64
            })
        };
        let mut rank_histogram = vec![0; BARS];
        for &rank in &ranks {
            rank_histogram[rank * BARS / subjects] += 1;
        }
        OneWay {
            subjects,
            recall_at_1: recall(1),
            recall_at_5: recall(5),
            recall_at_10: recall(10),
            chance_at_10: (10.0 / subjects as f64).min(1.0),
            median_rank: median(&ranks),
            rank_histogram,
            ranks,
        }
    }

    /// Recall among the ten closest over what chance gives.
    pub fn times_chance_at_10(&self) -> f64 {
        self.recall_at_10.value / self.chance_at_10
    }
}

/// Latents (subject, `length`) as rows of length 1.
pub(super) fn unit_rows(latents: &[f32], length: usize) -> Array2<f64> {
    let subjects = latents.len() / length.max(1);
    let mut rows = Array2::from_shape_fn((subjects, length), |(subject, place)| {
        f64::from(latents[subject * length + place])
    });
    for mut row in rows.rows_mut() {
        let norm = row.dot(&row).sqrt().max(f64::MIN_POSITIVE);
        row.mapv_inplace(|x| x / norm);
    }
    rows
}

/// For each line along `axis` of the likenesses (ECG × MRI), how many others are as like as the one on the diagonal.
fn ranks(likenesses: &Array2<f64>, axis: Axis) -> Vec<usize> {
    likenesses
        .axis_iter(axis)
        .enumerate()
        .map(|(subject, line)| {
            let own = line[subject] - TIE;
            // Its own is among those counted.
            line.iter()
                .filter(|&&likeness| likeness >= own)
                .count()
                .saturating_sub(1)
        })
        .collect()
}

fn median(ranks: &[usize]) -> f64 {
    let mut sorted = ranks.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    match (sorted.get(middle), sorted.len() % 2) {
        (None, _) => f64::NAN,
        (Some(&rank), 1) => rank as f64,
        (Some(&rank), _) => (sorted[middle - 1] + rank) as f64 / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retrieval_counts_those_closer() {
        let mri = [1.0, 0.0, 0.0, 1.0, -1.0, 0.0];
        assert_eq!(retrieval_ranks(&mri, &mri, 2), [0, 0, 0]);
        let swapped = [-2.0, 0.1, 0.1, 0.2, 3.0, 0.1];
        let ranks = retrieval_ranks(&swapped, &mri, 2);
        assert_eq!(ranks, [2, 0, 2]);
        assert!((recall_at(&ranks, 1) - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(recall_at(&ranks, 3), 1.0);
        // A collapsed encoder finds nobody, however the ties fall.
        let collapsed = vec![0.3; 40 * 7];
        assert_eq!(retrieval_ranks(&collapsed, &collapsed, 7), [39; 40]);
    }

    #[test]
    fn both_ways_differ_where_the_latents_do() {
        // Both ECGs are nearest to the first MRI; each MRI is nearest to its own.
        let ecg = [1.0, 0.0, 0.9, 0.1];
        let mri = [1.0, 0.05, 0.0, 1.0];
        let found = Retrieval::measure(&ecg, &mri, 2, 1);
        assert_eq!(found.among_all.ecg_to_mri.ranks, [0, 1]);
        assert_eq!(found.among_all.mri_to_ecg.ranks, [0, 0]);
        assert_eq!(found.in_gallery, None);
        assert_eq!(found.among_all.ecg_to_mri.median_rank, 0.5);
    }

    #[test]
    fn a_gallery_of_a_thousand_and_its_histogram() {
        // Subject i points a little past its own MRI, towards the next one.
        let place = |i: f64| [(i * 0.001).cos() as f32, (i * 0.001).sin() as f32];
        let mri: Vec<f32> = (0..1200).flat_map(|i| place(f64::from(i))).collect();
        let ecg: Vec<f32> = (0..1200).flat_map(|i| place(f64::from(i) + 1.2)).collect();
        let found = Retrieval::measure(&ecg, &mri, 2, 3);
        let all = &found.among_all.ecg_to_mri;
        // Closest is i + 1, then i + 2, then the subject itself; the last subjects have no such others.
        assert_eq!((all.ranks[0], all.ranks[1198], all.ranks[1199]), (2, 1, 0));
        assert_eq!(all.median_rank, 2.0);
        assert_eq!(all.recall_at_5.value, 1.0);
        assert_eq!(all.rank_histogram[0], 1200);
        let gallery = found.in_gallery.as_ref().unwrap();
        assert_eq!(gallery.ecg_to_mri.subjects, GALLERY);
        assert_eq!(gallery.ecg_to_mri.chance_at_10, 0.01);
        assert_eq!(gallery.ecg_to_mri.times_chance_at_10(), 100.0);
        assert_eq!(found, Retrieval::measure(&ecg, &mri, 2, 3));
        assert_eq!(found.markdown().lines().count(), 6);
    }
}
