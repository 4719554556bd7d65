//! `repbeats`: the representative beats of version 1.04, base64 of 16-bit little-endian samples.

use roxmltree::Node;

use crate::ecg::DeviceMedianBeat;
use crate::formats::lead_rows::LeadRows;
use crate::formats::xml::{
    attribute, bytes_of_base64, child, children, descendant, integers, sixteen_bit_samples, text,
};

/// The median beat, if it is there and sound in every lead.
pub(super) fn median_beat(root: Node<'_, '_>) -> Option<DeviceMedianBeat> {
    let beats = descendant(root, "repbeats")?;
    let positive = |name: &str| {
        let value: f64 = attribute(beats, name)?.trim().parse().ok()?;
        (value > 0.0).then_some(value)
    };
    let rate = positive("samplespersec")?;
    let millivolts = positive("resolution")? / 1000.0;
    let plain = attribute(beats, "dataencoding") == Some("Plain");
    let mut rows = LeadRows::default();
    for beat in children(beats, "repbeat") {
        let Some(lead) = rows.lead_or_skip(attribute(beat, "leadname").unwrap_or_default()) else {
            continue;
        };
        // Version 1.04 has the samples in the element itself, 1.04.01 in one below it.
        let written = text(child(beat, "waveform").unwrap_or(beat));
        let pushed = if plain {
            rows.push_steps(lead, integers(&written, "repbeat").ok()?, millivolts)
        } else {
            let bytes = bytes_of_base64(&written, "repbeat").ok()?;
            let steps = sixteen_bit_samples(&bytes, "repbeat").ok()?;
            rows.push_steps(lead, steps, millivolts)
        };
        pushed.ok()?;
    }
    rows.into_median_beat(rate)
}
