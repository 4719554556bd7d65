//! Ages as recorders write them: a number and its unit.

use crate::ecg::Patient;

/// The unit of an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AgeUnit {
    Years,
    Months,
    Weeks,
    Days,
    Hours,
}

/// An age in years, if a human being may have it.
pub(super) fn in_years(number: f64, unit: AgeUnit) -> Option<f32> {
    const DAYS_PER_YEAR: f64 = 365.25;
    let years = match unit {
        AgeUnit::Years => number,
        AgeUnit::Months => number / 12.0,
        AgeUnit::Weeks => number * 7.0 / DAYS_PER_YEAR,
        AgeUnit::Days => number / DAYS_PER_YEAR,
        AgeUnit::Hours => number / (24.0 * DAYS_PER_YEAR),
    };
    Patient::age_from_text(&years.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_months_are_three_months() {
        for (number, unit) in [
            (0.25, AgeUnit::Years),
            (3.0, AgeUnit::Months),
            (13.0, AgeUnit::Weeks),
            (91.0, AgeUnit::Days),
            (2190.0, AgeUnit::Hours),
        ] {
            let found = in_years(number, unit).unwrap();
            assert!((found - 0.25).abs() < 0.001, "{number} {unit:?}: {found}");
        }
        assert_eq!(in_years(64.0, AgeUnit::Years), Some(64.0));
        assert_eq!(in_years(300.0, AgeUnit::Years), None);
        assert_eq!(in_years(f64::NAN, AgeUnit::Days), None);
    }
}
