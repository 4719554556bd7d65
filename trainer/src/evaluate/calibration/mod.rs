//! Whether the predicted uncertainty of a picture is right: is a pixel whose error is said to have a standard deviation
//! of 0.05 off by as much?
//!
//! - [`predictions`]: pictures, their predicted deviations and the truth;
//! - [`law`]: how errors are distributed for a given deviation;
//! - [`recalibration`]: which law fits, and the one factor that the deviations are multiplied with;
//! - [`coverage`]: how often the truth lies in the intervals; [`sharpness`]: whether larger deviations mean larger
//!   errors; [`correlation`]: the same as one number;
//! - [`figures`], [`chart`], [`section`]: all of it as data, as drawings and for the report.

pub mod chart;
pub mod correlation;
pub mod coverage;
mod error;
pub mod figures;
pub mod law;
pub mod predictions;
pub mod recalibration;
pub mod section;
pub mod sharpness;

pub use error::CalibrationError;
pub use figures::{CalibrationFigures, calibration};
pub use law::Law;
pub use predictions::Predictions;
pub use recalibration::Recalibration;
