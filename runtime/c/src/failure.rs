//! Why a call failed, from whatever part of the library.

use ecg2mri::atomic_file::AtomicFileError;
use ecg2mri::ecg::EcgError;
use ecg2mri::formats::ReadError;
use ecg2mri::model::ModelError;
use ecg2mri::picture::png::PngError;
use ecg2mri::pipeline::PipelineError;

use crate::status::{Refusal, Status};

/// What the caller is told of a failure.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What is given back.
    pub(crate) status: Status,
    /// Why, if the recording was refused.
    pub(crate) refusal: Refusal,
    /// One sentence.
    pub(crate) message: String,
}

impl Failure {
    /// A failure that is no refusal.
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Self {
        Self {
            status,
            refusal: Refusal::None,
            message: message.into(),
        }
    }

    /// An argument cannot be right.
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(Status::InvalidArgument, message)
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::new(Status::Recording, error.to_string())
    }
}

impl From<EcgError> for Failure {
    fn from(error: EcgError) -> Self {
        Self::new(Status::Recording, error.to_string())
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self::new(Status::Model, error.to_string())
    }
}

impl From<PngError> for Failure {
    fn from(error: PngError) -> Self {
        Self::new(Status::Output, error.to_string())
    }
}

impl From<AtomicFileError> for Failure {
    fn from(error: AtomicFileError) -> Self {
        Self::new(Status::Output, error.to_string())
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Self {
        let message = error.to_string();
        let (status, refusal) = match &error {
            PipelineError::Quality(_) => (Status::Refused, Refusal::Quality),
            PipelineError::Foreign(_) => (Status::Refused, Refusal::Foreign),
            _ if error.is_refusal() => (Status::Refused, Refusal::Signal),
            PipelineError::Signal(_) => (Status::Recording, Refusal::None),
            _ => (Status::Model, Refusal::None),
        };
        Self {
            status,
            refusal,
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ecg2mri::model::statistics::{Measure, Novelty, Outlier};
    use ecg2mri::signal::SignalError;
    use ecg2mri::signal::quality::{Quality, Reason, Verdict};

    #[test]
    fn refusals_are_told_from_failures_and_from_one_another() {
        let of = |error: PipelineError| {
            let failure = Failure::from(error);
            assert!(!failure.message.is_empty());
            (failure.status, failure.refusal)
        };
        let poor = Quality {
            verdict: Verdict::Refuse,
            leads: Vec::new(),
            reasons: vec![Reason::ArmsAndLegsExchanged],
        };
        let foreign = Outlier {
            measure: Measure::Latent,
            distance: 9.0,
            marked_above: 2.0,
            refused_above: 3.0,
            verdict: Novelty::Refused,
        };
        let absent = EcgError::NoLeads;
        let empty = ModelError::NotFound {
            looked_in: Vec::new(),
        };
        assert_eq!(
            [
                of(PipelineError::Quality(Box::new(poor))),
                of(PipelineError::Foreign(foreign)),
                of(SignalError::NoQrs.into()),
                of(SignalError::Ecg(absent).into()),
                of(empty.into()),
            ],
            [
                (Status::Refused, Refusal::Quality),
                (Status::Refused, Refusal::Foreign),
                (Status::Refused, Refusal::Signal),
                (Status::Recording, Refusal::None),
                (Status::Model, Refusal::None),
            ]
        );
    }
}
