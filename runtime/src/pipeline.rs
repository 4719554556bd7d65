//! From a recording to a marked picture, step by step.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::ecg::Ecg;
use crate::model::statistics::{Estimate, Novelty, Outlier};
use crate::model::{Latent, Model, ModelError, network_input};
use crate::picture::mark::Warning;
use crate::picture::png::{self, PngError};
use crate::picture::{Label, PseudoMri};
use crate::signal::measurements::Measurements;
use crate::signal::quality::{self, Quality, Reason, Verdict};
use crate::signal::{self, Analysis, MedianBeat, SignalError};

/// Why no picture was generated.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The recording gives no median beat.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// The recording gives a median beat, but one that is not to be trusted.
    #[error("{}", sentence(.0))]
    Quality(Box<Quality>),
    /// The median beat is unlike any that the model learned from.
    #[error(
        "the ECG is unlike any that the model learned from: in its {} it is {:.1} away from them, and beyond {:.1} \
        no picture is given; usual causes are an amplitude scale other than the file says, exchanged or loose \
        electrodes, pacing and noise",
        .0.measure, .0.distance, .0.refused_above
    )]
    Foreign(Outlier),
    /// The model failed on it.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl PipelineError {
    /// Whether the recording was refused for its quality or its kind, rather than something
    /// having failed: another recording of the same patient may do.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Signal(error) => error.is_poor_signal(),
            Self::Quality(_) | Self::Foreign(_) => true,
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
///
/// It is not changed by what it does and may be shared between threads: each
/// [`generate`](Self::generate) has a state of its own.
#[derive(Debug)]
pub struct Pipeline {
    model: Model,
}

/// A recording with its median beat, its quality and what is needed to measure it: all of [`Pipeline::generate`] that
/// takes no model, so that it can be done while one is being loaded.
pub struct Analysed<'e> {
    ecg: &'e Ecg,
    beat: Result<MedianBeat, SignalError>,
    analysis: Result<Analysis, SignalError>,
    quality: Quality,
    took: Duration,
}

impl<'e> Analysed<'e> {
    /// Analyses a recording. What is wrong with it is said when a picture is to be made of it.
    pub fn of(ecg: &'e Ecg) -> Self {
        let begin = Instant::now();
        // All from one cleaning of the recording; where it cannot be cleaned, the median beat says more exactly why than
        // the analysis does.
        let analysis = Analysis::of(ecg);
        let beat = match &analysis {
            Ok(analysis) => analysis.median_beat(),
            Err(_) => signal::median_beat(ecg),
        };
        Self {
            quality: quality::assess_with_beat(ecg, &beat),
            ecg,
            beat,
            analysis,
            took: begin.elapsed(),
        }
    }
}

/// A picture and what it was made from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The pseudo-MRI.
    pub picture: PseudoMri,
    /// The encoder's latent.
    pub latent: Latent,
    /// The median beat the encoder was given.
    pub median_beat: MedianBeat,
    /// What was measured on the recording.
    pub measurements: Measurements,
    /// The quality of the recording. Where it says that it is to be refused, the picture was
    /// forced.
    pub quality: Quality,
    /// How unlike those that the model learned from the ECG is, if the model has statistics.
    /// Where it is to be refused, the picture was forced.
    pub outlier: Option<Outlier>,
    /// What the model reads from the ECG besides the picture, if it has statistics.
    pub estimates: Vec<Estimate>,
    /// What each step took.
    pub times: StageTimes,
}

impl Generated {
    /// What a reader of the picture must be warned of.
    pub fn warnings(&self) -> Vec<Warning> {
        let poor = (self.quality.verdict == Verdict::Refuse).then_some(Warning::PoorSignal);
        let unlike = match self.outlier.map(|outlier| outlier.verdict) {
            Some(Novelty::Refused) => Some(Warning::ForeignEcg),
            Some(Novelty::Marked) => Some(Warning::UnusualEcg),
            Some(Novelty::Usual) | None => None,
        };
        poor.into_iter().chain(unlike).collect()
    }
}

/// Wall-clock time of each step of [`Pipeline::generate`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageTimes {
    /// Recording to network input.
    pub preprocess: Duration,
    /// Network input to latent.
    pub encoder: Duration,
    /// Latent to picture values.
    pub decoder: Duration,
    /// Everything that is measured of the recording besides.
    pub measurements: Duration,
}

