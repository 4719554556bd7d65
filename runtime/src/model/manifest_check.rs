//! The rules a manifest must keep beyond having the right fields.

use super::error::ManifestError;
use super::limits;
use super::manifest::{FORMAT_VERSION, FileIdentity, Manifest, NetworkFile, Port, Preprocessing};
use super::network_file::{DEVIATION, ECG, HEART_RATE, LATENT, PICTURE};
use super::network_input;
use crate::ecg::Lead;
use crate::signal::cardiac_nets::CardiacNets;
use crate::untrusted_file::is_plain_name;

/// Most views and most phases of a picture: more than anybody would look at.
const MOST_VIEWS: usize = 16;
const MOST_PHASES: usize = 256;

/// Longest name of a view or phase that fits above a picture.
const LONGEST_LABEL: usize = 32;

/// Longest model name that fits the band under a picture.
const LONGEST_NAME: usize = 32;

/// Checks every rule; see [`Manifest::check`].
pub(super) fn check(manifest: &Manifest) -> Result<(), ManifestError> {
    check_version(manifest.format_version)?;
    check_name(&manifest.name)?;
    check_network("encoder", &manifest.encoder)?;
    check_network("decoder", &manifest.decoder)?;
    if manifest.encoder.file == manifest.decoder.file {
        return wrong("decoder.file", "is the encoder's file".into());
    }
    if let Some(statistics) = &manifest.statistics {
        check_file("statistics", statistics, limits::STATISTICS_BYTES)?;
    }
    check_total(manifest)?;
    check_labels("picture.views", &manifest.picture.views, MOST_VIEWS)?;
    check_labels("picture.phases", &manifest.picture.phases, MOST_PHASES)?;
    check_shapes(manifest)?;
    check_numbers(manifest)
}

