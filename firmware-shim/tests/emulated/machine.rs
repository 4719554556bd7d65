//! The image in its emulator: built once, started for each test, and ended with it.

use std::env;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const TARGET: &str = "thumbv7em-none-eabihf";
const EMULATOR: &str = "qemu-system-arm";

/// An emulated board that runs the image, and the host's end of its UART.
pub struct Machine {
    emulator: Child,
    /// What the board sends and is sent.
    pub link: TcpStream,
}

impl Machine {
    /// Starts the board; `None`, having said why, where it cannot be built for or emulated.
    pub fn start(test: &str) -> Option<Self> {
        if let Some(reason) = missing() {
            println!("SKIPPED: {test}: {reason}");
            return None;
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let mut emulator = Command::new(EMULATOR)
            .args(["-M", "mps2-an386", "-display", "none", "-monitor", "none"])
            // Time is instructions executed, and idle time is skipped: a busy host makes no interrupt late.
            .args(["-icount", "shift=5,sleep=off"])
            // A panic is told and ends the emulator.
            .args(["-semihosting-config", "enable=on,target=native"])
            .args(["-serial", &format!("tcp:{address}")])
            .arg("-kernel")
            .arg(image())
            .stdin(Stdio::null())
            .spawn()
            .expect("the emulator starts");
        let link = accept(&listener, &mut emulator);
        Some(Self { emulator, link })
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// The emulator's connection, which it makes before it runs anything.
fn accept(listener: &TcpListener, emulator: &mut Child) -> TcpStream {
    listener
        .set_nonblocking(true)
        .expect("a listener need not block");
    let started = Instant::now();
    loop {
        if let Ok((link, _)) = listener.accept() {
            link.set_nonblocking(false).expect("a link may block");
            link.set_read_timeout(Some(Duration::from_secs(60)))
                .expect("a time-out can be set");
            link.set_nodelay(true).expect("bytes need not wait");
            return link;
        }
        if let Some(status) = emulator.try_wait().expect("its state can be asked for") {
            panic!("{EMULATOR} ended with {status} before it connected");
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{EMULATOR} does not connect"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Why the image cannot be built or emulated here, if it cannot.
fn missing() -> Option<String> {
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
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/qemu-mps2/Cargo.toml");
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
