//! The rules a manifest must keep beyond having the right fields.

use super::error::ManifestError;
use super::manifest::{FORMAT_VERSION, Manifest, NetworkFile, Preprocessing};
use super::network_input;
use crate::ecg::Lead;
use crate::signal::cardiac_nets::CardiacNets;
use crate::untrusted_file::is_plain_name;

/// Larger networks than this are not meant for a cart; a manifest that names one is
/// damaged, and believing it would only exhaust the memory.
const LARGEST_FILE_BYTES: u64 = 2_000_000_000;

/// Limit on the values of one input or output, for the same reason.
const MOST_VALUES: usize = 1 << 26;

/// Longest model name that fits the band under a picture.
const LONGEST_NAME: usize = 32;

/// Checks every rule; see [`Manifest::check`].
pub(super) fn check(manifest: &Manifest) -> Result<(), ManifestError> {
    if manifest.format_version != FORMAT_VERSION {
        return wrong(
            "format_version",
            format!(
                "is {}, but this version reads {FORMAT_VERSION}; use the program of the model's age",
                manifest.format_version
            ),
        );
    }
    check_name(&manifest.name)?;
    check_network("encoder", &manifest.encoder)?;
    check_network("decoder", &manifest.decoder)?;
    if manifest.encoder.file == manifest.decoder.file {
        return wrong("decoder.file", "is the encoder's file".into());
    }
    check_shapes(manifest)?;
    check_numbers(manifest)?;
    check_label("picture.view", &manifest.picture.view)?;
    check_label("picture.phase", &manifest.picture.phase)
}

fn wrong<T>(field: &str, fault: String) -> Result<T, ManifestError> {
    Err(ManifestError::Value {
        field: field.into(),
        fault,
    })
}

/// Checks a model's name, which is drawn on every picture.
pub(super) fn check_name(name: &str) -> Result<(), ManifestError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(allowed) {
        return wrong(
            "name",
            format!("must be 1 to {LONGEST_NAME} letters, digits, dots, dashes or underscores"),
        );
    }
    Ok(())
}

/// Text that is drawn on the picture with a font of ASCII letters.
fn check_label(field: &str, text: &str) -> Result<(), ManifestError> {
    let printable = |c: char| c.is_ascii_graphic() || c == ' ';
    if text.is_empty() || !text.chars().all(printable) {
        return wrong(
            field,
            "must be printable ASCII text, because it is drawn on the picture".into(),
        );
    }
    Ok(())
}

fn check_network(which: &str, network: &NetworkFile) -> Result<(), ManifestError> {
    if !is_plain_name(&network.file) {
        return wrong(
            &format!("{which}.file"),
            format!(
                "is {:?}, but must be a file name within the model folder",
                network.file
            ),
        );
    }
    let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if network.sha256.len() != 64 || !network.sha256.chars().all(hexadecimal) {
        return wrong(
            &format!("{which}.sha256"),
            "must be 64 lower-case hexadecimal digits".into(),
        );
    }
    if network.bytes == 0 || network.bytes > LARGEST_FILE_BYTES {
        return wrong(
            &format!("{which}.bytes"),
            format!(
                "is {}, but must be 1 to {LARGEST_FILE_BYTES}",
                network.bytes
            ),
        );
    }
    for (end, shape) in [
        ("input", &network.input_shape),
        ("output", &network.output_shape),
    ] {
        let values = shape
            .iter()
            .try_fold(1_usize, |product, &n| product.checked_mul(n));
        if shape.is_empty() || !values.is_some_and(|count| (1..=MOST_VALUES).contains(&count)) {
            return wrong(
                &format!("{which}.{end}_shape"),
                format!("is {shape:?}, but must hold 1 to {MOST_VALUES} values"),
            );
        }
    }
    Ok(())
}

/// The networks must fit the preparation, each other, and the picture.
fn check_shapes(manifest: &Manifest) -> Result<(), ManifestError> {
    let Manifest {
        encoder,
        decoder,
        preprocessing,
        picture,
        ..
    } = manifest;
    let expected = network_input::shape(preprocessing);
    if encoder.input_shape != expected {
        return wrong(
            "encoder.input_shape",
            format!(
                "is {:?}, but its preprocessing gives {expected:?}",
                encoder.input_shape
            ),
        );
    }
    if encoder.output_shape.len() != 2 || encoder.output_shape[0] != 1 {
        return wrong(
            "encoder.output_shape",
            format!("is {:?}, but a latent is [1, length]", encoder.output_shape),
        );
    }
    if decoder.input_shape != encoder.output_shape {
        return wrong(
            "decoder.input_shape",
            format!(
                "is {:?}, but the encoder gives {:?}",
                decoder.input_shape, encoder.output_shape
            ),
        );
    }
    match decoder.output_shape[..] {
        [1, frames, _, _] if frames == picture.frames => Ok(()),
        _ => wrong(
            "decoder.output_shape",
            format!(
                "is {:?}, but must be [1, {}, height, width] as picture.frames says",
                decoder.output_shape, picture.frames
            ),
        ),
    }
}

