//! `parsedwaveforms`: the recording's channels, plain, in base64, or XLI-compressed.

use roxmltree::Node;

use super::{limb_leads, xli};
use crate::ecg::Lead;
use crate::formats::ReadErrorKind;
use crate::formats::abridged::abridged;
use crate::formats::xml::{
    at, attribute, bytes_of_base64, content, descendant, integers, number, positive_number,
    sixteen_bit_samples, text,
};

/// More than twenty minutes at 500 Hz per channel are no resting ECG; a few bytes of LZW codes could
/// otherwise stand for more than the memory holds.
const MAX_SAMPLES: usize = 600_000;
/// The recorders' algorithm takes 16 channels.
const MAX_CHANNELS: usize = 16;

/// The recording before it is told which channels are standard leads.
pub(super) struct ParsedWaveforms {
    /// One name per channel.
    pub(super) names: Vec<String>,
    /// Steps, shape (channel, sample).
    pub(super) channels: Vec<Vec<i32>>,
    pub(super) millivolts_per_step: f64,
    /// In Hz.
    pub(super) sampling_rate: f64,
}

/// Reads the element below `root`.
pub(super) fn parsed_waveforms(root: Node<'_, '_>) -> Result<ParsedWaveforms, ReadErrorKind> {
    let Some(element) = descendant(root, "parsedwaveforms") else {
        return Err(ReadErrorKind::ElementMissing {
            element: "parsedwaveforms".to_owned(),
        });
    };
    let signal = Signal {
        element,
        characteristics: at(root, &["dataacquisition", "signalcharacteristics"]),
    };
    let sampling_rate = signal.positive(&["samplespersecond", "samplingrate"])?;
    let microvolts_per_step = signal.positive(&["resolution", "signalresolution"])?;
    signal.expect_number(&["bitspersample", "nbitspersample"], 16.0)?;
    signal.expect_number(&["signaloffset"], 0.0)?;
    signal.expect_signed()?;
    let names = signal.names()?;
    let leads: Vec<Option<Lead>> = names.iter().map(|name| name.parse().ok()).collect();
    let milliseconds = signal.positive(&["durationperchannel"])?;
    let samples = (milliseconds * sampling_rate / 1000.0).round();
    if samples > MAX_SAMPLES as f64 {
        return Err(ReadErrorKind::Element {
            element: "parsedwaveforms durationperchannel".to_owned(),
            problem: format!("stands for more than {MAX_SAMPLES} samples; cut the recording"),
        });
    }
    Ok(ParsedWaveforms {
        channels: signal.channels(&leads, samples as usize)?,
        names,
        millivolts_per_step: microvolts_per_step / 1000.0,
        sampling_rate,
    })
}

/// What is said of the signal: version 1.04 has in attributes of the element what 1.03 has in
/// `signalcharacteristics`.
struct Signal<'a, 'input> {
    element: Node<'a, 'input>,
    characteristics: Option<Node<'a, 'input>>,
}

