//! The kinds of files that a picture can become, told apart by the end of their name.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::apng;
use super::dicom::{self, DicomError};
use super::gif::{self, FilmError};
use super::mark::Label;
use super::nifti::{self, NiftiError, Values, view_suffix};
use super::png::{self, PngError};
use super::pseudo_mri::PseudoMri;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// All views and phases on one sheet, or their values in 16 bits.
    Png,
    /// A film of the phases, in the PNG format.
    Apng,
    /// A film of the phases, in the GIF format.
    Gif,
    /// The values of each view, uncompressed.
    Nifti,
    /// The values of each view, compressed.
    NiftiCompressed,
    /// All images in one object for an archive of medical pictures.
    Dicom,
}

/// What can be asked for besides the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// A PNG of the values in 16 bits rather than a sheet that is drawn.
    pub sixteen_bit: bool,
    /// Beside each NIfTI file another of the deviations, if the model gives any.
    pub deviation: bool,
}

/// A file that is ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it goes.
    pub path: PathBuf,
    /// What is in it.
    pub contents: Vec<u8>,
}

/// Why a picture could not become a file of some kind.
#[derive(Debug, Error)]
pub enum FileError {
    /// As PNG.
    #[error(transparent)]
    Png(#[from] PngError),
    /// As a film.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// As NIfTI.
    #[error(transparent)]
    Nifti(#[from] NiftiError),
    /// As DICOM.
    #[error(transparent)]
    Dicom(#[from] DicomError),
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Png,
        Self::Apng,
        Self::Gif,
        Self::Nifti,
        Self::NiftiCompressed,
        Self::Dicom,
    ];

    /// How names of such files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => ".png",
            Self::Apng => ".apng",
            Self::Gif => ".gif",
            Self::Nifti => ".nii",
            Self::NiftiCompressed => ".nii.gz",
            Self::Dicom => ".dcm",
        }
    }

    /// The kind of file that is to have this name, if the name says so, in whatever case; a name that is nothing
    /// but an ending has none.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let fits = |kind: &Self| name.len() > kind.ending().len() && name.ends_with(kind.ending());
        Self::ALL.into_iter().find(fits)
    }

    /// The files of this kind that hold the picture, the first of them named `path`. There is more than one only of
    /// NIfTI, of which a view and its deviation have files of their own: `heart.nii.gz` becomes `heart_sa.nii.gz`
    /// and `heart_4ch.nii.gz` where there are several views, and `…_deviation.nii.gz` beside them.
    ///
    /// # Errors
    /// If a file of this kind cannot hold the picture.
    pub fn encode(
        self,
        path: &Path,
        picture: &PseudoMri,
        label: &Label,
        wishes: Wishes,
    ) -> Result<Vec<File>, FileError> {
        let contents = match self {
            Self::Png if wishes.sixteen_bit => png::encode_16_bit(picture, label)?,
            Self::Png => png::encode(picture, label)?,
            Self::Apng => apng::encode(picture, label)?,
            Self::Gif => gif::encode(picture, label)?,
            Self::Dicom => dicom::encode(picture, label)?,
            Self::Nifti | Self::NiftiCompressed => {
                return self.encode_views(path, picture, label, wishes);
            }
        };
        let path = path.to_path_buf();
        Ok(vec![File { path, contents }])
    }

    fn encode_views(
        self,
        path: &Path,
        picture: &PseudoMri,
        label: &Label,
        wishes: Wishes,
    ) -> Result<Vec<File>, FileError> {
        let encode = match self {
            Self::NiftiCompressed => nifti::encode_compressed,
            _ => nifti::encode,
        };
        let deviation = wishes.deviation && picture.deviation().is_some();
        let mut files = Vec::new();
        for (view, suffix) in view_suffixes(picture.shape().views, label)
            .iter()
            .enumerate()
        {
            files.push(File {
                path: self.with_suffix(path, suffix),
                contents: encode(picture, label, view, Values::Picture)?,
            });
            if deviation {
                files.push(File {
                    path: self.with_suffix(path, &format!("{suffix}_deviation")),
                    contents: encode(picture, label, view, Values::Deviation)?,
                });
            }
        }
        Ok(files)
    }

    /// The path with `suffix` before the ending.
    fn with_suffix(self, path: &Path, suffix: &str) -> PathBuf {
        if suffix.is_empty() {
            return path.to_path_buf();
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.len().saturating_sub(self.ending().len());
        let (stem, ending) = match Self::of(path) == Some(self) {
            true => name.split_at(stem),
            false => (&*name, ""),
        };
        path.with_file_name(OsString::from(format!("{stem}{suffix}{ending}")))
    }
}

