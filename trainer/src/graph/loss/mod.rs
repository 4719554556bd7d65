//! Losses that more than one objective uses. Each is a mean, of shape `[]`.
//!
//! - [`classification`] has the cross-entropies;
//! - [`regression`] has those of differences, squared, absolute and between;
//! - [`similarity`] has the cosine between vectors;
//! - [`structure`] has the structural similarity of pictures.

pub mod classification;
pub mod regression;
pub mod similarity;
pub mod structure;

pub use classification::{
    cross_entropy, diagonal_cross_entropy, sigmoid_cross_entropy, soft_cross_entropy,
};
pub use regression::{log_cosh, mean_absolute_error, mean_squared_error, smooth_l1};
pub use similarity::{cosine_similarity, cosine_similarity_loss};
pub use structure::{Ssim, ssim_loss, structural_similarity};
