//! The losses and how a stage weighs them.
//!
//! - [`reconstruction`]: how far a rebuilt signal or picture is from the true one;
//! - [`contrastive`]: how well a pair's latents find each other within the batch;
//! - [`joint`]: both modalities, both autoencoders and the way across, in one loss.

pub mod contrastive;
pub mod joint;
pub mod reconstruction;
