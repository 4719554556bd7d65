//! Figures and pictures of a trained run on one split.
//!
//! - [`networks`]: the trained networks, run over many subjects;
//! - [`constant_guess`]: the guess of one who has not seen the ECG;
//! - [`measures`]: errors, diversity and retrieval;
//! - [`sheet`]: true and generated pictures side by side;
//! - [`report`]: all of it for one run, as `metrics.json` and `sheet.png`.

pub mod constant_guess;
pub mod measures;
pub mod networks;
pub mod report;
pub mod sheet;

pub use report::{METRICS_FILE, Metrics, SHEET_FILE, evaluate};
