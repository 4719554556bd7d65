//! The twelve standard leads and their names.

use std::fmt;
use std::str::FromStr;

/// One of the twelve standard leads.
///
/// `Display` gives the customary spelling (`I`, `aVR`, `V1`); `FromStr` takes
/// any case and surrounding blanks, since files differ (`i`, `AVR`, `aVR`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lead {
    /// Left arm minus right arm.
    I,
    /// Left leg minus right arm.
    II,
    /// Left leg minus left arm.
    III,
    /// Augmented, right arm.
    AVR,
    /// Augmented, left arm.
    AVL,
    /// Augmented, left leg.
    AVF,
    /// Fourth intercostal space, right sternal border.
    V1,
    /// Fourth intercostal space, left sternal border.
    V2,
    /// Between V2 and V4.
    V3,
    /// Fifth intercostal space, midclavicular line.
    V4,
    /// Level with V4, anterior axillary line.
    V5,
    /// Level with V4, midaxillary line.
    V6,
}

impl Lead {
    /// All twelve in the standard order: I, II, III, aVR, aVL, aVF, V1–V6.
    pub const STANDARD: [Lead; 12] = [
        Lead::I,
        Lead::II,
        Lead::III,
        Lead::AVR,
        Lead::AVL,
        Lead::AVF,
        Lead::V1,
        Lead::V2,
        Lead::V3,
        Lead::V4,
        Lead::V5,
        Lead::V6,
    ];

    /// The eight that carry all the information; the other four are sums of I and II.
    pub const INDEPENDENT: [Lead; 8] = [
        Lead::I,
        Lead::II,
        Lead::V1,
        Lead::V2,
        Lead::V3,
        Lead::V4,
        Lead::V5,
        Lead::V6,
    ];

    /// The customary spelling, as `Display` prints it.
    pub const fn name(self) -> &'static str {
        match self {
            Lead::I => "I",
            Lead::II => "II",
            Lead::III => "III",
            Lead::AVR => "aVR",
            Lead::AVL => "aVL",
            Lead::AVF => "aVF",
            Lead::V1 => "V1",
            Lead::V2 => "V2",
            Lead::V3 => "V3",
            Lead::V4 => "V4",
            Lead::V5 => "V5",
            Lead::V6 => "V6",
        }
    }
}

impl fmt::Display for Lead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// A name that is none of the twelve standard leads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{name}\" is not one of the 12 standard leads")]
pub struct UnknownLead {
    /// The name as given.
    pub name: String,
}

impl FromStr for Lead {
    type Err = UnknownLead;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let trimmed = name.trim();
        Lead::STANDARD
            .into_iter()
            .find(|lead| lead.name().eq_ignore_ascii_case(trimmed))
            .ok_or_else(|| UnknownLead {
                name: name.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_a_round_trip_in_any_case() {
        for lead in Lead::STANDARD {
            let name = lead.to_string();
            for spelling in [
                name.clone(),
                name.to_lowercase(),
                name.to_uppercase(),
                format!(" {name}\t"),
            ] {
                assert_eq!(spelling.parse(), Ok(lead), "{spelling:?}");
            }
        }
    }

    #[test]
    fn other_signals_are_not_leads() {
        for name in ["MLII", "vx", "RESP", "V7", "", "1", "I I", "V1 V2", "ⅰ"] {
            assert_eq!(
                name.parse::<Lead>(),
                Err(UnknownLead {
                    name: name.to_owned()
                })
            );
        }
    }
}
