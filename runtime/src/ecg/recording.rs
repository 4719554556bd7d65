//! `Ecg`: leads and samples, checked once so that nothing downstream has to.

use std::fmt;

use super::{DeviceReading, EcgError, Lead, Patient};

/// A multi-lead recording in millivolts.
///
/// Every `Ecg` has at least one lead and one sample, no lead twice, rows of one
/// length, finite samples only and a positive sampling rate.
#[derive(Clone, PartialEq)]
pub struct Ecg {
    leads: Vec<Lead>,
    samples: Vec<Vec<f32>>,
    sampling_rate: f64,
    patient: Patient,
    skipped_signals: Vec<String>,
    device_quality_warning: bool,
    device_reading: Option<Box<DeviceReading>>,
}

impl Ecg {
    /// A recording of `leads`, `samples` in millivolts with shape (lead, sample),
    /// at `sampling_rate` Hz.
    ///
    /// # Errors
    /// No lead, a lead twice, rows that are missing, empty or of different length, a sample
    /// that is NaN or infinite (named by lead and number), a rate that is not positive.
    pub fn new(
        leads: Vec<Lead>,
        samples: Vec<Vec<f32>>,
        sampling_rate: f64,
    ) -> Result<Ecg, EcgError> {
        check(&leads, &samples, sampling_rate)?;
        Ok(Ecg {
            leads,
            samples,
            sampling_rate,
            patient: Patient::default(),
            skipped_signals: Vec::new(),
            device_quality_warning: false,
            device_reading: None,
        })
    }

    /// The same recording with the patient's fields set.
    pub fn with_patient(mut self, patient: Patient) -> Ecg {
        self.patient = patient;
        self
    }

    /// The same recording, noting the names of signals its file holds that are no standard lead.
    pub fn with_skipped_signals(mut self, names: Vec<String>) -> Ecg {
        self.skipped_signals = names;
        self
    }

    /// The same recording, noting whether the recorder itself flagged its quality as poor.
    pub fn with_device_quality_warning(mut self, warning: bool) -> Ecg {
        self.device_quality_warning = warning;
        self
    }

    /// The same recording with what the recorder itself measured and said, if it did so at all; where
    /// it said that the quality was poor, that is noted too.
    pub fn with_device_reading(mut self, reading: DeviceReading) -> Ecg {
        self.device_quality_warning |= reading.says_poor_data_quality();
        self.device_reading = (!reading.is_empty()).then(|| Box::new(reading));
        self
    }

    /// The leads, in the order of the rows of [`samples`](Self::samples).
    pub fn leads(&self) -> &[Lead] {
        &self.leads
    }

    /// The samples of one lead in millivolts, if the recording has it.
    pub fn lead(&self, lead: Lead) -> Option<&[f32]> {
        let row = self.leads.iter().position(|&own| own == lead)?;
        self.samples.get(row).map(Vec::as_slice)
    }

    /// All samples in millivolts, shape (lead, sample).
    pub fn samples(&self) -> &[Vec<f32>] {
        &self.samples
    }

    /// Samples per second and lead, in Hz.
    pub fn sampling_rate(&self) -> f64 {
        self.sampling_rate
    }

    /// The length of every lead in samples; never 0.
    pub fn samples_per_lead(&self) -> usize {
        self.samples.first().map_or(0, Vec::len)
    }

    /// The length of the recording in seconds.
    pub fn duration_seconds(&self) -> f64 {
        self.samples_per_lead() as f64 / self.sampling_rate
    }

    /// What the file says about the patient.
    pub fn patient(&self) -> &Patient {
        &self.patient
    }

    /// Names of signals in the file that were left out because they are no standard lead.
    pub fn skipped_signals(&self) -> &[String] {
        &self.skipped_signals
    }

    /// Whether the recorder itself noted "Poor data quality".
    pub fn device_quality_warning(&self) -> bool {
        self.device_quality_warning
    }

    /// What the recorder itself measured and said, if its file holds any of it.
    pub fn device_reading(&self) -> Option<&DeviceReading> {
        self.device_reading.as_deref()
    }

    /// The twelve standard leads in standard order.
    ///
    /// Limb leads that are absent follow from Einthoven's and Goldberger's relations:
    /// III = II − I, aVR = −(I + II)/2, aVL = I − II/2, aVF = II − I/2 (and II = I + III,
    /// I = II − III where one of the two is absent). Leads present are kept as they are.
    ///
    /// # Errors
    /// [`EcgError::MissingLeads`] lists every lead that is neither there nor derivable; none is ever
    /// filled with zeros.
    pub fn twelve_leads(&self) -> Result<Ecg, EcgError> {
        let ecg = self.with_derived_leads();
        let is_missing = |lead: &Lead| !ecg.leads.contains(lead);
        let missing: Vec<Lead> = Lead::STANDARD.into_iter().filter(is_missing).collect();
        if missing.is_empty() {
            Ok(ecg)
        } else {
            Err(EcgError::MissingLeads { missing })
        }
    }

