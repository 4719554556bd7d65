//! The pictures of one subject as NIfTI files.

use std::path::Path;

use super::WriteError;
use super::contents::{Labels, Pictures};
use super::nifti::{Grid, write_labels, write_signal};
use crate::synthesis::heart::SimulatedHeart;
use crate::synthesis::render::Slice;
use crate::synthesis::stack::Stack;

/// Renders and writes `sa.nii.gz`, `label_sa_ED.nii.gz`, `label_sa_ES.nii.gz` and
/// `la_4ch.nii.gz` into `folder`; with [`Labels::All`] also `label_sa.nii.gz` (all frames written),
/// `label_la_4ch_ED.nii.gz` and `label_la_4ch_ES.nii.gz`. One view is in memory at a time.
pub fn write_pictures(
    folder: &Path,
    heart: &SimulatedHeart,
    pictures: Pictures,
    labels: Labels,
) -> Result<(), WriteError> {
    let end_systole = heart.end_systolic_frame();
    let frames = pictures.frames(end_systole);
    let of_short_axis = match pictures {
        Pictures::Full => heart.short_axis_stack(&frames),
        Pictures::Mid => {
            let slice = heart.short_axis(&frames);
            Stack {
                spacing_mm: slice.thickness_mm,
                slices: vec![slice],
                middle: 0,
            }
        }
    };
    let short_axis = View::new(&of_short_axis, &frames);
    short_axis.write_cine(&folder.join("sa.nii.gz"))?;
    short_axis.write_labels(&folder.join("label_sa_ED.nii.gz"), 0)?;
    short_axis.write_labels(&folder.join("label_sa_ES.nii.gz"), end_systole)?;
    if labels == Labels::All {
        short_axis.write_all_labels(&folder.join("label_sa.nii.gz"))?;
    }
    drop(of_short_axis);

    let slice = heart.four_chamber(&frames);
    let of_four_chamber = Stack {
        spacing_mm: slice.thickness_mm,
        slices: vec![slice],
        middle: 0,
    };
    let four_chamber = View::new(&of_four_chamber, &frames);
    four_chamber.write_cine(&folder.join("la_4ch.nii.gz"))?;
    if labels == Labels::All {
        four_chamber.write_labels(&folder.join("label_la_4ch_ED.nii.gz"), 0)?;
        four_chamber.write_labels(&folder.join("label_la_4ch_ES.nii.gz"), end_systole)?;
    }
    Ok(())
}

/// Parallel slices in the frames that are written.
struct View<'a> {
    stack: &'a Stack,
    frames: &'a [usize],
}

impl<'a> View<'a> {
    fn new(stack: &'a Stack, frames: &'a [usize]) -> Self {
        Self { stack, frames }
    }

    fn write_cine(&self, path: &Path) -> Result<(), WriteError> {
        write_signal(path, &self.grid(true), self.planes(|slice| &slice.images))
    }

    fn write_all_labels(&self, path: &Path) -> Result<(), WriteError> {
        write_labels(path, &self.grid(true), self.planes(|slice| &slice.labels))
    }

    /// The labels at one frame of the cycle, which must be among those written.
    fn write_labels(&self, path: &Path, frame: usize) -> Result<(), WriteError> {
        let at = self.frames.iter().position(|&f| f == frame);
        let planes = at.into_iter().flat_map(|k| {
            self.stack
                .slices
                .iter()
                .map(move |slice| &slice.labels[k][..])
        });
        write_labels(path, &self.grid(false), planes)
    }

    /// Planes in the order of the file: all slices of a frame, then of the next.
    fn planes<T: 'a>(
        &self,
        of: impl Fn(&'a Slice) -> &'a Vec<Vec<T>> + Copy,
    ) -> impl Iterator<Item = &'a [T]> {
        let slices = &self.stack.slices;
        (0..self.frames.len()).flat_map(move |k| slices.iter().map(move |slice| &of(slice)[k][..]))
    }

    fn grid(&self, with_time: bool) -> Grid {
        let slices = &self.stack.slices;
        let (pixels, pixel_mm, time_step_s) = slices
            .first()
            .map_or((0, 1.0, 0.0), |s| (s.pixels, s.pixel_mm, s.time_step_s));
        Grid {
            size: [
                pixels,
                pixels,
                slices.len(),
                if with_time { self.frames.len() } else { 1 },
            ],
            voxel_mm: [pixel_mm, pixel_mm, self.stack.spacing_mm],
            time_step_s: with_time.then(|| time_step_s * frame_stride(self.frames) as f64),
            affine: self.stack.affine(),
        }
    }
}

/// How many frames of the cycle lie from one written frame to the next; 1 if that differs.
fn frame_stride(frames: &[usize]) -> usize {
    let mut strides = frames
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]));
    match strides.next() {
        Some(stride) if stride > 0 && strides.all(|other| other == stride) => stride,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stride_is_known_for_even_frames_only() {
        assert_eq!(frame_stride(&[0, 17]), 17);
        assert_eq!(frame_stride(&[0, 1, 2]), 1);
        assert_eq!(frame_stride(&[0, 5, 7]), 1);
        assert_eq!(frame_stride(&[17, 0]), 1);
        assert_eq!(frame_stride(&[0]), 1);
    }
}
