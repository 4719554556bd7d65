//! The fields of a record line and of a signal line.

use std::str::FromStr;

use super::{MAX_SEGMENTS, MAX_SIGNALS, Segment, SignalSpecification};
use crate::formats::abridged::abridged;

/// What is wrong with a line; the caller adds its number.
pub(super) struct LineError(pub(super) String);

pub(super) struct RecordLine {
    pub(super) name: String,
    pub(super) segments: Option<usize>,
    pub(super) signals: usize,
    pub(super) frame_rate: f64,
    pub(super) frames: Option<u64>,
}

impl RecordLine {
    /// How many lines follow, in words.
    pub(super) fn declared(&self) -> String {
        match self.segments {
            Some(segments) => format!("{segments} segments"),
            None => format!("{} signals", self.signals),
        }
    }
}

/// header(5): frames per second where the record line gives none.
const DEFAULT_FRAME_RATE: f64 = 250.0;
/// header(5): ADC units per physical unit where the signal line gives none. It has a gain of 0 mean the
/// same; but that is what writers give where they do not know the gain, and amplitudes matter here.
const DEFAULT_GAIN: f64 = 200.0;

pub(super) fn record_line(line: &str) -> Result<RecordLine, LineError> {
    let mut fields = line.split_whitespace();
    let name_and_segments = fields.next().unwrap_or_default();
    let (name, segments) = match name_and_segments.split_once('/') {
        Some((name, segments)) => (name, Some(number::<usize>(segments, "number of segments")?)),
        None => (name_and_segments, None),
    };
    if let Some(segments) = segments
        && !(1..=MAX_SEGMENTS).contains(&segments)
    {
        return Err(LineError(format!(
            "{segments} segments are not the 1 to {MAX_SEGMENTS} read here"
        )));
    }
    let signals: usize = match fields.next() {
        Some(field) => number(field, "number of signals")?,
        None => return Err(LineError("the number of signals is missing".to_owned())),
    };
    if signals > MAX_SIGNALS {
        return Err(LineError(format!(
            "{signals} signals are more than the {MAX_SIGNALS} read here"
        )));
    }
    let frame_rate = match fields.next() {
        Some(field) => frame_rate(field)?,
        None => DEFAULT_FRAME_RATE,
    };
    // header(5): 0 frames, like none given, leaves the length open.
    let frames = match fields.next() {
        Some(field) => {
            Some(number::<u64>(field, "number of samples")?).filter(|&frames| frames > 0)
        }
        None => None,
    };
    // Base time and date may follow; they would identify a patient and are not kept.
    Ok(RecordLine {
        name: name.to_owned(),
        segments,
        signals,
        frame_rate,
        frames,
    })
}

/// `frequency[/counter frequency[(base counter)]]`, of which the first part matters here.
fn frame_rate(field: &str) -> Result<f64, LineError> {
    let (rate, counter) = match field.split_once('/') {
        Some((rate, counter)) => (rate, Some(counter)),
        None => (field, None),
    };
    if let Some(counter) = counter {
        let frequency = match counter.split_once('(') {
            Some((frequency, base)) => {
                let base = base.strip_suffix(')').unwrap_or(base);
                number::<f64>(base, "base counter value")?;
                frequency
            }
            None => counter,
        };
        number::<f64>(frequency, "counter frequency")?;
    }
    let rate: f64 = number(rate, "sampling rate")?;
    if !(rate.is_finite() && rate > 0.0) {
        return Err(LineError(format!(
            "a sampling rate of {rate} Hz is not possible"
        )));
    }
    Ok(rate)
}

/// `name frames`.
pub(super) fn segment_line(line: &str) -> Result<Segment, LineError> {
    let mut fields = line.split_whitespace();
    let (Some(name), Some(frames)) = (fields.next(), fields.next()) else {
        return Err(LineError(
            "a segment's name or number of samples is missing".to_owned(),
        ));
    };
    Ok(Segment {
        name: name.to_owned(),
        frames: number(frames, "segment's number of samples")?,
    })
}