/// What is added to the name of each view's file: nothing for a single view, and a number where two views would have
/// one name.
fn view_suffixes(views: usize, label: &Label) -> Vec<String> {
    if views == 1 {
        return vec![String::new()];
    }
    let name = |view: usize| {
        label
            .views
            .get(view)
            .map_or(String::new(), |view| view_suffix(view))
    };
    let names: Vec<String> = (0..views).map(name).collect();
    let suffix = |view: usize| {
        let name = &names[view];
        let alone = names.iter().filter(|other| *other == name).count() == 1;
        match alone && !name.is_empty() {
            true => format!("_{name}"),
            false => format!("_{name}{}", view + 1),
        }
    };
    (0..views).map(suffix).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::frames::tests::two_by_two;

    #[test]
    fn the_end_of_a_name_says_the_kind() {
        for kind in FileKind::ALL {
            let name = format!("folder.gif/a.b{}", kind.ending());
            assert_eq!(FileKind::of(Path::new(&name)), Some(kind));
            assert_eq!(FileKind::of(Path::new(&name.to_uppercase())), Some(kind));
            assert_eq!(FileKind::of(Path::new(kind.ending())), None);
        }
        for name in ["picture", "picture.jpg", "picture.gz", "png", "", ".."] {
            assert_eq!(FileKind::of(Path::new(name)), None, "{name}");
        }
    }

    #[test]
    fn views_and_deviations_have_files_of_their_own() {
        let (picture, label) = two_by_two();
        let named = |kind: FileKind, name: &str, picture: &PseudoMri, label: &Label, deviation| {
            let wishes = Wishes {
                deviation,
                ..Wishes::default()
            };
            let files = kind
                .encode(Path::new(name), picture, label, wishes)
                .expect("files");
            let paths = files.iter().map(|file| file.path.display().to_string());
            paths.collect::<Vec<_>>()
        };
        let small = FileKind::NiftiCompressed;
        assert_eq!(
            named(small, "a/é.nii.GZ", &picture, &label, true),
            [
                "a/é_sa.nii.GZ",
                "a/é_sa_deviation.nii.GZ",
                "a/é_4ch.nii.GZ",
                "a/é_4ch_deviation.nii.GZ"
            ]
        );
        let alike = Label {
            views: vec!["short axis, basal".into(), "short axis, apical".into()],
            ..label.clone()
        };
        assert_eq!(
            named(FileKind::Nifti, "a.nii", &picture, &alike, false),
            ["a_sa1.nii", "a_sa2.nii"]
        );
        let single = picture.in_phase(0..1, 0).expect("one");
        assert_eq!(
            named(small, "a.nii.gz", &single, &label, true),
            ["a.nii.gz"]
        );
        for kind in [
            FileKind::Png,
            FileKind::Apng,
            FileKind::Gif,
            FileKind::Dicom,
        ] {
            assert_eq!(named(kind, "a", &picture, &label, true), ["a"]);
        }
    }

    #[test]
    fn a_wish_for_sixteen_bits_concerns_png() {
        let (picture, label) = two_by_two();
        let encode = |kind: FileKind, sixteen_bit| {
            let wishes = Wishes {
                sixteen_bit,
                ..Wishes::default()
            };
            kind.encode(Path::new("a"), &picture, &label, wishes)
                .expect("files")
        };
        assert_ne!(encode(FileKind::Png, true), encode(FileKind::Png, false));
        assert_eq!(encode(FileKind::Gif, true), encode(FileKind::Gif, false));
    }
}
