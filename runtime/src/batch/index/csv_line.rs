//! One line of the index, as RFC 4180 has lines, save that no field contains a line break.

/// The fields as one line, with a line feed at its end. Control characters become spaces.
pub(super) fn write<S: AsRef<str>>(fields: impl IntoIterator<Item = S>) -> String {
    let mut line = String::new();
    for (place, field) in fields.into_iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        let field = field.as_ref();
        let is_quoted = field.contains([',', '"']);
        if is_quoted {
            line.push('"');
        }
        for letter in field.chars() {
            match letter {
                '"' => line.push_str("\"\""),
                _ if letter.is_control() => line.push(' '),
                _ => line.push(letter),
            }
        }
        if is_quoted {
            line.push('"');
        }
    }
    line.push('\n');
    line
}

/// The fields of a line, without its line feed; `None` if its quotes do not match.
pub(super) fn read(line: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let field = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (field, after) = read_quoted(quoted)?;
                rest = after;
                field
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (field, after) = rest.split_at(end);
                rest = after;
                if field.contains('"') {
                    return None;
                }
                field.to_owned()
            }
        };
        fields.push(field);
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Some(fields),
            None => return None,
        }
    }
}

/// A field whose opening quote is gone, and what follows its closing one.
fn read_quoted(mut rest: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    loop {
        let (before, after) = rest.split_once('"')?;
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => return Some((field, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_quoted_as_rfc_4180_has_it() {
        let line = write(["a", "b,c", "say \"no\"", "", "two\nlines"]);
        assert_eq!(line, "a,\"b,c\",\"say \"\"no\"\"\",,two lines\n");
        assert_eq!(read(""), Some(vec![String::new()]));
        for torn in ["a,\"b", "a,b\"c", "\"a\"b,c", "\"a\"\""] {
            assert_eq!(read(torn), None, "{torn}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(fields in prop::collection::vec("[^\\p{Cc}]*", 1..8)) {
            let line = write(&fields);
            let line = line.strip_suffix('\n').expect("a line feed");
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(read(line), Some(fields));
        }

        #[test]
        fn any_text_is_one_line_of_as_many_fields(fields in prop::collection::vec(any::<String>(), 1..8)) {
            let line = write(&fields);
            prop_assert_eq!(line.matches('\n').count(), 1);
            prop_assert_eq!(read(line.trim_end_matches('\n')).map(|read| read.len()), Some(fields.len()));
        }

        #[test]
        fn any_line_is_read_or_refused(line in any::<String>()) {
            let _ = read(&line);
        }
    }
}
