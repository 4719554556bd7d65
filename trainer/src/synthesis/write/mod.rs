//! Simulated subjects as files, laid out as work on UK Biobank keeps them.
//!
//! `ecg/<id>_20205_2_0.xml`, `NIFTI/<id>/sa.nii.gz` with `label_sa_ED.nii.gz` and
//! `label_sa_ES.nii.gz`, `fiducials/<id>.csv`, and one `subjects.csv` for the cohort. Every file
//! appears whole or not at all.

mod cardiology_xml;
mod fiducials_csv;
mod nifti;
mod subjects_csv;
mod whole_file;

use std::io;
use std::path::{Path, PathBuf};

pub use cardiology_xml::cardiology_xml;
pub use subjects_csv::{SUBJECT_COLUMNS, write_subjects_csv};

use ecg2mri::atomic_file::AtomicFileError;
use whole_file::write_whole;

use super::heart::SimulatedHeart;
use super::recording::Recording;
use super::render::Slice;
use nifti::{Volume, Voxels, write_nifti};

/// Identifier of the first subject of a cohort; subject `index` has this plus `index`.
pub const FIRST_ID: u32 = 1_000_001;

/// Why a subject could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A folder could not be made.
    #[error("cannot make the folder {}: {source}; choose a folder you may write to", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A picture could not be compressed.
    #[error("cannot compress {}: {source}", path.display())]
    Packing {
        /// The file it was meant for.
        path: PathBuf,
        /// What the compressor said.
        source: io::Error,
    },
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
    /// The slice lacks a frame that its labels need.
    #[error(
        "the short-axis slice of subject {id} has no frame {frame}, which its {phase} labels need; \
         render frames 0 and {end_systole} at the least"
    )]
    MissingFrame {
        /// Subject.
        id: u32,
        /// The frame of the cycle that is missing.
        frame: usize,
        /// `ED` or `ES`.
        phase: &'static str,
        /// The subject's end-systolic frame.
        end_systole: usize,
    },
    /// The median beat is not twelve leads of one length.
    #[error("the median beat of subject {id} must be 12 leads of one length, but it has {found}")]
    MedianShape {
        /// Subject.
        id: u32,
        /// What it is instead.
        found: String,
    },
}

/// Writes one subject into the cohort folder `root`: the ECG with its `median` beat (twelve leads
/// in standard order, mV at 500 Hz), the short-axis slice with labels of end-diastole (frame 0)
/// and end-systole, the four-chamber slice if given, and the exact fiducials.
pub fn write_subject(
    root: &Path,
    id: u32,
    heart: &SimulatedHeart,
    recording: &Recording,
    median: &[Vec<f32>],
    short_axis: &Slice,
    four_chamber: Option<&Slice>,
) -> Result<(), WriteError> {
    let length = median.first().map_or(0, Vec::len);
    if median.len() != 12 || length == 0 || median.iter().any(|lead| lead.len() != length) {
        let lengths: Vec<usize> = median.iter().map(Vec::len).collect();
        return Err(WriteError::MedianShape {
            id,
            found: format!("{} leads of {lengths:?} samples", median.len()),
        });
    }
    let end_systole = heart.end_systolic_frame();
    let labels_of = |frame: usize, phase: &'static str| {
        let at = short_axis.frames.iter().position(|&f| f == frame);
        at.map(|k| &short_axis.labels[k])
            .ok_or(WriteError::MissingFrame {
                id,
                frame,
                phase,
                end_systole,
            })
    };
    let diastole = labels_of(0, "ED")?;
    let systole = labels_of(end_systole, "ES")?;

    let pictures = root.join("NIFTI").join(id.to_string());
    write_nifti(&pictures.join("sa.nii.gz"), &cine(short_axis))?;
    write_nifti(
        &pictures.join("label_sa_ED.nii.gz"),
        &labels(short_axis, diastole),
    )?;
    write_nifti(
        &pictures.join("label_sa_ES.nii.gz"),
        &labels(short_axis, systole),
    )?;
    if let Some(slice) = four_chamber {
        write_nifti(&pictures.join("la_4ch.nii.gz"), &cine(slice))?;
    }
    let fiducials = fiducials_csv::fiducials_csv(&recording.beats);
    let fiducials_file = root.join("fiducials").join(format!("{id}.csv"));
    write_whole(&fiducials_file, fiducials.as_bytes())?;
    // The ECG comes last: a subject whose ECG is there is complete.
    let xml = cardiology_xml(id, &heart.subject, &heart.intervals, recording, median);
    write_whole(
        &root.join("ecg").join(format!("{id}_20205_2_0.xml")),
        xml.as_bytes(),
    )
}

/// The frames of a slice as a volume of (columns, rows, 1, frames).
fn cine(slice: &Slice) -> Volume {
    Volume {
        size: [slice.pixels, slice.pixels, 1, slice.images.len()],
        voxels: Voxels::Signal(slice.images.concat()),
        voxel_mm: [slice.pixel_mm, slice.pixel_mm, slice.thickness_mm],
        time_step_s: Some(slice.time_step_s * frame_stride(&slice.frames) as f64),
        affine: slice.affine,
    }
}

fn labels(slice: &Slice, frame: &[u8]) -> Volume {
    Volume {
        size: [slice.pixels, slice.pixels, 1, 1],
        voxels: Voxels::Labels(frame.to_vec()),
        voxel_mm: [slice.pixel_mm, slice.pixel_mm, slice.thickness_mm],
        time_step_s: None,
        affine: slice.affine,
    }
}

/// How many frames of the cycle lie from one written frame to the next; 1 if that differs.
fn frame_stride(frames: &[usize]) -> usize {
    let mut strides = frames.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    match strides.next() {
        Some(stride) if stride > 0 && pairwise_forward(frames) && strides.all(|s| s == stride) => {
            stride
        }
        _ => 1,
    }
}

fn pairwise_forward(frames: &[usize]) -> bool {
    frames.windows(2).all(|pair| pair[1] > pair[0])
}

#[cfg(test)]
mod tests;
