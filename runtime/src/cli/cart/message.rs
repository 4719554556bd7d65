//! What is told while it runs: a line for people, an object for machines.

use std::fmt;
use std::path::PathBuf;

use ecg2mri::cart::monitor::Status;
use ecg2mri::cart::{Layout, Ledger};
use ecg2mri_shim::wire::{Command, Happening, LossCause, Occurrence, Outcome, SelfTest, Verdict};
use serde::Serialize;

/// Something to tell.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Message {
    /// What there is to show, each second.
    Status(Status),
    /// Nothing comes.
    Silence {
        /// Seconds since the last samples.
        seconds: f64,
    },
    /// A device, or the same under other settings.
    Device {
        /// What it is and what it records.
        description: String,
        /// Samples per second.
        sampling_rate_hz: f64,
        /// The leads, in the order of its channels.
        leads: Vec<String>,
    },
    /// Samples are missing since the last status.
    Missing {
        /// Sampling instants.
        samples: u64,
        /// Why.
        cause: String,
    },
    /// The link was opened, lost, or cannot be opened.
    Link {
        /// `opened`, `lost` or `away`.
        state: &'static str,
        /// Why.
        reason: Option<String>,
    },
    /// Something happened on the device.
    Happened {
        /// What.
        what: String,
    },
    /// What a self-test found.
    SelfTest {
        /// `passed`, `failed` or `inconclusive`.
        verdict: &'static str,
        /// Channels at fault, counted from 1.
        faulty_channels: Vec<usize>,
    },
    /// What became of a command.
    Command {
        /// The command.
        command: String,
        /// What became of it.
        outcome: String,
    },
    /// A picture was made.
    Picture {
        /// The picture.
        file: PathBuf,
        /// Its report.
        report: PathBuf,
        /// `good` or `usable`.
        quality: String,
        /// Heart rate in the seconds it was made of.
        heart_rate_bpm: Option<f64>,
        /// What the picture is marked with, besides that it is synthetic.
        warnings: Vec<String>,
    },
    /// No picture was made.
    NoPicture {
        /// Why.
        reason: String,
        /// Whether the signal is to blame.
        refused: bool,
    },
    /// What was asked for is not understood.
    NotUnderstood {
        /// Why.
        reason: String,
    },
    /// The recording has stopped.
    RecordingStopped {
        /// Why.
        reason: String,
    },
    /// The end.
    End {
        /// The account of all that came.
        ledger: Ledger,
        /// Pictures made.
        pictures: u32,
    },
}

impl Message {
    /// A device that said hello.
    pub fn device(layout: &Layout) -> Self {
        Self::Device {
            description: layout.to_string(),
            sampling_rate_hz: layout.sampling_rate(),
            leads: layout.leads().map(|(_, lead)| lead.to_string()).collect(),
        }
    }

    /// What happened on a device; `None` where samples tell the same, or it was asked for.
    pub fn happened(occurrence: &Occurrence) -> Option<Self> {
        let what = match occurrence.what {
            Happening::Lost { cause, instants } => {
                let cause = match cause {
                    LossCause::Overrun => "its queue was full",
                    LossCause::MissedDataReady => "a data-ready edge was missed",
                    LossCause::BadSync => "the front end's marker was missing",
                    LossCause::SpiError => "an SPI transfer failed",
                };
                format!("the device lost {instants} sampling instants: {cause}")
            }
            Happening::LinkFull { instants } => {
                format!("the link was too slow: the device dropped {instants} sampling instants")
            }
            Happening::DataReadyStopped { milliseconds } => format!(
                "the front end has given no data for {milliseconds} ms: is it powered, is its clock running?"
            ),
            Happening::OddEdges { .. } => {
                "data-ready edges came when none was due: is the line noisy, or the front end's clock wrong?".into()
            }
            Happening::FrontEndReset => {
                "the front end had lost its settings and was given them again".into()
            }
            Happening::Other { code, .. } => format!("event {code}, which is not known here"),
            Happening::LeadOffChanged(_) | Happening::CommandApplied { .. } => return None,
        };
        Some(Self::Happened { what })
    }

    /// What a self-test found.
    pub fn self_test(test: &SelfTest) -> Self {
        let verdict = match test.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            _ => "inconclusive",
        };
        let not_tested = ecg2mri_shim::wire::Faults::NOT_TESTED;
        let channels = test.channels.iter().enumerate();
        let faulty = channels
            .filter(|(_, channel)| channel.faults.0 != 0 && !channel.faults.contains(not_tested));
        Self::SelfTest {
            verdict,
            faulty_channels: faulty.map(|(number, _)| number + 1).collect(),
        }
    }

    /// What became of a command; `None` stands for no answer.
    pub fn command(command: &Command, outcome: Option<Outcome>) -> Self {
        let outcome = match outcome {
            Some(Outcome::Done) => "done",
            Some(Outcome::Unknown) => "the device has no such command",
            Some(Outcome::Impossible) => "the front end cannot be set so",
            Some(Outcome::Busy) => "the device is busy; ask again later",
            Some(Outcome::SpiError) => "failed: the front end does not answer",
            Some(Outcome::NotVerified) => "failed: the front end did not take it",
            Some(Outcome::Other(_)) => "failed, for a reason not known here",
            None => "the device did not answer",
        };
        let command = match command {
            Command::Start => "start".into(),
            Command::Stop => "stop".into(),
            Command::Identify => "identify".into(),
            Command::SelfTest => "self-test".into(),
            Command::SetRate { millihertz } => format!("rate {}", f64::from(*millihertz) / 1000.0),
            Command::SetGain { gain, .. } => format!("gain {gain}"),
            Command::SetLeadOff(_) => "lead-off".into(),
        };
        Self::Command {
            command,
            outcome: outcome.into(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(formatter),
            Self::Silence { seconds } => {
                write!(formatter, "no samples for {seconds:.0} s")
            }
            Self::Device { description, .. } => formatter.write_str(description),
            Self::Missing { samples, cause } => {
                write!(formatter, "{samples} samples missing: {cause}")
            }
            Self::Link { state, reason } => match reason {
                Some(reason) => formatter.write_str(reason),
                None => write!(formatter, "link {state}"),
            },
            Self::Happened { what } => formatter.write_str(what),
            Self::SelfTest {
                verdict,
                faulty_channels,
            } => {
                write!(formatter, "self-test {verdict}")?;
                let faulty: Vec<String> = faulty_channels.iter().map(usize::to_string).collect();
                match faulty.as_slice() {
                    [] => Ok(()),
                    faulty => write!(formatter, ", at fault: channel {}", faulty.join(", ")),
                }
            }
            Self::Command { command, outcome } => write!(formatter, "{command}: {outcome}"),
            Self::Picture {
                file,
                quality,
                warnings,
                ..
            } => {
                write!(
                    formatter,
                    "{}: pseudo-MRI, synthetic and not for diagnosis; quality {quality}",
                    file.display()
                )?;
                warnings
                    .iter()
                    .try_for_each(|warning| write!(formatter, "; {warning}"))
            }
            Self::NoPicture { reason, .. } => write!(formatter, "no picture: {reason}"),
            Self::NotUnderstood { reason } => formatter.write_str(reason),
            Self::RecordingStopped { reason } => write!(formatter, "recording stopped: {reason}"),
            Self::End { ledger, pictures } => write!(formatter, "{ledger}\npictures {pictures}"),
        }
    }
}
