//! What the recorder measured and said: the last `interpretation`, or else its own measurements.

use roxmltree::Node;

use crate::ecg::DeviceReading;
use crate::formats::xml::{angle, at, child, children, content, descendants, duration, rate};

/// The recorder's measurements and statements.
pub(super) fn reading(root: Node<'_, '_>) -> DeviceReading {
    let interpretation =
        child(root, "interpretations").and_then(|all| children(all, "interpretation").last());
    // Versions 1.04 and 1.03 of each.
    let places = [
        interpretation.and_then(|node| child(node, "globalmeasurements")),
        interpretation.and_then(|node| child(node, "interpretationmeasurements")),
        at(root, &["internalmeasurements", "crossleadmeasurements"]),
        at(root, &["measurements", "globalmeasurements"]),
    ];
    let measured = |names: &[&str], read: fn(Option<Node<'_, '_>>) -> Option<f64>| {
        places
            .iter()
            .flatten()
            .find_map(|place| names.iter().find_map(|name| read(child(*place, name))))
    };
    DeviceReading {
        heart_rate_bpm: measured(&["heartrate", "meanventrate"], rate),
        p_ms: measured(&["pdur"], duration),
        pr_ms: measured(&["print", "meanprint"], duration),
        qrs_ms: measured(&["qrsdur", "meanqrsdur"], duration),
        qt_ms: measured(&["qtint", "meanqtint"], duration),
        qtc_ms: measured(&["qtcb", "meanqtc"], duration),
        p_axis_degrees: measured(&["pfrontaxis"], angle),
        qrs_axis_degrees: measured(&["qrsfrontaxis"], angle),
        t_axis_degrees: measured(&["tfrontaxis"], angle),
        median_beat: None,
        statements: interpretation.map(statements).unwrap_or_default(),
    }
}

/// Statements without their criteria, and the severity, which is written `- NORMAL ECG -`.
fn statements(interpretation: Node<'_, '_>) -> Vec<String> {
    let said =
        children(interpretation, "statement").filter_map(|node| child(node, "leftstatement"));
    said.chain(child(interpretation, "severity"))
        .filter_map(content)
        .map(|text| text.trim_matches(['-', ' ']).to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

/// Whether the recorder's own quality assessment ends in "Poor ECG, retry if possible".
pub(super) fn says_poor_quality(root: Node<'_, '_>) -> bool {
    descendants(root, "qaactioncode")
        .filter_map(content)
        .any(|action| action.to_lowercase().contains("poor"))
}
