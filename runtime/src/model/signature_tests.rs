//! Signatures made by minisign itself; see `tests/goldens/minisign.sh`.

use super::*;

fn golden(name: &str) -> String {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens");
    std::fs::read_to_string(goldens.join(name)).expect("the golden")
}

fn key(name: &str) -> PublicKey {
    let text = golden(&format!("minisign/{name}.pub"));
    text.lines().find_map(key_in_text).expect("a key")
}

/// What comes of a signature of the manifest by the maker.
fn checked_as(signature: &str, manifest: &str) -> Result<String, SignatureError> {
    checked(&key("maker"), signature.as_bytes(), manifest.as_bytes())
}

#[test]
fn both_forms_of_minisign_are_taken_with_their_comment() {
    let manifest = golden("tiny_cart/manifest.toml");
    for name in ["manifest", "legacy"] {
        let signature = golden(&format!("minisign/{name}.minisig"));
        let comment = checked_as(&signature, &manifest);
        assert_eq!(
            comment.as_deref(),
            Ok("tiny cart, released for tests"),
            "{name}"
        );
    }
}

#[test]
fn another_key_another_file_and_a_change_are_refused() {
    let manifest = golden("tiny_cart/manifest.toml");
    let refused = |name: &str, manifest: &str| {
        checked_as(&golden(&format!("minisign/{name}.minisig")), manifest).expect_err(name)
    };
    assert_eq!(refused("by_other", &manifest), SignatureError::OtherKey);
    assert_eq!(refused("of_other_file", &manifest), SignatureError::Wrong);
    for name in ["manifest", "legacy"] {
        let changed = manifest.replacen("tiny-cart", "tiny-carp", 1);
        assert_eq!(refused(name, &changed), SignatureError::Wrong);
        assert_eq!(
            refused(name, &format!("{manifest}\n")),
            SignatureError::Wrong
        );
        let signature = golden(&format!("minisign/{name}.minisig"));
        let comment = signature.replacen("released", "rejected", 1);
        assert_eq!(checked_as(&comment, &manifest), Err(SignatureError::Wrong));
        let other = checked(&key("other"), signature.as_bytes(), manifest.as_bytes());
        assert_eq!(other, Err(SignatureError::OtherKey));
    }
}

#[test]
fn no_signature_that_is_cut_short_or_changed_anywhere_passes() {
    let manifest = golden("tiny_cart/manifest.toml");
    let signature = golden("minisign/manifest.minisig");
    // The last line feed may be missing.
    for length in 0..signature.len() - 1 {
        assert!(
            checked_as(&signature[..length], &manifest).is_err(),
            "{length}"
        );
    }
    let comment_end = signature.find('\n').expect("lines");
    let mut bytes = signature.into_bytes();
    for place in comment_end + 1..bytes.len() - 1 {
        for bit in 0..8 {
            bytes[place] ^= 1 << bit;
            let result = checked(&key("maker"), &bytes, manifest.as_bytes());
            assert!(result.is_err(), "bit {bit} of byte {place}");
            bytes[place] ^= 1 << bit;
        }
    }
}

#[test]
fn a_key_is_its_letters_or_a_file_and_a_compiled_in_one_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("maker.pub");
    let text = golden("minisign/maker.pub");
    std::fs::write(&path, &text).expect("written");
    let path = path.to_str().expect("a name in UTF-8");
    let letters = text.lines().nth(1).expect("a comment and a key");
    let other = golden("minisign/other.pub");
    let other = other.lines().nth(1).expect("a comment and a key");
    for given in [path, letters] {
        for compiled_in in [None, Some(letters)] {
            let trust = Trust::in_given(given, compiled_in).expect("a key");
            assert_eq!(trust.key, Some(key("maker")));
        }
        let refused = Trust::in_given(given, Some(other)).expect_err("another");
        assert_eq!(refused, TrustError::OtherKey);
    }
    std::fs::write(path, letters).expect("written");
    assert!(Trust::in_given(path, None).is_ok());
    for wrong in ["", "no such file", &letters[1..], "RWQ"] {
        let refused = Trust::in_given(wrong, None).expect_err(wrong);
        assert_eq!(
            refused,
            TrustError::NoKey {
                given: wrong.into()
            }
        );
    }
    let nonsense = Trust::in_given(letters, Some("nonsense")).expect_err("no key");
    assert_eq!(nonsense, TrustError::CompiledIn);
    assert!(Trust::in_compiled(None).expect("nobody").key.is_none());
    let compiled_in = Trust::in_compiled(Some(other)).expect("a key");
    assert_eq!(compiled_in.key, Some(key("other")));
}
