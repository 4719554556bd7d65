//! Units of voltage as files spell them.

/// Millivolts per unit of this name (`uV`, `MICROVOLTS`, `mV`, …), in any case; `None` if it is no
/// voltage.
pub(super) fn millivolts_per(unit: &str) -> Option<f64> {
    match unit.trim().to_lowercase().as_str() {
        "v" | "volt" | "volts" => Some(1e3),
        "mv" | "millivolt" | "millivolts" => Some(1.0),
        "uv" | "µv" | "μv" | "microvolt" | "microvolts" => Some(1e-3),
        "nv" | "nanovolt" | "nanovolts" => Some(1e-6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_voltages_and_nothing_else() {
        assert_eq!(millivolts_per(" MICROVOLTS "), Some(1e-3));
        assert_eq!(
            (millivolts_per("µV"), millivolts_per("μV")),
            (Some(1e-3), Some(1e-3))
        );
        assert_eq!(
            (millivolts_per("V"), millivolts_per("mV")),
            (Some(1e3), Some(1.0))
        );
        for none in ["", "s", "uVperLsb", "mmHg", "1"] {
            assert_eq!(millivolts_per(none), None, "{none}");
        }
    }
}
