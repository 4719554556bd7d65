//! Words from a file, made fit for a message.

/// Characters of a file's word that a message repeats.
const LONGEST_WORD: usize = 24;
/// Words of a list that a message repeats.
const LONGEST_LIST: usize = 12;

/// The beginning of `text`, at most 24 characters, without control characters: keeps messages to
/// one readable line when a binary or hostile file poses as a recording.
pub(super) fn abridged(text: &str) -> String {
    abridged_to(LONGEST_WORD, text)
}

/// As [`abridged`], to `most` characters.
pub(super) fn abridged_to(most: usize, text: &str) -> String {
    let short: String = text.chars().take(most).map(shown).collect();
    if text.chars().nth(most).is_some() {
        format!("{short}…")
    } else {
        short
    }
}

fn shown(c: char) -> String {
    match c {
        '"' | '\'' | '\\' => c.to_string(),
        _ => c.escape_debug().to_string(),
    }
}

/// The first words of a list, each abridged.
pub(super) fn abridged_list(words: &[String]) -> String {
    let mut shown: Vec<String> = words
        .iter()
        .take(LONGEST_LIST)
        .map(|word| abridged(word))
        .collect();
    if words.len() > LONGEST_LIST {
        shown.push(format!("and {} more", words.len() - LONGEST_LIST));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_stay_readable() {
        assert_eq!(abridged("µV"), "µV");
        assert_eq!(abridged("a\"b"), "a\"b");
        assert_eq!(abridged("\u{1b}[31m\n"), "\\u{1b}[31m\\n");
        assert_eq!(abridged(&"x".repeat(24)), "x".repeat(24));
        assert_eq!(abridged(&"x".repeat(25)), format!("{}…", "x".repeat(24)));
        let many: Vec<String> = (0..14).map(|n| n.to_string()).collect();
        assert!(abridged_list(&many).ends_with("10, 11, and 2 more"));
        assert_eq!(abridged_list(&many[..2]), "0, 1");
    }

    proptest! {
        #[test]
        fn one_short_line_of_any_text(text in any::<String>()) {
            let short = abridged(&text);
            prop_assert!(!short.contains(char::is_control));
            prop_assert!(short.chars().count() <= 10 * LONGEST_WORD + 1);
        }
    }
}
