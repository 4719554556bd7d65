//! Charts, each plain data with a method `svg`.
//!
//! - [`line`]: curves, with a band or a diagonal where asked; [`bars`]: values with intervals; [`histogram`];
//! - [`scatter`]: estimates against truth; [`bland_altman`]: their difference against their mean;
//! - [`points`]: maps of points in two modalities, coloured by what is known of them;
//! - [`pictures`]: grey and coloured pictures in a grid with a scale;
//! - [`axis`], [`plane`], [`legend`], [`scale_bar`]: what they share.

pub mod axis;
pub mod bars;
pub mod bland_altman;
pub mod histogram;
pub mod legend;
pub mod line;
pub mod pictures;
pub mod plane;
pub mod points;
pub mod scale_bar;
pub mod scatter;

pub use bars::{Bar, BarChart};
pub use bland_altman::BlandAltman;
pub use histogram::Histogram;
pub use line::{LineChart, Series};
pub use pictures::PictureGrid;
pub use points::{Colours, PointMap};
pub use scatter::Scatter;
