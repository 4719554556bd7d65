//! Why a subject cannot be simulated.

use crate::synthesis::geometry::THINNEST_AND_THICKEST_MM;

/// Longest QT interval that a simulated beat has room for, ms.
pub const LONGEST_QT_MS: f64 = 690.0;

/// Why no heart can be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImpossibleSubject {
    /// A parameter outside its range, or not a number.
    #[error(
        "{parameter} is {value} {unit}, but must be from {least} to {most}; give a value in that range"
    )]
    OutOfRange {
        /// Its name in [`Subject`].
        parameter: &'static str,
        /// What it is.
        value: f64,
        /// Least possible value.
        least: f64,
        /// Greatest possible value.
        most: f64,
        /// Unit, empty for ratios.
        unit: &'static str,
    },
    /// More scars than a subject has room for.
    #[error(
        "imposed.conditions holds {infarcts} infarcts, but a subject has at most one; leave one"
    )]
    SeveralInfarcts {
        /// How many.
        infarcts: usize,
    },
    /// Nothing excites the ventricles.
    #[error(
        "conduction.early_sites is empty, so that nothing excites the ventricles; give at least one site"
    )]
    NoEarlySite,
    /// The P wave falls into the beat before.
    #[error(
        "atria.pr_ms is {pr_ms} ms, which does not fit the {rr_ms:.0} ms from beat to beat; lower it or heart_rate_bpm"
    )]
    PrLongerThanBeat {
        /// PR interval, ms.
        pr_ms: f64,
        /// RR interval, ms.
        rr_ms: f64,
    },
    /// The P wave outlasts the PR interval.
    #[error(
        "atria.p_duration_ms is {p_ms} ms and longer than atria.pr_ms, {pr_ms} ms; shorten the one or lengthen the other"
    )]
    PLongerThanPr {
        /// P-wave duration, ms.
        p_ms: f64,
        /// PR interval, ms.
        pr_ms: f64,
    },
    /// The T wave ends after the simulated beat.
    #[error(
        "repolarisation.qtc_ms of {qtc_ms} ms gives a QT interval of {qt_ms:.0} ms at heart_rate_bpm {rate_bpm}, and {LONGEST_QT_MS} ms is the longest; lower it or raise the rate"
    )]
    QtTooLong {
        /// Corrected QT, ms.
        qtc_ms: f64,
        /// QT at this rate, ms.
        qt_ms: f64,
        /// Heart rate, beats per minute.
        rate_bpm: f64,
    },
    /// No wall of possible thickness has this mass.
    #[error(
        "lvm_g of {lvm_g} g around lvedv_ml of {lvedv_ml} ml and lv_length_mm of {lv_length_mm} mm needs a wall thinner than {} or thicker than {} mm; change one of the three",
        THINNEST_AND_THICKEST_MM.0, THINNEST_AND_THICKEST_MM.1
    )]
    NoSuchWall {
        /// LV mass, g.
        lvm_g: f64,
        /// LV end-diastolic volume, ml.
        lvedv_ml: f64,
        /// LV length, mm.
        lv_length_mm: f64,
    },
    /// No RV of this volume fits this LV.
    #[error(
        "rvedv_ml of {rvedv_ml} ml does not fit an LV of lvedv_ml {lvedv_ml} ml; bring the two volumes closer together"
    )]
    NoSuchRightVentricle {
        /// RV end-diastolic volume, ml.
        rvedv_ml: f64,
        /// LV end-diastolic volume, ml.
        lvedv_ml: f64,
    },
    /// The heart reaches through the skin.
    #[error(
        "the heart at heart_centre_mm {centre_mm:?} reaches outside the torso; move it inwards, make it smaller or the torso larger"
    )]
    OutsideTorso {
        /// Centre of the LV, mm.
        centre_mm: [f64; 3],
    },
}