    /// Those of the twelve standard leads that are there or follow from others, as
    /// [`twelve_leads`](Self::twelve_leads) derives them, in standard order.
    pub fn with_derived_leads(&self) -> Ecg {
        let first = self.limb_lead(Lead::I, Lead::II, Lead::III, |second, third| second - third);
        let second = self.limb_lead(Lead::II, Lead::I, Lead::III, |first, third| first + third);
        let derived = |lead: Lead| {
            let (first, second) = (first.as_deref()?, second.as_deref()?);
            let relation: fn(f32, f32) -> f32 = match lead {
                Lead::I => |first, _| first,
                Lead::II => |_, second| second,
                Lead::III => |first, second| second - first,
                Lead::AVR => |first, second| -(first + second) / 2.0,
                Lead::AVL => |first, second| first - second / 2.0,
                Lead::AVF => |first, second| second - first / 2.0,
                _ => return None,
            };
            Some(combine(first, second, relation))
        };
        let (leads, samples) = Lead::STANDARD
            .into_iter()
            .filter_map(|lead| {
                let own = self.lead(lead).map(<[f32]>::to_vec);
                Some((lead, own.or_else(|| derived(lead))?))
            })
            .unzip();
        Ecg {
            leads,
            samples,
            ..self.clone_without_samples()
        }
    }

    fn limb_lead(
        &self,
        lead: Lead,
        one: Lead,
        other: Lead,
        relation: fn(f32, f32) -> f32,
    ) -> Option<Vec<f32>> {
        match self.lead(lead) {
            Some(row) => Some(row.to_vec()),
            None => Some(combine(self.lead(one)?, self.lead(other)?, relation)),
        }
    }

    fn clone_without_samples(&self) -> Ecg {
        Ecg {
            leads: Vec::new(),
            samples: Vec::new(),
            sampling_rate: self.sampling_rate,
            patient: self.patient.clone(),
            skipped_signals: self.skipped_signals.clone(),
            device_quality_warning: self.device_quality_warning,
            device_reading: self.device_reading.clone(),
        }
    }
}

impl fmt::Debug for Ecg {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Ecg")
            .field("leads", &self.leads)
            .field("samples_per_lead", &self.samples_per_lead())
            .field("sampling_rate", &self.sampling_rate)
            .field("patient", &self.patient)
            .field("skipped_signals", &self.skipped_signals)
            .field("device_quality_warning", &self.device_quality_warning)
            .finish()
    }
}

/// What [`Ecg::new`] refuses.
pub(super) fn check(
    leads: &[Lead],
    samples: &[Vec<f32>],
    sampling_rate: f64,
) -> Result<(), EcgError> {
    if leads.is_empty() {
        return Err(EcgError::NoLeads);
    }
    if leads.len() != samples.len() {
        return Err(EcgError::LeadCountMismatch {
            leads: leads.len(),
            rows: samples.len(),
        });
    }
    if !(sampling_rate.is_finite() && sampling_rate > 0.0) {
        return Err(EcgError::SamplingRate {
            rate: sampling_rate,
        });
    }
    let expected = samples.first().map_or(0, Vec::len);
    if expected == 0 {
        return Err(EcgError::NoSamples);
    }
    for (number, (&lead, row)) in leads.iter().zip(samples).enumerate() {
        if leads.iter().take(number).any(|&earlier| earlier == lead) {
            return Err(EcgError::DuplicateLead { lead });
        }
        if row.len() != expected {
            return Err(EcgError::UnequalLengths {
                lead,
                expected,
                found: row.len(),
            });
        }
        if let Some((sample, &value)) = row.iter().enumerate().find(|(_, value)| !value.is_finite())
        {
            return Err(EcgError::NotFinite {
                lead,
                sample,
                value,
            });
        }
    }
    Ok(())
}

