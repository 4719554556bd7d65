//! Takes down the git revision that the program is built from, so that a run can name it.
//!
//! It is taken at build time because the machine that trains often has the program and no checkout. Without git, or
//! outside a checkout (a source archive), it is `unknown`; a checkout whose tracked files differ from the revision adds
//! `-modified`.

use std::path::Path;
use std::process::Command;

/// What decides the program: this crate, those it depends on, and the versions of all others.
const SOURCES: [&str; 9] = [
    "src",
    "build.rs",
    "Cargo.toml",
    "../runtime/src",
    "../runtime/Cargo.toml",
    "../firmware-shim/src",
    "../firmware-shim/Cargo.toml",
    "../Cargo.toml",
    "../Cargo.lock",
];

fn main() {
    // The log of HEAD grows with every commit. A debug build is not made anew for a commit that changes no source: it
    // keeps the name that it had, REVISION-modified, which is still true.
    let head = match std::env::var("PROFILE").as_deref() {
        Ok("release") => ["HEAD", "logs/HEAD"].map(|name| git(&["rev-parse", "--git-path", name])),
        _ => [None, None],
    };
    let sources = SOURCES.map(|source| Some(source.to_owned()));
    for path in head.into_iter().chain(sources).flatten() {
        // Cargo would build anew each time for a file that is missing.
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let revision = revision().unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=ECG2MRI_REVISION={revision}");
}

fn revision() -> Option<String> {
    // A source archive unpacked inside another project's checkout has no revision of its own.
    git(&["ls-files", "--error-unmatch", "Cargo.toml"])?;
    let revision = git(&["rev-parse", "HEAD"])?;
    let mut question = vec![
        "--no-optional-locks",
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
    ];
    question.extend(SOURCES);
    let changes = git(&question)?;
    Some(match changes.is_empty() {
        true => revision,
        false => format!("{revision}-modified"),
    })
}

/// What git prints, trimmed; `None` where it fails or there is none.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
