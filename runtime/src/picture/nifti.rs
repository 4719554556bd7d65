//! The values of the pictures as NIfTI-1 files, one for each view.
//!
//! The layout is that of `nifti1.h` (R. W. Cox et al., 2003–2007, NIfTI Data Format Working Group): a header of 348
//! bytes, extensions, then the values. A file holds one view: (column, row, 1, phase) in 32-bit floats from 0,
//! black, to 1, white, as the network gave them, save the strip of [`imprint`](super::imprint).
//!
//! The affine turns column and row into millimetres with the middle of the picture as origin. Columns run to the
//! patient's left and rows to the patient's back, as a picture in radiological orientation is read. The plane is
//! imagined: where it lies in a patient nobody knows, so the code of both transforms is 2, "aligned", never
//! "scanner". A picture has no thickness; 1 mm stands for it. Phases have no times; their step is 1 without a unit.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use thiserror::Error;

use super::imprint;
use super::mark::Label;
use super::png::description;
use super::pseudo_mri::PseudoMri;

/// Bytes of the header.
const HEADER: usize = 348;

/// NIfTI's number for 32-bit floats.
const FLOAT32: i16 = 16;

/// NIfTI's number for a transform to coordinates that are aligned to something other than the scanner.
const ALIGNED: i16 = 2;

/// Units of space and time: millimetres, and none.
const MILLIMETRES: u8 = 2;

/// NIfTI's number for an extension of plain text.
const COMMENT: i32 = 6;

/// What the header says of a file in at most 79 letters.
const PURPOSE: &str = "SYNTHETIC pseudo-MRI from an ECG - not a scan, not for diagnosis";

/// Which values a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// The pictures, grey values 0..1.
    Picture,
    /// The standard deviations that the model predicts of their errors, of the same grey values.
    Deviation,
}

/// Why there is no file.
#[derive(Debug, Error)]
pub enum NiftiError {
    /// NIfTI counts rows, columns and phases with 16 bits.
    #[error(
        "the picture has {length} rows, columns or phases; a NIfTI file takes 32767 at the most"
    )]
    Size {
        /// The number that is too large.
        length: usize,
    },
    /// There is no such view, or no deviation.
    #[error("the model gives no such picture: view {view} of {views}, {values:?}")]
    Missing {
        /// The view asked for, from 1.
        view: usize,
        /// Views that there are.
        views: usize,
        /// What was asked for.
        values: Values,
    },
    /// The values could not be compressed.
    #[error("the NIfTI file cannot be compressed: {0}")]
    Compression(#[from] io::Error),
}

/// One view of the pictures, from 0, as an uncompressed file (`.nii`).
///
/// # Errors
/// If there is no such view, no deviation where one is asked for, or the picture is too large.
pub fn encode(
    picture: &PseudoMri,
    label: &Label,
    view: usize,
    values: Values,
) -> Result<Vec<u8>, NiftiError> {
    let shape = picture.shape();
    let frame = |phase| match values {
        Values::Picture => picture.frame(view, phase),
        Values::Deviation => picture.deviation_of(view, phase),
    };
    let comment = comment(label, view, values);
    let mut file = header(picture, label, comment.len())?;
    file.extend_from_slice(&comment);
    for phase in 0..shape.phases {
        let frame = frame(phase).ok_or(NiftiError::Missing {
            view: view + 1,
            views: shape.views,
            values,
        })?;
        let mut frame = frame.to_vec();
        imprint::apply(&mut frame, shape.width);
        file.extend(frame.iter().flat_map(|value| value.to_le_bytes()));
    }
    Ok(file)
}

/// The same, compressed (`.nii.gz`). The archive bears neither name nor time, so that one picture is one file.
///
/// # Errors
/// As [`encode`].
pub fn encode_compressed(
    picture: &PseudoMri,
    label: &Label,
    view: usize,
    values: Values,
) -> Result<Vec<u8>, NiftiError> {
    let plain = encode(picture, label, view, values)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&plain)?;
    Ok(encoder.finish()?)
}

