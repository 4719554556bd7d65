//! The graph's gradients against central differences, ONNX Runtime and PyTorch.
//!
//! ONNX Runtime is loaded from `ORT_DYLIB_PATH`; without it those parts say so and are skipped.

mod accumulation;
mod check;
mod composites;
mod convolutions;
mod goldens;
mod layers;
mod losses;
mod models;
mod networks;
mod operations;
mod runtime;
mod sampling;
mod step_runs;
mod wide_networks;
