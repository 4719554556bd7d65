//! The part that `StripData` and `MedianSamples` share: rate, resolution and one
//! `WaveformData` per lead, integers separated by commas and white space.

use roxmltree::Node;

use crate::formats::ReadErrorKind;
use crate::formats::abridged::abridged;
use crate::formats::lead_rows::LeadRows;
use crate::formats::xml::{attribute, child, children, integers, number, positive, text};

/// The leads below `element`, called `path` in errors, and their sampling rate in Hz.
pub(super) fn waveform(
    element: Node<'_, '_>,
    path: &str,
) -> Result<(LeadRows, f64), ReadErrorKind> {
    let sampling_rate = positive_in_units(element, path, "SampleRate", "Hz")?;
    let microvolts_per_step = positive_in_units(element, path, "Resolution", "uVperLsb")?;
    let stated = match child(element, "ChannelSampleCountTotal") {
        Some(node) => Some(number(
            &text(node),
            &format!("{path}/ChannelSampleCountTotal"),
        )?),
        None => None,
    };
    let mut rows = LeadRows::default();
    for node in children(element, "WaveformData") {
        let name = attribute(node, "lead").unwrap_or_default();
        let Some(lead) = rows.lead_or_skip(name) else {
            continue;
        };
        let label = format!("{path}/WaveformData of lead {lead}");
        let steps = integers(&text(node), &label)?;
        if let Some(stated) = stated
            && stated != steps.len() as f64
        {
            let problem = format!(
                "holds {} samples where the file states {stated}",
                steps.len()
            );
            return Err(ReadErrorKind::Element {
                element: label,
                problem,
            });
        }
        rows.push_steps(lead, steps, microvolts_per_step / 1000.0)?;
    }
    Ok((rows, sampling_rate))
}

/// A child's positive number; its `units`, if given, must be the ones known.
fn positive_in_units(
    element: Node<'_, '_>,
    path: &str,
    name: &str,
    units: &str,
) -> Result<f64, ReadErrorKind> {
    let label = format!("{path}/{name}");
    let node = child(element, name);
    if let Some(found) = node.and_then(|node| attribute(node, "units"))
        && !found.trim().eq_ignore_ascii_case(units)
    {
        let problem = format!(
            "is in units \"{}\" where \"{units}\" is read",
            abridged(found)
        );
        return Err(ReadErrorKind::Element {
            element: label,
            problem,
        });
    }
    positive(node, &label)
}
