//! A data set's pictures with their labels, one at a time.

use super::SegmentationError;
use crate::cohort::picture::SIDE;
use crate::cohort::{Dataset, Views};

/// Pixels of a picture.
pub const PIXELS: usize = SIDE * SIDE;

/// Which views a segmenter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SegmentedViews {
    /// All that the data set has.
    #[default]
    All,
    /// The short axis alone.
    ShortAxis,
    /// The four-chamber view alone.
    FourChamber,
}

impl SegmentedViews {
    /// The channels (view · frames + frame) of a data set of these views with so many frames each.
    pub fn channels(self, views: Views, frames: usize) -> Vec<usize> {
        let all = views.count() * frames;
        match self {
            SegmentedViews::All => (0..all).collect(),
            SegmentedViews::ShortAxis => (0..frames).collect(),
            SegmentedViews::FourChamber => (frames..all).collect(),
        }
    }
}

impl std::str::FromStr for SegmentedViews {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "all" => Ok(SegmentedViews::All),
            "sa" => Ok(SegmentedViews::ShortAxis),
            "4ch" => Ok(SegmentedViews::FourChamber),
            _ => Err(format!("unknown views `{word}`: use all, sa or 4ch")),
        }
    }
}

/// All pictures of a subject, (view · frames + frame, 128, 128), the short axis first, 0..255.
///
/// # Errors
/// Where they cannot be read.
pub fn pictures(dataset: &Dataset, subject: usize) -> Result<Vec<u8>, SegmentationError> {
    let mut pictures = dataset.short_axis(subject)?;
    if let Some(four_chamber) = dataset.four_chamber(subject)? {
        pictures.extend(four_chamber);
    }
    Ok(pictures)
}

/// One picture and its labels, (128, 128) each.
///
/// # Errors
/// [`SegmentationError::NoLabels`] where the data set has none, and where it cannot be read.
pub fn example(
    dataset: &Dataset,
    (subject, channel): (usize, usize),
) -> Result<(Vec<u8>, Vec<u8>), SegmentationError> {
    let labels = dataset
        .labels(subject)?
        .ok_or(SegmentationError::NoLabels)?;
    let part = |all: &[u8]| all[channel * PIXELS..(channel + 1) * PIXELS].to_vec();
    Ok((part(&pictures(dataset, subject)?), part(&labels)))
}

/// Grey from 0..255 to 0..1.
pub fn unit_grey(pictures: &[u8]) -> Vec<f32> {
    pictures
        .iter()
        .map(|&grey| f32::from(grey) / 255.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_views_times_frames() {
        let both = Views::ShortAxisAndFourChamber;
        assert_eq!(SegmentedViews::All.channels(both, 2), [0, 1, 2, 3]);
        assert_eq!(SegmentedViews::FourChamber.channels(both, 2), [2, 3]);
        assert_eq!(SegmentedViews::ShortAxis.channels(Views::ShortAxis, 1), [0]);
        assert!(
            SegmentedViews::FourChamber
                .channels(Views::ShortAxis, 2)
                .is_empty()
        );
        assert!(
            "sax"
                .parse::<SegmentedViews>()
                .unwrap_err()
                .contains("all, sa or 4ch")
        );
    }
}
