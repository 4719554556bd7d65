//! How the firmware for the emulated board is built and started.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The program that emulates the board.
pub const EMULATOR: &str = "qemu-system-arm";
/// The board's processor, a Cortex-M4F.
const TARGET: &str = "thumbv7em-none-eabihf";

/// Starts the board, whose UART is what `serial` says as QEMU's option `-serial` has it.
pub fn command(serial: &str) -> Command {
    let mut emulator = Command::new(EMULATOR);
    emulator
        .args(["-M", "mps2-an386", "-display", "none", "-monitor", "none"])
        // Time is instructions executed, and idle time is skipped: a busy host makes no interrupt late.
        .args(["-icount", "shift=6,sleep=off"])
        // A panic is told and ends the emulator.
        .args(["-semihosting-config", "enable=on,target=native"])
        .args(["-serial", serial])
        .arg("-kernel")
        .arg(image())
        .stdin(Stdio::null());
    emulator
}

/// Why the image cannot be built or emulated here, if it cannot.
pub fn missing() -> Option<String> {
    const REMEDY: &str = "firmware-shim/examples/add-targets.sh installs it";
    if Command::new(EMULATOR)
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return Some(format!("there is no {EMULATOR} ({REMEDY})"));
    }
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output();
    let library = match &asked {
        Ok(output) => Path::new(
            str::from_utf8(&output.stdout)
                .unwrap_or_default()
                .trim_end(),
        ),
        Err(error) => return Some(format!("rustc does not run: {error}")),
    };
    if !library.is_dir() {
        return Some(format!(
            "Rust's core library for {TARGET} is missing ({REMEDY})"
        ));
    }
    None
}

/// The image, built the first time it is asked for.
fn image() -> &'static Path {
    static IMAGE: OnceLock<PathBuf> = OnceLock::new();
    IMAGE.get_or_init(|| {
        // The end-to-end tests, in the folder `tests`, build it by this file too.
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../firmware-shim/examples/qemu-mps2/Cargo.toml");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("qemu-mps2");
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--target",
            TARGET,
        ]);
        build
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--target-dir")
            .arg(&folder);
        // What is meant for this machine's programs.
        for variable in [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_BUILD_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
        ] {
            build.env_remove(variable);
        }
        let status = build.status().expect("cargo runs");
        assert!(status.success(), "the image cannot be built");
        folder.join(TARGET).join("release/ecg2mri-qemu-mps2")
    })
}