impl Signal<'_, '_> {
    /// The first of these names that is there and not empty.
    fn value(&self, names: &[&str]) -> Option<String> {
        let attribute = |name: &&str| {
            let value = attribute(self.element, name)?.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let child = |name: &&str| content(at(self.characteristics?, &[*name])?);
        names
            .iter()
            .find_map(attribute)
            .or_else(|| names.iter().find_map(child))
    }

    fn positive(&self, names: &[&str]) -> Result<f64, ReadErrorKind> {
        let label = label(names);
        match self.value(names) {
            Some(value) => positive_number(&value, &label),
            None => Err(ReadErrorKind::ElementMissing { element: label }),
        }
    }

    /// Where a number is given, it must be `expected`.
    fn expect_number(&self, names: &[&str], expected: f64) -> Result<(), ReadErrorKind> {
        match self.value(names) {
            Some(value) if number(&value, &label(names))? != expected => {
                Err(ReadErrorKind::Element {
                    element: label(names),
                    problem: format!("is {} where {expected} is read", abridged(&value)),
                })
            }
            _ => Ok(()),
        }
    }

    fn expect_signed(&self) -> Result<(), ReadErrorKind> {
        match self.value(&["signalsigned"]) {
            Some(flag) if !flag.eq_ignore_ascii_case("true") => Err(ReadErrorKind::Element {
                element: label(&["signalsigned"]),
                problem: format!("is \"{}\" where True is read", abridged(&flag)),
            }),
            _ => Ok(()),
        }
    }

    /// The channels' names: the labels, or else the standard leads of a 12-lead recording.
    fn names(&self) -> Result<Vec<String>, ReadErrorKind> {
        if let Some(labels) = self.value(&["leadlabels"]) {
            let names: Vec<String> = labels.split_whitespace().map(str::to_owned).collect();
            if names.len() > MAX_CHANNELS {
                return Err(ReadErrorKind::Element {
                    element: label(&["leadlabels"]),
                    problem: format!("names more than {MAX_CHANNELS} channels"),
                });
            }
            return Ok(names);
        }
        let set = self
            .value(&["acquisitiontype", "leadset"])
            .unwrap_or_default();
        if ["STD-12", "10-WIRE"].contains(&set.as_str()) {
            Ok(Lead::STANDARD.iter().map(Lead::to_string).collect())
        } else {
            Err(ReadErrorKind::Element {
                element: label(&["acquisitiontype"]),
                problem: format!(
                    "is \"{}\", and without leadlabels only STD-12 and 10-WIRE are read",
                    abridged(&set)
                ),
            })
        }
    }

    /// Steps of each of `leads`' channels, `samples` of them.
    fn channels(
        &self,
        leads: &[Option<Lead>],
        samples: usize,
    ) -> Result<Vec<Vec<i32>>, ReadErrorKind> {
        let encoding = self.value(&["dataencoding"]).unwrap_or_default();
        // Version 1.03 names the method also where it is not used.
        let compressed = self
            .value(&["compressflag"])
            .is_none_or(|flag| flag.eq_ignore_ascii_case("true"));
        let method = self
            .value(&["compressmethod", "compression"])
            .filter(|method| compressed && !method.eq_ignore_ascii_case("uncompressed"));
        let written = text(self.element);
        let steps: Vec<i32> = match (encoding.as_str(), method.as_deref()) {
            ("Base64", Some("XLI")) => {
                let data = bytes_of_base64(&written, "parsedwaveforms")?;
                let mut channels = xli::channels(&data, leads.len(), samples)?;
                limb_leads::undo_differences(leads, &mut channels)?;
                return Ok(channels);
            }
            ("Base64", None) => {
                let data = bytes_of_base64(&written, "parsedwaveforms")?;
                sixteen_bit_samples(&data, "parsedwaveforms")?
                    .into_iter()
                    .map(i32::from)
                    .collect()
            }
            ("Plain", None) => integers(&written, "parsedwaveforms")?,
            (encoding, method) => {
                return Err(ReadErrorKind::Element {
                    element: "parsedwaveforms".to_owned(),
                    problem: format!(
                        "is encoded as \"{}\" and compressed as \"{}\"; XLI in Base64, and Base64 or Plain without compression, are read",
                        abridged(encoding),
                        abridged(method.unwrap_or("none"))
                    ),
                });
            }
        };
        let expected = samples * leads.len();
        if samples == 0 || steps.len() < expected {
            return Err(ReadErrorKind::Element {
                element: "parsedwaveforms".to_owned(),
                problem: format!(
                    "holds {} samples where the file states {} channels of {samples}",
                    steps.len(),
                    leads.len()
                ),
            });
        }
        let channels: Vec<Vec<i32>> = steps
            .chunks_exact(samples)
            .take(leads.len())
            .map(<[i32]>::to_vec)
            .collect();
        limb_leads::check(leads, &channels)?;
        Ok(channels)
    }
}

fn label(names: &[&str]) -> String {
    format!("parsedwaveforms {}", names.join(" or "))
}