/// Checks that a manifest has the layout that this version reads.
pub(super) fn check_version(format_version: u32) -> Result<(), ManifestError> {
    if format_version == FORMAT_VERSION {
        return Ok(());
    }
    let remedy = if format_version < FORMAT_VERSION {
        "export the model again with the trainer of this version"
    } else {
        "use the program of the model's age"
    };
    wrong(
        "format_version",
        format!("is {format_version}, but this version reads {FORMAT_VERSION}; {remedy}"),
    )
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

/// Texts that are drawn on the picture with a font of ASCII letters.
fn check_labels(field: &str, texts: &[String], most: usize) -> Result<(), ManifestError> {
    if texts.is_empty() || texts.len() > most {
        let fault = format!("has {} entries, but must have 1 to {most}", texts.len());
        return wrong(field, fault);
    }
    let printable = |c: char| c.is_ascii_graphic() || c == ' ';
    for text in texts {
        if text.is_empty() || text.len() > LONGEST_LABEL || !text.chars().all(printable) {
            return wrong(
                field,
                format!(
                    "must be 1 to {LONGEST_LABEL} printable ASCII letters each, because they are drawn on the picture"
                ),
            );
        }
    }
    Ok(())
}

fn check_file(which: &str, identity: &FileIdentity, most: u64) -> Result<(), ManifestError> {
    let FileIdentity {
        file,
        sha256,
        bytes,
    } = identity;
    if !is_plain_name(file) {
        let fault = format!("is {file:?}, but must be a file name within the model folder");
        return wrong(&format!("{which}.file"), fault);
    }
    let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if sha256.len() != 64 || !sha256.chars().all(hexadecimal) {
        let fault = "must be 64 lower-case hexadecimal digits".into();
        return wrong(&format!("{which}.sha256"), fault);
    }
    if *bytes == 0 || *bytes > most {
        let fault = format!("is {bytes}, but must be 1 to {most}");
        return wrong(&format!("{which}.bytes"), fault);
    }
    Ok(())
}

/// Together the files must not be too large either.
fn check_total(manifest: &Manifest) -> Result<(), ManifestError> {
    let statistics = manifest.statistics.iter().map(|file| file.bytes);
    let networks = [manifest.encoder.bytes, manifest.decoder.bytes];
    // Each was just checked against a limit of its own, so that the sum fits.
    let bytes: u64 = networks.into_iter().chain(statistics).sum();
    if bytes > limits::MODEL_BYTES {
        let most = limits::MODEL_BYTES;
        let fault = format!("of all files together are {bytes}, but must be at most {most}");
        return wrong("bytes", fault);
    }
    Ok(())
}

fn check_network(which: &str, network: &NetworkFile) -> Result<(), ManifestError> {
    check_file(which, &network.identity(), limits::NETWORK_BYTES)?;
    for (end, ports) in [("input", &network.inputs), ("output", &network.outputs)] {
        let field = format!("{which}.{end}");
        for (place, port) in ports.iter().enumerate() {
            let Port { name, shape } = port;
            let values = shape
                .iter()
                .try_fold(1_u64, |product, &n| product.checked_mul(n as u64));
            if shape.is_empty()
                || !values.is_some_and(|count| (1..=limits::TENSOR_VALUES).contains(&count))
            {
                let most = limits::TENSOR_VALUES;
                let fault = format!("{name:?} is {shape:?}, but must hold 1 to {most} values");
                return wrong(&field, fault);
            }
            if ports[..place].iter().any(|other| other.name == *name) {
                return wrong(&field, format!("{name:?} is there twice"));
            }
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
    let ecg = network_input::shape(preprocessing);
    check_ports(
        "encoder.input",
        &encoder.inputs,
        &Port::new(ECG, &ecg),
        Some(&Port::new(HEART_RATE, &[1, 1])),
    )?;
    let latent = match &encoder.outputs[..] {
        [only] if only.name == LATENT && matches!(only.shape[..], [1, _]) => only,
        other => {
            let fault = format!("is {}, but must be latent [1, length] alone", listed(other));
            return wrong("encoder.output", fault);
        }
    };
    check_ports("decoder.input", &decoder.inputs, latent, None)?;
    let channels = picture.channels();
    let shape = match decoder.output(PICTURE).map(|port| &port.shape[..]) {
        Some(shape @ &[1, given, _, _]) if given == channels => shape,
        _ => {
            let fault = format!(
                "is {}, but must have picture [1, {channels}, height, width] for {} views in {} phases",
                listed(&decoder.outputs),
                picture.views.len(),
                picture.phases.len()
            );
            return wrong("decoder.output", fault);
        }
    };
    check_ports(
        "decoder.output",
        &decoder.outputs,
        &Port::new(PICTURE, shape),
        Some(&Port::new(DEVIATION, shape)),
    )
}

/// There must be the one port, may be the other, and no more.
fn check_ports(
    field: &str,
    given: &[Port],
    needed: &Port,
    allowed: Option<&Port>,
) -> Result<(), ManifestError> {
    let known = |port: &Port| port == needed || Some(port) == allowed;
    if given.contains(needed) && given.iter().all(known) {
        return Ok(());
    }
    let more = allowed.map_or(String::new(), |port| format!(", with or without {port}"));
    let fault = format!("is {}, but must be {needed}{more}", listed(given));
    wrong(field, fault)
}

/// Ports in words.
fn listed(ports: &[Port]) -> String {
    let words: Vec<String> = ports.iter().map(Port::to_string).collect();
    if words.is_empty() {
        "missing".into()
    } else {
        words.join(" and ")
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
        (
            "parity.half_precision_difference",
            parity.half_precision_difference.unwrap_or(0.0),
        ),
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

    fn with_ecg(manifest: &mut Manifest, shape: &[usize]) {
        manifest.encoder.inputs = vec![Port::new(ECG, shape)];
    }

    #[test]
    fn ten_denoised_seconds_may_be_named() {
        let mut manifest = sound();
        manifest.preprocessing = denoised(4);
        with_ecg(&mut manifest, &[1, 12, 5000]);
        manifest.check().expect("a sound manifest");
    }

    #[test]
    fn heart_rate_deviation_and_statistics_may_be_there_in_any_order() {
        let mut manifest = sound();
        manifest
            .encoder
            .inputs
            .insert(0, Port::new(HEART_RATE, &[1, 1]));
        let deviation = Port::new(DEVIATION, &[1, 4, 128, 128]);
        manifest.decoder.outputs = vec![deviation, Port::new(PICTURE, &[1, 4, 128, 128])];
        manifest.picture.views.push("four-chamber".into());
        manifest.picture.phases.push("end-systole".into());
        manifest.statistics = Some(FileIdentity {
            file: "statistics.json".into(),
            ..manifest.encoder.identity()
        });
        manifest.check().expect("a sound manifest");
    }

    #[test]
    fn every_rule_refuses_what_breaks_it_and_names_the_field() {
        type Spoil = fn(&mut Manifest);
        let cases: [(&str, Spoil); 39] = [
            ("format_version", |m| m.format_version = 2),
            ("format_version", |m| m.format_version = 4),
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
            ("decoder.bytes", |m| m.decoder.bytes = 1 << 26),
            ("bytes", |m| {
                m.encoder.bytes = 30 << 20;
                m.decoder.bytes = 30 << 20;
            }),
            ("statistics.bytes", |m| {
                m.statistics = Some(FileIdentity {
                    bytes: 1 << 25,
                    ..m.encoder.identity()
                })
            }),
            ("encoder.input", |m| with_ecg(m, &[1, 8, 600])),
            ("encoder.input", |m| m.encoder.inputs.clear()),
            ("encoder.input", |m| {
                m.encoder.inputs[0].name = "signal".into()
            }),
            ("encoder.input", |m| {
                m.encoder.inputs.push(Port::new("age", &[1, 1]))
            }),
            ("encoder.input", |m| {
                m.encoder.inputs.push(Port::new(HEART_RATE, &[1, 2]))
            }),
            ("encoder.input", |m| {
                m.encoder.inputs.push(m.encoder.inputs[0].clone())
            }),
            ("encoder.output", |m| m.encoder.outputs[0].shape = vec![256]),
            ("encoder.output", |m| m.encoder.outputs.clear()),
            ("decoder.input", |m| {
                m.decoder.inputs[0].shape = vec![1, 128]
            }),
            ("decoder.output", |m| {
                m.decoder.outputs[0].shape = vec![1, 2, 128, 128]
            }),
            ("decoder.output", |m| {
                m.decoder.outputs[0].shape = vec![usize::MAX, 2]
            }),
            ("decoder.output", |m| {
                m.decoder
                    .outputs
                    .push(Port::new(DEVIATION, &[1, 1, 64, 64]))
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
            ("encoder.input", |m| m.preprocessing = lead("I")),
            ("preprocessing.lead", |m| {
                m.preprocessing = lead("V9");
                with_ecg(m, &[1, 1, 600]);
            }),
            ("encoder.input", |m| m.preprocessing = denoised(4)),
            ("preprocessing", |m| {
                m.preprocessing = denoised(9);
                with_ecg(m, &[1, 12, 5000]);
            }),
            ("picture.phases", |m| {
                m.picture.phases = vec!["end\ndiastole".into()]
            }),
            ("picture.views", |m| m.picture.views.clear()),
            ("decoder.output", |m| {
                m.picture.views.push("four-chamber".into())
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
