//! Reading a model's files, and making sure they are the files the manifest names.
//!
//! Nothing in a file is interpreted before its digest is right: the bytes that were
//! digested are the bytes that are parsed.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::{ManifestError, ModelError};
use super::limits;
use super::manifest::{self, FileIdentity, Manifest};
use super::signature::{SignatureState, Trust};
use crate::untrusted_file::{Start, read_up_to};

/// A manifest together with the digest that stands for the whole model.
#[derive(Clone, Debug)]
pub struct VerifiedManifest {
    /// What the manifest says.
    pub manifest: Manifest,
    /// The model's digest: SHA-256 of the bytes of `manifest.toml`, 64 lower-case
    /// hexadecimal digits, as `sha256sum manifest.toml` prints it. Since the manifest
    /// holds the digests of the network files, it covers them too.
    pub sha256: String,
    /// What is known of its signature.
    pub signature: SignatureState,
}

/// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Reads and checks the manifest of the model in `folder`: first its signature, where a key is trusted, then what it
/// says.
///
/// # Errors
/// If it cannot be read, is not signed as it must be, is not a manifest, or breaks one of its rules.
pub fn read_manifest(folder: &Path, trust: &Trust) -> Result<VerifiedManifest, ModelError> {
    let path = folder.join(manifest::FILE_NAME);
    let start = start_of(&path, limits::MANIFEST_BYTES)?;
    let sha256 = sha256_hex(&start.bytes);
    if start.file_bytes > limits::MANIFEST_BYTES {
        let (bytes, most) = (start.file_bytes, limits::MANIFEST_BYTES);
        let reason = format!("it holds {bytes} bytes, more than {most}");
        let source = ManifestError::Syntax { reason };
        return Err(ModelError::Manifest { path, source });
    }
    let signature = trust.check(folder, &start.bytes)?;
    match parse_manifest(start.bytes) {
        Ok(manifest) => Ok(VerifiedManifest {
            manifest,
            sha256,
            signature,
        }),
        Err(source) => Err(ModelError::Manifest { path, source }),
    }
}

fn parse_manifest(bytes: Vec<u8>) -> Result<Manifest, ManifestError> {
    let reason = "it is not UTF-8 text";
    let text = String::from_utf8(bytes).map_err(|_| ManifestError::Syntax {
        reason: reason.into(),
    })?;
    Manifest::from_toml(&text)
}

/// Reads one file of the model in `folder` and compares its size and SHA-256 with the
/// manifest's.
///
/// # Errors
/// [`ModelError::Unreadable`], [`ModelError::WrongSize`] or
/// [`ModelError::WrongDigest`], each naming the file.
pub fn read_file(folder: &Path, identity: &FileIdentity) -> Result<Vec<u8>, ModelError> {
    let path = folder.join(&identity.file);
    let Start {
        bytes,
        file_bytes: found,
    } = start_of(&path, identity.bytes)?;
    if found != identity.bytes {
        return Err(ModelError::WrongSize {
            path,
            expected: identity.bytes,
            found,
        });
    }
    let found = sha256_hex(&bytes);
    if found != identity.sha256 {
        return Err(ModelError::WrongDigest {
            path,
            expected: identity.sha256.clone(),
            found,
        });
    }
    Ok(bytes)
}

/// The first `limit` bytes of a file of the model, and how many it holds in all.
fn start_of(path: &Path, limit: u64) -> Result<Start, ModelError> {
    read_up_to(path, limit).map_err(|source| ModelError::Unreadable {
        path: path.into(),
        source,
    })
}
