//! The text of headers, after header(5) of the WFDB Applications Guide.

use std::fmt::Write as _;

use crate::cart::Layout;

/// Signal format 32 of signal(5): four bytes a sample, the least significant first.
const FORMAT: u32 = 32;
/// Significant bits of the converter.
const BITS: u32 = 24;

/// What a header tells of a signal's samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// The first sample.
    pub(super) first: i32,
    /// The sum of all samples modulo 2¹⁶.
    pub(super) sum: i16,
}

/// One line of a record's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A segment by its name, of so many sampling instants.
    Segment(String, u64),
    /// So many sampling instants that are missing.
    Gap(u64),
}

impl Part {
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Segment(_, length) | Self::Gap(length) => *length,
        }
    }
}

/// The header of a segment: `sums` has an entry for each channel.
pub(super) fn segment(name: &str, layout: &Layout, length: u64, sums: &[Sums]) -> String {
    let rate = layout.sampling_rate();
    let mut text = format!("{name} {} {rate} {length}\n", sums.len());
    for (number, Sums { first, sum }) in sums.iter().enumerate() {
        let (gain, lead) = (gain(layout, number), description(layout, number));
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{name}.dat {FORMAT} {gain}(0)/mV {BITS} 0 {first} {sum} 0 {lead}"
        );
    }
    text
}

/// The header that lists the signals of a record.
pub(super) fn layout(name: &str, layout: &Layout) -> String {
    let (channels, rate) = (layout.channels().len(), layout.sampling_rate());
    let mut text = format!("{name} {channels} {rate} 0\n");
    for number in 0..channels {
        let (gain, lead) = (gain(layout, number), description(layout, number));
        let _ = writeln!(text, "~ 0 {gain}(0)/mV {BITS} 0 0 0 0 {lead}");
    }
    text
}

/// The header of a record of these parts.
pub(super) fn record(name: &str, channels: usize, rate: f64, parts: &[Part]) -> String {
    let length: u64 = parts.iter().map(Part::length).sum();
    let mut text = format!("{name}/{} {channels} {rate} {length}\n", parts.len() + 1);
    let _ = writeln!(text, "{} 0", layout_name(name));
    for part in parts {
        let name = match part {
            Part::Segment(name, _) => name.as_str(),
            Part::Gap(_) => "~",
        };
        let _ = writeln!(text, "{name} {}", part.length());
    }
    text
}

/// The name of the header that lists the signals of record `name`.
pub(super) fn layout_name(name: &str) -> String {
    format!("{name}_layout")
}

/// The name of a segment, counted from 1.
pub(super) fn segment_name(name: &str, number: usize) -> String {
    format!("{name}_{number:04}")
}

/// Codes per millivolt; 1 where the channel is off, so that its zeros are read as such.
fn gain(layout: &Layout, channel: usize) -> f64 {
    let channel = layout.channels().get(channel);
    let millivolts = channel.and_then(|channel| channel.millivolts_per_code);
    millivolts.map_or(1.0, |millivolts| 1.0 / millivolts)
}

/// The lead, or the channel's number where it records none.
fn description(layout: &Layout, channel: usize) -> String {
    let lead = layout.channels().get(channel).and_then(|one| one.lead);
    lead.map_or(format!("channel {}", channel + 1), |lead| lead.to_string())
}
