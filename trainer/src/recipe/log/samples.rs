//! What the networks make of a few validation subjects, after each epoch the same ones.

use super::super::RecipeError;
use crate::cohort::picture::SIDE;
use crate::evaluate::sheet;

/// Subjects on a sheet, at most.
pub const SUBJECTS: usize = 6;
/// Channels of each subject's image on a sheet, at most.
const CHANNELS: usize = 4;
/// Sheets of one stage, about.
const SHEETS: usize = 100;

/// A sheet of three rows: the truth, the picture rebuilt from its own latent, the picture made from the ECG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleSheet {
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// The sheet, as a grey PNG file.
    pub png: Vec<u8>,
}

/// The pictures of some subjects, each set as (subject, channel, pixel) in 0..1.
#[derive(Debug, Clone, Default)]
pub(in crate::recipe) struct Samples {
    channels: usize,
    pub(in crate::recipe) truth: Vec<f32>,
    pub(in crate::recipe) rebuilt: Vec<f32>,
    pub(in crate::recipe) from_ecg: Vec<f32>,
}

impl Samples {
    /// None yet, of pictures with so many channels.
    pub(in crate::recipe) fn of(channels: usize) -> Samples {
        Samples {
            channels,
            ..Samples::default()
        }
    }

    /// The sheet; `None` where there is no subject.
    ///
    /// # Errors
    /// Where the picture cannot be encoded.
    pub(in crate::recipe) fn sheet(&self) -> Result<Option<SampleSheet>, RecipeError> {
        // Of an image with many frames, the first of them.
        let pixels = self.channels.max(1) * SIDE * SIDE;
        let shown = self.channels.clamp(1, CHANNELS) * SIDE * SIDE;
        let first = |set: &Vec<f32>| -> Vec<f32> {
            set.chunks_exact(pixels)
                .flat_map(|image| image[..shown].to_vec())
                .collect()
        };
        let columns = self.truth.len() / pixels * self.channels.clamp(1, CHANNELS);
        if columns == 0 {
            return Ok(None);
        }
        let rows = [&self.truth, &self.rebuilt, &self.from_ecg].map(first);
        let png = sheet::png(&[&rows[0], &rows[1], &rows[2]], columns)?;
        let reader = png::Decoder::new(std::io::Cursor::new(&png)).read_info();
        let (width, height) = reader
            .map(|reader| (reader.info().width, reader.info().height))
            .map_err(|error| {
                RecipeError::Data(format!("the sheet of samples cannot be read back: {error}"))
            })?;
        Ok(Some(SampleSheet {
            width: width as usize,
            height: height as usize,
            png,
        }))
    }
}

/// Some of `members`, evenly spread over them, always the same.
pub(in crate::recipe) fn chosen(members: &[usize]) -> Vec<usize> {
    let count = members.len().min(SUBJECTS);
    (0..count)
        .map(|index| members[index * members.len() / count])
        .collect()
}

/// Whether an epoch (from 1) of `epochs` leaves a sheet: every epoch of a short stage, about a hundred of a long one,
/// the first and the last always.
pub(in crate::recipe) fn is_due(epoch: usize, epochs: usize) -> bool {
    epoch == 1 || epoch == epochs || epoch.is_multiple_of(epochs.div_ceil(SHEETS).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_subjects_and_a_hundred_epochs() {
        assert_eq!(chosen(&[]), Vec::<usize>::new());
        assert_eq!(chosen(&[4, 7]), [4, 7]);
        let members: Vec<usize> = (100..160).collect();
        assert_eq!(chosen(&members), [100, 110, 120, 130, 140, 150]);

        let sheets = |epochs: usize| (1..=epochs).filter(|&epoch| is_due(epoch, epochs)).count();
        assert_eq!((sheets(1), sheets(40), sheets(100)), (1, 40, 100));
        assert_eq!(sheets(1500), 101);
        assert!(is_due(1499, 1499));
    }

    #[test]
    fn a_sheet_knows_its_size() {
        assert_eq!(Samples::default().sheet().unwrap(), None);
        let pictures = vec![0.5; 2 * SIDE * SIDE];
        let samples = Samples {
            channels: 1,
            truth: pictures.clone(),
            rebuilt: pictures.clone(),
            from_ecg: pictures,
        };
        let sheet = samples.sheet().unwrap().unwrap();
        assert!(sheet.width >= 2 * SIDE && sheet.height >= 3 * SIDE);
    }
}
