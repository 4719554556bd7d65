//! Neural networks of convolutions, several times faster than by their definition.
//!
//! - [`chain`]: layers that feed each other, run with channels last from the first to the last;
//! - [`winograd`]: 3 × 3 convolutions with far fewer products;
//! - [`direct`]: all other convolutions, and layers that join everything with everything;
//! - [`attention`]: self-attention of several heads;
//! - [`resample`]: enlargement by matrices for rows and columns;
//! - [`finish`]: what is done with values when they leave a chain;
//! - [`matrix`]: the product of matrices to which all of these lead;
//! - [`frame`], [`buffer`], [`taps`], [`numbers`]: how pictures and weights lie in memory; [`grid`],
//!   [`transpose`]: going about in it;
//! - [`bands`]: the rows of a layer's output shared by threads;
//! - [`simd`]: vectors of floats of each instruction set, and the choice among them.
//!
//! Nothing here knows of networks in files or of tract: see `crate::model::network_rewrite`.

pub mod attention;
mod bands;
pub mod buffer;
pub mod chain;
pub mod direct;
mod exponential;
pub mod finish;
pub mod frame;
mod grid;
pub mod matrix;
pub mod numbers;
pub mod resample;
pub mod simd;
pub mod taps;
#[cfg(test)]
mod tests;
mod transpose;
pub mod winograd;
