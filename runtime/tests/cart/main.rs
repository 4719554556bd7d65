//! `ecg2mri cart`: a device is heard, recorded and pictured, and what cannot be is said.

#[path = "../common/mod.rs"]
mod common;
mod device;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use common::{names_in, stderr, stdout};
use device::Device;
use ecg2mri::ecg::Lead;
use ecg2mri::formats;
use ecg2mri_shim::wire::{
    Acknowledgement, Body, Command as DeviceCommand, Decoder, Event, Outcome, Status,
};
use serde_json::Value;

/// The program with `cart`, which has nothing on its standard input.
fn cart(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecg2mri"));
    command
        .arg("cart")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .current_dir(folder);
    command
}

fn run(arguments: &[&str], folder: &Path) -> Output {
    cart(arguments, folder).output().expect("it starts")
}

fn replay(bytes: &[u8], more: &[&str], folder: &Path) -> Output {
    fs::write(folder.join("bytes.bin"), bytes).expect("written");
    run(
        &[&["--replay", "bytes.bin", "--fast"], more].concat(),
        folder,
    )
}

fn shipped_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/cart")
}

/// The JSON lines of one kind.
fn events(text: &str, kind: &str) -> Vec<Value> {
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    lines.filter(|line: &Value| line["event"] == kind).collect()
}

#[test]
fn a_replay_is_recorded_pictured_and_accounted_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut device = Device::new();
    let bytes = device.seconds(22);
    let model = shipped_model();
    let model = model.to_str().expect("a path");
    let wishes = [
        "--json",
        "--record",
        "recorded",
        "-o",
        "pictures",
        "--generate-every",
        "10",
        "--model",
        model,
    ];
    let output = replay(&bytes, &wishes, folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    let pictures = events(&text, "picture");
    assert_eq!(pictures.len(), 2, "{text}");
    assert_eq!(
        names_in(&folder.path().join("pictures")),
        [
            "picture-0001.json",
            "picture-0001.png",
            "picture-0002.json",
            "picture-0002.png"
        ]
    );
    let report = fs::read(folder.path().join("pictures/picture-0001.json")).expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(report["input"]["samples"], 5000);
    assert!(
        report["notice"]
            .as_str()
            .expect("words")
            .contains("SYNTHETIC")
    );
    let rate = report["measurements"]["heart_rate_bpm"]
        .as_f64()
        .expect("measured");

    let statuses = events(&text, "status");
    // One each second; the last may be short of its end.
    assert!((20..=22).contains(&statuses.len()), "{text}");
    let last = statuses.last().expect("one each second");
    let shown = last["heart_rate_bpm"].as_f64().expect("a heart");
    assert!((shown - rate).abs() < 5.0, "{shown} {rate}");
    assert_eq!(last["electrodes_off"], Value::Array(Vec::new()));
    // Where ten seconds begin anew a beat may be unlike the others.
    assert!(
        last["quality"] == "good" || last["quality"] == "usable",
        "{text}"
    );
    let end = &events(&text, "end")[0]["ledger"];
    assert_eq!(
        (&end["samples_delivered"], &end["bytes"]),
        (&11_000.into(), &bytes.len().into())
    );
    assert_eq!(end["samples_missing"]["all"], 0);

    let recorded = formats::read(&folder.path().join("recorded/rec0001.hea")).expect("a record");
    assert_eq!(recorded.samples_per_lead(), 11_000);
    let second = recorded.lead(Lead::II).expect("recorded");
    for (position, value) in second.iter().enumerate() {
        // 2.4 V at gain 6, in millivolts.
        let expected = f64::from(device.code(position as u32, 2)) * 400.0 / 8_388_607.0;
        assert!((f64::from(*value) - expected).abs() < 1e-6);
    }
}

