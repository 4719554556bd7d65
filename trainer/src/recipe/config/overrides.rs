//! Values given on the command line in place of a recipe's own: `stage.joint.epochs=5`.

use super::Recipe;
use super::reading::{recipe_of, suggestion};
use toml::{Table, Value};

/// The recipe with one value replaced. `replacement` is `PATH=VALUE`: PATH as TOML's dotted keys have it, a stage by its
/// name; VALUE as TOML has it, or one bare word for a string.
///
/// # Errors
/// A sentence that says what of it is unknown or wrong, with a suggestion.
pub(super) fn overridden(recipe: &Recipe, replacement: &str) -> Result<Recipe, String> {
    let failed = |problem: String| format!("`--set {replacement}`: {problem}");
    let (path, value) = replacement.split_once('=').ok_or_else(|| {
        failed("give it as PATH=VALUE, for instance stage.joint.epochs=5".to_owned())
    })?;
    let keys = keys_of(path.trim()).map_err(failed)?;
    let value = value_of(value.trim()).map_err(failed)?;
    // As text and back, so that a key which the recipe leaves out is told from one that no recipe has, and values are
    // read by the very rules of a recipe's file.
    let mut whole: Table =
        toml::from_str(&recipe.to_toml()).map_err(|error| failed(error.message().to_owned()))?;
    put(&mut whole, &keys, value).map_err(failed)?;
    let text = toml::to_string(&whole).map_err(|error| failed(error.to_string()))?;
    recipe_of(&text).map_err(|(_, problem)| failed(problem))
}

/// The parts of a dotted path; TOML's own rules hold for quotes.
fn keys_of(path: &str) -> Result<Vec<String>, String> {
    let table: Table = toml::from_str(&format!("{path} = 0"))
        .map_err(|_| format!("`{path}` is no path of keys with dots between them"))?;
    let mut keys = Vec::new();
    let mut under = &Value::Table(table);
    while let Value::Table(table) = under {
        let Some((key, value)) = table.iter().next() else {
            break;
        };
        keys.push(key.clone());
        under = value;
    }
    Ok(keys)
}

