//! CSV: a table with one column per lead and one row per sample.
//!
//! ```text
//! # sampling_rate_hz: 500
//! # units: mV
//! # age_years: 51
//! # sex: female
//! I,II,III,aVR,aVL,aVF,V1,V2,V3,V4,V5,V6
//! 0.025,0.11,0.085,-0.0675,-0.03,0.0975,-0.005,0.01,0.02,0.035,0.04,0.03
//! 0.03,0.115,0.085,-0.0725,-0.0275,0.1,-0.005,0.015,0.025,0.04,0.045,0.035
//! ```
//!
//! - The file is UTF-8, with lines that end in LF or CR LF; empty lines count for nothing.
//! - Lines that begin with `#` stand above the table. Of the form `# key: value` are known: the
//!   `sampling_rate_hz`; the `units` of all leads (`V`, `mV`, `uV`, `nV`; mV where there is none);
//!   `age_years`; `sex` (`female`, `male`); and `device_quality: poor` where the recorder said so.
//!   Other lines with `#` are comments.
//! - The first other line names the columns: leads in any order and in any case. Columns of other names
//!   are left out and listed in [`Ecg::skipped_signals`](crate::Ecg::skipped_signals).
//! - Columns are separated by commas, or by semicolons or tabs if the line of names has these. Names
//!   may stand in double quotes. Numbers have a decimal point.
//! - A column `time_s` has the time of each row in seconds, evenly spaced. It gives the sampling rate
//!   where no line above the table does (a whole number of Hz, if it is within 1e-4 of one, since times
//!   are rounded), and must not contradict such a line.
//! - Every lead has a value in every row.
//!
//! What is written has the lines and columns of the example, without those that are not known, and the
//! shortest numbers that read back as the same.

mod read;
mod write;

pub(super) use read::begins;
pub use read::read;
pub use write::{encode, write};

/// Keys of the lines above the table.
mod key {
    pub(super) const SAMPLING_RATE: &str = "sampling_rate_hz";
    pub(super) const UNITS: &str = "units";
    pub(super) const AGE: &str = "age_years";
    pub(super) const SEX: &str = "sex";
    pub(super) const DEVICE_QUALITY: &str = "device_quality";
    /// What the recorder's quality is if it says anything.
    pub(super) const POOR: &str = "poor";
}

#[cfg(test)]
mod tests;
