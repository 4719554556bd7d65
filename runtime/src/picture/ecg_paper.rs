//! A 12-lead ECG on paper as cardiologists read it: rows of leads beside and below one another
//! after a calibration pulse of 1 mV and 0.2 s, a rhythm strip below them, on a grid of 1 and 5 mm.
//!
//! - [`style`]: how leads are arranged, paper speed and gain;
//! - [`sheet`]: the drawing itself, lines and words in millimetres;
//! - [`raster`]: a sheet as pixels;
//! - [`svg`]: a sheet as an SVG file, true-size when printed.

pub mod raster;
mod shape;
pub mod sheet;
pub mod style;
pub mod svg;
mod trace;

pub use raster::ScaleError;
pub use sheet::Sheet;
pub use style::{Gain, Layout, Speed, Style};

/// Colours of the paper, of its lines, and of the ink.
const PAPER: [u8; 3] = [255, 248, 246];
const FINE_LINE: [u8; 3] = [250, 220, 217];
const HEAVY_LINE: [u8; 3] = [240, 170, 165];
const INK: [u8; 3] = [24, 24, 32];

/// The grid: from line to line in mm, and their colour; later ones lie above earlier ones.
const GRID: [(usize, [u8; 3]); 2] = [(1, FINE_LINE), (5, HEAVY_LINE)];

/// Width of the trace, mm.
const TRACE_MM: f64 = 0.4;

#[cfg(test)]
mod tests;
