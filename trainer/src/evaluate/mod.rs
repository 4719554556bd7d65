//! Figures and pictures of a trained run on one split.
//!
//! - [`networks`]: the trained networks, run over many subjects;
//! - [`constant_guess`]: the guess of one who has not seen the ECG;
//! - [`measures`]: errors, diversity and retrieval;
//! - [`similarity`]: the structural similarity of pictures;
//! - [`sheet`]: true and generated pictures side by side;
//! - [`report`]: all of it for one run, as `metrics.json` and `sheet.png`;
//! - [`comparison`]: the figures of several runs side by side.

pub mod comparison;
pub mod constant_guess;
pub mod measures;
pub mod networks;
pub mod report;
pub mod sheet;
pub mod similarity;

pub use report::{METRICS_FILE, Metrics, SHEET_FILE, evaluate};
