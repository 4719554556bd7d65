//! Computation graphs: built in Rust, differentiated here, written as ONNX.
//!
//! A whole training step (forward, losses, backward, AdamW) becomes one ONNX model, which ONNX Runtime runs like any
//! other; the same builder writes the exported networks. Tensors are f32 of fixed shape.
//!
//! - [`operation`]: what a node can be; the methods of [`Graph`] that make them stand there, one file for each family;
//! - [`layer`] and [`loss`]: what networks are made of and trained by, made of operations;
//! - [`adamw`], [`accumulation`] and [`averaging`]: the step of the optimiser, over several batches, and averaged weights;
//! - [`cuda`]: whether a model would run wholly on CUDA;
//! - [`mod@reference`]: the meaning of a graph in f64, to hold gradients and runtimes against;
//! - [`onnx`], [`shape`] and [`tensor`]: the file format, shapes and dense tensors.
//!
//! ```
//! use ecg2mri_trainer::graph::{Graph, Opset};
//!
//! let mut graph = Graph::new("one layer");
//! let x = graph.input("x", &[8, 600]);
//! let w = graph.input("w", &[16, 600]);
//! let y = graph.scope("encoder", |graph| graph.linear(x, w, None))?;
//! let squared = graph.square(y)?;
//! let loss = graph.mean_all(squared)?;
//! let gradient = graph.gradients(loss, &[w])?;
//! graph.output("loss", loss);
//! graph.output("w_gradient", gradient[0]);
//! let model: Vec<u8> = graph.to_model(Opset::Training)?;
//! # assert!(!model.is_empty());
//! # Ok::<(), ecg2mri_trainer::graph::GraphError>(())
//! ```

mod builder;
mod cost;
mod encode;
mod error;
mod gradient;
mod value;

pub mod accumulation;
pub mod adamw;
pub mod averaging;
pub mod cuda;
pub mod layer;
pub mod loss;
pub mod onnx;
pub mod operation;
pub mod reference;
pub mod shape;
pub mod tensor;

pub use accumulation::Accumulation;
pub use adamw::{AdamW, AdamWState, AdamWStep, adamw_step, clip_gradient_norm};
pub use averaging::{decay_at, moving_average};
pub use builder::Graph;
pub use cost::NodeCost;
pub use cuda::{CudaKernelError, check_cuda_kernels};
pub use encode::{Opset, Site};
pub use error::GraphError;
pub use operation::{BatchNormTraining, Corners, SliceRange, Window};
pub use value::Value;
