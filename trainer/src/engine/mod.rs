//! Running graphs with ONNX Runtime.
//!
//! - [`environment`]: finding and loading the shared library, once per process;
//! - [`device`]: `--device auto|cpu|cuda[:N]`, and sessions that never fall back in silence;
//! - [`step`]: a training step whose parameters and moments stay on the device;
//! - [`inference`]: a plain forward run.

pub mod device;
pub mod environment;
pub mod inference;
pub mod step;

pub use device::Device;
pub use environment::Engine;
pub use inference::Inference;
pub use step::{StateTensor, TrainingStep};

use std::path::PathBuf;

/// What can go wrong between a graph and its numbers.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The shared library is not where it was looked for.
    #[error(
        "ONNX Runtime was not found (looked at {looked_at}); run ./test, which installs it, or set ORT_DYLIB_PATH to \
         the shared library of the Python package onnxruntime 1.31.1"
    )]
    LibraryMissing {
        /// The places that were looked at, comma-separated.
        looked_at: String,
    },
    /// The shared library is there and cannot be loaded.
    #[error("ONNX Runtime could not be loaded from {}: {cause}", path.display())]
    LibraryUnusable {
        /// The library's path.
        path: PathBuf,
        /// What the loader said.
        cause: String,
    },
    /// The name given to `--device` is not one of ours.
    #[error("unknown device `{0}`: use auto, cpu, cuda or cuda:N (N the number of the GPU)")]
    UnknownDevice(String),
    /// CUDA was asked for and cannot serve.
    #[error(
        "CUDA device {number} cannot be used: {cause}; install the package onnxruntime-gpu 1.31.1 with CUDA 13 and \
         cuDNN 9, point ORT_DYLIB_PATH at its library and LD_LIBRARY_PATH at theirs, or run with --device cpu"
    )]
    Cuda {
        /// The number of the GPU.
        number: u32,
        /// What ONNX Runtime said.
        cause: String,
    },
    /// ONNX Runtime refused a graph or a run.
    #[error("ONNX Runtime failed while {doing}: {cause}")]
    Runtime {
        /// What was being done.
        doing: String,
        /// What ONNX Runtime said.
        cause: String,
    },
    /// A tensor of the wrong size was handed over.
    #[error("tensor `{name}` has {given} values where its shape needs {expected}")]
    WrongSize {
        /// The tensor's name.
        name: String,
        /// How many values were given.
        given: usize,
        /// How many its shape holds.
        expected: usize,
    },
}

impl EngineError {
    /// Wraps what ONNX Runtime says with what was being done.
    pub(crate) fn runtime(doing: impl Into<String>) -> impl FnOnce(ort::Error) -> EngineError {
        let doing = doing.into();
        move |cause| EngineError::Runtime {
            doing,
            cause: cause.to_string(),
        }
    }
}
