//! Figures and pictures of a trained run on one split.
//!
//! - [`networks`]: the trained networks, run over many subjects;
//! - [`constant_guess`]: the guess of one who has not seen the ECG;
//! - [`measures`]: errors, diversity and retrieval;
//! - [`similarity`]: the structural similarity of pictures;
//! - [`sheet`]: true and generated pictures side by side;
//! - [`report`]: all of it for one run, as `metrics.json` and `sheet.png`;
//! - [`comparison`]: the figures of several runs side by side;
//! - [`calibration`]: whether the predicted uncertainty is right;
//! - [`outliers`]: whether foreign ECGs are seen to be foreign;
//! - [`maps`]: the latents of both modalities on a plane;
//! - [`html`]: a report as one HTML file, with charts.

pub mod calibration;
pub mod comparison;
pub mod constant_guess;
pub mod html;
pub mod maps;
pub mod measures;
pub mod networks;
pub mod outliers;
pub mod report;
pub mod sheet;
pub mod similarity;

pub use report::{METRICS_FILE, Metrics, SHEET_FILE, evaluate};
