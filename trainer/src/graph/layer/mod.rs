//! Layers made of several operations.
//!
//! - [`attention`]: scaled dot products, multi-head attention and masks;
//! - [`convolution`]: convolutions by their number of axes;
//! - [`mod@dense`]: the fully connected layer over the last of any number of axes;
//! - [`dropout`]: masks drawn anew at each step, the same for one seed and step on every device;
//! - [`mod@embedding`]: rows of a learned table, and what tells positions apart;
//! - [`normalisation`]: of vectors, layers and groups of channels, and running statistics.

pub mod attention;
pub mod convolution;
pub mod dense;
pub mod dropout;
pub mod embedding;
pub mod normalisation;

pub use attention::{
    AttentionWeights, attention_mask, multi_head_attention, scaled_dot_product_attention,
};
pub use convolution::{conv1d, conv2d, depthwise_conv};
pub use dense::{Dense, dense};
pub use dropout::{DropoutMask, DropoutMasks};
pub use embedding::{add_positions, embedding, sinusoidal_positions};
pub use normalisation::{group_norm, l2_normalise, layer_norm, running_mean, running_variance};
