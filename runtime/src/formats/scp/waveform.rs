//! The samples of all standard leads in millivolts: the rhythm, and the reference beat.

use super::beats::Beats;
use super::encoded::Encoded;
use super::huffman::Coding;
use super::lead_definition::LeadDefinitions;
use super::reconstruct::{add_beats, filled_in, smooth, stored_samples};
use super::record::section_error;
use crate::ecg::{DeviceMedianBeat, Lead};
use crate::formats::ReadErrorKind;

/// Samples of all leads together: what 64 kB of one-bit codes, the most that a lead may have, make of
/// eight leads.
const MOST_SAMPLES: usize = 4 << 20;
/// Recorders thin out to every fourth sample; a hundred would leave nothing of an ECG.
const LARGEST_FACTOR: f64 = 100.0;

/// The sections that the samples lie in.
pub(super) struct Source<'a> {
    pub(super) leads: LeadDefinitions,
    pub(super) coding: Coding,
    pub(super) beats: Option<Beats>,
    pub(super) reference: Option<Encoded<'a>>,
    pub(super) rhythm: Encoded<'a>,
}

/// The recording.
pub(super) struct Rhythm {
    pub(super) leads: Vec<Lead>,
    /// Millivolts, shape (lead, sample).
    pub(super) rows: Vec<Vec<f32>>,
    pub(super) sampling_rate: f64,
    /// Names of leads that are no standard lead.
    pub(super) skipped: Vec<String>,
}

