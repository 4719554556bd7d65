//! Units of voltage, and numbers as text that reads back as the same number.

/// What one of `units` is in millivolts; `None` if it is no unit of voltage that is read.
pub(super) fn millivolts_per_unit(units: &str) -> Option<f64> {
    match units.trim().to_lowercase().as_str() {
        "v" | "volt" | "volts" => Some(1e3),
        "mv" | "millivolt" | "millivolts" => Some(1.0),
        // MICRO SIGN and GREEK SMALL LETTER MU, both in use.
        "uv" | "µv" | "μv" | "microvolt" | "microvolts" => Some(1e-3),
        "nv" | "nanovolt" | "nanovolts" => Some(1e-6),
        _ => None,
    }
}

/// The shortest decimal that reads back as the same `value`, which is finite; with an exponent where
/// that spares a row of zeros.
pub(super) fn shortest(value: f32) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e16).contains(&size) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_of_voltage() {
        for (units, millivolts) in [
            ("V", 1e3),
            ("mv", 1.0),
            ("µV", 1e-3),
            ("UV", 1e-3),
            (" MICROVOLTS ", 1e-3),
            ("nV", 1e-6),
        ] {
            assert_eq!(millivolts_per_unit(units), Some(millivolts), "{units}");
        }
        for none in ["", "s", "uVperLsb", "1", "mmHg", "MΩ", "mV/mm", "A"] {
            assert_eq!(millivolts_per_unit(none), None, "{none}");
        }
    }

    #[test]
    fn numbers_stay_short() {
        for (value, text) in [(0.0, "0"), (-0.0, "-0"), (-0.153, "-0.153"), (1e-9, "1e-9")] {
            assert_eq!(shortest(value), text);
        }
    }

    proptest! {
        #[test]
        fn every_number_reads_back(bits in any::<u32>()) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite());
            let again: f32 = shortest(value).parse().unwrap();
            prop_assert_eq!(again.to_bits(), bits);
        }
    }
}
