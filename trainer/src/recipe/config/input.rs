//! How the ECG becomes the network's input.

use ecg2mri::model::manifest::Preprocessing;
use ecg2mri::model::network_input;
use serde::{Deserialize, Serialize};

/// How the ECG becomes the network's input: `[input.median_beat]` or `[input.first_samples]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// The median beat of twelve leads.
    MedianBeat(MedianBeat),
    /// The first 600 samples of one lead, brought to 0..1.
    FirstSamples(FirstSamples),
}

/// The median beat, in millivolts, scaled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MedianBeat {
    /// The input is millivolts divided by this.
    pub scale_mv: f32,
    /// The scaled input is cut off at ± this.
    pub clip: f32,
}

/// The first samples of one lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstSamples {
    /// The lead's name.
    pub lead: String,
}

impl Input {
    /// The same as the runtime's manifest says it.
    pub fn preprocessing(&self) -> Preprocessing {
        let sampling_rate_hz = network_input::SAMPLING_RATE_HZ;
        match self {
            Input::MedianBeat(beat) => Preprocessing::MedianBeat {
                sampling_rate_hz,
                scale_mv: beat.scale_mv,
                clip: beat.clip,
            },
            Input::FirstSamples(first) => Preprocessing::FirstSamples {
                sampling_rate_hz,
                lead: first.lead.clone(),
            },
        }
    }

    /// Leads of the network's input.
    pub fn leads(&self) -> usize {
        let [_, leads, _] = network_input::shape(&self.preprocessing());
        leads
    }
}
