//! What the recorder measured and said.

use roxmltree::Node;

use crate::ecg::DeviceReading;
use crate::formats::xml::{angle, child, children, content, duration, possible_duration, rate};

/// The recorder's measurements and statements; those of before a reader's changes, where there
/// are such.
pub(super) fn reading(root: Node<'_, '_>) -> DeviceReading {
    let measurements = original_first(root, "RestingECGMeasurements");
    let measured = |name: &str| {
        let mut places = measurements.iter().filter_map(|place| child(*place, name));
        places.find(|node| content(*node).is_some())
    };
    DeviceReading {
        heart_rate_bpm: rate(measured("VentricularRate")),
        p_ms: p_duration(measured),
        pr_ms: duration(measured("PRInterval")),
        qrs_ms: duration(measured("QRSDuration")),
        qt_ms: duration(measured("QTInterval")),
        qtc_ms: duration(measured("QTCorrected")),
        p_axis_degrees: angle(measured("PAxis")),
        qrs_axis_degrees: angle(measured("RAxis")),
        t_axis_degrees: angle(measured("TAxis")),
        median_beat: None,
        statements: original_first(root, "Diagnosis")
            .into_iter()
            .map(statements)
            .find(|said| !said.is_empty())
            .unwrap_or_default(),
    }
}

/// The elements `Original…` of this name and the plain one, as far as they are there.
fn original_first<'a, 'input>(root: Node<'a, 'input>, name: &str) -> Vec<Node<'a, 'input>> {
    let original = child(root, &format!("Original{name}"));
    original.into_iter().chain(child(root, name)).collect()
}

/// P offset less P onset: samples of the median beat, at the rate that the measurements state.
fn p_duration<'a, 'input: 'a>(measured: impl Fn(&str) -> Option<Node<'a, 'input>>) -> Option<f64> {
    let number = |name: &str| content(measured(name)?)?.parse::<f64>().ok();
    let samples = number("POffset")? - number("POnset")?;
    let per_second =
        number("ECGSampleBase")? * 10_f64.powf(number("ECGSampleExponent").unwrap_or(0.0));
    possible_duration(samples / per_second * 1000.0)
}

/// The statements: a line ends with the fragment flagged `ENDSLINE`.
fn statements(diagnosis: Node<'_, '_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for statement in children(diagnosis, "DiagnosisStatement") {
        if let Some(text) = child(statement, "StmtText").and_then(content) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&text);
        }
        let mut flags = children(statement, "StmtFlag").filter_map(content);
        if flags.any(|flag| flag == "ENDSLINE") {
            lines.push(std::mem::take(&mut line));
        }
    }
    lines.push(line);
    lines.retain(|line| !line.is_empty());
    lines
}