#[test]
fn what_speaks_against_a_picture_is_said_and_ends_in_a_refusal() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut device = Device::new();
    device.lead_off.positive = 0b10;
    let mut bytes = device.seconds(12);
    device.lead_off.positive = 0;
    device.status = Status::TEST_SIGNAL;
    bytes.extend(device.seconds(9));
    let model = shipped_model();
    let model = model.to_str().expect("a path");
    let wishes = [
        "--generate-every",
        "10",
        "--pictures",
        "1",
        "-o",
        "pictures",
        "--model",
        model,
    ];
    let output = replay(&bytes, &wishes, folder.path());
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let (said, shown) = (stderr(&output), stdout(&output));
    assert!(
        said.contains("no picture: electrodes are off, or were within the last ten seconds: LA"),
        "{said}"
    );
    assert!(
        said.contains("error: too few pictures: the inputs are at a test signal"),
        "{said}"
    );
    assert!(shown.contains("electrodes off: LA"), "{shown}");
    assert!(names_in(&folder.path().join("pictures")).is_empty());
}

#[test]
fn a_link_that_is_cut_is_opened_again_and_what_was_missed_is_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let wishes = [
        "--tcp",
        &address,
        "--json",
        "--capture",
        "captured.bin",
        "--record",
        "recorded",
        "--duration",
        "60",
    ];
    let mut program = cart(&wishes, folder.path());
    let mut program = program.stdin(Stdio::piped()).spawn().expect("it starts");
    let mut device = Device::new();
    let mut sent = device.seconds(2);
    let (mut stream, _) = listener.accept().expect("it connects");
    stream.write_all(&sent).expect("sent");
    drop(stream);
    // Nobody listens for a second.
    device.seconds(1);
    let more = device.seconds(2);
    let (mut stream, _) = listener.accept().expect("it connects again");
    stream.write_all(&more).expect("sent");
    sent.extend(more);
    // All that was sent has arrived when the program says so; then it is to end.
    let mut output = BufReader::new(program.stdout.take().expect("piped"));
    let mut text = String::new();
    while !text.contains("\"samples\":500") {
        assert_ne!(output.read_line(&mut text).expect("text"), 0, "{text}");
    }
    drop(stream);
    while events(&text, "link")
        .iter()
        .filter(|link| link["state"] == "lost")
        .count()
        < 2
    {
        assert_ne!(output.read_line(&mut text).expect("text"), 0, "{text}");
    }
    end(&mut program, "quit\n");
    output.read_to_string(&mut text).expect("text");
    assert!(program.wait().expect("it ends").success());
    let ledger = &events(&text, "end")[0]["ledger"];
    let missing = &ledger["samples_missing"];
    assert_eq!(
        (&missing["all"], &missing["link"]),
        (&500.into(), &500.into()),
        "{text}"
    );
    assert_eq!(
        (&ledger["samples_delivered"], &ledger["sessions"]),
        (&2000.into(), &1.into())
    );
    assert_eq!(
        fs::read(folder.path().join("captured.bin")).expect("captured"),
        sent
    );
    // The gap stands in the record with its length.
    let header = fs::read_to_string(folder.path().join("recorded/rec0001.hea")).expect("a header");
    assert!(header.starts_with("rec0001/2 8 500 2500\n"), "{header}");
}

/// Writes to the program's standard input and closes it.
fn end(program: &mut Child, words: &str) {
    let mut input = program.stdin.take().expect("piped");
    input.write_all(words.as_bytes()).expect("told");
}

