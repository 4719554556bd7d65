//! Reports follow the published schema, and the schema names what reports hold.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{
    LEADS, artificial_recording, ecg2mri, generate_with, stderr, tiny_cart, tiny_model, write_wfdb,
};
use serde_json::Value;

fn schema_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json")
}

fn schema() -> Value {
    let text = fs::read_to_string(schema_path()).expect("the schema");
    serde_json::from_str(&text).expect("JSON")
}

/// The keywords of the schema that are checked here, and those that only tell something.
const KEYWORDS: [&str; 15] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "minimum",
    "maximum",
    "pattern",
    "description",
    "title",
    "$schema",
    "$id",
];

/// What of `value` breaks the schema, each with its place. Of patterns that of a SHA-256 alone is known.
fn problems(value: &Value, schema: &Value, place: &str) -> Vec<String> {
    let rules = schema.as_object().expect("a schema is an object");
    let unknown: Vec<&String> = rules
        .keys()
        .filter(|key| !KEYWORDS.contains(&&***key))
        .collect();
    assert!(
        unknown.is_empty(),
        "{place}: {unknown:?} cannot be checked here"
    );
    let mut found = Vec::new();
    let mut demand = |holds: bool, what: &str| {
        if !holds {
            found.push(format!("{place}: {what}: {value}"));
        }
    };
    if let Some(kind) = rules.get("type") {
        let is = |kind: &Value| match kind.as_str().expect("a name") {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "number" => value.is_number(),
            "integer" => value.is_u64() || value.is_i64(),
            other => panic!("{other} is no type"),
        };
        demand(
            kind.as_array()
                .map_or_else(|| is(kind), |kinds| kinds.iter().any(is)),
            "type",
        );
    }
    if let Some(constant) = rules.get("const") {
        demand(value == constant, "const");
    }
    if let Some(Value::Array(values)) = rules.get("enum") {
        demand(values.contains(value), "enum");
    }
    if let (Some(limit), Some(number)) = (rules.get("minimum"), value.as_f64()) {
        demand(number >= limit.as_f64().expect("a number"), "minimum");
    }
    if let (Some(limit), Some(number)) = (rules.get("maximum"), value.as_f64()) {
        demand(number <= limit.as_f64().expect("a number"), "maximum");
    }
    if let (Some(pattern), Some(text)) = (rules.get("pattern"), value.as_str()) {
        assert_eq!(pattern, "^[0-9a-f]{64}$", "{place}");
        let digits = text
            .chars()
            .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        demand(text.len() == 64 && digits, "pattern");
    }
    if let Some(Value::Array(choices)) = rules.get("anyOf") {
        let fits = |choice| problems(value, choice, place).is_empty();
        demand(choices.iter().any(fits), "anyOf");
    }
    if let (Some(object), Some(properties)) = (value.as_object(), rules.get("properties")) {
        for name in rules
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let name = name.as_str().expect("a name");
            demand(object.contains_key(name), &format!("{name} is required"));
        }
        for (name, value) in object {
            match properties.get(name) {
                Some(schema) => found.extend(problems(value, schema, &format!("{place}.{name}"))),
                None => found.push(format!("{place}: {name} is not in the schema")),
            }
        }
    }
    if let (Some(list), Some(items)) = (value.as_array(), rules.get("items")) {
        let each = list
            .iter()
            .flat_map(|value| problems(value, items, &format!("{place}[]")));
        found.extend(each);
    }
    found
}

/// Names of all properties with their places, as the schema gives them.
fn names_of_schema(schema: &Value, place: &str, names: &mut BTreeSet<String>) {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        for (name, schema) in properties {
            let place = format!("{place}.{name}");
            names_of_schema(schema, &place, names);
            names.insert(place);
        }
    }
    for schema in schema
        .get("anyOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        names_of_schema(schema, place, names);
    }
    if let Some(items) = schema.get("items") {
        names_of_schema(items, place, names);
    }
}

