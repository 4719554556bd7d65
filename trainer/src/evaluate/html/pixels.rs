//! Grey and coloured pictures of numbers, as PNG.

use super::palette::Scale;

/// `values`, row by row with `width` in each, as an 8-bit PNG in the colours of `scale` from `range[0]` to `range[1]`;
/// what is no number gets the colour of the lowest. A last row that is not full is left out.
///
/// # Errors
/// Where there is not a single row, or more than a PNG can hold.
pub fn png_of(
    values: &[f32],
    width: usize,
    scale: Scale,
    range: [f64; 2],
) -> Result<Vec<u8>, png::EncodingError> {
    let side =
        |length: usize| u32::try_from(length).map_err(|_| png::EncodingError::LimitsExceeded);
    let height = values.len().checked_div(width).unwrap_or(0);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(width)?, side(height)?);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(match scale {
        Scale::Grey => png::ColorType::Grayscale,
        _ => png::ColorType::Rgb,
    });
    let mut pixels = Vec::with_capacity(3 * values.len());
    for &value in &values[..width * height] {
        let colour = scale.rgb((f64::from(value) - range[0]) / (range[1] - range[0]));
        pixels.extend_from_slice(match scale {
            Scale::Grey => &colour[..1],
            _ => &colour,
        });
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (png::ColorType, u32, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.color_type, info.width, pixels)
    }

    #[test]
    fn grey_and_coloured_pixels_are_what_was_given() {
        let grey = png_of(&[0.0, 0.5, 1.0, 7.0, 0.2], 2, Scale::Grey, [0.0, 1.0]).unwrap();
        assert_eq!(
            decoded(&grey),
            (png::ColorType::Grayscale, 2, vec![0, 128, 255, 255])
        );
        let coloured = png_of(&[-1.0, 3.0], 1, Scale::Viridis, [-1.0, 3.0]).unwrap();
        assert_eq!(
            decoded(&coloured),
            (png::ColorType::Rgb, 1, vec![68, 1, 84, 253, 231, 37])
        );
        assert!(png_of(&[], 3, Scale::Grey, [0.0, 1.0]).is_err());
        assert!(png_of(&[1.0], 0, Scale::Grey, [0.0, 1.0]).is_err());
    }
}
