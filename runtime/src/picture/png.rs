//! The marked pictures as the bytes of a PNG file.
//!
//! There is one way to a file, and it marks the pictures: [`encode`] draws, marks and
//! describes in one step. The keywords are those of the PNG specification (third
//! edition, section 11.3.3.2, `tEXt`), plus the model and its digest. Nothing in the
//! file identifies the patient.

use png::{BitDepth, ColorType, Encoder, EncodingError, PixelDimensions, Unit};
use thiserror::Error;

use super::imprint;
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
    Encoding(#[from] EncodingError),
}

/// Draws all views and phases with their uncertainty on one sheet, marks it, and encodes it
/// as an 8-bit PNG with its description and its scale in patient millimetres; in grey where
/// there are no maps of uncertainty.
///
/// # Errors
/// If the sheet is too large for a PNG.
pub fn encode(picture: &PseudoMri, label: &Label) -> Result<Vec<u8>, PngError> {
    let layout = Layout::new(picture.shape(), picture.deviation().is_some());
    let image = mark::apply(sheet::draw(picture, &layout, label), &layout, label);
    let description = description(label);
    let texts: Vec<(&str, &str)> = description
        .iter()
        .map(|(keyword, text)| (*keyword, text.as_str()))
        .collect();
    let scale = pixels_per_metre(picture, layout.factor());
    Ok(image.to_png(&texts, Some(scale.xppu))?)
}

/// The scale of a picture that was magnified, in pixels to a metre of the patient.
pub(super) fn pixels_per_metre(picture: &PseudoMri, factor: usize) -> PixelDimensions {
    let magnified_mm = picture.pixel_mm() / factor as f64;
    let per_metre = (1000.0 / magnified_mm).round() as u32;
    PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: Unit::Meter,
    }
}

/// The values of all views and phases as a 16-bit grey PNG, one pixel each, with their description and scale:
/// a row of pictures for each view and a column for each phase. Values outside 0 ..= 1 are black or white. The
/// mark is that of [`imprint`](super::imprint), on each of the pictures.
///
/// # Errors
/// If the pictures are too large for a PNG.
pub fn encode_16_bit(picture: &PseudoMri, label: &Label) -> Result<Vec<u8>, PngError> {
    let shape = picture.shape();
    let (width, height) = (shape.width * shape.phases, shape.height * shape.views);
    let side = |length: usize| u32::try_from(length).map_err(|_| EncodingError::LimitsExceeded);
    let mut samples = vec![0; 2 * width * height];
    let mut rows = samples.chunks_exact_mut(2 * width);
    for view in 0..shape.views {
        let marked = |phase| {
            let mut frame = picture.frame(view, phase)?.to_vec();
            imprint::apply(&mut frame, shape.width);
            Some(frame)
        };
        let frames: Vec<Vec<f32>> = (0..shape.phases).filter_map(marked).collect();
        for (line, row) in (&mut rows).take(shape.height).enumerate() {
            let line = line * shape.width..(line + 1) * shape.width;
            let values = frames.iter().flat_map(|frame| &frame[line.clone()]);
            for (sample, &value) in row.as_chunks_mut().0.iter_mut().zip(values) {
                let gray = (value.clamp(0.0, 1.0) * f32::from(u16::MAX)).round() as u16;
                *sample = gray.to_be_bytes();
            }
        }
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side(width)?, side(height)?);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Sixteen);
    encoder.set_pixel_dims(Some(pixels_per_metre(picture, 1)));
    for (keyword, text) in description(label) {
        encoder.add_text_chunk(keyword.to_owned(), text)?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(file)
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
    use crate::picture::frames::tests::two_by_two;
    use crate::picture::mark::tests::label;
    use crate::picture::{PictureShape, RgbImage};

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
    fn sixteen_bits_hold_the_values_themselves() {
        let (picture, label) = two_by_two();
        let bytes = encode_16_bit(&picture, &label).expect("encoded");
        let decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("an image");
        assert_eq!(
            (info.width, info.height, info.bit_depth),
            (256, 32, BitDepth::Sixteen)
        );
        let value = |row: usize, column: usize| {
            let at = 2 * (row * 256 + column);
            f32::from(u16::from_be_bytes([pixels[at], pixels[at + 1]])) / 65535.0
        };
        for (view, phase) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let mut expected = picture.frame(view, phase).expect("a frame").to_vec();
            imprint::apply(&mut expected, 128);
            for (k, expected) in expected.iter().enumerate() {
                let found = value(view * 16 + k / 128, phase * 128 + k % 128);
                assert!((found - expected).abs() < 1e-5);
            }
        }
        let texts = &reader.info().uncompressed_latin1_text;
        assert!(texts.iter().any(|chunk| chunk.text == NOTICE));
        assert_eq!(reader.info().pixel_dims.map(|dims| dims.xppu), Some(714));
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
