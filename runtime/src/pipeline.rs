//! From a recording to a marked picture, step by step.

use std::time::{Duration, Instant};

use thiserror::Error;

use crate::ecg::Ecg;
use crate::model::{Latent, Model, ModelError, network_input};
use crate::picture::png::{self, PngError};
use crate::picture::{Label, PseudoMri};
use crate::signal::quality::{self, Quality, Reason, Verdict};
use crate::signal::{self, MedianBeat, SignalError};

/// Why no picture was generated.
#[derive(Debug, Error)]
pub enum PipelineError {
    /// The recording gives no median beat.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// The recording gives a median beat, but one that is not to be trusted.
    #[error("{}", sentence(.0))]
    Quality(Box<Quality>),
    /// The model failed on it.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl PipelineError {
    /// Whether the recording was refused for its quality, rather than something having
    /// failed: another recording of the same patient may do.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Signal(error) => error.is_poor_signal(),
            Self::Quality(_) => true,
            Self::Model(_) => false,
        }
    }
}

/// The reasons for which a recording is refused.
fn sentence(quality: &Quality) -> String {
    let grave = |reason: &&Reason| reason.verdict() == Verdict::Refuse;
    let grave: Vec<String> = quality
        .reasons
        .iter()
        .filter(grave)
        .map(Reason::to_string)
        .collect();
    grave.join("; ")
}

/// A model with the steps before and after it.
#[derive(Debug)]
pub struct Pipeline {
    model: Model,
}

/// A picture and what it was made from.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The pseudo-MRI.
    pub picture: PseudoMri,
    /// The encoder's latent.
    pub latent: Latent,
    /// The median beat the encoder was given.
    pub median_beat: MedianBeat,
    /// The quality of the recording.
    pub quality: Quality,
    /// Whether the picture was made although the recording should have been refused.
    pub forced: bool,
    /// What each step took.
    pub times: StageTimes,
}

/// Wall-clock time of each step of [`Pipeline::generate`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// Recording to network input.
    pub preprocess: Duration,
    /// Network input to latent.
    pub encoder: Duration,
    /// Latent to picture values.
    pub decoder: Duration,
}

impl Pipeline {
    /// A pipeline around `model`.
    pub fn new(model: Model) -> Self {
        Self { model }
    }

    /// Its model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Generates the pseudo-MRI of one recording, if its quality allows.
    ///
    /// # Errors
    /// [`PipelineError::Signal`] and [`PipelineError::Quality`] if the recording lacks leads
    /// or is refused for its quality (see [`PipelineError::is_refusal`]),
    /// [`PipelineError::Model`] if the model gives no finite picture.
    pub fn generate(&self, ecg: &Ecg) -> Result<Generated, PipelineError> {
        self.run(ecg, false)
    }

    /// As [`generate`](Self::generate), but a recording of any quality will do as long as it
    /// gives a median beat; [`Generated::forced`] then says so, and the picture is marked.
    ///
    /// # Errors
    /// As [`generate`](Self::generate), save [`PipelineError::Quality`].
    pub fn generate_forced(&self, ecg: &Ecg) -> Result<Generated, PipelineError> {
        self.run(ecg, true)
    }

    fn run(&self, ecg: &Ecg, force: bool) -> Result<Generated, PipelineError> {
        let begin = Instant::now();
        let beat = signal::median_beat(ecg);
        let quality = quality::assess_with_beat(ecg, &beat);
        let median_beat = beat?;
        let poor = quality.verdict == Verdict::Refuse;
        if poor && !force {
            return Err(PipelineError::Quality(Box::new(quality)));
        }
        let preprocessing = &self.model.manifest().preprocessing;
        let input = network_input::from_ecg(ecg, &median_beat, preprocessing)?;
        let prepared = Instant::now();
        let latent = self.model.encode(&input)?;
        let encoded = Instant::now();
        let picture = self.model.decode(&latent)?;
        let times = StageTimes {
            preprocess: prepared - begin,
            encoder: encoded - prepared,
            decoder: encoded.elapsed(),
        };
        Ok(Generated {
            picture,
            latent,
            median_beat,
            quality,
            forced: poor,
            times,
        })
    }

    /// What the pictures of this model are labelled with.
    pub fn label(&self) -> Label {
        let manifest = self.model.manifest();
        Label {
            model_name: manifest.name.clone(),
            model_sha256: self.model.sha256().into(),
            view: manifest.picture.view.clone(),
            phase: manifest.picture.phase.clone(),
            forced: false,
        }
    }

    /// The first frame of a generated picture as a PNG file, drawn large and marked as
    /// synthetic, and as forced if it is, in pixels and in metadata.
    ///
    /// # Errors
    /// If the picture is too large for a PNG.
    pub fn png(&self, generated: &Generated) -> Result<Vec<u8>, PngError> {
        let label = Label {
            forced: generated.forced,
            ..self.label()
        };
        png::encode(&generated.picture, 0, &label)
    }
}
