//! Which pictures of a subject the networks see and make: `[picture]`.

use crate::cohort::{Frames, Views};
use serde::{Deserialize, Serialize};

/// The pictures of a subject, as channels of one image: view by view, and within each view frame by frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PictureChoice {
    /// The views.
    pub views: Views,
    /// The frames of each view.
    pub frames: Frames,
}

impl PictureChoice {
    /// Whether it is what a recipe that says nothing of pictures gets.
    pub fn is_default(&self) -> bool {
        *self == PictureChoice::default()
    }

    /// The views' names, in the order of the channels.
    pub fn view_names(&self) -> &'static [&'static str] {
        match self.views {
            Views::ShortAxis => &["short axis, mid-ventricular"],
            Views::ShortAxisAndFourChamber => &["short axis, mid-ventricular", "four-chamber"],
        }
    }

    /// The frames' names, in the order of the channels of a view.
    pub fn phase_names(&self) -> Vec<String> {
        match self.frames {
            Frames::Ed => vec!["end-diastole".to_owned()],
            Frames::EdEs => vec!["end-diastole".to_owned(), "end-systole".to_owned()],
            Frames::All => (0..self.frames.count())
                .map(|frame| format!("frame {} of {}", frame + 1, self.frames.count()))
                .collect(),
        }
    }

    /// Channels of the image.
    pub fn channels(&self) -> usize {
        self.view_names().len() * self.frames.count()
    }
}