#[test]
fn commands_reach_the_device_and_their_answers_the_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let mut program = cart(&["--tcp", &address, "--json"], folder.path());
    let mut program = program.stdin(Stdio::piped()).spawn().expect("it starts");
    let mut input = program.stdin.take().expect("piped");
    input
        .write_all(b"gain 12 3\nself-test\nnonsense\n")
        .expect("told");
    let mut device = Device::new();
    let (mut stream, _) = listener.accept().expect("it connects");
    stream.write_all(&device.hello()).expect("sent");
    let (mut decoder, mut buffer) = (Decoder::of_commands(), [0; 64]);
    let mut heard = Vec::new();
    while heard.len() < 2 {
        let count = stream.read(&mut buffer).expect("commands");
        assert_ne!(count, 0, "the program has ended");
        for event in decoder.push(&buffer[..count]) {
            let Event::Frame(frame) = event else { continue };
            // It asks by itself who is there.
            if frame.body == DeviceCommand::Identify {
                continue;
            }
            let outcome = match frame.body {
                DeviceCommand::SelfTest => Outcome::Busy,
                _ => Outcome::Done,
            };
            let answer = device.frame(Body::Acknowledgement(Acknowledgement {
                session: frame.header.session,
                sequence: frame.header.sequence,
                command: frame.body.code(),
                outcome,
                configuration: 0,
            }));
            stream.write_all(&answer).expect("sent");
            heard.push(frame.body);
        }
    }
    let mut output = BufReader::new(program.stdout.take().expect("piped"));
    let mut text = String::new();
    while events(&text, "command").len() < 2 {
        assert_ne!(output.read_line(&mut text).expect("text"), 0, "{text}");
    }
    input.write_all(b"quit\n").expect("told");
    output.read_to_string(&mut text).expect("text");
    assert!(program.wait().expect("it ends").success());
    let answers = events(&text, "command");
    assert_eq!(
        (&answers[0]["command"], &answers[0]["outcome"]),
        (&"gain 12".into(), &"done".into())
    );
    assert_eq!(answers[1]["outcome"], "the device is busy; ask again later");
    assert_eq!(events(&text, "not_understood").len(), 1);
}

/// Ctrl-C ends a recording in order.
#[cfg(unix)]
#[test]
fn an_interrupted_recording_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let program = cart(
        &["--tcp", &address, "--json", "--record", "recorded"],
        folder.path(),
    )
    .spawn();
    let mut program = program.expect("it starts");
    let (mut stream, _) = listener.accept().expect("it connects");
    stream.write_all(&Device::new().seconds(3)).expect("sent");
    let mut output = BufReader::new(program.stdout.take().expect("piped"));
    let mut text = String::new();
    while events(&text, "status").is_empty() {
        assert_ne!(output.read_line(&mut text).expect("text"), 0, "{text}");
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &program.id().to_string()])
        .status();
    assert!(interrupted.expect("kill is there").success());
    output.read_to_string(&mut text).expect("text");
    assert_eq!(program.wait().expect("it ends").code(), Some(0));
    let delivered = &events(&text, "end")[0]["ledger"]["samples_delivered"];
    let recorded = formats::read(&folder.path().join("recorded/rec0001.hea")).expect("a record");
    assert_eq!(delivered, &recorded.samples_per_lead());
}

#[test]
fn what_cannot_be_heard_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let noise: Vec<u8> = (0..5000_u32).map(|n| (n * n % 251) as u8).collect();
    let output = replay(&noise, &[], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("bytes.bin: no device said hello"),
        "{}",
        stderr(&output)
    );
    for (wrong, code) in [
        (&["--replay", "absent.bin"][..], 1),
        (&["--port", "/dev/no-such-port"], 1),
        (&["--tcp", "127.0.0.1"], 1),
        (&[], 2),
        (&["--fast"], 2),
        (&["--port", "a", "--tcp", "b"], 2),
        (&["--replay", "bytes.bin", "--generate-every", "0"], 2),
        (&["--replay", "bytes.bin", "--pictures", "0"], 2),
    ] {
        let output = run(wrong, folder.path());
        assert_eq!(
            output.status.code(),
            Some(code),
            "{wrong:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn devices_are_listed_by_what_they_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let program = cart(&["--list", "--json", "--tcp", &address], folder.path()).spawn();
    let (mut stream, _) = listener.accept().expect("it connects");
    stream.write_all(&Device::new().hello()).expect("sent");
    let output = program
        .expect("it starts")
        .wait_with_output()
        .expect("it ends");
    let listed: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(listed[0]["device"], "ADS1298");
    assert_eq!(listed[0]["leads"].as_array().map(Vec::len), Some(8));
}
