//! The marked pictures as the bytes of a PNG file.
//!
//! There is one way to a file, and it marks the pictures: [`encode`] draws, marks and
//! describes in one step. The keywords are those of the PNG specification (third
//! edition, section 11.3.3.2, `tEXt`), plus the model and its digest. Nothing in the
//! file identifies the patient.

use thiserror::Error;

use super::mark::{self, Label, NOTICE};
use super::pseudo_mri::PseudoMri;
use super::sheet::{self, Layout};

/// Keyword of the chunk that holds the model's name.
pub const MODEL_KEYWORD: &str = "Model";

/// Keyword of the chunk that holds the model's digest, all 64 digits.
pub const MODEL_SHA256_KEYWORD: &str = "Model SHA-256";

/// Why a picture could not be encoded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PngError {
    /// The encoder refused, e.g. for a picture of more than 2³¹ columns.
    #[error("the picture cannot be encoded as PNG: {0}")]
    Encoding(#[from] png::EncodingError),
}

/// Draws all views and phases with their uncertainty on one sheet, marks it, and encodes it
/// as an 8-bit PNG with its description and its scale in patient millimetres; in grey where
/// there are no maps of uncertainty.
///
/// # Errors
/// If the sheet is too large for a PNG.
pub fn encode(picture: &PseudoMri, label: &Label) -> Result<Vec<u8>, PngError> {
    let layout = Layout::new(picture.shape(), picture.deviation().is_some());
    let image = mark::apply(&sheet::draw(picture, &layout, label), &layout, label);
    let description = description(label);
    let texts: Vec<(&str, &str)> = description
        .iter()
        .map(|(keyword, text)| (*keyword, text.as_str()))
        .collect();
    let magnified_mm = picture.pixel_mm() / layout.factor() as f64;
    let per_metre = (1000.0 / magnified_mm).round() as u32;
    Ok(image.to_png(&texts, Some(per_metre))?)
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
    let warnings = label.warnings.iter();
    chunks.extend(warnings.map(|warning| ("Warning", warning.words().into())));
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::mark::tests::label;
    use crate::picture::{PictureShape, RgbImage};
    use png::{BitDepth, ColorType};

    fn picture() -> PseudoMri {
        let values = (0..128 * 128).map(|i| (i % 128) as f32 / 127.0).collect();
        PseudoMri::new(PictureShape::single(128, 128), 1.45, values).expect("a picture")
    }

    #[test]
    fn the_file_decodes_to_the_marked_picture_with_its_description() {
        let bytes = encode(&picture(), &label()).expect("encoded");
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
        let pixels = pixels.into_iter().map(|gray| [gray; 3]).collect();
        let image = RgbImage::from_pixels(512, pixels);
        let layout = Layout::new(picture().shape(), false);
        assert!(mark::bears_label(&image, &layout, &label()));
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
    fn warnings_are_in_the_description_too() {
        let warned = Label {
            warnings: mark::Warning::ALL.to_vec(),
            ..label()
        };
        let texts = description(&warned);
        for warning in mark::Warning::ALL {
            assert!(texts.contains(&("Warning", warning.words().to_owned())));
        }
    }
}
