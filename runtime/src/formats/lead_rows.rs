//! Signals that a reader has found, gathered into a recording or a median beat.

use super::ReadErrorKind;
use crate::ecg::{DeviceMedianBeat, Ecg, Lead};

/// What recorders of 16 bits store for a sample that was not taken.
const NO_SAMPLE: f64 = i16::MIN as f64;

/// Rows of samples in millivolts, one per lead, and the names of signals that are no standard lead.
#[derive(Default)]
pub(super) struct LeadRows {
    leads: Vec<Lead>,
    rows: Vec<Vec<f32>>,
    skipped: Vec<String>,
}

impl LeadRows {
    /// The standard lead of this name; any other signal is noted as left out.
    pub(super) fn lead_or_skip(&mut self, name: &str) -> Option<Lead> {
        let lead = name.parse().ok();
        if lead.is_none() {
            let unnamed = name.trim().is_empty();
            self.skipped
                .push(if unnamed { "(unnamed)" } else { name.trim() }.to_owned());
        }
        lead
    }

    /// Adds the samples of one lead, in millivolts.
    pub(super) fn push(&mut self, lead: Lead, row: Vec<f32>) {
        self.leads.push(lead);
        self.rows.push(row);
    }

    /// Adds the samples of one lead from the whole steps of a 16-bit recorder.
    ///
    /// # Errors
    /// A sample that is marked as not taken.
    pub(super) fn push_steps<T: Into<f64> + Copy>(
        &mut self,
        lead: Lead,
        steps: Vec<T>,
        millivolts_per_step: f64,
    ) -> Result<(), ReadErrorKind> {
        if let Some(sample) = steps.iter().position(|&step| step.into() == NO_SAMPLE) {
            return Err(ReadErrorKind::MissingSample {
                signal: lead.to_string(),
                sample,
            });
        }
        let in_millivolts = |step: T| (step.into() * millivolts_per_step) as f32;
        self.push(lead, steps.into_iter().map(in_millivolts).collect());
        Ok(())
    }

    /// The leads so far, in the order they came.
    pub(super) fn leads(&self) -> &[Lead] {
        &self.leads
    }

    /// The recording at `sampling_rate` Hz, whose signals were looked for in `element`.
    ///
    /// # Errors
    /// No signal, none of a standard lead, and what makes no [`Ecg`].
    pub(super) fn into_ecg(self, sampling_rate: f64, element: &str) -> Result<Ecg, ReadErrorKind> {
        if self.leads.is_empty() {
            return Err(if self.skipped.is_empty() {
                ReadErrorKind::ElementMissing {
                    element: element.to_owned(),
                }
            } else {
                ReadErrorKind::NoStandardLead {
                    found: self.skipped,
                }
            });
        }
        Ok(Ecg::new(self.leads, self.rows, sampling_rate)?.with_skipped_signals(self.skipped))
    }

    /// The median beat at `sampling_rate` Hz, if the rows make one: a flaw in it is no flaw of the
    /// recording.
    pub(super) fn into_median_beat(self, sampling_rate: f64) -> Option<DeviceMedianBeat> {
        DeviceMedianBeat::new(self.leads, self.rows, sampling_rate).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathers_leads_and_notes_the_rest() {
        let mut rows = LeadRows::default();
        for name in ["v1", " RESP ", "", "II"] {
            if let Some(lead) = rows.lead_or_skip(name) {
                rows.push_steps(lead, vec![200_i16, -400], 0.005).unwrap();
            }
        }
        let ecg = rows.into_ecg(500.0, "Waveform").unwrap();
        assert_eq!(ecg.leads(), [Lead::V1, Lead::II]);
        assert_eq!(ecg.skipped_signals(), ["RESP", "(unnamed)"]);
        assert_eq!(ecg.lead(Lead::II).unwrap(), [1.0, -2.0]);
    }

    #[test]
    fn says_what_is_missing() {
        let missing = LeadRows::default().push_steps(Lead::V2, vec![0, 7, -32768], 0.005);
        assert!(matches!(
            missing,
            Err(ReadErrorKind::MissingSample { sample: 2, .. })
        ));
        let kind = LeadRows::default().into_ecg(500.0, "Waveform").unwrap_err();
        assert!(matches!(kind, ReadErrorKind::ElementMissing { .. }));
        assert!(LeadRows::default().into_median_beat(500.0).is_none());
        let mut rows = LeadRows::default();
        assert_eq!(rows.lead_or_skip("VX"), None);
        let kind = rows.into_ecg(500.0, "Waveform").unwrap_err();
        assert!(matches!(kind, ReadErrorKind::NoStandardLead { .. }));
    }
}
