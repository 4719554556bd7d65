//! Sections 7 and 8: the recorder's own measurements of its reference beat, and its statements.

use crate::ecg::DeviceReading;
use crate::formats::bytes::{Bytes, text};

/// Bytes of the measurements of one beat in section 7.
const BEAT_BYTES: usize = 16;
/// Bytes of the time, height and kind of one pacemaker spike.
const SPIKE_BYTES: usize = 10;
/// No interval of a beat takes ten seconds: numbers from here on are codes, as 29999 for not measured.
const NO_TIME: u16 = 9999;

/// Section 7 into `reading`: the first beat described is the reference beat. What is left away, or
/// marked as not measured, stays open.
pub(super) fn global(section: &[u8], reading: &mut DeviceReading) {
    // The section may end anywhere behind its first numbers.
    let _ = read_global(section, reading);
}

fn read_global(section: &[u8], reading: &mut DeviceReading) -> Option<()> {
    let mut bytes = Bytes::new(section);
    let (beats, spikes) = (usize::from(bytes.u8()?), usize::from(bytes.u8()?));
    let (rr, _pp) = (bytes.u16().and_then(known), bytes.u16()?);
    reading.heart_rate_bpm = rr.filter(|&rr| rr > 0.0).map(|rr| 60_000.0 / rr);
    let mut all_beats = Bytes::new(bytes.take(beats * BEAT_BYTES)?);
    if beats > 0 {
        let mut time = || all_beats.u16().and_then(known);
        let (p_onset, p_offset, qrs_onset, qrs_offset, t_offset) =
            (time(), time(), time(), time(), time());
        let between = |from: Option<f64>, to: Option<f64>| Some(to? - from?).filter(|&ms| ms > 0.0);
        reading.p_ms = between(p_onset, p_offset);
        reading.pr_ms = reading.p_ms.and(between(p_onset, qrs_onset));
        reading.qrs_ms = between(qrs_onset, qrs_offset);
        reading.qt_ms = between(qrs_onset, t_offset);
        let mut axis = || {
            let degrees = f64::from(all_beats.i16()?);
            (-360.0..=360.0).contains(&degrees).then_some(degrees)
        };
        reading.p_axis_degrees = axis();
        reading.qrs_axis_degrees = axis();
        reading.t_axis_degrees = axis();
    }
    bytes.take(spikes * SPIKE_BYTES)?;
    let complexes = usize::from(bytes.u16()?);
    bytes.take(complexes)?;
    let ventricular_rate = known(bytes.u16()?).filter(|&rate| rate > 0.0);
    reading.heart_rate_bpm = ventricular_rate.or(reading.heart_rate_bpm);
    let _atrial_rate = bytes.u16()?;
    reading.qtc_ms = known(bytes.u16()?).filter(|&qtc| qtc > 0.0);
    Some(())
}

fn known(value: u16) -> Option<f64> {
    (value < NO_TIME).then_some(f64::from(value))
}

/// The statements of section 8, as many as can be read.
pub(super) fn statements(section: &[u8]) -> Vec<String> {
    let mut bytes = Bytes::new(section);
    // Whether a physician confirmed them, and when: a byte, a date of four, a time of three.
    let _confirmation = bytes.take(8);
    let count = bytes.u8().unwrap_or(0);
    let statement = |_| {
        let _number = bytes.u8()?;
        let length = bytes.u16()?;
        bytes.take(usize::from(length)).map(text)
    };
    (0..count)
        .map_while(statement)
        .filter(|statement| !statement.is_empty())
        .collect()
}
