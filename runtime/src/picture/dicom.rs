//! The pictures as a DICOM object, so that an archive can keep them: a Multi-frame Grayscale Byte Secondary Capture
//! Image (PS3.3, A.8.3) with a marked image for every view in every phase, in 8-bit grey.
//!
//! The object says in every field that there is for it that it is synthetic: Image Type DERIVED\SECONDARY,
//! Synthetic Data YES, Conversion Type SYN, Burned In Annotation YES (the words of
//! [`mark`](super::mark)), Content Qualification RESEARCH, and the notice in the descriptions of study and series.
//! It names no patient, and bears no date, so that one picture is one object.
//!
//! Pixel Spacing is the distance of two pixels of the magnified image in millimetres of the imagined plane.

mod data_set;
mod uid;

use thiserror::Error;

use super::frames::{self, Frames};
use super::mark::{Label, NOTICE};
use super::pseudo_mri::PseudoMri;
use data_set::{DataSet, Vr};

/// Multi-frame Grayscale Byte Secondary Capture Image Storage (PS3.6, annex A).
pub const SOP_CLASS: &str = "1.2.840.10008.5.1.4.1.1.7.2";

/// Explicit VR Little Endian.
const TRANSFER_SYNTAX: &str = "1.2.840.10008.1.2.1";

/// What study and series are called.
const TITLE: &str = "SYNTHETIC pseudo-MRI, not for diagnosis";

/// How the pictures came about.
const DERIVATION: &str = "computed from an electrocardiogram by a neural network; not a scan";

/// Why there is no object.
#[derive(Debug, Error)]
pub enum DicomError {
    /// DICOM counts rows and columns with 16 bits and bytes of an element with 32.
    #[error(
        "{frames} images of {width} × {height} pixels are too large for a DICOM object, which takes 65535 pixels \
        each way and 4 GB in all"
    )]
    Size {
        /// Images.
        frames: usize,
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
}

/// All views and phases as the bytes of a DICOM file (PS3.10).
///
/// # Errors
/// If the images are too large.
pub fn encode(picture: &PseudoMri, label: &Label) -> Result<Vec<u8>, DicomError> {
    let frames = frames::of_channels(picture, label);
    let too_large = || DicomError::Size {
        frames: frames.images.len(),
        width: frames.width,
        height: frames.height,
    };
    let columns = u16::try_from(frames.width).map_err(|_| too_large())?;
    let rows = u16::try_from(frames.height).map_err(|_| too_large())?;
    let mut pixels = frames.images.concat();
    u32::try_from(pixels.len() + 1).map_err(|_| too_large())?;
    if pixels.len() % 2 == 1 {
        pixels.push(0);
    }

    let mut object = DataSet::new();
    describe_source(&mut object, label);
    describe_content(&mut object, label);
    describe_pixels(&mut object, picture, &frames, (rows, columns));
    object.put(0x7fe0_0010, Vr::OB, pixels);
    // The identifiers follow from everything else: one picture has one identity, and two have two.
    let content = object.to_bytes();
    let instance = uid::derived("instance", &content);
    object.text(0x0008_0018, Vr::UI, &instance);
    object.text(0x0020_000d, Vr::UI, &uid::derived("study", &content));
    object.text(0x0020_000e, Vr::UI, &uid::derived("series", &content));

    let mut file = vec![0; 128];
    file.extend_from_slice(b"DICM");
    file.extend(meta_information(&instance));
    file.extend(object.to_bytes());
    Ok(file)
}

/// Group 2, after its own length.
fn meta_information(instance: &str) -> Vec<u8> {
    let version = env!("CARGO_PKG_VERSION").replace('.', "_");
    let mut meta = DataSet::new();
    meta.put(0x0002_0001, Vr::OB, vec![0, 1]);
    meta.text(0x0002_0002, Vr::UI, SOP_CLASS);
    meta.text(0x0002_0003, Vr::UI, instance);
    meta.text(0x0002_0010, Vr::UI, TRANSFER_SYNTAX);
    meta.text(
        0x0002_0012,
        Vr::UI,
        &uid::derived("implementation", b"ecg2mri"),
    );
    meta.text(0x0002_0013, Vr::SH, &format!("ECG2MRI_{version}"));
    let rest = meta.to_bytes();
    let length = u32::try_from(rest.len()).unwrap_or(u32::MAX);
    let mut group = DataSet::new();
    group.put(0x0002_0000, Vr::UL, length.to_le_bytes().to_vec());
    [group.to_bytes(), rest].concat()
}

