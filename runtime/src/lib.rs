//! **ecg2mri** reads a 12-lead ECG and generates a pseudo-MRI: a synthetic picture of
//! the heart as a neural network imagines it from the ECG alone. It runs offline on one
//! processor core, with a model that is a folder of two ONNX files, statistics and a manifest.
//!
//! A pseudo-MRI is not a scan and not for diagnosis; every picture says so.
//!
//! ```
//! use std::path::Path;
//!
//! use ecg2mri::{Pipeline, formats};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pipeline = Pipeline::open("../models/cart")?;
//! let ecg = formats::read(Path::new("../tests/samples/normal-woman.hea"))?;
//! let generated = pipeline.generate(&ecg)?;
//!
//! let picture = &generated.picture;
//! assert_eq!((picture.shape().height, picture.shape().width), (128, 128));
//! for (view, name) in pipeline.views().iter().enumerate() {
//!     let grey = picture.frame(view, 0).expect("every view has a first phase");
//!     println!("{name}, {}: {} pixels of {} mm", pipeline.phases()[0], grey.len(), picture.pixel_mm());
//! }
//! println!("heart rate {:.0} bpm", generated.median_beat.heart_rate_bpm());
//! assert!(generated.warnings().is_empty());
//!
//! let png = pipeline.png(&generated)?;
//! # let folder = tempfile::tempdir()?;
//! # let out = folder.path().join("picture.png");
//! ecg2mri::AtomicFile::write(&out, &png)?;
//! # Ok(())
//! # }
//! ```
//!
//! A recording too poor or too foreign is refused; [`PipelineError::is_refusal`] tells that from
//! a failure, and [`Pipeline::generate_forced`] makes the picture all the same, marked as such.
//! A [`Pipeline`] may be shared between threads. Errors and what is given back may grow in later
//! versions and are `#[non_exhaustive]`; `docs/library.md` tells what is kept stable, and how to call
//! the library from C.
//!
//! From file to picture:
//!
//! 1. [`formats`] reads a file into an [`Ecg`] (leads, millivolts, sampling rate);
//! 2. [`signal`] checks its quality and turns it into a median beat;
//! 3. [`model`] verifies a model and runs it: median beat → latent → picture;
//! 4. [`picture`] draws and marks the picture;
//! 5. [`pipeline`] joins these steps; [`report`] tells what was done; [`batch`] does it with folders, and [`cart`] with a
//!    device at the bedside.
//!
//! The program `ecg2mri` is a thin layer over this library.

#![deny(unsafe_code)]

pub mod atomic_file;
pub mod batch;
#[cfg(feature = "cart")]
pub mod cart;
#[cfg(feature = "model")]
mod convolution;
pub mod ecg;
pub mod formats;
#[cfg(feature = "cli")]
pub mod interrupt;
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
pub use pipeline::{Analysed, Generated, Pipeline, PipelineError};
#[cfg(feature = "model")]
pub use report::Report;
