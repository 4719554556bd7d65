//! What the readers of XML have in common: from bytes to a tree, from elements to numbers.
//!
//! - `encoding`: bytes → text (UTF-8, UTF-16, ISO-8859-1, Windows-1252);
//! - `prolog`: what stands before the root element; its name; the document type, which is ignored;
//! - `limits`: what no recording has, refused before it is parsed;
//! - `document`: a file's tree;
//! - `node`: children and texts by local name;
//! - `number`, `integers`, `base64`: what texts say.

mod base64;
#[cfg(test)]
mod damage;
mod document;
mod encoding;
#[cfg(test)]
mod goldens;
mod integers;
mod limits;
mod node;
mod number;
mod prolog;

#[cfg(test)]
pub(super) use base64::base64_of;
pub(super) use base64::{bytes_of_base64, sixteen_bit_samples};
#[cfg(test)]
pub(super) use damage::assert_survives_damage;
pub(super) use document::read;
#[cfg(test)]
pub(super) use document::recording_of;
pub(super) use encoding::start_of_text;
pub(super) use integers::integers;
pub(super) use node::{at, attribute, child, children, content, descendant, descendants, text};
pub(super) use number::{
    angle, duration, number, positive, positive_number, possible_angle, possible_duration,
    possible_rate, rate,
};
pub(super) use prolog::root_name;
