//! What the recorder measured and said: `RestingECGMeasurements` and the diagnosis texts.

use roxmltree::Node;

use super::waveform::waveform;
use crate::ecg::DeviceReading;
use crate::formats::xml::{angle, child, content, descendant, duration, rate};

/// All of the recorder's reading that is there and sound.
pub(super) fn reading(root: Node<'_, '_>) -> DeviceReading {
    let measurements = descendant(root, "RestingECGMeasurements");
    let measured = |name: &str| child(measurements?, name);
    DeviceReading {
        heart_rate_bpm: rate(measured("VentricularRate")),
        p_ms: duration(measured("PDuration")),
        // CardioSoft says PQ for what others call PR.
        pr_ms: duration(measured("PQInterval").or_else(|| measured("PRInterval"))),
        qrs_ms: duration(measured("QRSDuration")),
        qt_ms: duration(measured("QTInterval")),
        qtc_ms: duration(measured("QTCInterval")),
        p_axis_degrees: angle(measured("PAxis")),
        qrs_axis_degrees: angle(measured("RAxis")),
        t_axis_degrees: angle(measured("TAxis")),
        median_beat: descendant(root, "MedianSamples").and_then(|element| {
            let (rows, sampling_rate) = waveform(element, "MedianSamples").ok()?;
            rows.into_median_beat(sampling_rate)
        }),
        statements: root
            .descendants()
            .filter(|node| matches!(node.tag_name().name(), "DiagnosisText" | "ConclusionText"))
            .filter_map(content)
            .collect(),
    }
}
