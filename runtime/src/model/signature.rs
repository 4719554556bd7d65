//! Whose models are loaded: Ed25519 signatures in the format of minisign (<https://jedisct1.github.io/minisign/>).
//!
//! `manifest.toml.minisig` beside the manifest signs the manifest's bytes, and the manifest holds the digests of all
//! other files: one signature stands for the whole model. Where a public key is given, or was compiled in (environment
//! variable `ECG2MRI_PUBLIC_KEY` at build time), a model without its signature is refused. Both of minisign's forms are
//! taken, the one of the whole file and the one of its BLAKE2b digest.

use std::path::Path;

use minisign_verify::{Error, PublicKey, Signature};
use thiserror::Error;

use super::error::ModelError;
use super::limits;
use super::manifest;
use crate::untrusted_file::{Start, read_up_to};

/// What is added to the manifest's name for that of its signature.
const ENDING: &str = ".minisig";

/// The public key that was compiled in, if any.
const COMPILED_IN: Option<&str> = option_env!("ECG2MRI_PUBLIC_KEY");

/// Whose models are loaded.
#[derive(Clone, Debug)]
pub struct Trust {
    key: Option<PublicKey>,
}

/// Why nobody can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrustError {
    /// What was compiled in is no public key.
    #[error(
        "this program was built with an ECG2MRI_PUBLIC_KEY that is no public key of minisign, and so loads no model: \
        build it again with the second line of a minisign.pub"
    )]
    CompiledIn,
    /// What was given is no public key.
    #[error(
        "{given:?} is neither a public key of minisign (56 letters, as in the second line of a minisign.pub) nor a \
        file that holds one"
    )]
    NoKey {
        /// What was given.
        given: String,
    },
    /// Another key was given than was compiled in.
    #[error(
        "this program was built for the models of one public key, and another cannot be given; leave it out"
    )]
    OtherKey,
}

/// What is wrong with a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is none.
    #[error("is missing, and only signed models are loaded; get it from the model's maker")]
    Missing,
    /// It is not in minisign's format.
    #[error("is no signature of minisign, or is cut short; get it from the model's maker again")]
    Malformed,
    /// It was made with another key.
    #[error("was made with another key than the one that is trusted; get the model from its maker")]
    OtherKey,
    /// It is not one of this manifest, or its trusted comment was changed.
    #[error(
        "is not a signature of this manifest.toml, or its trusted comment was changed; do not use the model, and get it \
        from its maker again"
    )]
    Wrong,
}

/// What is known of a model's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureState {
    /// There is no file of that name.
    Absent,
    /// There is one, but no public key to check it with; nothing is known of it.
    Unchecked,
    /// It is right.
    Right {
        /// The comment that it covers, without control characters.
        trusted_comment: String,
    },
}

impl Trust {
    /// Trust in the key that was compiled in; where none was, in whoever has write access to the model's folder.
    ///
    /// # Errors
    /// [`TrustError::CompiledIn`].
    pub fn compiled_in() -> Result<Self, TrustError> {
        Self::in_compiled(COMPILED_IN)
    }

    /// Trust in one key: its 56 letters, or a file such as `minisign.pub` that holds them.
    ///
    /// # Errors
    /// [`TrustError::NoKey`], or [`TrustError::OtherKey`] where another was compiled in.
    pub fn in_key(given: &str) -> Result<Self, TrustError> {
        Self::in_given(given, COMPILED_IN)
    }

    fn in_compiled(compiled_in: Option<&str>) -> Result<Self, TrustError> {
        let key = compiled_in
            .map(|text| PublicKey::from_base64(text.trim()).map_err(|_| TrustError::CompiledIn))
            .transpose()?;
        Ok(Self { key })
    }

    fn in_given(given: &str, compiled_in: Option<&str>) -> Result<Self, TrustError> {
        let key = key_in_text(given)
            .or_else(|| key_in_file(Path::new(given)))
            .ok_or_else(|| TrustError::NoKey {
                given: given.into(),
            })?;
        match Self::in_compiled(compiled_in)?.key {
            Some(own) if own != key => Err(TrustError::OtherKey),
            _ => Ok(Self { key: Some(key) }),
        }
    }

    /// Checks the signature of a manifest, which lies beside it.
    ///
    /// # Errors
    /// Where a key is trusted: [`ModelError::Signature`], or [`ModelError::Unreadable`].
    pub(super) fn check(
        &self,
        folder: &Path,
        manifest: &[u8],
    ) -> Result<SignatureState, ModelError> {
        let path = folder.join(file_name());
        let Some(key) = &self.key else {
            return Ok(match path.exists() {
                true => SignatureState::Unchecked,
                false => SignatureState::Absent,
            });
        };
        let wrong = |source| ModelError::Signature {
            path: path.clone(),
            source,
        };
        let Start { bytes, file_bytes } = match read_up_to(&path, limits::SIGNATURE_BYTES) {
            Ok(start) => start,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(wrong(SignatureError::Missing));
            }
            Err(source) => return Err(ModelError::Unreadable { path, source }),
        };
        if file_bytes > limits::SIGNATURE_BYTES {
            return Err(wrong(SignatureError::Malformed));
        }
        let trusted_comment = checked(key, &bytes, manifest).map_err(wrong)?;
        Ok(SignatureState::Right { trusted_comment })
    }
}

/// Name of the signature's file within a model folder.
pub fn file_name() -> String {
    format!("{}{ENDING}", manifest::FILE_NAME)
}

fn key_in_text(text: &str) -> Option<PublicKey> {
    PublicKey::from_base64(text.trim()).ok()
}

fn key_in_file(path: &Path) -> Option<PublicKey> {
    let start = read_up_to(path, limits::PUBLIC_KEY_BYTES).ok()?;
    let text = String::from_utf8(start.bytes).ok()?;
    // A comment comes first in what minisign writes; some keep the letters alone.
    text.lines().take(2).find_map(key_in_text)
}

/// Checks one signature; gives its trusted comment.
fn checked(key: &PublicKey, signature: &[u8], signed: &[u8]) -> Result<String, SignatureError> {
    let text = std::str::from_utf8(signature).map_err(|_| SignatureError::Malformed)?;
    let signature = Signature::decode(text).map_err(|_| SignatureError::Malformed)?;
    key.verify(signed, &signature, true)
        .map_err(|error| match error {
            Error::UnexpectedKeyId => SignatureError::OtherKey,
            _ => SignatureError::Wrong,
        })?;
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    Ok(signature.trusted_comment().chars().map(printable).collect())
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
