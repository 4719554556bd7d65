//! The pseudo-MRI picture: its values, how it is drawn, marked, and stored; and the ECG on paper.
//!
//! - [`pseudo_mri`]: the decoder's output with its size and scale;
//! - [`gray`]: the greys of values;
//! - [`gray_image`]: an 8-bit grey image that text can be drawn on;
//! - [`render`]: magnifying a picture;
//! - [`heat`]: the colours of uncertainty;
//! - [`sheet`]: all views and phases of a picture on one image;
//! - [`mark`]: the words that say a picture is synthetic and not for diagnosis;
//! - [`imprint`]: a smaller mark, in the pixels of files that hold values;
//! - [`frames`]: marked images of single views and phases;
//! - [`file`]: the kinds of files that a picture can become, one of these:
//! - [`png`]: all on one sheet, or the values in 16 bits;
//!   - `packed`: the pixels of the sheet, packed in a few milliseconds;
//! - [`nifti`]: the values of each view as a NIfTI-1 file;
//! - [`gif`], [`apng`]: the phases as a film;
//! - [`dicom`]: all images as a DICOM object;
//! - [`ecg_paper`]: a 12-lead ECG on paper, as pixels of an [`rgb_image`] or as SVG.

pub mod apng;
pub mod dicom;
pub mod ecg_paper;
pub mod file;
pub mod frames;
pub mod gif;
pub mod gray;
pub mod gray_image;
pub mod heat;
pub mod imprint;
pub mod mark;
pub mod nifti;
mod packed;
pub mod png;
pub mod pseudo_mri;
pub mod render;
pub mod rgb_image;
pub mod sheet;

pub use file::FileKind;
pub use gray_image::GrayImage;
pub use mark::Label;
pub use pseudo_mri::{PictureError, PictureShape, PseudoMri};
pub use rgb_image::RgbImage;
pub use sheet::Layout;
