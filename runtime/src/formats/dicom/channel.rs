//! One channel of a multiplex group: its lead, and what its numbers are in millivolts.

use super::data_set::{DataSet, element_error};
use super::tag;
use crate::ecg::Lead;
use crate::formats::ReadErrorKind;
use crate::formats::units::millivolts_per_unit;

/// The lead of a channel, or the name of another signal: from the code of its source (context group
/// 3001 of PS3.16, in the codes of ISO/IEEE 11073-10102 or of SCP-ECG), or from its name.
pub(super) fn lead(channel: &DataSet<'_>) -> Result<Lead, String> {
    let source = channel.items(tag::CHANNEL_SOURCE).first();
    let text = |tag| source.and_then(|source| source.text(tag));
    let scheme = text(tag::CODING_SCHEME);
    let number = match (scheme.as_deref(), text(tag::CODE_VALUE)) {
        (Some("MDC"), Some(code)) => code.strip_prefix("2:").map(str::to_owned),
        (Some("SCPECG"), Some(code)) => code.strip_prefix("5.6.3-9-").map(str::to_owned),
        _ => None,
    };
    let meaning = text(tag::CODE_MEANING);
    let name = channel.text(tag::CHANNEL_LABEL).or(meaning.clone());
    if let Some(number) = number {
        // Both schemes number the leads alike; a known number that is no standard lead is another signal.
        return lead_of_number(&number).ok_or(name.unwrap_or(number));
    }
    let named = [meaning, name.clone()];
    let found = named.iter().flatten().find_map(|name| lead_of_name(name));
    found.ok_or_else(|| name.unwrap_or_else(|| "(unnamed)".to_owned()))
}

fn lead_of_number(number: &str) -> Option<Lead> {
    Some(match number {
        "1" => Lead::I,
        "2" => Lead::II,
        "3" => Lead::V1,
        "4" => Lead::V2,
        "5" => Lead::V3,
        "6" => Lead::V4,
        "7" => Lead::V5,
        "8" => Lead::V6,
        "61" => Lead::III,
        "62" => Lead::AVR,
        "63" => Lead::AVL,
        "64" => Lead::AVF,
        _ => return None,
    })
}

/// `I`, `Lead I`, `Lead I (Einthoven)`, `aVR, augmented voltage, right`.
fn lead_of_name(name: &str) -> Option<Lead> {
    let name = name.strip_prefix("Lead ").unwrap_or(name);
    let end = name.find([' ', ',', '(']).unwrap_or(name.len());
    name[..end].parse().ok()
}

/// What a channel's numbers are in millivolts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) millivolts_per_step: f64,
    /// Millivolts of the number 0.
    pub(super) baseline_millivolts: f64,
}

impl Scale {
    /// Sensitivity × correction factor, and baseline (PS3.3, C.10.9.1.4.2).
    pub(super) fn read(
        channel: &DataSet<'_>,
        lead: Lead,
        sampling_rate: f64,
    ) -> Result<Scale, ReadErrorKind> {
        let of_lead = |tag, problem: &str| element_error(tag, &format!("of lead {lead} {problem}"));
        let units = channel.items(tag::SENSITIVITY_UNITS).first();
        let units = units.and_then(|units| units.text(tag::CODE_VALUE));
        let Some(units) = units else {
            return Err(of_lead(tag::SENSITIVITY_UNITS, "gives no units"));
        };
        let Some(millivolts_per_unit) = millivolts_per_unit(&units) else {
            return Err(ReadErrorKind::Units {
                signal: lead.to_string(),
                units,
            });
        };
        let optional = |tag, default| match channel.text(tag) {
            None => Ok(default),
            Some(_) => channel
                .decimal(tag)
                .ok_or_else(|| of_lead(tag, "is no number")),
        };
        let sensitivity = channel.decimal(tag::SENSITIVITY);
        let correction = optional(tag::SENSITIVITY_CORRECTION, 1.0)?;
        let Some(sensitivity) = sensitivity.filter(|&factor| factor * correction != 0.0) else {
            return Err(of_lead(tag::SENSITIVITY, "is 0 or no number"));
        };
        // The multiplexer takes the channels in turn; within one sampling interval, that is.
        let time_skew = optional(tag::TIME_SKEW, 0.0)? * sampling_rate;
        for (tag, skew) in [
            (tag::SAMPLE_SKEW, optional(tag::SAMPLE_SKEW, 0.0)?),
            (tag::TIME_SKEW, time_skew),
        ] {
            if skew.abs() >= 1.0 {
                return Err(of_lead(tag, "is a sampling interval or more"));
            }
        }
        Ok(Scale {
            millivolts_per_step: sensitivity * correction * millivolts_per_unit,
            baseline_millivolts: optional(tag::BASELINE, 0.0)? * millivolts_per_unit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_leads() {
        for (name, lead) in [
            ("I", Lead::I),
            ("Lead II", Lead::II),
            ("Lead I (Einthoven)", Lead::I),
            ("aVR, augmented voltage, right", Lead::AVR),
            ("V5", Lead::V5),
        ] {
            assert_eq!(lead_of_name(name), Some(lead), "{name}");
        }
        for name in [
            "",
            "Derived Lead V5",
            "Lead",
            "Lead V5R",
            "Respiration",
            "Lead ",
        ] {
            assert_eq!(lead_of_name(name), None, "{name}");
        }
    }
}
