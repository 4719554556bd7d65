//! The trained model: its manifest, its verification, and running it with tract.
//!
//! A model is a folder of a `manifest.toml` and the files it names: two networks in ONNX and
//! `statistics.json`:
//!
//! - [`manifest`]: what the manifest says, field by field, checked as a whole;
//! - `seal`: its last line, by which it shows that it is as it was exported;
//! - [`network_file`]: what it says of each file;
//! - [`verify`]: the files on disk are those the manifest names, by size and SHA-256;
//! - [`signature`]: whose models are loaded;
//! - [`limits`]: how large a model may be;
//! - [`onnx`]: whether a network is one that can be run, before tract sees it, and what tract then sees of it;
//! - [`locate`]: where a model is looked for when none is named;
//! - [`network`]: one ONNX network, run by tract;
//! - `network_rewrite`: which of its layers are computed by our own convolutions instead;
//! - [`network_input`]: from a median beat to the numbers the encoder takes;
//! - [`latent`]: what the encoder makes of an ECG;
//! - [`statistics`]: how latents spread, how far one lies from them, and what can be read from it;
//! - `panic_guard`: a panic in tract becomes an error;
//! - [`load`]: all of these together, as [`Model`];
//! - [`error`]: what can be wrong with a model.

pub mod error;
pub mod latent;
pub mod limits;
pub mod load;
pub mod locate;
pub mod manifest;
mod manifest_check;
pub mod network;
pub mod network_file;
pub mod network_input;
mod network_rewrite;
pub mod onnx;
mod panic_guard;
mod seal;
pub mod signature;
pub mod statistics;
pub mod verify;

pub use error::{ManifestError, ModelError};
pub use latent::Latent;
pub use load::Model;
pub use manifest::Manifest;
pub use signature::Trust;
pub use statistics::Statistics;
