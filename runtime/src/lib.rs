//! **ecg2mri** reads a 12-lead ECG and generates a pseudo-MRI: a synthetic picture of
//! the heart as a neural network imagines it from the ECG alone. It runs offline on one
//! processor core, with a model that is a folder of two ONNX files, statistics and a manifest.
//!
//! A pseudo-MRI is not a scan and not for diagnosis; every picture says so.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use ecg2mri::{AtomicFile, Model, Pipeline, formats};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let ecg = formats::read(Path::new("patient.hea"))?;
//! let pipeline = Pipeline::new(Model::load(Path::new("models"))?);
//! let generated = pipeline.generate(&ecg)?;
//! println!("heart rate {:.0} bpm", generated.median_beat.heart_rate_bpm());
//! AtomicFile::write(Path::new("picture.png"), &pipeline.png(&generated)?)?;
//! # Ok(())
//! # }
//! ```
//!
//! From file to picture:
//!
//! 1. [`formats`] reads a file into an [`Ecg`] (leads, millivolts, sampling rate);
//! 2. [`signal`] checks its quality and turns it into a median beat;
//! 3. [`model`] verifies a model and runs it: median beat → latent → picture;
//! 4. [`picture`] draws and marks the picture;
//! 5. [`pipeline`] joins these steps; [`report`] tells what was done; [`batch`] does it with folders.
//!
//! The program `ecg2mri` is a thin layer over this library.

#![forbid(unsafe_code)]

pub mod atomic_file;
pub mod batch;
pub mod ecg;
pub mod formats;
#[cfg(feature = "model")]
pub mod model;
pub mod picture;
#[cfg(feature = "model")]
pub mod pipeline;
#[cfg(feature = "model")]
pub mod report;
pub mod signal;
pub mod standard_output;
mod untrusted_file;

pub use atomic_file::AtomicFile;
pub use ecg::Ecg;
#[cfg(feature = "model")]
pub use model::Model;
pub use picture::PseudoMri;
#[cfg(feature = "model")]
pub use pipeline::{Generated, Pipeline};
#[cfg(feature = "model")]
pub use report::Report;
