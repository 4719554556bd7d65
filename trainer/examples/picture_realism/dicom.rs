//! Just enough DICOM for one uncompressed picture: explicit VR, little endian (PS3.5, annex A.2).

use std::error::Error;
use std::path::Path;

use crate::picture::Picture;

const ROWS: (u16, u16) = (0x0028, 0x0010);
const COLUMNS: (u16, u16) = (0x0028, 0x0011);
const PIXEL_SPACING: (u16, u16) = (0x0028, 0x0030);
const PIXEL_DATA: (u16, u16) = (0x7FE0, 0x0010);
/// Bytes before the first element: the preamble and `DICM`.
const PREAMBLE: usize = 132;
/// The length of a sequence that ends with a delimiter.
const UNDEFINED: usize = 0xFFFF_FFFF;

/// Reads an unlabelled picture.
///
/// # Errors
/// Where the file is no such picture.
pub fn read(path: &Path) -> Result<Picture, Box<dyn Error>> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    picture(&bytes).ok_or_else(|| {
        format!(
            "{} is no uncompressed little-endian DICOM picture",
            path.display()
        )
        .into()
    })
}

fn picture(bytes: &[u8]) -> Option<Picture> {
    if bytes.get(PREAMBLE - 4..PREAMBLE)? != b"DICM" {
        return None;
    }
    let (mut height, mut width, mut pixel_mm) = (None, None, None);
    let mut at = PREAMBLE;
    let mut depth = 0usize;
    loop {
        let (tag, value, next) = element(bytes, at, &mut depth)?;
        at = next;
        if depth > 0 {
            continue;
        }
        match tag {
            ROWS => height = word(value, 0),
            COLUMNS => width = word(value, 0),
            PIXEL_SPACING => {
                let text = std::str::from_utf8(value).ok()?;
                pixel_mm = text.split('\\').next()?.trim().parse().ok();
            }
            PIXEL_DATA => {
                let (width, height) = (usize::from(width?), usize::from(height?));
                let signal: Option<Vec<f32>> = (0..width * height)
                    .map(|pixel| word(value, 2 * pixel).map(f32::from))
                    .collect();
                return Some(Picture {
                    width,
                    height,
                    pixel_mm: pixel_mm?,
                    signal: signal?,
                    labels: vec![0; width * height],
                });
            }
            _ => {}
        }
    }
}

/// Tag and value of the element here, and where the next one begins. Sequences of undefined length
/// and their items are entered, which `depth` counts; all others are passed over.
fn element<'a>(
    bytes: &'a [u8],
    at: usize,
    depth: &mut usize,
) -> Option<((u16, u16), &'a [u8], usize)> {
    let tag = (word(bytes, at)?, word(bytes, at + 2)?);
    if tag.0 == 0xFFFE {
        // An item, or the end of an item or of a sequence.
        let length = usize::try_from(long(bytes, at + 4)?).ok()?;
        match tag.1 {
            0xE0DD => *depth = depth.checked_sub(1)?,
            0xE000 if length != UNDEFINED => return Some((tag, &[], at + 8 + length)),
            _ => {}
        }
        return Some((tag, &[], at + 8));
    }
    let kind = bytes.get(at + 4..at + 6)?;
    let long_form = matches!(
        kind,
        b"OB" | b"OD" | b"OF" | b"OL" | b"OW" | b"SQ" | b"UC" | b"UN" | b"UR" | b"UT"
    );
    let (start, length) = if long_form {
        (at + 12, usize::try_from(long(bytes, at + 8)?).ok()?)
    } else {
        (at + 8, usize::from(word(bytes, at + 6)?))
    };
    if length == UNDEFINED {
        *depth += 1;
        return Some((tag, &[], start));
    }
    Some((tag, bytes.get(start..start + length)?, start + length))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes(pair.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}
