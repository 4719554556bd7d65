//! What `ecg2mri` depends on: little, and all of it said why.

use std::collections::BTreeSet;
use std::process::Command;

use ecg2mri_tests::checkout;

/// Crates that must not come with `ecg2mri`, by name: ONNX Runtime, asynchronous runtimes, and
/// libraries of the system.
const UNWANTED: [&str; 8] = [
    "ort",
    "ort-sys",
    "tokio",
    "async-std",
    "smol",
    "openssl",
    "libz-sys",
    "reqwest",
];

fn read(file: &str) -> String {
    std::fs::read_to_string(checkout().join(file)).expect("a file of the checkout")
}

/// The keys of the table `[dependencies]`.
fn direct_dependencies() -> BTreeSet<String> {
    let manifest = read("runtime/Cargo.toml");
    let section = manifest
        .split_once("\n[dependencies]\n")
        .expect("the runtime has dependencies")
        .1;
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let name = |line: &str| {
        let end = line.find(['.', ' ', '='])?;
        (!line.starts_with('#')).then(|| line[..end].to_owned())
    };
    lines.filter_map(name).collect()
}

/// First column of the table, whose names stand in back quotes.
fn explained() -> BTreeSet<String> {
    let page = read("runtime/docs/dependencies.md");
    let name = |line: &str| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split(" | ").collect();
        let [name, licence, crates, reason] = cells.as_slice() else {
            panic!("a row has four cells: {line}");
        };
        let empty = [licence, crates, reason]
            .iter()
            .any(|cell| cell.trim().is_empty());
        assert!(!empty, "a cell is empty: {line}");
        Some(name.trim_end_matches('`').to_owned())
    };
    page.lines().filter_map(name).collect()
}

#[test]
fn every_direct_dependency_stands_in_the_table_with_its_reason() {
    let direct = direct_dependencies();
    assert!(
        direct.contains("tract-core") && direct.contains("serde"),
        "{direct:?}"
    );
    assert_eq!(explained(), direct);
}

#[test]
fn the_program_brings_neither_onnx_runtime_nor_an_asynchronous_runtime() {
    let arguments = [
        "tree",
        "-p",
        "ecg2mri",
        "--offline",
        "--locked",
        "-e",
        "normal",
    ];
    let tree = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(checkout())
        .output()
        .expect("cargo runs, since it runs this test");
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let tree = String::from_utf8(tree.stdout).expect("text");
    let crates: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(crates.contains("tract-core"), "it is no tree: {crates:?}");
    let unwanted: Vec<&str> = UNWANTED
        .into_iter()
        .filter(|name| crates.contains(name))
        .collect();
    assert!(unwanted.is_empty(), "{unwanted:?}");
}
