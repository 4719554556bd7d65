//! Reading the pictures that the programs wrote.

use ecg2mri::model::Trust;
use ecg2mri::model::network_file::{DEVIATION, PICTURE};
use ecg2mri::model::verify::read_manifest;
use ecg2mri::picture::{Layout, PictureShape, RgbImage, mark};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// A picture that a program wrote, and where everything is on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The whole image.
    pub image: RgbImage,
    layout: Layout,
}

/// Where everything is on the pictures of the model in a folder.
fn layout_of(model: &Path) -> Layout {
    let trust = Trust::compiled_in().expect("a key or none");
    let manifest = read_manifest(model, &trust)
        .expect("a model is there")
        .manifest;
    let decoder = &manifest.decoder;
    let picture = decoder.output(PICTURE).expect("it draws");
    let shape = PictureShape {
        views: manifest.picture.views.len(),
        phases: manifest.picture.phases.len(),
        height: picture.shape[2],
        width: picture.shape[3],
    };
    Layout::new(shape, decoder.output(DEVIATION).is_some())
}

/// Reads a PNG of the model in a folder and checks that it says it is synthetic, in its pixels and in its description.
pub fn read_marked(path: &Path, model: &Path) -> Drawn {
    let decoder = png::Decoder::new(BufReader::new(
        File::open(path).expect("the picture is there"),
    ));
    let mut reader = decoder.read_info().expect("it is a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("it has a size")];
    let frame = reader.next_frame(&mut bytes).expect("it is whole");
    let pixels = match frame.color_type {
        png::ColorType::Rgb => bytes.as_chunks::<3>().0.to_vec(),
        png::ColorType::Grayscale => bytes.into_iter().map(|gray| [gray; 3]).collect(),
        other => panic!("{} has colours of the kind {other:?}", path.display()),
    };
    let image = RgbImage::from_pixels(frame.width as usize, pixels);
    let layout = layout_of(model);
    assert!(
        mark::is_marked(&image, &layout),
        "{} bears no mark",
        path.display()
    );
    let texts = &reader.info().uncompressed_latin1_text;
    assert!(
        texts
            .iter()
            .any(|chunk| chunk.text.contains("NOT FOR DIAGNOSIS")),
        "{} lacks the notice in its description",
        path.display()
    );
    Drawn { image, layout }
}

/// Mean absolute difference of two hearts' pictures, without the words in their corners, in grey levels of 255.
pub fn difference(one: &Drawn, other: &Drawn) -> f64 {
    assert_eq!(one.layout, other.layout);
    let (one, other) = (middles(one), middles(other));
    one.iter()
        .zip(&other)
        .map(|(&a, &b)| f64::from(a.abs_diff(b)))
        .sum::<f64>()
        / one.len() as f64
}

/// The greys of every picture between its upper and lower eighth.
fn middles(drawn: &Drawn) -> Vec<u8> {
    let mut greys = Vec::new();
    for panel in drawn.layout.pictures() {
        let (corner, size) = (panel.area.top_left, panel.area.size);
        let (width, height) = (size.width as usize, size.height as usize);
        let middle = drawn.image.part(
            corner.x as usize,
            corner.y as usize + height / 8,
            width,
            height - height / 4,
        );
        let middle = middle.expect("a picture lies inside");
        greys.extend(middle.pixels().iter().map(|[grey, ..]| *grey));
    }
    greys
}
