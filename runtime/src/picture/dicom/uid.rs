//! Unique identifiers of DICOM objects.
//!
//! Nobody has registered a root for this program, so identifiers are made as PS3.5, B.2 has it for everyone: `2.25.`
//! and a UUID as a decimal number. The UUID is one of version 8 (RFC 9562, 5.8), the first half of a SHA-256.

use sha2::{Digest, Sha256};

/// The identifier that follows from `content`; another for each `purpose`.
pub fn derived(purpose: &str, content: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(purpose.as_bytes());
    hasher.update([0]);
    hasher.update(content);
    let digest = hasher.finalize();
    let mut number = digest
        .iter()
        .take(16)
        .fold(0, |number: u128, &byte| number << 8 | u128::from(byte));
    number = number & !(0xf << 76) | 8 << 76;
    number = number & !(0x3 << 62) | 0x2 << 62;
    format!("2.25.{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_uuids_that_follow_from_purpose_and_content() {
        let one = derived("study", b"content");
        assert_eq!(one, derived("study", b"content"));
        for other in [derived("series", b"content"), derived("study", b"other")] {
            assert_ne!(one, other);
        }
        let number: u128 = one
            .strip_prefix("2.25.")
            .expect("the root")
            .parse()
            .expect("a number");
        assert_eq!((number >> 76 & 0xf, number >> 62 & 0x3), (8, 2));
        assert!(one.len() <= 44);
    }
}
