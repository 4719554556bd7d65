//! One `Waveform`: its rate, and a `LeadData` per lead with base64 of 16-bit little-endian samples.

use crc::{CRC_32_ISO_HDLC, Crc};
use roxmltree::Node;

use crate::ecg::Lead;
use crate::formats::ReadErrorKind;
use crate::formats::lead_rows::LeadRows;
use crate::formats::units::millivolts_per_unit;
use crate::formats::xml::{
    bytes_of_base64, child, children, content, number, positive, sixteen_bit_samples, text,
};

/// The checksum of `LeadDataCRC32`: over the bytes of the samples, as the files at hand show.
static CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

pub(super) struct Waveform {
    pub(super) rows: LeadRows,
    /// In Hz.
    pub(super) sampling_rate: f64,
    /// Whether the recorder flagged a lead's electrode as off.
    pub(super) lead_off: bool,
}

/// Reads the `Waveform` element, which is of this `kind`.
pub(super) fn waveform(element: Node<'_, '_>, kind: &str) -> Result<Waveform, ReadErrorKind> {
    let mut waveform = Waveform {
        rows: LeadRows::default(),
        sampling_rate: sampling_rate(element, kind)?,
        lead_off: false,
    };
    let mut begin = None;
    for data in children(element, "LeadData") {
        let name = child(data, "LeadID").and_then(content).unwrap_or_default();
        let Some(lead) = waveform.rows.lead_or_skip(&name) else {
            continue;
        };
        let begins = [
            optional_number(data, kind, lead, "LeadTimeOffset")?,
            optional_number(data, kind, lead, "LeadOffsetFirstSample")?,
        ]
        .map(|offset| offset.unwrap_or(0.0));
        if *begin.get_or_insert(begins) != begins {
            return Err(ReadErrorKind::NotSimultaneous {
                lead: lead.to_string(),
            });
        }
        let step = millivolts_per_step(data, kind, lead)?;
        waveform
            .rows
            .push_steps(lead, steps(data, kind, lead)?, step)?;
        waveform.lead_off |= child(data, "LeadOff")
            .and_then(content)
            .is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    }
    Ok(waveform)
}

/// `SampleBase` × 10 to the power of `SampleExponent`.
fn sampling_rate(element: Node<'_, '_>, kind: &str) -> Result<f64, ReadErrorKind> {
    let base = positive(child(element, "SampleBase"), &format!("{kind} SampleBase"))?;
    let exponent = match child(element, "SampleExponent") {
        Some(node) => number(&text(node), &format!("{kind} SampleExponent"))?,
        None => 0.0,
    };
    Ok(base * 10_f64.powf(exponent))
}

fn steps(data: Node<'_, '_>, kind: &str, lead: Lead) -> Result<Vec<i16>, ReadErrorKind> {
    let label = |name: &str| label(kind, lead, name);
    let wrong = |name: &str, problem: String| ReadErrorKind::Element {
        element: label(name),
        problem,
    };
    if let Some(size) = optional_number(data, kind, lead, "LeadSampleSize")?
        && size != 2.0
    {
        let problem = format!("is {size} bytes where 2 are read");
        return Err(wrong("LeadSampleSize", problem));
    }
    let Some(node) = child(data, "WaveFormData") else {
        return Err(ReadErrorKind::ElementMissing {
            element: label("WaveFormData"),
        });
    };
    let bytes = bytes_of_base64(&text(node), &label("WaveFormData"))?;
    let steps = sixteen_bit_samples(&bytes, &label("WaveFormData"))?;
    for (name, found) in [
        ("LeadByteCountTotal", bytes.len()),
        ("LeadSampleCountTotal", steps.len()),
    ] {
        if let Some(stated) = optional_number(data, kind, lead, name)?
            && stated != found as f64
        {
            let problem = format!("is {stated}, but there are {found}; export the recording again");
            return Err(wrong(name, problem));
        }
    }
    check_sum(data, kind, lead, &bytes)?;
    Ok(steps)
}

fn millivolts_per_step(data: Node<'_, '_>, kind: &str, lead: Lead) -> Result<f64, ReadErrorKind> {
    let units = child(data, "LeadAmplitudeUnits")
        .and_then(content)
        .ok_or_else(|| ReadErrorKind::ElementMissing {
            element: label(kind, lead, "LeadAmplitudeUnits"),
        })?;
    let per_unit = millivolts_per_unit(&units).ok_or_else(|| ReadErrorKind::Units {
        signal: lead.to_string(),
        units,
    })?;
    let name = "LeadAmplitudeUnitsPerBit";
    Ok(per_unit * positive(child(data, name), &label(kind, lead, name))?)
}

/// Compares the samples with `LeadDataCRC32`, if it is there; programs that do not know it write 0.
fn check_sum(
    data: Node<'_, '_>,
    kind: &str,
    lead: Lead,
    bytes: &[u8],
) -> Result<(), ReadErrorKind> {
    let Some(stated) = child(data, "LeadDataCRC32").and_then(content) else {
        return Ok(());
    };
    let expected: u32 = stated.parse().map_err(|_| ReadErrorKind::Element {
        element: label(kind, lead, "LeadDataCRC32"),
        problem: "is no checksum of 32 bits".to_owned(),
    })?;
    let found = CHECKSUM.checksum(bytes);
    if expected == 0 || expected == found {
        Ok(())
    } else {
        Err(ReadErrorKind::Crc32 {
            lead,
            expected,
            found,
        })
    }
}

fn optional_number(
    data: Node<'_, '_>,
    kind: &str,
    lead: Lead,
    name: &str,
) -> Result<Option<f64>, ReadErrorKind> {
    match child(data, name).and_then(content) {
        Some(text) => number(&text, &label(kind, lead, name)).map(Some),
        None => Ok(None),
    }
}

fn label(kind: &str, lead: Lead, name: &str) -> String {
    format!("{kind} lead {lead}: {name}")
}
