//! The part that `StripData` and `MedianSamples` share: rate, resolution and one
//! `WaveformData` per lead, integers separated by commas and white space.

use roxmltree::Node;

use crate::ecg::Lead;
use crate::formats::ReadErrorKind;
use crate::formats::abridged::abridged;

/// More samples per lead than an hour at 1 kHz are no resting ECG.
const MAX_SAMPLES: usize = 4_000_000;

pub(super) struct Waveform {
    pub(super) leads: Vec<Lead>,
    /// Millivolts, one row per lead.
    pub(super) rows: Vec<Vec<f32>>,
    /// Names of waveforms that are no standard lead.
    pub(super) skipped: Vec<String>,
    pub(super) sampling_rate: f64,
}

impl Waveform {
    /// Reads the waveform below `element`, called `path` in errors.
    pub(super) fn read(element: Node<'_, '_>, path: &str) -> Result<Waveform, ReadErrorKind> {
        let sampling_rate = positive(element, path, "SampleRate", "Hz")?;
        let microvolts_per_step = positive(element, path, "Resolution", "uVperLsb")?;
        let stated = match child(element, "ChannelSampleCountTotal") {
            Some(node) => Some(number(node, &format!("{path}/ChannelSampleCountTotal"))?),
            None => None,
        };
        let mut waveform = Waveform {
            leads: Vec::new(),
            rows: Vec::new(),
            skipped: Vec::new(),
            sampling_rate,
        };
        for node in element
            .children()
            .filter(|node| node.has_tag_name_local("WaveformData"))
        {
            let name = node.attribute("lead").unwrap_or_default();
            let Ok(lead) = name.parse::<Lead>() else {
                waveform.skipped.push(if name.is_empty() {
                    "(unnamed)".to_owned()
                } else {
                    name.to_owned()
                });
                continue;
            };
            let label = format!("{path}/WaveformData of lead {lead}");
            let row = samples(node, &label, microvolts_per_step / 1000.0)?;
            if let Some(stated) = stated
                && stated != row.len() as f64
            {
                let problem = format!("holds {} samples where the file states {stated}", row.len());
                return Err(ReadErrorKind::Element {
                    element: label,
                    problem,
                });
            }
            waveform.leads.push(lead);
            waveform.rows.push(row);
        }
        if waveform.leads.is_empty() {
            if waveform.skipped.is_empty() {
                return Err(ReadErrorKind::ElementMissing {
                    element: format!("{path}/WaveformData"),
                });
            }
            return Err(ReadErrorKind::NoStandardLead {
                found: waveform.skipped,
            });
        }
        Ok(waveform)
    }
}

/// Compares local names, whatever the file's namespace.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn child<'a, 'input>(element: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    element
        .children()
        .find(|node| node.has_tag_name_local(name))
}

/// A child's positive number; its `units`, if given, must be the ones known.
fn positive(
    element: Node<'_, '_>,
    path: &str,
    name: &str,
    units: &str,
) -> Result<f64, ReadErrorKind> {
    let label = format!("{path}/{name}");
    let Some(node) = child(element, name) else {
        return Err(ReadErrorKind::ElementMissing { element: label });
    };
    if let Some(found) = node.attribute("units")
        && !found.eq_ignore_ascii_case(units)
    {
        let problem = format!(
            "is in units \"{}\" where \"{units}\" is read",
            abridged(found)
        );
        return Err(ReadErrorKind::Element {
            element: label,
            problem,
        });
    }
    let value = number(node, &label)?;
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(ReadErrorKind::Element {
            element: label,
            problem: format!("is {value}, not a positive number"),
        })
    }
}

fn number(node: Node<'_, '_>, label: &str) -> Result<f64, ReadErrorKind> {
    let text = node.text().unwrap_or_default().trim();
    text.parse().map_err(|_| ReadErrorKind::Element {
        element: label.to_owned(),
        problem: format!("is \"{}\", not a number", abridged(text)),
    })
}

fn samples(
    node: Node<'_, '_>,
    label: &str,
    millivolts_per_step: f64,
) -> Result<Vec<f32>, ReadErrorKind> {
    let wrong = |problem: String| ReadErrorKind::Element {
        element: label.to_owned(),
        problem,
    };
    // Comments split the text into several nodes; all of them count.
    let text: String = node
        .children()
        .filter_map(|part| part.is_text().then(|| part.text()).flatten())
        .collect();
    let mut row = Vec::new();
    for word in text
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
    {
        let steps: i32 = word.parse().map_err(|_| {
            wrong(format!(
                "has \"{}\" at sample {}, which is no whole number",
                abridged(word),
                row.len()
            ))
        })?;
        if row.len() == MAX_SAMPLES {
            return Err(wrong(format!("has more than {MAX_SAMPLES} samples")));
        }
        row.push((f64::from(steps) * millivolts_per_step) as f32);
    }
    if row.is_empty() {
        return Err(wrong("holds no samples".to_owned()));
    }
    Ok(row)
}
