//! The phases of the heart as an endless film: a GIF with a marked image for each phase.
//!
//! The layout is that of the GIF89a specification (CompuServe, 1990) with Netscape's extension for loops. All 256
//! greys are in the palette, so that nothing is lost. A round takes a second, whatever the heart rate.

mod lzw;

use thiserror::Error;

use super::frames;
use super::mark::Label;
use super::png::description;
use super::pseudo_mri::PseudoMri;

/// Hundredths of a second that one round takes.
const ROUND: usize = 100;

/// The shortest time of an image, in hundredths of a second: programs show shorter ones slowly.
const SHORTEST: usize = 2;

/// Bytes of a block of data.
const BLOCK: usize = 255;

/// Why there is no film.
#[derive(Debug, Error)]
pub enum FilmError {
    /// There is nothing to animate.
    #[error("the model draws the heart in one phase, which makes no film; write a .png instead")]
    OnePhase,
    /// GIF counts rows and columns with 16 bits.
    #[error(
        "the film has {width} × {height} pixels; a GIF takes 65535 each way; write an .apng instead"
    )]
    Size {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The images could not be encoded.
    #[error("the film cannot be encoded as APNG: {0}")]
    Encoding(#[from] png::EncodingError),
}

/// Hundredths of a second that each of so many images is shown.
pub(super) fn hundredths_each(images: usize) -> u16 {
    let each = (ROUND / images.max(1)).max(SHORTEST);
    u16::try_from(each).unwrap_or(u16::MAX)
}

/// All phases in turn, every view in each.
///
/// # Errors
/// If there is one phase only, or the images are too large.
pub fn encode(picture: &PseudoMri, label: &Label) -> Result<Vec<u8>, FilmError> {
    if picture.shape().phases < 2 {
        return Err(FilmError::OnePhase);
    }
    let frames = frames::of_phases(picture, label);
    let (width, height) = (frames.width, frames.height);
    let side = |length: usize| u16::try_from(length).map_err(|_| FilmError::Size { width, height });
    let (columns, rows) = (side(width)?.to_le_bytes(), side(height)?.to_le_bytes());

    let mut file = b"GIF89a".to_vec();
    file.extend([columns, rows].as_flattened());
    // A palette of 256 colours for all images, of 8 bits; black behind; square pixels.
    file.extend([0xf7, 0, 0]);
    file.extend((0..=255_u8).flat_map(|gray| [gray; 3]));
    // Round after round without end.
    file.extend(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00");
    for (keyword, text) in description(label) {
        file.extend([0x21, 0xfe]);
        put_blocks(&mut file, format!("{keyword}: {text}").as_bytes());
    }
    let [delay_low, delay_high] = hundredths_each(frames.images.len()).to_le_bytes();
    for image in &frames.images {
        // Each image stays until the next, which covers it.
        file.extend([0x21, 0xf9, 4, 0x04, delay_low, delay_high, 0, 0]);
        file.extend([0x2c, 0, 0, 0, 0]);
        file.extend([columns, rows].as_flattened());
        // No palette of its own, not interlaced; codes for pixels of 8 bits.
        file.extend([0, 8]);
        put_blocks(&mut file, &lzw::compress(image));
    }
    file.push(0x3b);
    Ok(file)
}

/// Data in blocks, each after its length, and an empty one.
fn put_blocks(file: &mut Vec<u8>, data: &[u8]) {
    for block in data.chunks(BLOCK) {
        file.push(block.len() as u8);
        file.extend_from_slice(block);
    }
    file.push(0);
}

#[cfg(test)]
mod tests;
