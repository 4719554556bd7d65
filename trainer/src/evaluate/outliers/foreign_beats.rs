//! Median beats that are foreign in one way.

use super::OutlierError;
use ecg2mri::ecg::{Ecg, EcgError, Lead};
use ecg2mri::signal::MedianBeat;
use serde::Serialize;

/// Samples of a median beat in all leads.
pub const BEAT: usize = MedianBeat::LEADS * MedianBeat::SAMPLES;

/// The ways of being foreign, as a report groups them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Recordings of real hearts, where the training was simulated.
    RealRecordings,
    /// No heart at all.
    Noise,
    /// Electrodes that hang in each other's place.
    ExchangedElectrodes,
    /// Millivolts that are none.
    ForeignGain,
    /// Leads without signal.
    FlatLead,
}

/// Median beats that are foreign in one way.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignBeats {
    /// What is foreign about them.
    pub name: String,
    /// What kind of being foreign that is.
    pub group: Group,
    /// Median beats in mV, (recording, 12, 600) at 500 Hz, as in a data set.
    pub beats: Vec<f32>,
    /// Heart rate of each recording in beats per minute.
    pub heart_rates_bpm: Vec<f64>,
}

/// Median beats of subjects, as a data set has them.
#[derive(Debug, Clone, Copy)]
pub struct Beats<'a> {
    /// In mV, (subject, 12, 600) at 500 Hz.
    pub samples: &'a [f32],
    /// In beats per minute.
    pub heart_rates_bpm: &'a [f64],
}

impl<'a> Beats<'a> {
    /// Checks that there is one heart rate for each beat.
    ///
    /// # Errors
    /// [`OutlierError::Shape`] where there is not, or no subject at all.
    pub fn new(samples: &'a [f32], heart_rates_bpm: &'a [f64]) -> Result<Beats<'a>, OutlierError> {
        if samples.is_empty() || samples.len() != heart_rates_bpm.len() * BEAT {
            return Err(OutlierError::Shape {
                samples: samples.len(),
                heart_rates: heart_rates_bpm.len(),
            });
        }
        Ok(Beats {
            samples,
            heart_rates_bpm,
        })
    }

    /// The subjects' beats, each with its leads changed by `change`, which is given the subject's place.
    ///
    /// # Errors
    /// [`OutlierError::Beat`] where a beat is not finite.
    pub(super) fn changed(
        &self,
        name: &str,
        group: Group,
        change: impl Fn(usize, IndependentLeads) -> IndependentLeads,
    ) -> Result<ForeignBeats, OutlierError> {
        let mut beats = Vec::with_capacity(self.samples.len());
        for (subject, beat) in self.samples.chunks_exact(BEAT).enumerate() {
            let leads = change(subject, IndependentLeads::of(beat));
            let failed = |source| OutlierError::Beat { subject, source };
            beats.extend(leads.into_twelve().map_err(failed)?);
        }
        Ok(ForeignBeats {
            name: name.to_owned(),
            group,
            beats,
            heart_rates_bpm: self.heart_rates_bpm.to_vec(),
        })
    }
}

/// The eight leads that carry all the information, 600 samples in mV each. A recorder computes the other four, so
/// that a change to these shows in all twelve as it would in a recording.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IndependentLeads {
    /// Lead I, left arm minus right arm.
    pub first: Vec<f32>,
    /// Lead II, left leg minus right arm.
    pub second: Vec<f32>,
    /// V1 to V6.
    pub chest: Vec<Vec<f32>>,
}

impl IndependentLeads {
    /// Those of a beat of twelve leads in standard order.
    fn of(beat: &[f32]) -> IndependentLeads {
        let mut rows = beat
            .chunks_exact(MedianBeat::SAMPLES)
            .zip(Lead::STANDARD)
            .filter(|(_, lead)| Lead::INDEPENDENT.contains(lead))
            .map(|(row, _)| row.to_vec());
        IndependentLeads {
            first: rows.next().unwrap_or_default(),
            second: rows.next().unwrap_or_default(),
            chest: rows.collect(),
        }
    }

    /// All twelve leads in standard order, (12, 600).
    pub(super) fn into_twelve(self) -> Result<Vec<f32>, EcgError> {
        let rows = [self.first, self.second]
            .into_iter()
            .chain(self.chest)
            .collect();
        let ecg = Ecg::new(Lead::INDEPENDENT.to_vec(), rows, MedianBeat::SAMPLING_RATE)?;
        Ok(ecg.twelve_leads()?.samples().concat())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Beats of `subjects` hearts, lead by lead of different size and consistent with each other.
    pub(in crate::evaluate::outliers) fn beats(subjects: usize) -> (Vec<f32>, Vec<f64>) {
        let row = |subject: usize, lead: usize| -> Vec<f32> {
            let height = (lead as f32 - 3.4) * (1.0 + 0.1 * subject as f32);
            (0..MedianBeat::SAMPLES)
                .map(|sample| height * (-((sample as f32 - 210.0) / 12.0).powi(2)).exp())
                .collect()
        };
        let samples = (0..subjects).flat_map(|subject| {
            let leads = IndependentLeads {
                first: row(subject, 0),
                second: row(subject, 1),
                chest: (2..8).map(|lead| row(subject, lead)).collect(),
            };
            leads.into_twelve().unwrap()
        });
        (
            samples.collect(),
            (0..subjects).map(|subject| 60.0 + subject as f64).collect(),
        )
    }

    /// One lead of a beat.
    pub(in crate::evaluate::outliers) fn lead(beat: &[f32], lead: Lead) -> &[f32] {
        let row = Lead::STANDARD.iter().position(|one| *one == lead).unwrap();
        &beat[row * MedianBeat::SAMPLES..(row + 1) * MedianBeat::SAMPLES]
    }

    #[test]
    fn unchanged_beats_stay_what_they_are() {
        let (samples, rates) = beats(3);
        let all = Beats::new(&samples, &rates).unwrap();
        let same = all
            .changed("same", Group::FlatLead, |_, leads| leads)
            .unwrap();
        assert_eq!((same.beats, same.heart_rates_bpm), (samples, rates));
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let (mut samples, rates) = beats(2);
        assert!(matches!(
            Beats::new(&samples, &rates[..1]),
            Err(OutlierError::Shape { .. })
        ));
        assert!(matches!(
            Beats::new(&[], &[]),
            Err(OutlierError::Shape { .. })
        ));
        samples[BEAT + 5] = f32::NAN;
        let all = Beats::new(&samples, &rates).unwrap();
        let error = all
            .changed("", Group::FlatLead, |_, leads| leads)
            .unwrap_err();
        assert!(
            matches!(error, OutlierError::Beat { subject: 1, .. }),
            "{error}"
        );
    }
}
