//! Section 3: which leads there are, and which samples of the recording each of them has.

use super::record::section_error;
use crate::ecg::Lead;
use crate::formats::ReadErrorKind;
use crate::formats::bytes::Bytes;

/// Bit of the flags that says that the reference beat was subtracted.
const REFERENCE_BEAT_SUBTRACTED: u8 = 1;

/// The leads of a record.
pub(super) struct LeadDefinitions {
    /// In the order of their data in sections 5 and 6.
    pub(super) leads: Vec<LeadDefinition>,
    /// Whether section 6 holds what was left when the reference beat had been subtracted.
    pub(super) beats_subtracted: bool,
}

/// One lead: its first and last sample, counted from 1 at the recording's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LeadDefinition {
    pub(super) code: u8,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl LeadDefinition {
    pub(super) fn samples(&self) -> usize {
        // `start` is no more than `end`, see `read`.
        (self.end - self.start) as usize + 1
    }

    /// The standard lead, or the name of another.
    pub(super) fn lead(&self) -> Result<Lead, String> {
        Ok(match self.code {
            1 => Lead::I,
            2 => Lead::II,
            3 => Lead::V1,
            4 => Lead::V2,
            5 => Lead::V3,
            6 => Lead::V4,
            7 => Lead::V5,
            8 => Lead::V6,
            61 => Lead::III,
            62 => Lead::AVR,
            63 => Lead::AVL,
            64 => Lead::AVF,
            code => return Err(format!("SCP-ECG lead {code}")),
        })
    }
}

pub(super) fn read(section: &[u8]) -> Result<LeadDefinitions, ReadErrorKind> {
    let mut bytes = Bytes::new(section);
    let (Some(count), Some(flags)) = (bytes.u8(), bytes.u8()) else {
        return Err(section_error(3, "is too short"));
    };
    let mut leads = Vec::with_capacity(usize::from(count));
    for number in 0..count {
        let (Some(start), Some(end), Some(code)) = (bytes.u32(), bytes.u32(), bytes.u8()) else {
            let problem = format!("ends within lead {number} of {count}");
            return Err(section_error(3, problem));
        };
        if start == 0 || end < start {
            let problem = format!(
                "gives lead {number} the samples {start} to {end}, which is no range from 1 upwards"
            );
            return Err(section_error(3, problem));
        }
        leads.push(LeadDefinition { code, start, end });
    }
    Ok(LeadDefinitions {
        leads,
        beats_subtracted: flags & REFERENCE_BEAT_SUBTRACTED != 0,
    })
}