pub(super) fn signal_line(line: &str) -> Result<SignalSpecification, LineError> {
    let mut rest = line;
    let mut next = || {
        let trimmed = rest.trim_start();
        let end = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
        let (field, after) = trimmed.split_at(end);
        rest = after;
        (!field.is_empty()).then_some(field)
    };
    let file_name = next().unwrap_or_default().to_owned();
    let Some(format_field) = next() else {
        return Err(LineError("the signal's format is missing".to_owned()));
    };
    let format = format_and_layout(format_field)?;
    let gain = next().map(gain_baseline_units).transpose()?;
    let adc_resolution = next()
        .map(|field| number::<u32>(field, "ADC resolution"))
        .transpose()?;
    let adc_zero = next()
        .map(|field| number::<i32>(field, "ADC zero"))
        .transpose()?
        .unwrap_or(0);
    let initial_value = next()
        .map(|field| number::<i32>(field, "initial value"))
        .transpose()?;
    // Some writers print the 16-bit checksum as unsigned; both mean the same bits.
    let checksum = next()
        .map(|field| number::<i64>(field, "checksum"))
        .transpose()?
        .map(|sum| sum as i16);
    let block_size = next()
        .map(|field| number::<i64>(field, "block size"))
        .transpose()?;
    let description = rest.trim().to_owned();
    let Gain {
        gain,
        baseline,
        units,
    } = gain.unwrap_or(Gain {
        gain: DEFAULT_GAIN,
        baseline: None,
        units: None,
    });
    Ok(SignalSpecification {
        file_name,
        format: format.format,
        samples_per_frame: format.samples_per_frame,
        skew: format.skew,
        byte_offset: format.byte_offset,
        gain,
        baseline: baseline.unwrap_or(adc_zero),
        units: units.unwrap_or_else(|| "mV".to_owned()),
        adc_resolution,
        adc_zero,
        initial_value,
        checksum,
        block_size,
        description,
    })
}

struct Layout {
    format: u16,
    samples_per_frame: u32,
    skew: u32,
    byte_offset: u64,
}

/// `format[x samples per frame][:skew][+byte offset]`.
fn format_and_layout(field: &str) -> Result<Layout, LineError> {
    let (field, byte_offset) = match field.split_once('+') {
        Some((field, offset)) => (field, number(offset, "byte offset")?),
        None => (field, 0),
    };
    let (field, skew) = match field.split_once(':') {
        Some((field, skew)) => (field, number(skew, "skew")?),
        None => (field, 0),
    };
    let (field, samples_per_frame) = match field.split_once('x') {
        Some((field, samples)) => (field, number(samples, "samples per frame")?),
        None => (field, 1),
    };
    let format = number(field, "format")?;
    // No writer uses more; the limit keeps a damaged header from asking for the moon.
    if !(1..=4096).contains(&samples_per_frame) {
        return Err(LineError(format!(
            "{samples_per_frame} samples per frame are not possible"
        )));
    }
    Ok(Layout {
        format,
        samples_per_frame,
        skew,
        byte_offset,
    })
}

struct Gain {
    gain: f64,
    baseline: Option<i32>,
    units: Option<String>,
}

/// `gain[(baseline)][/units]`.
fn gain_baseline_units(field: &str) -> Result<Gain, LineError> {
    let (numbers, units) = match field.split_once('/') {
        Some((numbers, units)) => (numbers, (!units.is_empty()).then(|| units.to_owned())),
        None => (field, None),
    };
    let (gain, baseline) = match numbers.split_once('(') {
        Some((gain, baseline)) => {
            let Some(baseline) = baseline.strip_suffix(')') else {
                return Err(LineError(format!(
                    "the baseline in \"{}\" lacks its closing bracket",
                    abridged(field)
                )));
            };
            (gain, Some(number(baseline, "baseline")?))
        }
        None => (numbers, None),
    };
    let gain: f64 = number(gain, "gain")?;
    if !gain.is_finite() {
        return Err(LineError(format!("a gain of {gain} is not possible")));
    }
    Ok(Gain {
        gain,
        baseline,
        units,
    })
}

fn number<T: FromStr>(field: &str, what: &str) -> Result<T, LineError> {
    field.parse().map_err(|_| {
        LineError(format!(
            "the {what} \"{}\" is not a valid number",
            abridged(field)
        ))
    })
}
