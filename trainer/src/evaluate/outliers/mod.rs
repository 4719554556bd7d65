//! Whether the model sees that an ECG is of no kind it was trained on.
//!
//! The distance by which the runtime's gate judges must be larger for what is foreign than for subjects held out: real recordings where the training was simulated, noise, exchanged electrodes,
//! wrong gains, flat leads.
//!
//! - [`foreign_beats`]: median beats that are foreign in one way; [`kinds`]: all ways;
//! - [`real`]: recordings from a folder; [`electrodes`]: exchanged ones, and leads without signal; [`gain`];
//!   [`noise`]: no heart at all;
//! - [`figures`]: how well the score tells them from subjects held out; [`chart`]: the same as drawings;
//!   [`section`]: for the report.

pub mod chart;
pub mod electrodes;
mod error;
pub mod figures;
pub mod foreign_beats;
pub mod gain;
pub mod kinds;
pub mod noise;
pub mod real;
pub mod section;

pub use error::OutlierError;
pub use figures::{OutlierFigures, Scored, outlier_figures};
pub use foreign_beats::{ForeignBeats, Group};
pub use kinds::disturbed;
pub use real::{RealRecordings, recordings_in};
