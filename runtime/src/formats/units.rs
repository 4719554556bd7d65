//! Units of voltage as files spell them.

/// Millivolts in one of the unit called `units`, if that is a voltage: V, mV, uV (in any spelling
/// of the prefix) or nV, in any case.
pub(super) fn millivolts_per_unit(units: &str) -> Option<f64> {
    match units.to_lowercase().as_str() {
        "v" => Some(1e3),
        "mv" => Some(1.0),
        // MICRO SIGN and GREEK SMALL LETTER MU, both in use.
        "uv" | "µv" | "μv" => Some(1e-3),
        "nv" => Some(1e-6),
        _ => None,
    }
}