impl Source<'_> {
    /// The recorder's reference beat, if the record has a sound one.
    pub(super) fn median_beat(&self) -> Option<DeviceMedianBeat> {
        let reference = self.reference.as_ref()?;
        let mut leads = Vec::new();
        let mut samples = Vec::new();
        for (number, definition) in self.leads.leads.iter().enumerate() {
            let Ok(lead) = definition.lead() else {
                continue;
            };
            leads.push(lead);
            samples.push(self.reference_row(number, lead).ok()?);
        }
        if samples.first().is_none_or(Vec::is_empty) {
            return None;
        }
        Some(DeviceMedianBeat {
            leads,
            samples,
            sampling_rate: sampling_rate(reference.interval_us),
        })
    }

    /// The rhythm of the time that all standard leads have in common.
    pub(super) fn rhythm(&self) -> Result<Rhythm, ReadErrorKind> {
        let thinning = self.thinning()?;
        let mut kept = Vec::new();
        let mut skipped = Vec::new();
        for (number, definition) in self.leads.leads.iter().enumerate() {
            match definition.lead() {
                Ok(lead) => kept.push((number, lead, definition)),
                Err(name) => skipped.push(name),
            }
        }
        let samples = kept.iter().map(|(_, _, definition)| definition.samples());
        let samples = samples.fold(0usize, usize::saturating_add);
        if samples > MOST_SAMPLES {
            let problem =
                format!("declares {samples} samples, more than the {MOST_SAMPLES} allowed");
            return Err(section_error(3, problem));
        }
        let start = kept.iter().map(|(_, _, lead)| lead.start).max();
        let end = kept.iter().map(|(_, _, lead)| lead.end).min();
        let (Some(start), Some(end)) = (start, end) else {
            return Err(ReadErrorKind::NoStandardLead { found: skipped });
        };
        if end < start {
            let problem =
                "has leads recorded one after another, with no time that all of them share";
            return Err(section_error(3, problem));
        }
        let mut leads = Vec::with_capacity(kept.len());
        let mut rows = Vec::with_capacity(kept.len());
        for (number, lead, definition) in kept {
            let mut row = self.rhythm_row(number, lead, &thinning)?;
            row.truncate((end - definition.start) as usize + 1);
            row.drain(..(start - definition.start) as usize);
            leads.push(lead);
            rows.push(row);
        }
        Ok(Rhythm {
            leads,
            rows,
            sampling_rate: sampling_rate(thinning.interval_us),
            skipped,
        })
    }

    fn rhythm_row(
        &self,
        number: usize,
        lead: Lead,
        thinning: &Thinning,
    ) -> Result<Vec<f32>, ReadErrorKind> {
        let definition = &self.leads.leads[number];
        let beats = self.beats.as_ref();
        let protected = match (self.rhythm.bimodal, beats) {
            (true, Some(beats)) => beats.protected.as_slice(),
            _ => &[],
        };
        let subtracted = match (self.leads.beats_subtracted, beats) {
            (true, Some(beats)) => beats.subtracted.as_slice(),
            _ => &[],
        };
        let factor = thinning.factor;
        let stored = stored_samples(definition, protected, factor);
        let stored = self
            .rhythm
            .decode(number, lead.name(), stored, &self.coding)?;
        let mut row = filled_in(&stored, definition, protected, factor);
        if factor > 1 {
            smooth(&mut row, definition, protected, subtracted);
        }
        to_millivolts(&mut row, self.rhythm.nanovolts_per_step);
        if let (false, Some(beats)) = (subtracted.is_empty(), beats) {
            let reference = self.reference_row(number, lead)?;
            add_beats(
                &mut row,
                definition,
                subtracted,
                &reference,
                beats.reference_fiducial,
            );
        }
        Ok(row)
    }

    /// One lead of the reference beat.
    fn reference_row(&self, number: usize, lead: Lead) -> Result<Vec<f32>, ReadErrorKind> {
        let (Some(reference), Some(beats)) = (&self.reference, &self.beats) else {
            let problem = "is missing, though its reference beat was subtracted from the rhythm";
            return Err(section_error(5, problem));
        };
        let samples = u32::from(beats.reference_ms) * 1000 / u32::from(reference.interval_us);
        let row = reference.decode(number, lead.name(), samples as usize, &self.coding)?;
        let mut row: Vec<f32> = row.into_iter().map(f32::from).collect();
        to_millivolts(&mut row, reference.nanovolts_per_step);
        Ok(row)
    }

    /// How the rhythm was thinned out: only where the record says that it was compressed, its samples
    /// are counted at the rate of the reference beat.
    fn thinning(&self) -> Result<Thinning, ReadErrorKind> {
        let stored_us = self.rhythm.interval_us;
        if !self.rhythm.bimodal && !self.leads.beats_subtracted {
            return Ok(Thinning {
                factor: 1,
                interval_us: stored_us,
            });
        }
        let (Some(reference), Some(_)) = (&self.reference, &self.beats) else {
            let problem = "is compressed with the help of sections 4 and 5, which are missing";
            return Err(section_error(6, problem));
        };
        let interval_us = reference.interval_us;
        // Intervals are whole microseconds, so that their ratio is whole only nearly.
        let ratio = f64::from(stored_us) / f64::from(interval_us);
        let factor = ratio.round();
        if !(1.0..=LARGEST_FACTOR).contains(&factor) || (ratio / factor - 1.0).abs() > 0.005 {
            let problem = format!(
                "has a sample every {stored_us} us, which is no multiple of the reference beat's {interval_us} us"
            );
            return Err(section_error(6, problem));
        }
        Ok(Thinning {
            factor: factor as usize,
            interval_us,
        })
    }
}

struct Thinning {
    /// Samples that became one; 1 where none was left out.
    factor: usize,
    /// Sampling interval of the lead at its full rate.
    interval_us: u16,
}

fn to_millivolts(row: &mut [f32], nanovolts_per_step: u16) {
    let millivolts_per_step = f64::from(nanovolts_per_step) * 1e-6;
    for value in row {
        *value = (f64::from(*value) * millivolts_per_step) as f32;
    }
}

/// The rate in Hz: intervals are whole microseconds, so that 1667 us stand for 600 Hz; a whole number
/// of hertz whose interval is less than a microsecond away is the rate.
fn sampling_rate(interval_us: u16) -> f64 {
    let interval_us = f64::from(interval_us);
    let exact = 1e6 / interval_us;
    let whole = exact.round();
    if (1e6 / whole - interval_us).abs() < 1.0 {
        whole
    } else {
        exact
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_rounded_rates() {
        for (interval, rate) in [(2000, 500.0), (1667, 600.0), (1666, 600.0), (977, 1024.0)] {
            assert_eq!(sampling_rate(interval), rate);
        }
        assert_eq!(sampling_rate(1), 1e6);
        assert_eq!(sampling_rate(60000), 1e6 / 60000.0);
    }
}