fn check_numbers(manifest: &Manifest) -> Result<(), ManifestError> {
    let Manifest {
        preprocessing,
        picture,
        latent,
        parity,
        metrics,
        ..
    } = manifest;
    let rate = preprocessing.sampling_rate_hz();
    if rate != network_input::SAMPLING_RATE_HZ {
        return wrong(
            "preprocessing.sampling_rate_hz",
            format!(
                "is {rate}, but inputs are made at {} Hz",
                network_input::SAMPLING_RATE_HZ
            ),
        );
    }
    let mut positive = vec![("picture.pixel_mm", picture.pixel_mm)];
    match preprocessing {
        Preprocessing::MedianBeat { scale_mv, clip, .. } => positive.extend([
            ("preprocessing.scale_mv", f64::from(*scale_mv)),
            ("preprocessing.clip", f64::from(*clip)),
        ]),
        Preprocessing::FirstSamples { lead, .. } => {
            if let Err(error) = lead.parse::<Lead>() {
                return wrong("preprocessing.lead", error.to_string());
            }
        }
        Preprocessing::CardiacNets {
            wavelet_levels,
            smoothing_window,
            smoothing_order,
            ..
        } => {
            let chain = CardiacNets::new(*wavelet_levels, *smoothing_window, *smoothing_order);
            if let Err(error) = chain {
                return wrong("preprocessing", format!("cannot be: {error}"));
            }
        }
    }
    for (field, value) in positive {
        if !(value.is_finite() && value > 0.0) {
            return wrong(field, format!("is {value}, but must be a number above 0"));
        }
    }
    let not_negative = [
        ("latent.norm_mean", latent.norm_mean),
        ("latent.norm_sd", latent.norm_sd),
        ("parity.max_abs_difference", parity.max_abs_difference),
    ];
    for (field, value) in not_negative {
        if !(value.is_finite() && value >= 0.0) {
            return wrong(
                field,
                format!("is {value}, but must be a number not below 0"),
            );
        }
    }
    match metrics.iter().find(|(_, value)| !value.is_finite()) {
        Some((name, value)) => wrong(&format!("metrics.{name}"), format!("is {value}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::manifest::tests::sound;
    use super::*;

    fn median_beat(sampling_rate_hz: f64, scale_mv: f32, clip: f32) -> Preprocessing {
        Preprocessing::MedianBeat {
            sampling_rate_hz,
            scale_mv,
            clip,
        }
    }

    fn lead(lead: &str) -> Preprocessing {
        Preprocessing::FirstSamples {
            sampling_rate_hz: 500.0,
            lead: lead.into(),
        }
    }

    fn denoised(wavelet_levels: usize) -> Preprocessing {
        Preprocessing::CardiacNets {
            sampling_rate_hz: 500.0,
            wavelet_levels,
            smoothing_window: 11,
            smoothing_order: 3,
        }
    }

    #[test]
    fn ten_denoised_seconds_may_be_named() {
        let mut manifest = sound();
        manifest.preprocessing = denoised(4);
        manifest.encoder.input_shape = vec![1, 12, 5000];
        manifest.check().expect("a sound manifest");
    }

    #[test]
    fn every_rule_refuses_what_breaks_it_and_names_the_field() {
        type Spoil = fn(&mut Manifest);
        let cases: [(&str, Spoil); 26] = [
            ("format_version", |m| m.format_version = 2),
            ("name", |m| m.name = "é".into()),
            ("name", |m| m.name = "n".repeat(33)),
            ("encoder.file", |m| {
                m.encoder.file = "../encoder.onnx".into()
            }),
            ("encoder.file", |m| m.encoder.file = "/etc/passwd".into()),
            ("encoder.file", |m| m.encoder.file = "..".into()),
            ("decoder.file", |m| m.decoder.file = String::new()),
            ("decoder.file", |m| m.decoder.file = "a\\b".into()),
            ("decoder.file", |m| m.decoder.file = m.encoder.file.clone()),
            ("encoder.sha256", |m| m.encoder.sha256 = "A".repeat(64)),
            ("decoder.sha256", |m| m.decoder.sha256 = "a".repeat(63)),
            ("encoder.bytes", |m| m.encoder.bytes = 0),
            ("encoder.input_shape", |m| {
                m.encoder.input_shape = vec![1, 8, 600]
            }),
            ("encoder.output_shape", |m| {
                m.encoder.output_shape = vec![256]
            }),
            ("decoder.input_shape", |m| {
                m.decoder.input_shape = vec![1, 128]
            }),
            ("decoder.output_shape", |m| {
                m.decoder.output_shape = vec![1, 2, 128, 128]
            }),
            ("decoder.output_shape", |m| {
                m.decoder.output_shape = vec![usize::MAX, 2]
            }),
            ("preprocessing.sampling_rate_hz", |m| {
                m.preprocessing = median_beat(250.0, 0.5, 10.0)
            }),
            ("preprocessing.scale_mv", |m| {
                m.preprocessing = median_beat(500.0, f32::NAN, 10.0)
            }),
            ("preprocessing.clip", |m| {
                m.preprocessing = median_beat(500.0, 0.5, 0.0)
            }),
            ("encoder.input_shape", |m| m.preprocessing = lead("I")),
            ("preprocessing.lead", |m| {
                m.preprocessing = lead("V9");
                m.encoder.input_shape = vec![1, 1, 600];
            }),
            ("encoder.input_shape", |m| m.preprocessing = denoised(4)),
            ("preprocessing", |m| {
                m.preprocessing = denoised(9);
                m.encoder.input_shape = vec![1, 12, 5000];
            }),
            ("picture.phase", |m| {
                m.picture.phase = "end\ndiastole".into()
            }),
            ("metrics.test_image_mse", |m| {
                m.metrics.insert("test_image_mse".into(), f64::INFINITY);
            }),
        ];
        sound().check().expect("a sound manifest passes");
        for (field, spoil) in cases {
            let mut manifest = sound();
            spoil(&mut manifest);
            let message = manifest.check().expect_err(field).to_string();
            assert!(message.contains(field), "{field}: {message}");
        }
    }
}
