//! Reading the pictures that the programs wrote.

use ecg2mri::picture::{GrayImage, mark};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Reads a grey PNG and checks that it says it is synthetic, in its pixels and in its description.
pub fn read_marked(path: &Path) -> GrayImage {
    let decoder = png::Decoder::new(BufReader::new(
        File::open(path).expect("the picture is there"),
    ));
    let mut reader = decoder.read_info().expect("it is a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it has a size")];
    let frame = reader.next_frame(&mut pixels).expect("it is whole");
    assert_eq!(frame.color_type, png::ColorType::Grayscale);
    let image = GrayImage::from_pixels(frame.width as usize, pixels);
    assert!(mark::is_marked(&image), "{} bears no mark", path.display());
    let texts = &reader.info().uncompressed_latin1_text;
    assert!(
        texts
            .iter()
            .any(|chunk| chunk.text.contains("NOT FOR DIAGNOSIS")),
        "{} lacks the notice in its description",
        path.display()
    );
    image
}

/// Mean absolute difference of two pictures' heart areas, without the band below and the words in their corners, in
/// grey levels of 255.
pub fn difference(one: &GrayImage, other: &GrayImage) -> f64 {
    let middle = |image: &GrayImage| -> Vec<u8> {
        let side = image.width();
        image
            .rows(side / 8..side - side / 8)
            .expect("the picture is a square above its band")
            .pixels()
            .to_vec()
    };
    let (one, other) = (middle(one), middle(other));
    assert_eq!(one.len(), other.len());
    one.iter()
        .zip(&other)
        .map(|(&a, &b)| f64::from(a.abs_diff(b)))
        .sum::<f64>()
        / one.len() as f64
}
