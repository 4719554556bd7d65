//! Compiling C against the library as it was just built, and running it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The crate's folder.
pub fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of the checkout.
pub fn checkout(name: &str) -> PathBuf {
    here().join("../..").join(name)
}

/// Whether a program is there; prints `SKIPPED` with the test's name where it is not.
pub fn has(program: &str, test: &str) -> bool {
    let found = Command::new(program).arg("--version").output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("SKIPPED: {test}: there is no {program}");
    }
    found
}

/// Runs a command to its end and gives what it printed.
///
/// # Panics
/// With all that it printed where it fails.
pub fn succeed(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it starts");
    let (stdout, stderr) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    assert!(
        status.success(),
        "{command:?}: {status}\n{stdout}\n{stderr}"
    );
    stdout.into_owned()
}

/// The library, installed into a folder of its own; links stand for copies.
pub struct Installed {
    folder: TempDir,
}

impl Installed {
    /// Installs what Cargo built for this test.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let test = std::env::current_exe().expect("a test has a path");
        let built = test.parent().expect("a test lies in a folder");
        let mut install = Command::new(here().join("install"));
        install.arg(folder.path()).arg(built);
        succeed(install.env("INSTALL", "ln -s").env_remove("DESTDIR"));
        Self { folder }
    }

    /// Where it is; programs are put here as well.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Compiles a program against the shared library.
    pub fn compile(&self, source: &Path) -> PathBuf {
        let library = self.folder().join("lib");
        let search = format!("-L{}", library.display());
        let run_path = format!("-Wl,-rpath,{}", library.display());
        let link: [&OsStr; 3] = [search.as_ref(), run_path.as_ref(), "-lecg2mri".as_ref()];
        self.compile_with(source, "shared", &link)
    }

    /// Compiles a program with these linker's arguments.
    pub fn compile_with(&self, source: &Path, kind: &str, link: &[&OsStr]) -> PathBuf {
        let name = source.file_stem().expect("a source has a name");
        let name = format!("{}-{kind}", name.to_string_lossy());
        let program = self.folder().join(name);
        let mut compiler = Command::new("gcc");
        compiler
            .args([
                "-std=c11",
                "-g",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-pedantic",
            ])
            .arg("-I")
            .arg(self.folder().join("include"))
            .arg("-o")
            .arg(&program)
            .arg(source)
            .args(link)
            .arg("-pthread");
        succeed(&mut compiler);
        program
    }
}
