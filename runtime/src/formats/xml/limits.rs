//! What is looked at before a text is parsed, because the parser takes it as it comes: it reserves
//! memory by the number of `<` and `=`, compares every attribute of an element with all others, and
//! copies the namespaces in scope to every element that declares one.

use std::collections::HashSet;

use crate::formats::ReadErrorKind;

/// Tags, comments and the like; a recording with its annotations has some ten thousand.
const MAX_TAGS: usize = 1_000_000;
/// Signs of equality, of which every attribute has one.
const MAX_ATTRIBUTES: usize = 1_000_000;
/// Signs of equality from one tag's beginning to the next one's; the most seen is 16.
const MAX_ATTRIBUTES_OF_ONE: usize = 500;
/// Different prefixes of namespaces; the most seen is 2.
const MAX_PREFIXES: usize = 16;

/// Refuses a text with more markup than a recording can have.
pub(super) fn check(text: &str) -> Result<(), ReadErrorKind> {
    let excess = |what| Err(ReadErrorKind::XmlExcess { what });
    let mut attributes = 0;
    for (number, tag) in text.split('<').enumerate() {
        let of_tag = tag.bytes().filter(|&byte| byte == b'=').count();
        attributes += of_tag;
        if number > MAX_TAGS {
            return excess("elements");
        }
        if attributes > MAX_ATTRIBUTES || of_tag > MAX_ATTRIBUTES_OF_ONE {
            return excess("attributes");
        }
    }
    let declarations = text.split("xmlns:").skip(1);
    let mut prefixes = HashSet::new();
    for prefix in declarations.filter_map(|rest| rest.split('=').next()) {
        prefixes.insert(prefix.trim_end());
        if prefixes.len() > MAX_PREFIXES {
            return excess("namespaces");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excess(text: &str) -> &'static str {
        match check(text) {
            Ok(()) => "",
            Err(ReadErrorKind::XmlExcess { what }) => what,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn refuses_more_than_a_recording_has() {
        assert_eq!(excess(&"<a/>".repeat(1_000_000)), "");
        assert_eq!(excess(&"<a/>".repeat(1_000_001)), "elements");
        assert_eq!(excess(&format!("<a{}/>", " b=''".repeat(500))), "");
        assert_eq!(
            excess(&format!("<a{}/>", " b=''".repeat(1001))),
            "attributes"
        );
        assert_eq!(excess(&"<a b='' c='' d=''/>".repeat(333_334)), "attributes");
        let nested =
            |count| -> String { (0..count).map(|n| format!("<a xmlns:n{n} ='u'>")).collect() };
        assert_eq!(excess(&nested(16)), "");
        assert_eq!(excess(&nested(17)), "namespaces");
        assert_eq!(excess(&"<a xmlns:b='u'>".repeat(1000)), "");
    }
}