fn value_of(text: &str) -> Result<Value, String> {
    let parsed = toml::from_str::<Table>(&format!("value = {text}"));
    match parsed.map(|mut table| (table.len(), table.remove("value"))) {
        Ok((1, Some(value))) => Ok(value),
        _ if is_word(text) => Ok(Value::String(text.to_owned())),
        _ => Err(format!(
            "`{text}` is no TOML value; numbers, true and false stand as they are, lists as [1, 2], words with signs \
             in them in quotes"
        )),
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_')
}

/// Puts a value where the path leads. Tables that the recipe leaves out are made; whether a recipe may have them at all
/// shows when it is read.
fn put(table: &mut Table, keys: &[String], value: Value) -> Result<(), String> {
    let Some((last, path)) = keys.split_last() else {
        return Ok(());
    };
    let mut under = table;
    let mut walked: Vec<&str> = Vec::new();
    let mut left = path.iter();
    while let Some(key) = left.next() {
        check_kind(under, &walked, key)?;
        walked.push(key);
        let inner = under
            .entry(key.clone())
            .or_insert_with(|| Value::Table(Table::new()));
        under = match inner {
            Value::Table(inner) => inner,
            // Only the stages are a list of tables.
            Value::Array(stages) if walked == ["stage"] => {
                let Some(name) = left.next() else {
                    return Err(format!("say which value of stage `{last}` is meant"));
                };
                walked.push(name);
                stage_of(stages, name)?
            }
            _ => {
                let value = walked.join(".");
                return Err(format!("`{value}` is a value and has no keys below it"));
            }
        };
    }
    check_kind(under, &walked, last)?;
    under.insert(last.clone(), value);
    Ok(())
}

/// Refuses a second kind where a recipe has one of several kinds, such as of network.
fn check_kind(table: &Table, walked: &[&str], key: &str) -> Result<(), String> {
    let one_of_several = matches!(
        walked,
        ["input"] | ["architecture", "ecg" | "mri"] | ["stage", _, "contrast"]
    );
    let other = table.keys().find(|known| *known != key);
    match other.filter(|_| one_of_several) {
        None => Ok(()),
        Some(kind) => Err(format!(
            "the recipe has `{kind}` there and not `{key}`; to choose another kind give all of it at once, as \
             --set '{}={{ {key} = {{ … }} }}'",
            walked.join(".")
        )),
    }
}

fn stage_of<'a>(stages: &'a mut [Value], name: &str) -> Result<&'a mut Table, String> {
    let name_of = |stage: &Value| {
        let name = stage.get("name").and_then(Value::as_str);
        name.unwrap_or_default().to_owned()
    };
    let names: Vec<String> = stages.iter().map(name_of).collect();
    let places: Vec<usize> = (0..names.len())
        .filter(|&place| names[place] == name)
        .collect();
    match places[..] {
        [place] => match stages.get_mut(place) {
            Some(Value::Table(stage)) => Ok(stage),
            _ => Err(format!("stage `{name}` is no table")),
        },
        [] => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            Err(format!(
                "unknown stage `{name}`; {}",
                suggestion(name, &names)
            ))
        }
        _ => Err(format!(
            "{} stages are called `{name}`; give them names of their own in the recipe",
            places.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read, smoke};
    use super::super::{Contrast, MriNetwork, Schedule};
    use super::*;

    fn recipe() -> Recipe {
        read(&smoke()).unwrap()
    }

    fn with(replacement: &str) -> Recipe {
        overridden(&recipe(), replacement).unwrap()
    }

    fn problem(replacement: &str) -> String {
        overridden(&recipe(), replacement).unwrap_err()
    }

    #[test]
    fn values_are_replaced_and_nothing_else() {
        let mut expected = recipe();
        expected.seed = 3;
        assert_eq!(with("seed=3"), expected);
        let mut expected = recipe();
        expected.stages[1].epochs = 5;
        assert_eq!(with("stage.joint.epochs = 5"), expected);
        expected.stages[1].epochs = recipe().stages[1].epochs;
        expected.stages[1].schedule = Schedule::Constant;
        assert_eq!(with("stage.joint.schedule=constant"), expected);
        assert_eq!(with("stage.\"joint\".schedule=\"constant\""), expected);
        // A key that the recipe leaves out.
        assert_eq!(with("stage.joint.subjects=16").stages[1].subjects, Some(16));
        assert_eq!(with("augmentation.gain=0").augmentation.gain, 0.0);
    }

    #[test]
    fn lists_and_whole_tables_are_replaced() {
        let narrower = with("architecture.mri.convolutional.encoder=[2, 2, 4, 4,8]");
        match &narrower.architecture.mri {
            MriNetwork::Convolutional(network) => assert_eq!(network.encoder, [2, 2, 4, 4, 8]),
            other => panic!("{other:?}"),
        }
        let thesis = with("stage.joint.contrast={ margin_cosine = { margin = 0.2 } }");
        assert_eq!(
            thesis.stages[1].contrast,
            Contrast::MarginCosine { margin: 0.2 }
        );
    }

    #[test]
    fn unknown_paths_are_named_with_a_suggestion() {
        for (replacement, expected) in [
            ("sed=3", "unknown key `sed`; did you mean `seed`?"),
            ("optimizer.beta1=0.5", "did you mean `optimiser`?"),
            ("stage.joint.epoch=5", "did you mean `epochs`?"),
            (
                "stage.join.epochs=5",
                "unknown stage `join`; did you mean `joint`?",
            ),
            (
                "stage.joint.wieghts.fused=1.0",
                "unknown key `wieghts` in [[stage]] joint; did you mean `weights`?",
            ),
            (
                "architecture.mri.double_convolution.encoder=[4]",
                "the recipe has `convolutional` there",
            ),
            ("stage.joint=5", "which value of stage `joint`"),
            ("seed.low=5", "`seed` is a value"),
            ("stage.joint.schedule=cosin", "did you mean `cosine`?"),
            ("stage.joint.epochs=two", "invalid type"),
            ("stage.joint.epochs=[", "no TOML value"),
            ("seed=3\nname=\"x\"", "no TOML value"),
            ("seed", "PATH=VALUE"),
            ("a b=3", "no path of keys"),
            ("=3", "no path of keys"),
        ] {
            let message = problem(replacement);
            assert!(message.contains(expected), "{replacement}: {message}");
            assert!(
                message.starts_with(&format!("`--set {replacement}`: ")),
                "{message}"
            );
        }
    }

    #[test]
    fn a_name_that_two_stages_bear_is_refused() {
        let mut twice = recipe();
        twice.stages[0].name = "joint".to_owned();
        let message = overridden(&twice, "stage.joint.epochs=5").unwrap_err();
        assert!(message.contains("2 stages are called"), "{message}");
    }
}