/// A short name of a view for the end of a file's name: `sa`, `4ch`, or the view's own words.
pub fn view_suffix(view: &str) -> String {
    let known = [
        ("short axis", "sa"),
        ("two-chamber", "2ch"),
        ("three-chamber", "3ch"),
        ("four-chamber", "4ch"),
    ];
    let lower = view.to_ascii_lowercase();
    if let Some((_, short)) = known.iter().find(|(words, _)| lower.starts_with(words)) {
        return (*short).to_owned();
    }
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// The header with the four bytes after it; `comment` is the length of the extension.
fn header(picture: &PseudoMri, label: &Label, comment: usize) -> Result<Vec<u8>, NiftiError> {
    let shape = picture.shape();
    let short = |length: usize| i16::try_from(length).map_err(|_| NiftiError::Size { length });
    let (width, height, phases) = (
        short(shape.width)?,
        short(shape.height)?,
        short(shape.phases)?,
    );
    let pixel = picture.pixel_mm() as f32;
    // The middle of the picture lies between its pixels where their number is even.
    let middle = |pixels: i16| f32::from(pixels - 1) / 2.0 * pixel;

    let mut header = Fields(vec![0; HEADER]);
    header.put(0, &(HEADER as i32).to_le_bytes());
    header.shorts(40, &[4, width, height, 1, phases, 1, 1, 1]);
    header.text(56, 16, "pseudo-MRI");
    header.shorts(70, &[FLOAT32, 32]);
    // A rotation by 180° about the third axis: quaternion (0, 0, 0, 1), handedness +1.
    header.floats(76, &[1.0, pixel, pixel, 1.0, 1.0, 1.0, 1.0, 1.0]);
    header.floats(108, &[(HEADER + 4 + comment) as f32, 1.0, 0.0]);
    header.put(123, &[MILLIMETRES]);
    header.floats(124, &[1.0, 0.0]);
    header.text(148, 80, PURPOSE);
    header.text(228, 24, &format!("ecg2mri {}", label.model_name));
    header.shorts(252, &[ALIGNED, ALIGNED]);
    header.floats(256, &[0.0, 0.0, 1.0, middle(width), middle(height), 0.0]);
    header.floats(280, &[-pixel, 0.0, 0.0, middle(width)]);
    header.floats(296, &[0.0, -pixel, 0.0, middle(height)]);
    header.floats(312, &[0.0, 0.0, 1.0, 0.0]);
    header.text(328, 16, "synthetic");
    header.put(344, b"n+1\0");
    // An extension follows.
    header.0.extend_from_slice(&[1, 0, 0, 0]);
    Ok(header.0)
}

/// The description of the picture as an extension of plain text, a multiple of 16 bytes that makes the values
/// begin at one, too.
fn comment(label: &Label, view: usize, values: Values) -> Vec<u8> {
    let content = match values {
        Values::Picture => "picture, grey values from 0 (black) to 1 (white)",
        Values::Deviation => {
            "standard deviation that the model predicts of a pixel's error, in grey values 0 to 1"
        }
    };
    let name = label.views.get(view).map_or("", String::as_str);
    let mut text = format!(
        "Content: {content}\nView: {name}\nPhases: {}\n",
        label.phases.join(" / ")
    );
    for (keyword, value) in description(label) {
        text.push_str(&format!("{keyword}: {value}\n"));
    }
    let length = (8 + text.len()).next_multiple_of(16);
    let mut extension = Vec::with_capacity(length);
    extension.extend_from_slice(&i32::try_from(length).unwrap_or(i32::MAX).to_le_bytes());
    extension.extend_from_slice(&COMMENT.to_le_bytes());
    extension.extend_from_slice(text.as_bytes());
    extension.resize(length, 0);
    extension
}

/// The fields of a header by their place in bytes.
struct Fields(Vec<u8>);

impl Fields {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn shorts(&mut self, at: usize, values: &[i16]) {
        for (value, at) in values.iter().zip((at..).step_by(2)) {
            self.put(at, &value.to_le_bytes());
        }
    }

    fn floats(&mut self, at: usize, values: &[f32]) {
        for (value, at) in values.iter().zip((at..).step_by(4)) {
            self.put(at, &value.to_le_bytes());
        }
    }

    /// Text of less than `room` bytes; what is too much is left out, and a zero ends it.
    fn text(&mut self, at: usize, room: usize, text: &str) {
        let bytes = text.as_bytes();
        self.put(at, &bytes[..bytes.len().min(room - 1)]);
    }
}

#[cfg(test)]
mod tests;
