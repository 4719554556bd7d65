//! What stands before the root element: declaration, comments, and the document type.

use std::ops::Range;

/// Where things are in a text that begins like XML.
struct Prolog {
    /// The document type declaration, if it has no internal subset (`[…]`).
    plain_doctype: Option<Range<usize>>,
    /// Where the root element begins.
    root: usize,
}

fn prolog(text: &str) -> Option<Prolog> {
    let mut plain_doctype = None;
    let mut root = text.len() - text.trim_start_matches('\u{feff}').trim_start().len();
    if !text[root..].starts_with('<') {
        return None;
    }
    loop {
        let rest = &text[root..];
        let length = if rest.starts_with("<?") {
            rest.find("?>")? + 2
        } else if rest.starts_with("<!--") {
            rest.find("-->")? + 3
        } else if rest.starts_with("<!") {
            let length = rest.find('>')? + 1;
            match rest[..length].find('[') {
                Some(subset) => {
                    let close = subset + rest[subset..].find(']')?;
                    close + rest[close..].find('>')? + 1
                }
                None => {
                    plain_doctype = Some(root..root + length);
                    length
                }
            }
        } else {
            return Some(Prolog {
                plain_doctype,
                root,
            });
        };
        let behind = &rest[length..];
        root = text.len() - behind.trim_start().len();
    }
}

/// The local name of the root element if `text` begins like XML; the rest is not looked at.
pub(in crate::formats) fn root_name(text: &str) -> Option<String> {
    let name = text[prolog(text)?.root..].strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
    let name = &name[..end];
    Some(name.rsplit(':').next().unwrap_or(name).to_owned())
}

/// The text with blanks where it had a document type that only names a file, as MUSE writes
/// (`<!DOCTYPE RestingECG SYSTEM "restecg.dtd">`): nothing outside the file is ever looked at, so it
/// means nothing. One with a subset of its own stays, for the parser to refuse.
pub(super) fn without_doctype(mut text: String) -> String {
    if let Some(range) = prolog(&text).and_then(|prolog| prolog.plain_doctype) {
        // Lines and columns in the parser's messages stay true.
        let blanks: String = text[range.clone()]
            .bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
            .collect();
        text.replace_range(range, &blanks);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_the_root_element() {
        assert_eq!(
            root_name("<CardiologyXML>").as_deref(),
            Some("CardiologyXML")
        );
        let long = "\u{feff}\r\n<?xml version=\"1.0\"?>\n<!-- a > b --><!DOCTYPE x>\n<ns:CardiologyXML a=\"1\">";
        assert_eq!(root_name(long).as_deref(), Some("CardiologyXML"));
        let subset = "<!DOCTYPE a [<!ENTITY b \"c\"> ] ><a>";
        assert_eq!(root_name(subset).as_deref(), Some("a"));
        assert_eq!(root_name("<a/>").as_deref(), Some("a"));
        for none in [
            "",
            "1 12 500",
            "<!-- unfinished",
            "<?xml",
            "<",
            "<!DOCTYPE a [",
            "PK\u{3}\u{4}",
        ] {
            assert_eq!(root_name(none), None, "{none:?}");
        }
    }

    #[test]
    fn blanks_a_plain_document_type_and_no_other() {
        let without = |text: &str| without_doctype(text.to_owned());
        assert_eq!(
            without("<?xml?><!DOCTYPE a\nSYSTEM \"é.dtd\"><a/>"),
            format!("<?xml?>{}\n{}<a/>", " ".repeat(11), " ".repeat(16))
        );
        for same in [
            "<a/>",
            "no xml",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>",
            "<a><!DOCTYPE b></a>",
        ] {
            assert_eq!(without(same), same);
        }
    }

    proptest! {
        #[test]
        fn any_text_may_be_asked(text in "[<!?>\\[\\]a\u{feff} -]{0,30}") {
            let _ = root_name(&text);
            prop_assert_eq!(without_doctype(text.clone()).len(), text.len());
        }
    }
}
