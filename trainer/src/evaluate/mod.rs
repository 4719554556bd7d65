//! Figures and pictures of a trained run on one split.
//!
//! - [`networks`]: the trained networks, run over many subjects;
//! - [`constant_guess`]: the guess of one who has not seen the ECG;
//! - [`measures`]: errors, diversity and lengths of latents, as single numbers;
//! - [`image`]: errors of pictures by subject and channel, beside guesses and [`nearest`] training subjects;
//! - [`similarity`]: the structural similarity of pictures;
//! - [`diversity`]: how far pictures and latents differ between subjects;
//! - [`retrieval`]: whose MRI an ECG points to;
//! - [`known`]: what is known of the subjects beside ECG and MRI;
//! - [`phenotype`]: what latents tell of it; [`answers`]: truth and prediction; [`ceiling`]: what plain learners get from the same ECGs;
//! - [`subgroups`]: any figure by sex, age, body mass and condition;
//! - [`sheet`]: true and generated pictures side by side;
//! - [`report`]: all of it for one run, as `metrics.json` and `sheet.png`;
//! - [`comparison`]: the figures of several runs side by side;
//! - [`calibration`]: whether the predicted uncertainty is right;
//! - [`outliers`]: whether foreign ECGs are seen to be foreign;
//! - [`maps`]: the latents of both modalities on a plane;
//! - [`html`]: a report as one HTML file, with charts.

pub mod answers;
pub mod calibration;
pub mod ceiling;
pub mod comparison;
pub mod constant_guess;
pub mod diversity;
pub mod html;
pub mod image;
pub mod known;
pub mod maps;
mod markdown;
pub mod measures;
pub mod nearest;
pub mod networks;
pub mod outliers;
pub mod phenotype;
pub mod report;
pub mod retrieval;
pub mod sheet;
pub mod similarity;
pub mod subgroups;

pub use report::{METRICS_FILE, Metrics, SHEET_FILE, evaluate};
