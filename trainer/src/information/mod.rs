//! How much the ECG tells about the heart, measured on a cohort.
//!
//! Learners that are simple, but see curves, predict each truth of `subjects.csv` for subjects they have not seen: from
//! demographics, from one lead, from eight and twelve, and from all of it. A cohort in which twelve leads told nothing
//! would teach a network nothing; one in which they told everything would teach it what no real heart gives. So each
//! figure stands beside the published one that it is tuned towards.
//!
//! - [`subjects`]: a cohort's folder, real or simulated, as numbers, by way of [`table_of_subjects`];
//! - [`target`]: what is to be told; [`input`], [`averaged_beat`], [`scaling`]: what from;
//! - [`learner`]: ridge and kernel ridge for a few thousand subjects, on `cholesky`;
//! - [`large_ridge`], [`landmarks`]: the same two for tens of thousands, and [`boosted_trees`];
//! - [`symmetric`]: eigenvalues, and [`principal_components`] by way of them;
//! - [`cross_validation`]: predictions for unseen subjects;
//! - [`score`], [`r_squared`], [`auroc`], [`interval`]: how good they are, and how sure that is;
//! - [`published`], [`band`]: what is known of real hearts, and what our cohort is to tell;
//! - [`report`], `table`: all of it as data and as text.

pub mod auroc;
pub mod averaged_beat;
pub mod band;
pub mod boosted_trees;
pub(crate) mod cholesky;
pub mod cross_validation;
mod error;
pub mod input;
pub mod interval;
pub mod landmarks;
pub mod large_ridge;
pub mod learner;
pub mod principal_components;
pub mod published;
pub mod r_squared;
pub mod report;
pub mod scaling;
pub mod score;
pub mod subjects;
pub mod symmetric;
mod table;
pub mod table_of_subjects;
pub mod target;

pub use cross_validation::CrossValidation;
pub use error::InformationError;
pub use input::Input;
pub use learner::Learner;
pub use report::Information;
pub use subjects::Subjects;
