//! Text as it may stand in HTML, XML and attribute values.

/// `text` with the five characters that mean something in markup replaced, and with those that XML forbids (control
/// characters other than tab and line ends; XML 1.0, 2.2) left out.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(character),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if character.is_control() => {}
            _ => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escaped("<b class=\"x\">R&D's\u{0}</b>"),
            "&lt;b class=&quot;x&quot;&gt;R&amp;D&#39;s&lt;/b&gt;"
        );
    }

    proptest! {
        #[test]
        fn whatever_it_is_it_stays_inside_its_element(text: String) {
            let document = format!("<p title=\"{0}\">{0}</p>", escaped(&text));
            let parsed = roxmltree::Document::parse(&document).unwrap();
            prop_assert_eq!(parsed.root_element().children().filter(|child| child.is_element()).count(), 0);
        }
    }
}