impl Pipeline {
    /// Loads and verifies the model in `folder` and makes a pipeline of it.
    ///
    /// # Errors
    /// As [`Model::load`]; the message names the file at fault.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, ModelError> {
        Model::load(folder.as_ref()).map(Self::new)
    }

    /// A pipeline around `model`.
    pub fn new(model: Model) -> Self {
        Self { model }
    }

    /// Lets each [`generate`](Self::generate) use so many threads, where that pays; one, unless this is called, which
    /// suits programs that generate several pictures at a time. The pictures are the same to the bit.
    pub fn with_threads(self, threads: NonZeroUsize) -> Self {
        self.model.use_threads(threads);
        self
    }

    /// Its model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The imaging planes of its pictures, in their order, e.g. `four-chamber`.
    pub fn views(&self) -> &[String] {
        &self.model.manifest().picture.views
    }

    /// The phases of the heart cycle of its pictures, in their order, e.g. `end-diastole`.
    pub fn phases(&self) -> &[String] {
        &self.model.manifest().picture.phases
    }

    /// Generates the pseudo-MRI of one recording, if its quality allows, and it is like those
    /// that the model learned from.
    ///
    /// # Errors
    /// [`PipelineError::Signal`] and [`PipelineError::Quality`] if the recording lacks leads
    /// or is refused for its quality, [`PipelineError::Foreign`] if it is unlike what the model
    /// learned from (for all of them see [`PipelineError::is_refusal`]),
    /// [`PipelineError::Model`] if the model gives no finite picture.
    pub fn generate(&self, ecg: &Ecg) -> Result<Generated, PipelineError> {
        self.generate_of(Analysed::of(ecg))
    }

    /// As [`generate`](Self::generate), but a recording of any quality and kind will do as long
    /// as it gives a median beat; [`Generated::warnings`] then says so, and the picture is marked.
    ///
    /// # Errors
    /// As [`generate`](Self::generate), save [`PipelineError::Quality`] and
    /// [`PipelineError::Foreign`].
    pub fn generate_forced(&self, ecg: &Ecg) -> Result<Generated, PipelineError> {
        self.generate_forced_of(Analysed::of(ecg))
    }

    /// As [`generate`](Self::generate), of a recording that was analysed already.
    ///
    /// # Errors
    /// As [`generate`](Self::generate).
    pub fn generate_of(&self, analysed: Analysed<'_>) -> Result<Generated, PipelineError> {
        self.run(analysed, false)
    }

    /// As [`generate_forced`](Self::generate_forced), of a recording that was analysed already.
    ///
    /// # Errors
    /// As [`generate_forced`](Self::generate_forced).
    pub fn generate_forced_of(&self, analysed: Analysed<'_>) -> Result<Generated, PipelineError> {
        self.run(analysed, true)
    }

    fn run(&self, analysed: Analysed<'_>, force: bool) -> Result<Generated, PipelineError> {
        let begin = Instant::now();
        let Analysed {
            ecg,
            beat,
            analysis,
            quality,
            took,
        } = analysed;
        let median_beat = beat?;
        let analysis = analysis?;
        if quality.verdict == Verdict::Refuse && !force {
            return Err(PipelineError::Quality(Box::new(quality)));
        }
        let preprocessing = &self.model.manifest().preprocessing;
        let input = network_input::from_ecg(ecg, &median_beat, preprocessing)?;
        let prepared = Instant::now();
        let latent = self.model.encode(&input, median_beat.heart_rate_bpm())?;
        let encoded = Instant::now();
        let statistics = self.model.statistics();
        let outlier =
            statistics.map(|statistics| statistics.outlier(&latent, median_beat.as_slice()));
        if let Some(outlier) = outlier
            && outlier.verdict == Novelty::Refused
            && !force
        {
            return Err(PipelineError::Foreign(outlier));
        }
        let picture = self.model.decode(&latent)?;
        let decoded = Instant::now();
        let estimates = statistics.map_or(Vec::new(), |statistics| statistics.estimates(&latent));
        let measurements = analysis.measure().0;
        let times = StageTimes {
            preprocess: took + (prepared - begin),
            encoder: encoded - prepared,
            decoder: decoded - encoded,
            measurements: decoded.elapsed(),
        };
        Ok(Generated {
            picture,
            latent,
            median_beat,
            measurements,
            quality,
            outlier,
            estimates,
            times,
        })
    }

    /// What the pictures of this model are labelled with, unless there is something to warn of.
    pub fn label(&self) -> Label {
        let manifest = self.model.manifest();
        Label {
            model_name: manifest.name.clone(),
            model_sha256: self.model.sha256().into(),
            views: manifest.picture.views.clone(),
            phases: manifest.picture.phases.clone(),
            warnings: Vec::new(),
        }
    }

    /// All views and phases of a generated picture as a PNG file, drawn large and marked as
    /// synthetic, and with its warnings, in pixels and in metadata.
    ///
    /// # Errors
    /// If the picture is too large for a PNG.
    pub fn png(&self, generated: &Generated) -> Result<Vec<u8>, PngError> {
        png::encode(&generated.picture, &self.label_of(generated))
    }

    /// What this picture is labelled with: the model's label, and what a reader must be warned of.
    pub fn label_of(&self, generated: &Generated) -> Label {
        Label {
            warnings: generated.warnings(),
            ..self.label()
        }
    }
}
