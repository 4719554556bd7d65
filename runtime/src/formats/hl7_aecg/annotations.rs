//! Measurements and statements among the annotations.
//!
//! A measurement may stand beside the representative beat, beside the rhythm, or at each of its
//! beats; the first of these that has it counts, and of several values the middle one.

use roxmltree::Node;

use super::code;
use crate::ecg::DeviceReading;
use crate::formats::xml::{
    attribute, child, children, content, descendants, possible_angle, possible_duration,
    possible_rate,
};

/// What an annotation of a physical quantity says.
struct Measurement<'a> {
    code: &'a str,
    value: f64,
    unit: &'a str,
}

/// The reading that annotates `series` and the representative `beat` derived from it.
pub(super) fn reading(series: Node<'_, '_>, beat: Option<Node<'_, '_>>) -> DeviceReading {
    // Not the descendants of the series itself, among which is its derived beat.
    let sets =
        || children(series, "subjectOf").filter_map(|subject| child(subject, "annotationSet"));
    let global = sets()
        .flat_map(|set| children(set, "component"))
        .filter_map(|component| child(component, "annotation"));
    let places = [
        measurements(
            beat.into_iter()
                .flat_map(|beat| descendants(beat, "annotation")),
        ),
        measurements(global),
        measurements(sets().flat_map(|set| descendants(set, "annotation"))),
    ];
    let measured = |codes: &[&str], read: fn(&Measurement<'_>) -> Option<f64>| {
        places.iter().find_map(|place| {
            codes.iter().find_map(|code| {
                let named = place.iter().filter(|found| is(found.code, code));
                middle(named.filter_map(read).collect())
            })
        })
    };
    let of_cycle = || measured(&["MDC_ECG_TIME_PD_RR"], milliseconds).map(|rr| 60_000.0 / rr);
    DeviceReading {
        heart_rate_bpm: measured(&["MDC_ECG_HEART_RATE"], |rate| possible_rate(rate.value))
            .or_else(of_cycle),
        p_ms: measured(&["MDC_ECG_TIME_PD_P"], milliseconds),
        pr_ms: measured(&["MDC_ECG_TIME_PD_PR", "MDC_ECG_TIME_PD_PQ"], milliseconds),
        qrs_ms: measured(&["MDC_ECG_TIME_PD_QRS"], milliseconds),
        qt_ms: measured(&["MDC_ECG_TIME_PD_QT"], milliseconds),
        qtc_ms: measured(
            &["MDC_ECG_TIME_PD_QTc", "MDC_ECG_TIME_PD_QTcB"],
            milliseconds,
        ),
        p_axis_degrees: measured(&["MDC_ECG_ANGLE_P_FRONT"], degrees),
        qrs_axis_degrees: measured(&["MDC_ECG_ANGLE_QRS_FRONT"], degrees),
        t_axis_degrees: measured(&["MDC_ECG_ANGLE_T_FRONT"], degrees),
        median_beat: None,
        statements: sets()
            .flat_map(|set| descendants(set, "annotation"))
            .filter_map(statement)
            .collect(),
    }
}

fn measurements<'a, 'input: 'a>(
    annotations: impl Iterator<Item = Node<'a, 'input>>,
) -> Vec<Measurement<'a>> {
    annotations
        .filter(|annotation| !is_of_one_lead(*annotation))
        .filter_map(|annotation| {
            let value = child(annotation, "value")?;
            Some(Measurement {
                code: code(annotation)?,
                value: attribute(value, "value")?.trim().parse().ok()?,
                unit: attribute(value, "unit").unwrap_or_default().trim(),
            })
        })
        .collect()
}

/// Whether the region that an annotation is supported by is one lead; the reading is of all.
fn is_of_one_lead(annotation: Node<'_, '_>) -> bool {
    children(annotation, "support")
        .filter_map(|support| child(support, "supportingROI"))
        .flat_map(|region| children(region, "component"))
        .filter_map(|component| code(child(component, "boundary")?))
        .any(|code| code.starts_with("MDC_ECG_LEAD_"))
}

/// Whether a code is `wanted`, in any case, or its global form.
fn is(code: &str, wanted: &str) -> bool {
    let code = code.strip_suffix("_GL").unwrap_or(code);
    code.eq_ignore_ascii_case(wanted)
}

fn milliseconds(interval: &Measurement<'_>) -> Option<f64> {
    let per_unit = match interval.unit {
        "s" => 1e3,
        "us" => 1e-3,
        "ms" => 1.0,
        _ => return None,
    };
    possible_duration(interval.value * per_unit)
}

fn degrees(angle: &Measurement<'_>) -> Option<f64> {
    possible_angle(angle.value).filter(|_| angle.unit == "deg")
}

/// The lower of the middle values.
fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

/// What an annotation of rhythm or interpretation says.
fn statement(annotation: Node<'_, '_>) -> Option<String> {
    let code = code(annotation)?;
    if code != "MDC_ECG_RHY" && !code.starts_with("MDC_ECG_INTERPRETATION") {
        return None;
    }
    let value = child(annotation, "value")?;
    let attribute = |name: &str| {
        let value = attribute(value, name)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    attribute("displayName")
        .or_else(|| content(value))
        .or_else(|| attribute("code"))
}
