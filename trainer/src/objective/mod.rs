//! The losses and how a stage weighs them.
//!
//! - [`reconstruction`]: how far a rebuilt signal or picture is from the true one;
//! - [`picture_terms`]: sharpness, and the error that the decoder expects;
//! - [`contrastive`]: how well a pair's latents find each other within the batch;
//! - [`phenotypes`]: what latents should tell of the heart besides;
//! - [`joint`]: both modalities, both autoencoders and the way across, in one loss.

pub mod contrastive;
pub mod joint;
pub mod phenotypes;
pub mod picture_terms;
pub mod reconstruction;
