//! A multiplex group: channels sampled together, their samples one after another.

use super::channel::{self, Scale};
use super::data_set::{DataSet, element_error};
use super::tag;
use crate::ecg::Lead;
use crate::formats::ReadErrorKind;
use crate::formats::bytes::Bytes;

/// A group whose channels are known, with its samples still as bytes.
pub(super) struct MultiplexGroup<'a> {
    /// Whether its samples are as recorded, and not an average of beats or otherwise derived.
    pub(super) is_original: bool,
    /// When it begins, in milliseconds.
    pub(super) time_offset_ms: f64,
    pub(super) sampling_rate: f64,
    /// Samples of each channel.
    pub(super) samples: usize,
    /// Channels that are standard leads, with their numbers.
    pub(super) leads: Vec<(usize, Lead)>,
    /// Names of the other channels.
    pub(super) others: Vec<String>,
    channels: &'a [DataSet<'a>],
    data: &'a [u8],
    format: SampleFormat,
    padding: Option<i64>,
}

/// What the bytes of a sample mean (PS3.3, C.10.9.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SampleFormat {
    Signed8,
    Unsigned8,
    Signed16,
    Unsigned16,
    Signed32,
    Unsigned32,
}

impl SampleFormat {
    fn read(group: &DataSet<'_>) -> Result<SampleFormat, ReadErrorKind> {
        let interpretation = group.text(tag::SAMPLE_INTERPRETATION);
        let format = match interpretation.as_deref() {
            Some("SB") => SampleFormat::Signed8,
            Some("UB") => SampleFormat::Unsigned8,
            Some("SS") => SampleFormat::Signed16,
            Some("US") => SampleFormat::Unsigned16,
            Some("SL") => SampleFormat::Signed32,
            Some("UL") => SampleFormat::Unsigned32,
            _ => {
                let problem = "is none of SB, UB, SS, US, SL and UL, which are read";
                return Err(element_error(tag::SAMPLE_INTERPRETATION, problem));
            }
        };
        if group.unsigned(tag::BITS_ALLOCATED) != Some(8 * format.bytes() as u32) {
            let problem = "does not fit the Waveform Sample Interpretation";
            return Err(element_error(tag::BITS_ALLOCATED, problem));
        }
        Ok(format)
    }

    fn bytes(self) -> usize {
        match self {
            SampleFormat::Signed8 | SampleFormat::Unsigned8 => 1,
            SampleFormat::Signed16 | SampleFormat::Unsigned16 => 2,
            SampleFormat::Signed32 | SampleFormat::Unsigned32 => 4,
        }
    }

    fn sample(self, bytes: &[u8]) -> Option<i64> {
        let mut bytes = Bytes::new(bytes);
        Some(match self {
            SampleFormat::Signed8 => i64::from(bytes.array().map(i8::from_le_bytes)?),
            SampleFormat::Unsigned8 => i64::from(bytes.u8()?),
            SampleFormat::Signed16 => i64::from(bytes.i16()?),
            SampleFormat::Unsigned16 => i64::from(bytes.u16()?),
            SampleFormat::Signed32 => i64::from(bytes.array().map(i32::from_le_bytes)?),
            SampleFormat::Unsigned32 => i64::from(bytes.u32()?),
        })
    }
}

impl<'a> MultiplexGroup<'a> {
    /// Reads an item of the Waveform Sequence.
    pub(super) fn read(group: &'a DataSet<'a>) -> Result<MultiplexGroup<'a>, ReadErrorKind> {
        let count = |tag| match group.unsigned(tag) {
            Some(count) if count > 0 => Ok(count as usize),
            _ => Err(element_error(tag, "is 0 or no number")),
        };
        let (channel_count, samples) = (count(tag::CHANNELS)?, count(tag::SAMPLES)?);
        let sampling_rate = group.decimal(tag::SAMPLING_FREQUENCY);
        let Some(sampling_rate) = sampling_rate.filter(|&rate| rate > 0.0) else {
            return Err(element_error(
                tag::SAMPLING_FREQUENCY,
                "is no positive number",
            ));
        };
        let channels = group.items(tag::CHANNEL_DEFINITIONS);
        if channels.len() != channel_count {
            let problem = format!(
                "is {channel_count} where {} channels are defined",
                channels.len()
            );
            return Err(element_error(tag::CHANNELS, &problem));
        }
        let format = SampleFormat::read(group)?;
        let data = group.bytes(tag::WAVEFORM_DATA).unwrap_or_default();
        let expected = samples as u128 * channel_count as u128 * format.bytes() as u128;
        if (data.len() as u128) < expected {
            let problem = format!("has {} bytes where {expected} are declared", data.len());
            return Err(element_error(tag::WAVEFORM_DATA, &problem));
        }
        let label = group
            .text(tag::GROUP_LABEL)
            .unwrap_or_default()
            .to_uppercase();
        let average = ["MEDIAN", "AVERAGE", "REPRESENTATIVE"];
        let derived = group.text(tag::WAVEFORM_ORIGINALITY).as_deref() == Some("DERIVED");
        let padding = group.bytes(tag::PADDING_VALUE);
        let mut leads = Vec::new();
        let mut others = Vec::new();
        for (number, channel) in channels.iter().enumerate() {
            match channel::lead(channel) {
                Ok(lead) => leads.push((number, lead)),
                Err(name) => others.push(name),
            }
        }
        Ok(MultiplexGroup {
            is_original: !derived && !average.iter().any(|word| label.contains(word)),
            time_offset_ms: group.decimal(tag::GROUP_TIME_OFFSET).unwrap_or(0.0),
            sampling_rate,
            samples,
            leads,
            others,
            channels,
            data,
            format,
            padding: padding.and_then(|bytes| format.sample(bytes)),
        })
    }

    pub(super) fn duration_seconds(&self) -> f64 {
        self.samples as f64 / self.sampling_rate
    }

    /// The samples of the channel with this number, which is the lead given, in millivolts.
    pub(super) fn millivolts(&self, number: usize, lead: Lead) -> Result<Vec<f32>, ReadErrorKind> {
        let channel = &self.channels[number];
        let scale = Scale::read(channel, lead, self.sampling_rate)?;
        let size = self.format.bytes();
        let frames = self.data.chunks_exact(size * self.channels.len());
        let mut row = Vec::with_capacity(self.samples);
        for (sample, frame) in frames.take(self.samples).enumerate() {
            let value = frame
                .get(number * size..)
                .and_then(|bytes| self.format.sample(bytes));
            let Some(value) = value.filter(|_| value != self.padding) else {
                return Err(ReadErrorKind::MissingSample {
                    signal: lead.to_string(),
                    sample,
                });
            };
            let millivolts = value as f64 * scale.millivolts_per_step + scale.baseline_millivolts;
            row.push(millivolts as f32);
        }
        Ok(row)
    }
}
