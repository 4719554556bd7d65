//! The marked picture as the bytes of a PNG file.
//!
//! There is one way to a file, and it marks the picture: [`encode`] draws, marks and
//! describes in one step. The keywords are those of the PNG specification (third
//! edition, section 11.3.3.2, `tEXt`), plus the model and its digest. Nothing in the
//! file identifies the patient.

use png::{BitDepth, ColorType, Encoder, PixelDimensions, Unit};
use thiserror::Error;

use super::mark::{self, FORCED, Label, NOTICE};
use super::pseudo_mri::PseudoMri;
use super::render;

/// Keyword of the chunk that holds the model's name.
pub const MODEL_KEYWORD: &str = "Model";

/// Keyword of the chunk that holds the model's digest, all 64 digits.
pub const MODEL_SHA256_KEYWORD: &str = "Model SHA-256";

/// Why a picture could not be encoded.
#[derive(Debug, Error)]
pub enum PngError {
    /// The picture has no such frame.
    #[error("the picture has {frames} frames, so there is no frame {index}")]
    NoFrame {
        /// Frames of the picture.
        frames: usize,
        /// Index of the frame asked for, from 0.
        index: usize,
    },
    /// The encoder refused, e.g. for a picture of more than 2³¹ columns.
    #[error("the picture cannot be encoded as PNG: {0}")]
    Encoding(#[from] png::EncodingError),
}

/// Draws one frame, marks it, and encodes it as an 8-bit grey PNG with its description
/// and its scale in patient millimetres.
///
/// # Errors
/// If there is no such frame or the picture is too large for a PNG.
pub fn encode(picture: &PseudoMri, index: usize, label: &Label) -> Result<Vec<u8>, PngError> {
    let frames = picture.frames();
    let drawn = render::frame(picture, index).ok_or(PngError::NoFrame { frames, index })?;
    let image = mark::apply(drawn, label);
    let side =
        |length: usize| u32::try_from(length).map_err(|_| png::EncodingError::LimitsExceeded);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, side(image.width())?, side(image.height())?);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_pixel_dims(Some(pixel_dimensions(picture)));
    for (keyword, text) in description(label) {
        encoder.add_text_chunk(keyword.into(), text)?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(image.pixels())?;
    writer.finish()?;
    Ok(bytes)
}

/// The text chunks of a picture: keyword and text.
pub fn description(label: &Label) -> Vec<(&'static str, String)> {
    let mut chunks = vec![
        ("Title", format!("Pseudo-MRI, {}", label.view_line())),
        ("Software", format!("ecg2mri {}", env!("CARGO_PKG_VERSION"))),
        ("Description", NOTICE.into()),
        (
            "Source",
            "computed from an electrocardiogram by a neural network".into(),
        ),
        (MODEL_KEYWORD, label.model_name.clone()),
        (MODEL_SHA256_KEYWORD, label.model_sha256.clone()),
    ];
    if label.forced {
        chunks.push(("Warning", FORCED.into()));
    }
    chunks
}

/// Pixels per metre of the patient in the magnified picture.
fn pixel_dimensions(picture: &PseudoMri) -> PixelDimensions {
    let magnified_mm = picture.pixel_mm() / render::magnification(picture.width()) as f64;
    let per_metre = (1000.0 / magnified_mm).round() as u32;
    PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: Unit::Meter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::GrayImage;
    use crate::picture::mark::tests::label;

    #[test]
    fn the_file_decodes_to_the_marked_picture_with_its_description() {
        let values = (0..128 * 128).map(|i| (i % 128) as f32 / 127.0).collect();
        let picture = PseudoMri::new(1, 128, 128, 1.45, values).expect("a picture");
        let bytes = encode(&picture, 0, &label()).expect("encoded");
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes))
            .read_info()
            .expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("an image");
        assert_eq!(
            (info.color_type, info.bit_depth),
            (ColorType::Grayscale, BitDepth::Eight)
        );
        assert_eq!(
            (info.width, info.height),
            (512, 512 + mark::BAND_HEIGHT as u32)
        );
        let image = GrayImage::from_pixels(512, pixels);
        assert!(mark::is_marked(&image) && mark::bears_label(&image, &label()));
        let header = reader.info();
        assert_eq!(header.pixel_dims.map(|dims| dims.xppu), Some(2759));
        let found: Vec<(&str, &str)> = header
            .uncompressed_latin1_text
            .iter()
            .map(|chunk| (chunk.keyword.as_str(), chunk.text.as_str()))
            .collect();
        for (keyword, text) in description(&label()) {
            assert!(
                found.contains(&(keyword, text.as_str())),
                "{keyword}: {found:?}"
            );
        }
        assert!(found.contains(&("Description", NOTICE)));
    }

    #[test]
    fn a_frame_that_is_not_there_is_an_error() {
        let picture = PseudoMri::new(1, 1, 1, 1.0, vec![0.5]).expect("a picture");
        let refused = encode(&picture, 1, &label()).expect_err("one frame only");
        assert_eq!(
            refused.to_string(),
            "the picture has 1 frames, so there is no frame 1"
        );
    }
}