/// Patient, study, series and equipment. What must be there but is not known is empty.
fn describe_source(object: &mut DataSet, label: &Label) {
    object.text(0x0008_0020, Vr::DA, "");
    object.text(0x0008_0030, Vr::TM, "");
    object.text(0x0008_0050, Vr::SH, "");
    object.text(0x0008_0060, Vr::CS, "OT");
    object.text(0x0008_0064, Vr::CS, "SYN");
    object.text(0x0008_0070, Vr::LO, "ecg2mri");
    object.text(0x0008_0090, Vr::PN, "");
    object.text(0x0008_1030, Vr::LO, TITLE);
    object.text(0x0008_103e, Vr::LO, TITLE);
    object.text(0x0008_1090, Vr::LO, &format!("model {}", label.model_name));
    object.text(0x0010_0010, Vr::PN, "");
    object.text(0x0010_0020, Vr::LO, "");
    object.text(0x0010_0030, Vr::DA, "");
    object.text(0x0010_0040, Vr::CS, "");
    object.text(0x0018_0015, Vr::CS, "HEART");
    object.text(0x0018_1016, Vr::LO, "ecg2mri");
    object.text(0x0018_1018, Vr::LO, &label.model_name);
    object.text(0x0018_1019, Vr::LO, env!("CARGO_PKG_VERSION"));
    object.text(0x0018_1020, Vr::LO, env!("CARGO_PKG_VERSION"));
    object.text(0x0020_0010, Vr::SH, "");
    object.text(0x0020_0011, Vr::IS, "1");
}

/// What the object is, and what each image depicts.
fn describe_content(object: &mut DataSet, label: &Label) {
    object.text(0x0008_0008, Vr::CS, "DERIVED\\SECONDARY");
    object.text(0x0008_0016, Vr::UI, SOP_CLASS);
    object.text(0x0008_001c, Vr::CS, "YES");
    object.text(0x0008_2111, Vr::ST, DERIVATION);
    object.text(0x0018_9004, Vr::CS, "RESEARCH");
    object.text(0x0020_0013, Vr::IS, "1");
    object.text(0x0020_0020, Vr::CS, "");
    let mut comments = format!(
        "{NOTICE}\r\nmodel {}\r\nSHA-256 {}",
        label.model_name, label.model_sha256
    );
    for warning in &label.warnings {
        comments.push_str(&format!("\r\nwarning: {}", warning.words()));
    }
    let channels = label
        .views
        .iter()
        .flat_map(|view| label.phases.iter().map(move |phase| (view, phase)));
    for ((view, phase), frame) in channels.zip(1..) {
        comments.push_str(&format!("\r\nimage {frame}: {view}, {phase}"));
    }
    object.text(0x0020_4000, Vr::LT, &comments);
    object.text(0x0028_0301, Vr::CS, "YES");
    object.text(0x0028_0302, Vr::CS, "NO");
    object.text(0x0028_2110, Vr::CS, "00");
}

fn describe_pixels(
    object: &mut DataSet,
    picture: &PseudoMri,
    frames: &Frames,
    (rows, columns): (u16, u16),
) {
    let count = frames.images.len();
    object.short(0x0028_0002, 1);
    object.text(0x0028_0004, Vr::CS, "MONOCHROME2");
    object.text(0x0028_0008, Vr::IS, &count.to_string());
    if count > 1 {
        // Images follow one another as pages do, not in time.
        let pages: Vec<String> = (1..=count).map(|page| page.to_string()).collect();
        object.text(0x0018_2001, Vr::IS, &pages.join("\\"));
        object.put(0x0028_0009, Vr::AT, vec![0x18, 0x00, 0x01, 0x20]);
    }
    object.short(0x0028_0010, rows);
    object.short(0x0028_0011, columns);
    let spacing = data_set::decimal(picture.pixel_mm() / frames.factor as f64);
    object.text(0x0028_0030, Vr::DS, &format!("{spacing}\\{spacing}"));
    for (tag, value) in [
        (0x0028_0100, 8),
        (0x0028_0101, 8),
        (0x0028_0102, 7),
        (0x0028_0103, 0),
    ] {
        object.short(tag, value);
    }
    object.text(0x0028_1052, Vr::DS, "0");
    object.text(0x0028_1053, Vr::DS, "1");
    object.text(0x0028_1054, Vr::LO, "US");
    object.text(0x2050_0020, Vr::CS, "IDENTITY");
}

#[cfg(test)]
mod tests;
