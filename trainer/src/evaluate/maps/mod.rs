//! Maps of the latents: every subject's ECG and MRI as two points of a plane, near where they are near in the latent.
//!
//! - [`embedding`]: t-SNE, the same every time; [`principal_plane`]: where it starts from;
//! - [`neighbours`]: who is near whom; [`trustworthiness`]: how far a map can be believed;
//! - [`colouring`]: what is known of the subjects, taken by their ids;
//! - [`latent_map`]: all of it for one set of latents, as data and as drawings; [`section`]: for the report.

pub mod colouring;
pub mod embedding;
mod error;
pub mod latent_map;
pub mod neighbours;
pub mod principal_plane;
pub mod section;
pub mod trustworthiness;

pub use colouring::{Colouring, colourings};
pub use embedding::{EmbeddingSettings, embed};
pub use error::MapError;
pub use latent_map::LatentMap;
pub use trustworthiness::trustworthiness;
