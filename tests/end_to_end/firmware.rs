//! From the firmware of an emulated Cortex-M4F, its driver and front end, by its UART to `ecg2mri cart`, which draws.

use crate::emulator;
use crate::pictures::read_marked;
use ecg2mri_tests::{checkout, program, sample, succeed, temporary_folder};
use serde_json::Value;
use std::net::TcpListener;
use std::path::Path;
use std::process::Child;

/// What the image plays unless told otherwise.
const PLAYED: &str = "normal-woman.hea";
/// How far a heart rate may differ, in beats a minute: ten seconds from the middle of the recording are not the first ten.
const HEART_RATE: f64 = 1.0;
/// How far a duration may differ, in ms.
const DURATION: f64 = 8.0;

/// The board, ended with the test.
struct Board(Child);

impl Drop for Board {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn firmware_to_picture() {
    if let Some(reason) = emulator::missing() {
        return println!("SKIPPED: firmware_to_picture: {reason}");
    }
    let address = free_address();
    // It begins when somebody connects, so that the host hears it from the first byte.
    let board = emulator::command(&format!("tcp:{address},server=on,wait=on")).spawn();
    let _board = Board(board.expect("the emulator starts"));

    let folder = temporary_folder();
    let model = checkout().join("models/cart");
    let mut cart = program("ecg2mri");
    cart.args(["cart", "--wait", "--tcp", &address, "--json"])
        .args(["--generate-every", "10", "--pictures", "1"])
        .arg("--record")
        .arg(folder.path().join("recordings"))
        .arg("-o")
        .arg(folder.path())
        .arg("--model")
        .arg(&model);
    let output = cart.output().expect("the program starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}\n{told}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );

    let drawn = read_marked(&folder.path().join("picture-0001.png"), &model);
    assert!(drawn.image.width() > 0);
    let report = json(&folder.path().join("picture-0001.json"));
    let measured = succeed(
        "ecg2mri",
        &["measure", &sample(PLAYED).to_string_lossy(), "--json"],
    );
    let measured: Value = serde_json::from_str(&measured).expect("it prints JSON");
    for (name, tolerance) in [
        ("heart_rate_bpm", HEART_RATE),
        ("pr_ms", DURATION),
        ("qrs_ms", DURATION),
        ("qt_ms", DURATION),
    ] {
        let [there, here] = [&report["measurements"][name], &measured[name]]
            .map(|value| value.as_f64().unwrap_or_else(|| panic!("{name}: {value}")));
        assert!(
            (there - here).abs() <= tolerance,
            "{name}: {there} of what the board sent, {here} of the recording"
        );
    }
}

/// An address that nobody listens at.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    address.to_string()
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the program wrote it");
    serde_json::from_str(&text).expect("it is JSON")
}
