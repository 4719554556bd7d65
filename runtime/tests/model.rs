//! The model loader: what tract computes equals what ONNX Runtime computed, and nothing
//! but the very files of the manifest is ever parsed.

mod common;

use std::fs;
use std::path::Path;

use common::{copy_of, copy_of_tiny_model, rewrite_manifest, tiny_cart, tiny_model};
use ecg2mri::Model;
use ecg2mri::model::manifest::{NetworkFile, Port, sealed};
use ecg2mri::model::network::Network;
use ecg2mri::model::verify::sha256_hex;
use ecg2mri::model::{Latent, Manifest, ModelError};
use proptest::prelude::*;

#[derive(serde::Deserialize)]
struct Expected {
    latent: Vec<f32>,
    picture: Vec<f32>,
    #[serde(default)]
    deviation: Option<Vec<f32>>,
}

/// The input that `tests/goldens/tiny_model.py` ran.
fn golden_input() -> Vec<f32> {
    let value = |lead: f64, sample: f64| 0.8 * (0.013 * (lead + 1.0) * sample + lead).sin();
    (0..12)
        .flat_map(|lead| (0..600).map(move |sample| value(lead.into(), sample.into()) as f32))
        .collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn tract_computes_what_onnx_runtime_computed() {
    for (folder, channels) in [(tiny_model(), (1, 1)), (tiny_cart(), (2, 2))] {
        let text = fs::read_to_string(folder.join("expected.json")).expect("the golden");
        let expected: Expected = serde_json::from_str(&text).expect("the golden's layout");
        let model = Model::load(&folder).expect("a sound model");
        let latent = model.encode(&golden_input(), 72.0).expect("a latent");
        assert!(largest_difference(latent.values(), &expected.latent) < 2e-6);
        let picture = model.decode(&latent).expect("a picture");
        let shape = picture.shape();
        assert_eq!((shape.height, shape.width), (32, 32));
        assert_eq!((shape.views, shape.phases), channels);
        assert!(largest_difference(picture.values(), &expected.picture) < 2e-6);
        let deviation = picture.deviation().map(<[f32]>::to_vec);
        assert_eq!(deviation.is_some(), expected.deviation.is_some());
        if let (Some(given), Some(expected)) = (deviation, expected.deviation) {
            assert!(largest_difference(&given, &expected) < 2e-6);
        }
    }
}

#[test]
fn the_heart_rate_reaches_the_networks_that_take_it() {
    let latents = |folder: &Path| {
        let model = Model::load(folder).expect("a sound model");
        [50.0, 90.0].map(|rate| model.encode(&golden_input(), rate).expect("a latent"))
    };
    let [slow, fast] = latents(&tiny_cart());
    assert_ne!(slow, fast);
    let [slow, fast] = latents(&tiny_model());
    assert_eq!(slow, fast);
}

#[test]
fn inputs_and_outputs_are_matched_by_name() {
    let copy = copy_of(&tiny_cart());
    let before = Model::load(copy.path()).expect("a sound model");
    rewrite_manifest(copy.path(), |manifest| {
        manifest.encoder.inputs.reverse();
        manifest.decoder.outputs.reverse();
    });
    let after = Model::load(copy.path()).expect("the same in another order");
    let drawn = |model: &Model| {
        let latent = model.encode(&golden_input(), 72.0).expect("a latent");
        model.decode(&latent).expect("a picture")
    };
    assert_eq!(drawn(&before), drawn(&after));
}

#[test]
fn the_digest_is_that_of_the_manifest_file() {
    let model = Model::load(&tiny_model()).expect("a sound model");
    let bytes = fs::read(tiny_model().join("manifest.toml")).expect("the manifest");
    assert_eq!(model.sha256(), sha256_hex(&bytes));
    // FIPS 180-4, the digest of the empty message.
    assert_eq!(
        sha256_hex(b""),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn a_file_that_is_cut_short_extended_or_missing_is_refused() {
    for name in ["encoder.onnx", "decoder.onnx"] {
        let copy = copy_of_tiny_model();
        let path = copy.path().join(name);
        let whole = fs::read(&path).expect("the file");
        for length in [0, 1, 7, whole.len() / 3, whole.len() - 1] {
            fs::write(&path, &whole[..length]).expect("cut");
            let refused = Model::load(copy.path()).expect_err("cut short");
            assert!(matches!(refused, ModelError::WrongSize { .. }), "{refused}");
            assert!(refused.to_string().contains(name), "{refused}");
        }
        fs::write(&path, [&whole[..], b"more"].concat()).expect("extended");
        let refused = Model::load(copy.path()).expect_err("extended");
        assert!(matches!(refused, ModelError::WrongSize { .. }), "{refused}");
        fs::remove_file(&path).expect("removed");
        let refused = Model::load(copy.path()).expect_err("missing");
        assert!(
            matches!(refused, ModelError::Unreadable { .. }),
            "{refused}"
        );
        fs::create_dir(&path).expect("a folder");
        let refused = Model::load(copy.path()).expect_err("a folder");
        assert!(
            matches!(refused, ModelError::Unreadable { .. }),
            "{refused}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A single wrong bit anywhere is caught by the digest, and so before parsing.
    #[test]
    fn any_damaged_bit_is_refused_by_the_digest(
        of_decoder: bool, position in 0.0..1.0_f64, bit in 0..8_u8,
    ) {
        let name = if of_decoder { "decoder.onnx" } else { "encoder.onnx" };
        let copy = copy_of_tiny_model();
        let path = copy.path().join(name);
        let mut bytes = fs::read(&path).expect("the file");
        let index = (position * bytes.len() as f64) as usize;
        bytes[index] ^= 1 << bit;
        fs::write(&path, &bytes).expect("damaged");
        let refused = Model::load(copy.path()).expect_err("damaged");
        let ModelError::WrongDigest { path: named, expected, found } = &refused else {
            return Err(TestCaseError::fail(format!("{refused}")));
        };
        prop_assert_eq!(named, &path);
        prop_assert_eq!(found, &sha256_hex(&bytes));
        prop_assert!(expected != found);
    }

    /// Whatever the manifest's text, reading it gives a manifest or an error.
    #[test]
    fn no_text_makes_the_manifest_reader_panic(cut in 0.0..1.0_f64, rubbish in ".{0,40}") {
        let text = fs::read_to_string(tiny_model().join("manifest.toml")).expect("the manifest");
        let mut at = (cut * text.len() as f64) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let spoiled = sealed(&format!("{}{rubbish}{}", &text[..at], &text[at..]));
        if let Err(error) = Manifest::from_toml(&spoiled) {
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}

#[test]
fn a_graph_that_is_not_as_described_is_refused() {
    type Change = fn(&mut Manifest);
    let cases: [(Change, &str); 5] = [
        (
            |m| m.encoder.inputs.push(Port::new("heart_rate", &[1, 1])),
            "inputs are ecg [1, 12, 600] where",
        ),
        (
            |m| {
                let deviation = Port::new("deviation", &[1, 1, 32, 32]);
                m.decoder.outputs.push(deviation);
            },
            "outputs are picture [1, 1, 32, 32] where",
        ),
        (
            |m| m.decoder.outputs[0].shape = vec![1, 1, 32, 33],
            "[1, 1, 32, 33]",
        ),
        (
            |m| {
                m.encoder.outputs[0].shape = vec![1, 15];
                m.decoder.inputs[0].shape = vec![1, 15];
            },
            "encoder.onnx",
        ),
        (
            |m| std::mem::swap(&mut m.encoder.file, &mut m.decoder.file),
            "decoder.onnx",
        ),
    ];
    for (change, expected) in cases {
        let copy = copy_of_tiny_model();
        rewrite_manifest(copy.path(), change);
        let refused = Model::load(copy.path()).expect_err(expected);
        assert!(matches!(refused, ModelError::Structure { .. }), "{refused}");
        let message = refused.to_string();
        assert!(
            message.contains(expected) && message.lines().count() == 1,
            "{message}"
        );
    }
}

#[test]
fn a_file_that_is_no_onnx_is_refused_even_with_the_right_digest() {
    let copy = copy_of_tiny_model();
    for contents in [
        &b"\xff\xff\xff\xff"[..],
        b"PK\x03\x04 something else",
        b"\x08",
    ] {
        fs::write(copy.path().join("encoder.onnx"), contents).expect("written");
        rewrite_manifest(copy.path(), |_| ());
        let refused = Model::load(copy.path()).expect_err("not a network");
        assert!(matches!(refused, ModelError::Structure { .. }), "{refused}");
    }
}

#[test]
fn values_of_the_wrong_number_or_that_are_no_numbers_are_refused() {
    let model = Model::load(&tiny_model()).expect("a sound model");
    let refused = model.encode(&[0.0; 7], 60.0).expect_err("too few");
    assert_eq!(
        refused.to_string(),
        "encoder.onnx: takes 7200 values and was given 7"
    );
    let mut input = golden_input();
    input[41] = f32::NAN;
    let refused = model.encode(&input, 60.0).expect_err("not a number");
    assert_eq!(
        refused.to_string(),
        "encoder.onnx: value 41 of ecg is NaN, not a finite number"
    );
    assert!(model.decode(&Latent::new(vec![0.0; 15])).is_err());
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let copy = copy_of_tiny_model();
    let path = copy.path().join("decoder.onnx");
    let mut bytes = fs::read(&path).expect("the file");
    let bias = (-0.5_f32).to_le_bytes();
    let at = bytes
        .windows(4)
        .position(|four| four == bias)
        .expect("the convolution's bias");
    bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(&path, &bytes).expect("spoiled");
    rewrite_manifest(copy.path(), |_| ());
    let refused = Model::load(copy.path())
        .expect_err("not a number")
        .to_string();
    assert!(
        refused.contains("kernel_bias") && refused.contains("finite"),
        "{refused}"
    );
}

#[test]
fn weights_in_half_precision_that_are_no_numbers_are_refused() {
    let copy = copy_of(&tiny_cart());
    let path = copy.path().join("decoder.onnx");
    let mut bytes = fs::read(&path).expect("the file");
    // -0.5, 0, 0.5 and 1 as 16-bit floats: the convolution's bias.
    let bias = [0xb800_u16, 0, 0x3800, 0x3c00].map(u16::to_le_bytes);
    let at = bytes
        .windows(8)
        .position(|eight| eight == bias.as_flattened())
        .expect("the convolution's bias");
    bytes[at..at + 2].copy_from_slice(&0x7e00_u16.to_le_bytes());
    fs::write(&path, &bytes).expect("spoiled");
    rewrite_manifest(copy.path(), |_| ());
    let refused = Model::load(copy.path())
        .expect_err("not a number")
        .to_string();
    assert!(
        refused.contains("kernel_bias") && refused.contains("finite"),
        "{refused}"
    );
}

#[test]
fn an_output_that_is_no_number_is_refused() {
    let onnx = fs::read(tiny_model().join("logarithm.onnx")).expect("the golden");
    let description = NetworkFile {
        file: "logarithm.onnx".into(),
        sha256: sha256_hex(&onnx),
        bytes: onnx.len() as u64,
        inputs: vec![Port::new("x", &[1, 2])],
        outputs: vec![Port::new("y", &[1, 2])],
    };
    let network = Network::from_onnx(&onnx, &description).expect("a network");
    assert_eq!(network.run(&[&[1.0, 1.0]]).expect("numbers"), [[0.0, 0.0]]);
    let refused = network
        .run(&[&[1.0, -1.0]])
        .expect_err("no logarithm")
        .to_string();
    assert_eq!(
        refused,
        "logarithm.onnx: value 1 of y is NaN, not a finite number"
    );
}
