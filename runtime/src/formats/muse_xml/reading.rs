//! What the recorder measured and said.

use roxmltree::Node;

use crate::ecg::DeviceReading;
use crate::formats::xml::{angle, child, children, content, duration, possible_duration, rate};

/// The recorder's measurements and statements; those of before a reader's changes, where there
/// are such.
pub(super) fn reading(root: Node<'_, '_>) -> DeviceReading {
    let measurements = original(root, "RestingECGMeasurements");
    let measured = |name: &str| child(measurements?, name);
    DeviceReading {
        heart_rate_bpm: rate(measured("VentricularRate")),
        p_ms: p_duration(measurements),
        pr_ms: duration(measured("PRInterval")),
        qrs_ms: duration(measured("QRSDuration")),
        qt_ms: duration(measured("QTInterval")),
        qtc_ms: duration(measured("QTCorrected")),
        p_axis_degrees: angle(measured("PAxis")),
        qrs_axis_degrees: angle(measured("RAxis")),
        t_axis_degrees: angle(measured("TAxis")),
        median_beat: None,
        statements: original(root, "Diagnosis")
            .map(statements)
            .unwrap_or_default(),
    }
}

/// The element `Original…` of this name, or else the plain one.
fn original<'a, 'input>(root: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    child(root, &format!("Original{name}")).or_else(|| child(root, name))
}

/// P offset less P onset: samples of the median beat, at the rate that the measurements state.
fn p_duration(measurements: Option<Node<'_, '_>>) -> Option<f64> {
    let number = |name: &str| content(child(measurements?, name)?)?.parse::<f64>().ok();
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
