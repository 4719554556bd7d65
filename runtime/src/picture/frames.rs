//! Marked grey images of single views and phases, for files that hold several images.
//!
//! Each is drawn and marked as a sheet of its own, without maps of uncertainty, so that an image that is taken
//! out of its file says what it is.

use super::mark::{self, Label};
use super::pseudo_mri::PseudoMri;
use super::sheet::{self, Layout};

/// Grey images of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames {
    /// Columns.
    pub width: usize,
    /// Rows, with those of the mark.
    pub height: usize,
    /// By how much pixels were magnified.
    pub factor: usize,
    /// The pixels of each image, row by row from the top; 0 is black and 255 white.
    pub images: Vec<Vec<u8>>,
}

/// One image for each phase, with all views below one another.
pub fn of_phases(picture: &PseudoMri, label: &Label) -> Frames {
    let shape = picture.shape();
    let parts = (0..shape.phases).map(|phase| (0..shape.views, phase));
    drawn(picture, label, parts)
}

/// One image for every view in every phase, the phases of one view together.
pub fn of_channels(picture: &PseudoMri, label: &Label) -> Frames {
    let shape = picture.shape();
    let views = 0..shape.views;
    let parts = views.flat_map(|view| (0..shape.phases).map(move |phase| (view..view + 1, phase)));
    drawn(picture, label, parts)
}

fn drawn(
    picture: &PseudoMri,
    label: &Label,
    parts: impl Iterator<Item = (std::ops::Range<usize>, usize)>,
) -> Frames {
    let mut frames = Frames {
        width: 0,
        height: 0,
        factor: 1,
        images: Vec::new(),
    };
    for (views, phase) in parts {
        let Some(part) = picture.in_phase(views.clone(), phase) else {
            continue;
        };
        let label = label.in_phase(views, phase);
        let layout = Layout::new(part.shape(), false);
        let image = mark::apply(sheet::draw(&part, &layout, &label), &layout, &label);
        (frames.width, frames.height) = (image.width(), image.height());
        frames.factor = layout.factor();
        let grays = image.pixels().iter().map(|[gray, ..]| *gray);
        frames.images.push(grays.collect());
    }
    frames
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::picture::mark::tests::label;
    use crate::picture::{PictureShape, RgbImage};

    /// Two views in two phases of a few pixels, and what they are labelled with.
    pub(in super::super) fn two_by_two() -> (PseudoMri, Label) {
        let shape = PictureShape {
            views: 2,
            phases: 2,
            ..PictureShape::single(16, 128)
        };
        let values = (0..4 * 16 * 128)
            .map(|k| (k % 997) as f32 / 996.0)
            .collect();
        let deviation = (0..4 * 16 * 128).map(|k| (k % 61) as f32 / 300.0).collect();
        let picture = PseudoMri::new(shape, 1.4, values).expect("it fits");
        let picture = picture.with_deviation(deviation).expect("it fits");
        let label = Label {
            views: vec!["short axis, mid-ventricular".into(), "four-chamber".into()],
            phases: vec!["end-diastole".into(), "end-systole".into()],
            ..label()
        };
        (picture, label)
    }

    #[test]
    fn every_image_is_marked_and_no_two_are_the_same() {
        let (picture, label) = two_by_two();
        for (frames, count, views) in [
            (of_phases(&picture, &label), 2, 2),
            (of_channels(&picture, &label), 4, 1),
        ] {
            assert_eq!(frames.images.len(), count);
            let shape = PictureShape {
                views,
                phases: 1,
                ..picture.shape()
            };
            let layout = Layout::new(shape, false);
            for image in &frames.images {
                assert_eq!(image.len(), frames.width * frames.height);
                let pixels = image.iter().map(|&gray| [gray; 3]).collect();
                assert!(mark::is_marked(
                    &RgbImage::from_pixels(frames.width, pixels),
                    &layout
                ));
            }
            for (k, image) in frames.images.iter().enumerate() {
                assert!(!frames.images[..k].contains(image));
            }
        }
    }
}
