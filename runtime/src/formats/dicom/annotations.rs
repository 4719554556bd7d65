//! The Waveform Annotation Sequence: the recorder's measurements and statements.

use super::data_set::DataSet;
use super::tag;
use crate::ecg::DeviceReading;

/// Lines of statements that are kept; a recorder has some ten.
const MOST_STATEMENTS: usize = 1000;

/// Reads the annotations of the whole recording; those of single channels are left out.
pub(super) fn read(object: &DataSet<'_>, reading: &mut DeviceReading) {
    let mut rr_ms = None;
    for annotation in object.items(tag::ANNOTATIONS) {
        let Some(concept) = annotation.items(tag::CONCEPT_NAME).first() else {
            let room = MOST_STATEMENTS - reading.statements.len();
            reading.statements.extend(lines(annotation, room));
            continue;
        };
        let (Some(scheme), Some(code)) = (
            concept.text(tag::CODING_SCHEME),
            concept.text(tag::CODE_VALUE),
        ) else {
            continue;
        };
        let (Some(value), false) = (
            annotation.decimal(tag::NUMERIC_VALUE),
            of_one_channel(annotation),
        ) else {
            continue;
        };
        let units = annotation.items(tag::MEASUREMENT_UNITS).first();
        let units = units.and_then(|units| units.text(tag::CODE_VALUE));
        let Some(measured) = measurement(&scheme, &code) else {
            continue;
        };
        let time = || Some(value * milliseconds(units.as_deref())?).filter(|&ms| ms > 0.0);
        let axis = || Some(value).filter(|degrees| degrees.abs() <= 360.0);
        let (place, value) = match measured {
            Measurement::HeartRate => {
                let rate = Some(value).filter(|&rate| rate > 0.0);
                (&mut reading.heart_rate_bpm, rate)
            }
            Measurement::RrInterval => (&mut rr_ms, time()),
            Measurement::PDuration => (&mut reading.p_ms, time()),
            Measurement::PrInterval => (&mut reading.pr_ms, time()),
            Measurement::QrsDuration => (&mut reading.qrs_ms, time()),
            Measurement::QtInterval => (&mut reading.qt_ms, time()),
            Measurement::QtcInterval => (&mut reading.qtc_ms, time()),
            Measurement::PAxis => (&mut reading.p_axis_degrees, axis()),
            Measurement::QrsAxis => (&mut reading.qrs_axis_degrees, axis()),
            Measurement::TAxis => (&mut reading.t_axis_degrees, axis()),
        };
        *place = place.or(value);
    }
    reading.heart_rate_bpm = reading.heart_rate_bpm.or(rr_ms.map(|ms| 60_000.0 / ms));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measurement {
    HeartRate,
    RrInterval,
    PDuration,
    PrInterval,
    QrsDuration,
    QtInterval,
    QtcInterval,
    PAxis,
    QrsAxis,
    TAxis,
}

/// Context groups 3227 to 3229 and 3689 of PS3.16; the older codes are clause and byte of SCP-ECG.
fn measurement(scheme: &str, code: &str) -> Option<Measurement> {
    Some(match (scheme, code) {
        ("MDC", "2:16770") | ("SCPECG", "5.10.2.5-1") => Measurement::HeartRate,
        ("MDC", "2:16168" | "2:16000") | ("SCPECG", "5.10.2.1-3") => Measurement::RrInterval,
        ("MDC", "2:16184") | ("SCPECG", "5.13.5-5") => Measurement::PDuration,
        ("MDC", "2:15872") | ("SCPECG", "5.13.5-7") => Measurement::PrInterval,
        ("MDC", "2:16156") | ("SCPECG", "5.13.5-9") => Measurement::QrsDuration,
        ("MDC", "2:16160") | ("SCPECG", "5.13.5-11") => Measurement::QtInterval,
        ("MDC", "2:15876" | "2:15880" | "2:15892") | ("SCPECG", "5.10.2.5-5") => {
            Measurement::QtcInterval
        }
        ("MDC", "2:16128") | ("SCPECG", "5.10.3-11") => Measurement::PAxis,
        ("MDC", "2:16132") | ("SCPECG", "5.10.3-13") => Measurement::QrsAxis,
        ("MDC", "2:16136") | ("SCPECG", "5.10.3-15") => Measurement::TAxis,
        _ => return None,
    })
}

fn milliseconds(units: Option<&str>) -> Option<f64> {
    match units {
        Some("ms") | None => Some(1.0),
        Some("s") => Some(1e3),
        Some("us") => Some(1e-3),
        Some(_) => None,
    }
}

/// Whether an annotation is of one channel: it refers to pairs of group and channel, 0 for all.
fn of_one_channel(annotation: &DataSet<'_>) -> bool {
    let pairs = annotation.bytes(tag::REFERENCED_CHANNELS);
    let channel = pairs.and_then(|pairs| pairs.get(2..4));
    channel.is_some_and(|channel| channel != [0, 0])
}

/// The lines of an annotation's text, at most so many.
fn lines(annotation: &DataSet<'_>, most: usize) -> Vec<String> {
    let text = annotation.text(tag::UNFORMATTED_TEXT).unwrap_or_default();
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .take(most)
        .map(str::to_owned)
        .collect()
}
