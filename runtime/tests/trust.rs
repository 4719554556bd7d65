//! What must be true before a model is loaded: no bit of its files is another than at export, and where a key is
//! trusted, the manifest is signed with it.

mod common;

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use common::{copy_of, ecg2mri, tiny_cart};
use ecg2mri::Model;
use ecg2mri::model::signature::{SignatureError, SignatureState};
use ecg2mri::model::verify::{read_file, read_manifest};
use ecg2mri::model::{ModelError, Trust};
use tempfile::TempDir;

/// Flips in all files together.
const FLIPS: usize = 10_000;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// A signature or key made by minisign; see `tests/goldens/minisign.sh`.
fn golden(name: &str) -> PathBuf {
    repository("tests/goldens/minisign").join(name)
}

/// The small model with the manifest's signature of this name.
fn signed(signature: &str) -> TempDir {
    let copy = copy_of(&tiny_cart());
    let place = copy.path().join("manifest.toml.minisig");
    fs::copy(golden(signature), place).expect("copied");
    copy
}

fn key(name: &str) -> Trust {
    Trust::in_key(golden(name).to_str().expect("a name in UTF-8")).expect("a key")
}

/// Numbers that look random (Marsaglia's xorshift, 64 bits).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What is checked of one file before anything in it is believed.
fn refused(folder: &Path, file: &str) -> Result<(), ModelError> {
    let trust = Trust::compiled_in().expect("no key");
    let manifest = read_manifest(folder, &trust)?.manifest;
    let statistics = manifest.statistics.expect("the shipped model has them");
    let networks = [manifest.encoder.identity(), manifest.decoder.identity()];
    let mut files = networks.into_iter().chain([statistics]);
    match files.find(|identity| identity.file == file) {
        Some(identity) => read_file(folder, &identity).map(|_| ()),
        None => Ok(()),
    }
}

#[test]
fn ten_thousand_flipped_bits_in_the_shipped_model_are_refused_each() {
    let source = repository("models/cart");
    let names = [
        "manifest.toml",
        "encoder.onnx",
        "decoder.onnx",
        "statistics.json",
    ];
    let copy = tempfile::tempdir().expect("a folder");
    let mut random = Random(20_260_717);
    for name in names {
        fs::copy(source.join(name), copy.path().join(name)).expect("copied");
    }
    let mut counted = 0;
    for name in names {
        refused(copy.path(), name).expect("the shipped model is sound");
        let path = copy.path().join(name);
        let bytes = fs::read(&path).expect("the file");
        // A large file takes long to digest; the small ones have more flips for their size.
        let share = match bytes.len() {
            2_000_000.. => FLIPS / 40,
            500_000.. => FLIPS / 20,
            100_000.. => FLIPS / 4,
            _ => FLIPS - FLIPS / 40 - FLIPS / 20 - FLIPS / 4,
        };
        let put = |place: usize, byte: u8| {
            let mut file = File::options().write(true).open(&path).expect("the file");
            file.seek(SeekFrom::Start(place as u64)).expect("a place");
            file.write_all(&[byte]).expect("written");
        };
        for flip in 0..share {
            // Evenly spread, and somewhere in each part.
            let part = bytes.len().div_ceil(share) as u64;
            let place = flip * bytes.len() / share + random.below(part) as usize;
            let place = place.min(bytes.len() - 1);
            let bit = random.below(8);
            put(place, bytes[place] ^ 1 << bit);
            let error = refused(copy.path(), name);
            assert!(error.is_err(), "{name}: bit {bit} of byte {place}");
            put(place, bytes[place]);
            counted += 1;
        }
        refused(copy.path(), name).expect("as it was");
    }
    assert_eq!(counted, FLIPS);
}

#[test]
fn a_manifest_edited_by_hand_or_of_another_layout_says_so() {
    let copy = copy_of(&tiny_cart());
    let path = copy.path().join("manifest.toml");
    let text = fs::read_to_string(&path).expect("the manifest");
    let seal = text.rfind("# sha256").expect("its last line");
    for (spoiled, expected) in [
        (
            text.replace("norm_sd = 0.5", "norm_sd = 0.6"),
            "not as it was exported",
        ),
        (text[..seal].to_owned(), "lacks its last line"),
        (
            text[..seal].replace("format_version = 3", "format_version = 2"),
            "this version reads 3",
        ),
        (format!("{text}{}", "#".repeat(1 << 18)), "more than 262144"),
    ] {
        fs::write(&path, spoiled).expect("written");
        let message = Model::load(copy.path()).expect_err(expected).to_string();
        assert!(
            message.contains(expected) && message.contains("manifest.toml"),
            "{message}"
        );
    }
}