fn names_of_value(value: &Value, place: &str, names: &mut BTreeSet<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        names_of_value(value, &place, names);
        names.insert(place);
    }
    for value in value.as_array().into_iter().flatten() {
        names_of_value(value, place, names);
    }
}

fn report_in(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("report.json")).expect("the report");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn every_report_follows_the_schema_and_the_schema_names_nothing_else() {
    let schema = schema();
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    // A lead that saturates is refused, and reported on when forced.
    let mut poor = artificial_recording(1.0);
    let highest = poor[9].iter().copied().max().unwrap_or_default();
    for value in &mut poor[9] {
        *value = (*value).min(highest / 2);
    }
    let poor = write_wfdb(folder.path(), "poor", &LEADS, &poor);
    let mut found = BTreeSet::new();
    for model in [tiny_model(), tiny_cart()] {
        let ended = generate_with(&model, &ecg, folder.path());
        assert!(ended.status.success(), "{}", stderr(&ended));
        let report = report_in(folder.path());
        assert_eq!(problems(&report, &schema, "report"), [""; 0]);
        names_of_value(&report, "report", &mut found);
        check_with_python(&folder.path().join("report.json"));

        let refused = generate_with(&model, &poor, folder.path());
        assert_eq!(refused.status.code(), Some(3), "{}", stderr(&refused));
        assert_eq!(
            report_in(folder.path()),
            report,
            "a refusal writes no report"
        );
        let forced = ecg2mri(&[
            "generate".as_ref(),
            poor.as_os_str(),
            "-o".as_ref(),
            folder.path().join("picture.png").as_os_str(),
            "--report".as_ref(),
            folder.path().join("report.json").as_os_str(),
            "--model".as_ref(),
            model.as_os_str(),
            "--force".as_ref(),
        ]);
        assert!(forced.status.success(), "{}", stderr(&forced));
        let report = report_in(folder.path());
        assert_eq!(problems(&report, &schema, "report"), [""; 0]);
        assert_eq!(report["quality"]["forced"], true);
        check_with_python(&folder.path().join("report.json"));
    }
    let mut named = BTreeSet::new();
    names_of_schema(&schema, "report", &mut named);
    assert_eq!(found, named);
}

#[test]
fn what_is_no_report_breaks_the_schema() {
    let schema = schema();
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let ended = generate_with(&tiny_cart(), &ecg, folder.path());
    assert!(ended.status.success(), "{}", stderr(&ended));
    let sound = report_in(folder.path());
    let damages: [&dyn Fn(&mut Value); 6] = [
        &|report| report["notice"] = "a scan".into(),
        &|report| report["schema_version"] = 2.into(),
        &|report| report["patient"] = "a name".into(),
        &|report| report["model"]["sha256"] = "0123".into(),
        &|report| report["quality"]["verdict"] = "fine".into(),
        &|report| {
            report["timing_ms"]
                .as_object_mut()
                .expect("times")
                .remove("total");
        },
    ];
    for damage in damages {
        let mut report = sound.clone();
        damage(&mut report);
        assert_eq!(problems(&report, &schema, "report").len(), 1);
    }
}

/// Asks Python's `jsonschema`, where it is installed, whether the report follows the schema.
fn check_with_python(report: &Path) {
    let script = "import json, sys, jsonschema\n\
        schema, report = (json.load(open(path, encoding='utf-8')) for path in sys.argv[1:])\n\
        jsonschema.Draft202012Validator.check_schema(schema)\n\
        jsonschema.Draft202012Validator(schema).validate(report)\n";
    let python = std::env::var("ECG2MRI_PYTHON").unwrap_or("python3".into());
    let run = |script: &str| {
        Command::new(&python)
            .args(["-c", script])
            .arg(schema_path())
            .arg(report)
            .output()
    };
    match run("import jsonschema") {
        Ok(ended) if ended.status.success() => {}
        _ => {
            println!("SKIPPED: Python with jsonschema is not installed");
            return;
        }
    }
    let ended = run(script).expect("Python is there");
    assert!(ended.status.success(), "{}", stderr(&ended));
}
