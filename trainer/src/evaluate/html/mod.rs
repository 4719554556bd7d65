//! A report as one HTML file that needs nothing beside it: no script, no font, no picture from elsewhere.
//!
//! - [`report`]: what a report consists of; [`document`]: the file that is made of it;
//! - [`figure`], [`table`]: figures and tables with numbers and captions;
//! - [`chart`]: lines, bars, histograms, scatter plots, Bland–Altman plots and pictures;
//! - [`svg`]: drawings; [`palette`]: colours that the colour-blind tell apart;
//! - [`pixels`]: grey and coloured pictures as PNG;
//! - [`escape`], [`base64`]: how text and bytes stand in a document.

pub mod base64;
pub mod chart;
pub mod document;
pub mod escape;
pub mod figure;
pub mod palette;
pub mod pixels;
pub mod report;
pub mod svg;
pub mod table;

pub use figure::Figure;
pub use report::{Block, ReportContents, Section};
pub use svg::Svg;
pub use table::{Column, Table};
