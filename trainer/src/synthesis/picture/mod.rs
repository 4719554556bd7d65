//! How a slice through the moving heart is painted.
//!
//! Once per slice: `grid` says where its pixels lie, `surroundings` what does not move, `scene`
//! which pixels the heart can reach and where in it they are. Once per frame: `rings` solves the
//! sections of the ventricles, `paint` fills the pixels with `fill`, `pattern`, `atria`,
//! `inner_muscle`, `valves` and `stamp`, and `receiver` makes of it what a scanner stores. `soft` and `tile` are the cheap edges
//! and the noise that make this fast.

mod atria;
mod fill;
mod grid;
mod inner_muscle;
mod paint;
mod pattern;
mod receiver;
mod rings;
mod scene;
mod soft;
mod stamp;
mod surroundings;
mod tile;
mod valves;

pub use grid::Grid;
pub use receiver::Receiver;
pub use scene::Scene;
