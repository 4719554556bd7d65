//! The ECGs of a data set in few numbers each.

use super::beat_measures::{MEASURES, beat_measures};
use crate::information::averaged_beat::{FEATURES, averaged};
use crate::information::principal_components::PrincipalComponents;
use crate::information::scaling::Scaling;
use ndarray::{Array2, Axis, concatenate};

/// Principal components of the averaged beats and the heart rate.
const COMPONENTS: usize = 80;

/// What is known of each subject's ECG; row *i* is subject *i* of the data set.
pub struct EcgTable {
    /// Averaged median beats in mV (subject × 1200).
    beats: Array2<f64>,
    /// Heart rate in beats per minute (subject × 1).
    heart_rates: Array2<f64>,
    /// Measured intervals and amplitudes (subject × measure).
    measures: Array2<f64>,
}

/// The ECGs as the learners see them.
pub(super) struct Features {
    /// Principal components, in proportion to what they vary (subject × component), for distances between subjects.
    pub(super) components: Array2<f64>,
    /// The same with the heart rate and what is measured of the beat, for learners that scale or do not care.
    pub(super) all: Array2<f64>,
}

impl EcgTable {
    /// Reads the median beat (12, 600, mV) and the heart rate of each of `subjects` subjects. A heart rate that is no
    /// number counts as the mean of the others.
    ///
    /// # Errors
    /// The first that `read` gives.
    pub fn read<E>(
        subjects: usize,
        mut read: impl FnMut(usize) -> Result<(Vec<f32>, f64), E>,
    ) -> Result<EcgTable, E> {
        let mut table = EcgTable {
            beats: Array2::zeros((subjects, FEATURES)),
            heart_rates: Array2::zeros((subjects, 1)),
            measures: Array2::zeros((subjects, MEASURES)),
        };
        for subject in 0..subjects {
            let (beat, heart_rate) = read(subject)?;
            let mut row = table.beats.row_mut(subject);
            row.iter_mut()
                .zip(averaged(&beat))
                .for_each(|(to, mean)| *to = mean);
            let mut row = table.measures.row_mut(subject);
            row.iter_mut()
                .zip(beat_measures(&beat))
                .for_each(|(to, value)| *to = value);
            table.heart_rates[[subject, 0]] = heart_rate;
        }
        let known = table.heart_rates.iter().filter(|rate| rate.is_finite());
        let (sum, count) = known.fold((0.0, 0usize), |(sum, count), rate| (sum + rate, count + 1));
        let mean = sum / count.max(1) as f64;
        table
            .heart_rates
            .mapv_inplace(|rate| if rate.is_finite() { rate } else { mean });
        Ok(table)
    }

    /// Features of all subjects, scaled and turned by what the subjects `training` alone show.
    pub(super) fn features(&self, training: &[usize]) -> Features {
        let of = |rows: &Array2<f64>| rows.select(Axis(0), training);
        let scaling = Scaling::of(&of(&self.beats), &of(&self.heart_rates));
        let scaled = scaling.apply(self.beats.clone(), self.heart_rates.clone());
        let components =
            PrincipalComponents::of(&of(&scaled).view(), COMPONENTS).scores(&scaled.view());
        let parts = [
            components.view(),
            self.heart_rates.view(),
            self.measures.view(),
        ];
        Features {
            all: concatenate(Axis(1), &parts).expect("all have one row a subject"),
            components,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_the_order_of_the_subjects() {
        let beat = |subject: usize| -> Vec<f32> {
            (0..7200)
                .map(|i| ((i * (subject + 3)) as f32 * 0.01).sin())
                .collect()
        };
        let rate = |subject: usize| {
            if subject == 2 {
                f64::NAN
            } else {
                60.0 + subject as f64
            }
        };
        let table = EcgTable::read(8, |i| Ok::<_, ()>((beat(i), rate(i)))).unwrap();
        assert_eq!(table.heart_rates[[5, 0]], 65.0);
        // The mean of the seven others: 60 + (0 + 1 + 3 + 4 + 5 + 6 + 7) / 7.
        assert!((table.heart_rates[[2, 0]] - (60.0 + 26.0 / 7.0)).abs() < 1e-9);
        assert_eq!(table.measures.row(4).to_vec(), beat_measures(&beat(4)));
        let features = table.features(&[0, 1, 2, 3, 4, 5]);
        assert_eq!(features.components.dim(), (8, COMPONENTS));
        assert_eq!(features.all.dim(), (8, COMPONENTS + 1 + MEASURES));
        assert!(features.all.iter().all(|x| x.is_finite()));
        assert_eq!(
            EcgTable::read(8, |_| Err::<(Vec<f32>, f64), _>("lost")).err(),
            Some("lost")
        );
    }
}