fn combine(one: &[f32], other: &[f32], relation: fn(f32, f32) -> f32) -> Vec<f32> {
    one.iter()
        .zip(other)
        .map(|(&one, &other)| relation(one, other))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eight_leads() -> Ecg {
        let row = |seed: f32| {
            (0..50)
                .map(|n| (seed * n as f32).sin())
                .collect::<Vec<f32>>()
        };
        let samples = (1..=8).map(|seed| row(seed as f32)).collect();
        Ecg::new(Lead::INDEPENDENT.to_vec(), samples, 500.0).unwrap()
    }

    #[test]
    fn derives_the_limb_leads() {
        let ecg = eight_leads();
        let twelve = ecg.twelve_leads().unwrap();
        assert_eq!(twelve.leads(), Lead::STANDARD);
        let at = |lead: Lead, n: usize| twelve.lead(lead).unwrap()[n];
        for n in 0..50 {
            let (first, second) = (at(Lead::I, n), at(Lead::II, n));
            assert_eq!(at(Lead::III, n), second - first);
            assert_eq!(at(Lead::AVR, n), -(first + second) / 2.0);
            assert_eq!(at(Lead::AVL, n), first - second / 2.0);
            assert_eq!(at(Lead::AVF, n), second - first / 2.0);
            // Goldberger: the augmented leads sum to zero.
            assert!((at(Lead::AVR, n) + at(Lead::AVL, n) + at(Lead::AVF, n)).abs() < 1e-6);
        }
        assert_eq!(twelve.lead(Lead::V6), ecg.lead(Lead::V6));
    }

    #[test]
    fn derives_lead_one_or_two_from_three() {
        let twelve = eight_leads().twelve_leads().unwrap();
        for absent in [Lead::I, Lead::II] {
            let leads: Vec<Lead> = Lead::STANDARD
                .into_iter()
                .filter(|&lead| lead != absent)
                .collect();
            let rows = leads
                .iter()
                .map(|&lead| twelve.lead(lead).unwrap().to_vec())
                .collect();
            let again = Ecg::new(leads, rows, 500.0)
                .unwrap()
                .twelve_leads()
                .unwrap();
            for (was, is) in twelve
                .lead(absent)
                .unwrap()
                .iter()
                .zip(again.lead(absent).unwrap())
            {
                assert!((was - is).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn lists_missing_leads_and_fills_nothing() {
        let ecg = Ecg::new(vec![Lead::II, Lead::V1], vec![vec![0.0; 3]; 2], 500.0).unwrap();
        let missing = vec![
            Lead::I,
            Lead::III,
            Lead::AVR,
            Lead::AVL,
            Lead::AVF,
            Lead::V2,
            Lead::V3,
            Lead::V4,
            Lead::V5,
            Lead::V6,
        ];
        let error = ecg.twelve_leads().unwrap_err();
        assert_eq!(error, EcgError::MissingLeads { missing });
        assert!(
            error
                .to_string()
                .starts_with("leads I, III, aVR, aVL, aVF, V2"),
            "{error}"
        );
    }

    #[test]
    fn refuses_what_is_no_recording() {
        let leads = vec![Lead::I, Lead::II];
        let bad =
            |samples: Vec<Vec<f32>>, rate: f64| Ecg::new(leads.clone(), samples, rate).unwrap_err();
        assert_eq!(Ecg::new(vec![], vec![], 500.0), Err(EcgError::NoLeads));
        assert_eq!(
            bad(vec![vec![0.0]], 500.0),
            EcgError::LeadCountMismatch { leads: 2, rows: 1 }
        );
        assert_eq!(bad(vec![vec![], vec![]], 500.0), EcgError::NoSamples);
        assert_eq!(
            bad(vec![vec![0.0; 3], vec![0.0; 2]], 500.0),
            EcgError::UnequalLengths {
                lead: Lead::II,
                expected: 3,
                found: 2
            }
        );
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                bad(vec![vec![0.0]; 2], rate),
                EcgError::SamplingRate { .. }
            ));
        }
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = bad(vec![vec![0.0; 4], vec![0.0, 0.0, value, 0.0]], 500.0);
            assert!(
                matches!(
                    error,
                    EcgError::NotFinite {
                        lead: Lead::II,
                        sample: 2,
                        ..
                    }
                ),
                "{error}"
            );
        }
        assert_eq!(
            Ecg::new(vec![Lead::I; 2], vec![vec![0.0]; 2], 500.0),
            Err(EcgError::DuplicateLead { lead: Lead::I })
        );
    }

    #[test]
    fn debug_withholds_the_patient() {
        let patient = Patient {
            id: Some("1234567".into()),
            age_years: Some(64.0),
            sex: None,
        };
        let shown = format!("{:?}", eight_leads().with_patient(patient));
        assert!(shown.contains("withheld"), "{shown}");
        assert!(
            !shown.contains("1234567") && !shown.contains("64"),
            "{shown}"
        );
    }
}
