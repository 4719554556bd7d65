//! The phases of the heart as an endless film: an animated PNG (PNG specification, third edition, `acTL`, `fcTL`
//! and `fdAT`) with a marked image for each phase. A program that knows no animation shows the first.

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

use super::frames;
use super::gif::{FilmError, hundredths_each};
use super::mark::Label;
use super::png::{description, pixels_per_metre};
use super::pseudo_mri::PseudoMri;

/// All phases in turn, every view in each.
///
/// # Errors
/// If there is one phase only, or the images are too large.
pub fn encode(picture: &PseudoMri, label: &Label) -> Result<Vec<u8>, FilmError> {
    if picture.shape().phases < 2 {
        return Err(FilmError::OnePhase);
    }
    let frames = frames::of_phases(picture, label);
    let side = |length: usize| u32::try_from(length).map_err(|_| EncodingError::LimitsExceeded);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side(frames.width)?, side(frames.height)?);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Paeth);
    encoder.set_pixel_dims(Some(pixels_per_metre(picture, frames.factor)));
    // 0 plays: without end.
    encoder.set_animated(side(frames.images.len())?, 0)?;
    encoder.set_frame_delay(hundredths_each(frames.images.len()), 100)?;
    for (keyword, text) in description(label) {
        encoder.add_text_chunk(keyword.to_owned(), text)?;
    }
    let mut writer = encoder.write_header()?;
    for image in &frames.images {
        writer.write_image_data(image)?;
    }
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::PictureShape;
    use crate::picture::frames::tests::two_by_two;
    use crate::picture::mark::{NOTICE, tests::label};

    #[test]
    fn the_images_are_in_the_file_with_what_they_are() {
        let (picture, label) = two_by_two();
        let file = encode(&picture, &label).expect("a film");
        let frames = frames::of_phases(&picture, &label);
        let decoder = png::Decoder::new(std::io::Cursor::new(&file));
        let mut reader = decoder.read_info().expect("a PNG");
        for image in &frames.images {
            let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
            reader.next_frame(&mut pixels).expect("an image");
            assert!(pixels == *image);
            let control = reader.info().frame_control.expect("an animation");
            assert_eq!((control.delay_num, control.delay_den), (50, 100));
        }
        let animation = reader.info().animation_control.expect("an animation");
        assert_eq!((animation.num_frames, animation.num_plays), (2, 0));
        let texts = &reader.info().uncompressed_latin1_text;
        assert!(texts.iter().any(|chunk| chunk.text == NOTICE));
    }

    #[test]
    fn one_phase_makes_no_film() {
        let still = PseudoMri::new(PictureShape::single(2, 2), 1.0, vec![0.0; 4]).expect("fits");
        assert!(matches!(encode(&still, &label()), Err(FilmError::OnePhase)));
    }
}
