//! The sequences of a series: one of times, `GLIST_TS` or `GLIST_PQ`, and one per lead, `SLIST_PQ`.

use roxmltree::Node;

use super::code;
use crate::formats::ReadErrorKind;
use crate::formats::abridged::abridged;
use crate::formats::lead_rows::LeadRows;
use crate::formats::units::millivolts_per_unit;
use crate::formats::xml::{attribute, child, children, integers, number, positive_number, text};

const LEAD_PREFIX: &str = "MDC_ECG_LEAD_";

/// When a set of sequences begins and how its samples follow one another.
#[derive(PartialEq)]
struct Times<'a> {
    begin: Option<&'a str>,
    /// In Hz.
    sampling_rate: f64,
}

/// The leads of `series`, called `path` in errors, and their sampling rate in Hz.
pub(super) fn waveform(series: Node<'_, '_>, path: &str) -> Result<(LeadRows, f64), ReadErrorKind> {
    let mut rows = LeadRows::default();
    let mut common: Option<Times<'_>> = None;
    let sets = children(series, "component").filter_map(|node| child(node, "sequenceSet"));
    for set in sets {
        let sequences: Vec<Node<'_, '_>> = children(set, "component")
            .filter_map(|component| child(component, "sequence"))
            .collect();
        let times = times(&sequences, path)?;
        let leads_before = rows.leads().len();
        for sequence in sequences {
            let name = code(sequence).unwrap_or_default();
            if name.starts_with("TIME_") {
                continue;
            }
            let short = name.strip_prefix(LEAD_PREFIX).unwrap_or(name);
            if let Some(lead) = rows.lead_or_skip(short) {
                rows.push(lead, samples(sequence, &format!("lead {lead} of {path}"))?);
            }
        }
        match (&common, rows.leads().get(leads_before)) {
            (Some(first), Some(lead)) if *first != times => {
                return Err(ReadErrorKind::NotSimultaneous {
                    lead: lead.to_string(),
                });
            }
            (None, Some(_)) => common = Some(times),
            _ => {}
        }
    }
    // Where there is no lead at all the rate does not matter.
    let sampling_rate = common.map_or(1.0, |times| times.sampling_rate);
    Ok((rows, sampling_rate))
}

fn times<'a>(sequences: &[Node<'a, '_>], path: &str) -> Result<Times<'a>, ReadErrorKind> {
    let label = format!("{path} time increment");
    let value = sequences
        .iter()
        .find(|sequence| code(**sequence).is_some_and(|code| code.starts_with("TIME_")))
        .and_then(|sequence| child(*sequence, "value"));
    let increment = value.and_then(|value| child(value, "increment"));
    let Some(increment) = increment else {
        return Err(ReadErrorKind::ElementMissing { element: label });
    };
    let written = attribute(increment, "value").unwrap_or_default();
    let unit = attribute(increment, "unit").unwrap_or_default().trim();
    let per_second = match unit {
        "s" => 1.0,
        "ms" => 1e3,
        "us" => 1e6,
        _ => {
            return Err(ReadErrorKind::Element {
                element: label,
                problem: format!("is in \"{}\"; s, ms and us are read", abridged(unit)),
            });
        }
    };
    Ok(Times {
        begin: value
            .and_then(|value| child(value, "head"))
            .and_then(|head| attribute(head, "value")),
        sampling_rate: per_second / positive_number(written, &label)?,
    })
}

/// Origin plus scale times each digit, in millivolts.
fn samples(sequence: Node<'_, '_>, label: &str) -> Result<Vec<f32>, ReadErrorKind> {
    let missing = |element: &str| ReadErrorKind::ElementMissing {
        element: format!("{element} of {label}"),
    };
    let value = child(sequence, "value").ok_or_else(|| missing("value"))?;
    let scale = child(value, "scale").ok_or_else(|| missing("scale"))?;
    let digits = child(value, "digits").ok_or_else(|| missing("digits"))?;
    let of_scale = positive_number(
        attribute(scale, "value").unwrap_or_default(),
        &format!("scale of {label}"),
    )?;
    let per_step = of_scale * millivolts_in_unit_of(scale, label)?;
    let origin = match child(value, "origin") {
        Some(origin) => {
            let written = attribute(origin, "value").unwrap_or_default();
            number(written, &format!("origin of {label}"))? * millivolts_in_unit_of(origin, label)?
        }
        None => 0.0,
    };
    let steps = integers(&text(digits), &format!("digits of {label}"))?;
    Ok(steps
        .into_iter()
        .map(|step| (origin + f64::from(step) * per_step) as f32)
        .collect())
}

/// Millivolts in the unit of a physical quantity.
fn millivolts_in_unit_of(quantity: Node<'_, '_>, label: &str) -> Result<f64, ReadErrorKind> {
    let unit = attribute(quantity, "unit").unwrap_or_default();
    millivolts_per_unit(unit).ok_or_else(|| ReadErrorKind::Units {
        signal: label.trim_start_matches("lead ").to_owned(),
        units: unit.to_owned(),
    })
}
