//! The right leg's electrode exchanged with that of an arm.
//!
//! The right leg is the neutral electrode and has nearly the potential of the left one, so that the lead
//! between the left leg and the electrode that should be on the arm shows nearly nothing (Hoffman, J
//! Electrocardiol 2007;40:226). Exchanged with the left leg it changes next to nothing in any lead, does
//! no harm, and cannot be seen.

use super::strip::{Strip, median};
use super::{LimbElectrode, Reason};
use crate::ecg::Lead;
use crate::signal::milliseconds;

/// A whole beat about its QRS complex: P, QRS and T.
const BEFORE: usize = milliseconds(200);
const AFTER: usize = milliseconds(400);
/// A lead is nearly flat below this share of the other two, as a whole beat and in millivolts.
const FLAT_SHARE: f64 = 0.12;
const FLAT_MV: f64 = 0.15;

/// The exchange that a nearly flat limb lead betrays.
pub(super) fn reason(strip: &Strip) -> Option<Reason> {
    let [first, second, third] = [Lead::I, Lead::II, Lead::III].map(|lead| beat_size(strip, lead));
    let (first, second, third) = (first?, second?, third?);
    let flat = |own: f64, one: f64, other: f64| own < FLAT_MV && own < FLAT_SHARE * one.min(other);
    if flat(second, first, third) {
        Some(Reason::NeutralExchanged {
            arm: LimbElectrode::RightArm,
        })
    } else if flat(third, first, second) {
        Some(Reason::NeutralExchanged {
            arm: LimbElectrode::LeftArm,
        })
    } else if flat(first, second, third) {
        Some(Reason::ArmsAndLegsExchanged)
    } else {
        None
    }
}

/// From the lowest to the highest point of the median of a lead's beats, in millivolts.
fn beat_size(strip: &Strip, lead: Lead) -> Option<f64> {
    let row = strip.row(&strip.level, lead)?;
    let beats: Vec<&[f64]> = strip
        .beats
        .iter()
        .filter_map(|&beat| row.get(beat.checked_sub(BEFORE)?..beat + AFTER))
        .collect();
    if beats.is_empty() {
        return None;
    }
    let together =
        (0..BEFORE + AFTER).map(|n| median(&beats.iter().map(|beat| beat[n]).collect::<Vec<_>>()));
    let (lowest, highest) = together.fold((f64::MAX, f64::MIN), |(lowest, highest), value| {
        (lowest.min(value), highest.max(value))
    });
    Some(highest - lowest)
}
