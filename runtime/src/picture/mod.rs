//! The pseudo-MRI picture: its values, how it is drawn, marked, and stored; and the ECG on paper.
//!
//! - [`pseudo_mri`]: the decoder's output with its size and scale;
//! - [`gray_image`]: an 8-bit grey image that text can be drawn on;
//! - [`render`]: magnifying a picture;
//! - [`heat`]: the colours of uncertainty;
//! - [`sheet`]: all views and phases of a picture on one image;
//! - [`mark`]: the words that say a picture is synthetic and not for diagnosis;
//! - [`png`]: the marked picture as the bytes of a PNG file;
//! - [`ecg_paper`]: a 12-lead ECG on paper, as pixels of an [`rgb_image`] or as SVG.

pub mod ecg_paper;
pub mod gray_image;
pub mod heat;
pub mod mark;
pub mod png;
pub mod pseudo_mri;
pub mod render;
pub mod rgb_image;
pub mod sheet;

pub use gray_image::GrayImage;
pub use mark::Label;
pub use pseudo_mri::{PictureError, PictureShape, PseudoMri};
pub use rgb_image::RgbImage;
pub use sheet::Layout;
