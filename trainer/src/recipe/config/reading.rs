//! From a recipe's text to a recipe, with a suggestion where a key or a value is misspelt.

use super::Recipe;

/// How unlike a suggestion may be: the share of letters that must agree, by `strsim::normalized_damerau_levenshtein`.
const ALIKE: f64 = 0.5;

/// Reads a recipe's text; what its values must be beyond having the right types is not looked at.
///
/// # Errors
/// A sentence that names the table and, where there is one, the known word that an unknown one may stand for; and the
/// line, from 1, where the text has one.
pub(super) fn recipe_of(text: &str) -> Result<Recipe, (Option<usize>, String)> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map(|span| span.start);
        let before = at.and_then(|at| text.get(..at));
        let line = before.map(|before| before.matches('\n').count() + 1);
        let place = before.map_or_else(Place::default, Place::after);
        (line, explained(error.message(), &place))
    })
}

/// Where in a recipe something stands.
#[derive(Default)]
struct Place {
    /// The table, as words: ` in [optimiser]`, or ` in [[stage]] joint`; empty above the first table.
    table: String,
    /// Whether it is part of a table's header itself.
    in_header: bool,
}

impl Place {
    /// The place that follows this much of the text.
    fn after(before: &str) -> Place {
        let lines: Vec<&str> = before.lines().map(str::trim).collect();
        let under_way = lines.last().filter(|_| !before.ends_with('\n'));
        let in_header = under_way.filter(|line| line.starts_with('[') && !line.contains(']'));
        let path = match in_header {
            Some(line) => line.trim_start_matches('[').trim_end_matches('.'),
            None => {
                let header = lines.iter().rev().find(|line| line.starts_with('['));
                let words = header.and_then(|line| line.split(']').next());
                words.unwrap_or_default().trim_start_matches('[').trim()
            }
        };
        let table = match path.strip_prefix("stage") {
            _ if path.is_empty() => String::new(),
            Some("") => format!(" in [[stage]]{}", stage_under_way(&lines)),
            Some(_) => format!(" in [{path}]{}", stage_under_way(&lines)),
            None => format!(" in [{path}]"),
        };
        Place {
            table,
            in_header: in_header.is_some(),
        }
    }
}

/// The name of the stage that the last of the lines belongs to, with a space before it; empty where it has none.
fn stage_under_way(lines: &[&str]) -> String {
    let begun = lines.iter().rposition(|line| line.starts_with("[[stage"));
    let own = lines.get(begun.map_or(lines.len(), |begun| begun + 1)..);
    let mut own = own.unwrap_or_default().iter();
    let name = own.find_map(|line| line.strip_prefix("name")?.trim_start().strip_prefix('='));
    name.map_or_else(String::new, |name| {
        format!(" {}", name.trim().trim_matches(['"', '\'']))
    })
}

/// What serde says of an unknown key or value, in the words of a recipe and with a suggestion; anything else as it is,
/// with the table.
fn explained(message: &str, Place { table, in_header }: &Place) -> String {
    for (serdes, ours) in [("unknown field `", "key"), ("unknown variant `", "value")] {
        let Some((unknown, expected)) = message
            .strip_prefix(serdes)
            .and_then(|rest| rest.split_once('`'))
        else {
            continue;
        };
        // A kind of network or input is a table's name in TOML, to serde a variant.
        let ours = match (ours, in_header) {
            ("value", true) => "kind",
            _ => ours,
        };
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        let suggestion = suggestion(unknown, &known);
        return format!("unknown {ours} `{unknown}`{table}; {suggestion}");
    }
    format!("{}{table}", message.trim_end())
}

/// The words after "unknown …": the known one that is most like it, where one is, else all of them.
pub(super) fn suggestion(unknown: &str, known: &[&str]) -> String {
    let likeness =
        |word: &str| strsim::normalized_damerau_levenshtein(&plain(unknown), &plain(word));
    let closest = known
        .iter()
        .map(|word| (likeness(word), *word))
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match closest {
        Some((likeness, word)) if likeness >= ALIKE => format!("did you mean `{word}`?"),
        Some(_) => format!("known are `{}`", known.join("`, `")),
        None => "nothing can stand there".to_owned(),
    }
}

/// A word without what is easily mixed up: case and the sign between its parts.
fn plain(word: &str) -> String {
    word.to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::super::tests::smoke;
    use super::*;

    fn problem(good: &str, bad: &str) -> String {
        let text = smoke();
        assert!(text.contains(good), "the smoke recipe lacks `{good}`");
        recipe_of(&text.replacen(good, bad, 1)).unwrap_err().1
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_table_and_the_one_that_was_meant() {
        for (good, bad, expected) in [
            (
                "learning_rate =",
                "learing_rate =",
                "unknown key `learing_rate` in [[stage]] pretrain-mri; did you mean `learning_rate`?",
            ),
            (
                "schedule =",
                "shedule =",
                "unknown key `shedule` in [[stage]] joint; did you mean `schedule`?",
            ),
            (
                "cross_modal =",
                "crossmodal =",
                "unknown key `crossmodal` in [stage.weights] joint; did you mean `cross_modal`?",
            ),
            (
                "weight_decay =",
                "weightdecay =",
                "unknown key `weightdecay` in [optimiser]; did you mean `weight_decay`?",
            ),
            ("seed =", "sed =", "unknown key `sed`; did you mean `seed`?"),
            (
                "[optimiser]",
                "[optimizer]",
                "unknown key `optimizer`; did you mean `optimiser`?",
            ),
            (
                "[stage.weights]",
                "[stage.weight]",
                "unknown key `weight` in [[stage]] pretrain-mri; did you mean `weights`?",
            ),
            (
                "[input.median_beat]",
                "[input.median_beats]",
                "unknown kind `median_beats` in [input]; did you mean `median_beat`?",
            ),
            (
                "\"cosine\"",
                "\"Cosin\"",
                "unknown value `Cosin` in [[stage]] joint; did you mean `cosine`?",
            ),
            (
                "schedule =",
                "mri_loss = \"square\"\nschedule =",
                "unknown value `square` in [[stage]] joint; did you mean `squared`?",
            ),
            (
                "schedule =",
                "frozen = [\"mri-encoder\"]\nschedule =",
                "unknown value `mri-encoder` in [[stage]] joint; did you mean `mri_encoder`?",
            ),
        ] {
            assert_eq!(problem(good, bad), expected);
        }
    }

    #[test]
    fn a_word_like_none_gets_them_all() {
        let message = problem("\"cosine\"", "\"zigzag\"");
        assert!(
            message.ends_with("known are `constant`, `cosine`"),
            "{message}"
        );
    }

    #[test]
    fn a_wrong_type_is_told_with_its_table() {
        let message = problem("epochs = 2", "epochs = \"two\"");
        assert!(message.contains("in [[stage]] joint"), "{message}");
        assert!(message.contains("invalid type"), "{message}");
    }
}
