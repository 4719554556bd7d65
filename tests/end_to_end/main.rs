//! The whole path, by its programs.
//!
//! - [`shipped_model`]: the main job on recordings of our own and on real ones;
//! - [`fresh_hearts`]: the shipped model on hearts that nobody has seen;
//! - [`whole_path`]: from no data at all to a picture;
//! - [`arm`]: the program for ARM gives the same;
//! - [`cohort`]: cohorts made in parts, stopped and killed;
//! - [`recipes`]: recipes changed on the command line, trained, compared and exported;
//! - [`resume`]: a training that is killed and goes on;
//! - [`firmware`]: from a microcontroller's serial port to a picture;
//! - [`dependencies`]: what the program brings along.

mod arm;
mod cohort;
mod dependencies;
#[path = "../../firmware-shim/tests/emulated/emulator.rs"]
mod emulator;
mod firmware;
mod fresh_hearts;
mod pictures;
mod prepared;
mod recipes;
mod resume;
mod shipped_model;
mod whole_path;
