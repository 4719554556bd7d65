//! Makes paired cohorts, trains the cross-modal networks and exports them for the cart.
//!
//! - [`synthesis`]: the simulated heart, a cohort that everybody may hold;
//! - [`cohort`]: folders as UK Biobank work keeps them, into arrays;
//! - [`information`]: how much a cohort's ECGs tell about its hearts;
//! - [`graph`]: ONNX graphs and their gradients;
//! - [`engine`]: running them with ONNX Runtime;
//! - [`architecture`], [`objective`], [`recipe`]: networks, losses and the loop;
//! - [`segmentation`]: the anatomy that pictures show;
//! - [`evaluate`]: figures and pictures of a run;
//! - [`export`]: ONNX files and manifest for the runtime;
//! - [`cli`]: the program `ecg2mri-train`, one file per subcommand.
//!
//! ECG formats, preprocessing, pictures and the model's manifest are the runtime's own ([`ecg2mri`]), so that training
//! and serving cannot differ.

pub mod architecture;
pub mod cli;
pub mod cohort;
pub mod engine;
pub mod evaluate;
pub mod export;
pub mod graph;
pub mod information;
pub mod objective;
pub mod recipe;
pub mod segmentation;
pub mod synthesis;

mod staging;

use ecg2mri::model::verify::sha256_hex;

/// What tells one text from another: the first 16 hexadecimal digits of its SHA-256.
pub(crate) fn fingerprint(text: &str) -> String {
    let mut digest = sha256_hex(text.as_bytes());
    digest.truncate(16);
    digest
}

/// Program and version, for everything that is written.
pub fn created_by() -> String {
    format!("ecg2mri-train {}", env!("CARGO_PKG_VERSION"))
}

/// The git revision that the program was built from, with `-modified` where files differed from it; `unknown` where it
/// was built outside a checkout.
pub fn revision() -> &'static str {
    env!("ECG2MRI_REVISION")
}