#[test]
fn a_model_signed_with_the_trusted_key_loads_and_shows_the_comment() {
    for signature in ["manifest.minisig", "legacy.minisig"] {
        let copy = signed(signature);
        let model = Model::load_trusting(copy.path(), &key("maker.pub")).expect("signed");
        let trusted_comment = "tiny cart, released for tests".to_owned();
        assert_eq!(
            model.signature(),
            &SignatureState::Right { trusted_comment }
        );
        let unchecked = Model::load(copy.path()).expect("without a key");
        assert_eq!(unchecked.signature(), &SignatureState::Unchecked);
    }
    let model = Model::load(&tiny_cart()).expect("sound");
    assert_eq!(model.signature(), &SignatureState::Absent);
}

#[test]
fn without_a_right_signature_nothing_is_loaded_where_a_key_is_trusted() {
    let reason = |folder: &Path, trust: &Trust| match Model::load_trusting(folder, trust) {
        Err(ModelError::Signature { path, source }) => {
            assert_eq!(path, folder.join("manifest.toml.minisig"));
            source
        }
        other => panic!("{other:?}"),
    };
    let maker = key("maker.pub");
    assert_eq!(reason(&tiny_cart(), &maker), SignatureError::Missing);
    let cases = [
        ("by_other.minisig", SignatureError::OtherKey),
        ("of_other_file.minisig", SignatureError::Wrong),
    ];
    for (signature, expected) in cases {
        assert_eq!(reason(signed(signature).path(), &maker), expected);
    }
    let copy = signed("manifest.minisig");
    assert_eq!(
        reason(copy.path(), &key("other.pub")),
        SignatureError::OtherKey
    );
    // A manifest that is sound by itself, but not the one that was signed.
    common::rewrite_manifest(copy.path(), |manifest| manifest.name = "other".into());
    Model::load(copy.path()).expect("sound by itself");
    assert_eq!(reason(copy.path(), &maker), SignatureError::Wrong);
    let place = copy.path().join("manifest.toml.minisig");
    let signature = fs::read(&place).expect("the signature");
    fs::write(&place, &signature[..signature.len() / 2]).expect("cut");
    assert_eq!(reason(copy.path(), &maker), SignatureError::Malformed);
    fs::write(&place, vec![b'A'; 1 << 20]).expect("written");
    assert_eq!(reason(copy.path(), &maker), SignatureError::Malformed);
}

#[test]
fn the_program_takes_the_key_as_letters_or_as_a_file() {
    let copy = signed("manifest.minisig");
    let folder = copy.path().to_str().expect("a name in UTF-8");
    let file = golden("maker.pub");
    let text = fs::read_to_string(&file).expect("the key");
    let letters = text.lines().nth(1).expect("a comment and a key");
    for given in [letters, file.to_str().expect("a name in UTF-8")] {
        for action in ["info", "verify"] {
            let output = ecg2mri(&["model", action, folder, "--public-key", given]);
            let shown = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{output:?}");
            let expected = "right, with the trusted comment: tiny cart, released for tests";
            assert!(shown.contains(expected), "{shown}");
        }
    }
    let said = |arguments: &[&str]| {
        let output = ecg2mri(arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let other = golden("other.pub");
    let other = other.to_str().expect("a name in UTF-8");
    for action in ["info", "verify"] {
        let message = said(&["model", action, folder, "--public-key", other]);
        assert!(message.contains("another key"), "{message}");
    }
    let message = said(&["model", "info", folder, "--public-key", "no key"]);
    assert!(message.contains("neither a public key"), "{message}");
    // The picture is not made either.
    let ecg = repository("tests/samples/anterior-infarct-man.hea");
    let ecg = ecg.to_str().expect("a name in UTF-8");
    let picture = copy.path().join("picture.png");
    let out = picture.to_str().expect("a name in UTF-8");
    let generate = [
        "generate",
        ecg,
        "-o",
        out,
        "--model",
        folder,
        "--public-key",
        other,
    ];
    let message = said(&generate);
    assert!(message.contains("another key"), "{message}");
    assert!(!picture.exists());
    let output = ecg2mri(&["model", "info", folder]);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        shown.contains("was not checked: give --public-key"),
        "{shown}"
    );
}
