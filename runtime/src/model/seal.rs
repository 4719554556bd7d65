//! The last line of a manifest: the digest of all that stands above it.
//!
//! The digests in a manifest protect the other files; this one protects the manifest itself from a bad disk and from
//! an edit by hand. Who changes a manifest on purpose can write the line anew: only a signature ([`super::signature`])
//! protects from that.

use super::error::ManifestError;
use super::verify::sha256_hex;

/// What the line begins with; 64 hexadecimal digits and a line feed follow, and then the file ends.
const BEGINNING: &str = "# sha256 of the lines above: ";

/// Adds the last line to the text of a manifest. A text that has the line already does not need it.
pub fn sealed(text: &str) -> String {
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let text = format!("{text}{gap}");
    let digest = sha256_hex(text.as_bytes());
    format!("{text}{BEGINNING}{digest}\n")
}

/// Checks the last line of a manifest, byte by byte.
///
/// # Errors
/// [`ManifestError::Unsealed`] where there is no such line, [`ManifestError::Changed`] where it is not the digest of
/// the text above it.
pub(super) fn check(text: &str) -> Result<(), ManifestError> {
    let start = text.rfind(BEGINNING).ok_or(ManifestError::Unsealed)?;
    let above = &text[..start];
    if text == sealed(above) {
        Ok(())
    } else {
        Err(ManifestError::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_passes_and_any_other_does_not() {
        let text = sealed("a = 1\nb = 2");
        // `printf 'a = 1\nb = 2\n' | sha256sum`
        assert_eq!(
            text,
            "a = 1\nb = 2\n# sha256 of the lines above: \
             fe9c2dadb34bee2ae03fc8fe25e26c64ce2f572a53a127db5d6e73899b64fc11\n"
        );
        assert_eq!(check(&text), Ok(()));
        assert_eq!(check("a = 1\n"), Err(ManifestError::Unsealed));
        assert_eq!(check(""), Err(ManifestError::Unsealed));
        for changed in [
            text.replace('1', "2"),
            text.replace("b =", "b  ="),
            format!("{text}\n"),
            format!("{text}c = 3\n"),
            format!(" {text}"),
            text.trim_end().to_owned(),
            text.replace('\n', "\r\n"),
            text[3..].to_owned(),
        ] {
            assert_eq!(check(&changed), Err(ManifestError::Changed), "{changed:?}");
        }
    }
}
