//! The program's second job: a recording on paper.

mod common;

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{LEADS, artificial_recording, ecg2mri, names_in, stderr, stdout, write_wfdb};

/// A patient who must appear nowhere.
const NAME: &str = "Roe";

/// A folder with the record `rec` of these leads of a made-up patient.
fn recording(names: &[&str], leads: &[Vec<i16>]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let header = write_wfdb(folder.path(), "rec", names, leads);
    let mut text = fs::read_to_string(&header).expect("the header");
    text.push_str(&format!("# <age>: 63 <sex>: F <name>: Jane {NAME}\n"));
    fs::write(&header, text).expect("written");
    (folder, header)
}

fn plot(header: &Path, output: &str, more: &[&str]) -> Output {
    let output = header.with_file_name(output);
    let mut arguments = vec!["plot".into(), header.as_os_str().to_owned()];
    arguments.extend(["-o".into(), output.into_os_string()]);
    arguments.extend(more.iter().map(Into::into));
    ecg2mri(&arguments)
}

#[test]
fn a_recording_becomes_a_png_and_an_svg_of_the_same_size() {
    let (folder, header) = recording(&LEADS, &artificial_recording(1.0));
    for name in ["paper.png", "paper.svg"] {
        let ended = plot(&header, name, &[]);
        assert!(ended.status.success(), "{}", stderr(&ended));
        assert!(ended.stderr.is_empty(), "{}", stderr(&ended));
        let told = stdout(&ended);
        for said in ["270 x 145 mm", "25 mm/s  10 mm/mV", "heart rate 75/min"] {
            assert!(told.contains(said), "{said}: {told}");
        }
        let bytes = fs::read(folder.path().join(name)).expect("the drawing");
        for text in [told.as_bytes(), &bytes] {
            assert!(!text.windows(NAME.len()).any(|part| part == NAME.as_bytes()));
        }
    }
    assert_eq!(
        names_in(folder.path()),
        ["paper.png", "paper.svg", "rec.dat", "rec.hea"]
    );
    let bytes = fs::read(folder.path().join("paper.png")).expect("the picture");
    let reader = png::Decoder::new(Cursor::new(bytes)).read_info();
    let reader = reader.expect("a PNG");
    let info = reader.info();
    assert_eq!((info.width, info.height), (270 * 8, 145 * 8));
    assert_eq!(info.pixel_dims.map(|dims| dims.xppu), Some(8000));

    let svg = fs::read_to_string(folder.path().join("paper.svg")).expect("the drawing");
    let document = roxmltree::Document::parse(&svg).expect("XML");
    let root = document.root_element();
    assert_eq!(root.attribute("viewBox"), Some("0 0 270 145"));
    let words: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text())
        .collect();
    for said in LEADS {
        assert!(words.contains(&said), "{said}: {words:?}");
    }
    let has = |said: &str| words.iter().any(|words| words.contains(said));
    assert!(has("heart rate 75/min") && has("10.0 s at 500 Hz") && has("unfiltered"));
}

#[test]
fn what_is_asked_for_is_drawn_and_said() {
    let (folder, header) = recording(&LEADS, &artificial_recording(1.0));
    let more = [
        "--layout", "6x2", "--rhythm", "V1", "--speed", "50", "--gain", "20",
    ];
    let ended = plot(
        &header,
        "paper.svg",
        &[more.as_slice(), &["--filter"]].concat(),
    );
    assert!(ended.status.success(), "{}", stderr(&ended));
    let told = stdout(&ended);
    for said in ["525 x 200 mm", "50 mm/s  20 mm/mV", "filtered: 0.5-100 Hz"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let svg = fs::read_to_string(folder.path().join("paper.svg")).expect("the drawing");
    // In its place and as the strip.
    assert_eq!(svg.matches(">V1</text>").count(), 2);
    assert_eq!(svg.matches(">II</text>").count(), 1);
}

#[test]
fn missing_leads_are_marked_and_not_refused() {
    let leads = artificial_recording(1.0);
    let some: Vec<Vec<i16>> = [0, 1, 6].map(|lead: usize| leads[lead].clone()).into();
    let (folder, header) = recording(&["I", "II", "V1"], &some);
    let ended = plot(&header, "paper.svg", &[]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    assert!(stdout(&ended).contains("heart rate 75/min"));
    let svg = fs::read_to_string(folder.path().join("paper.svg")).expect("the drawing");
    assert_eq!(svg.matches("not recorded").count(), 5);
}

#[test]
fn a_flat_recording_is_drawn_without_a_rate() {
    let flat = vec![vec![0; 5000]; 12];
    let (_folder, header) = recording(&LEADS, &flat);
    let ended = plot(&header, "paper.svg", &["--filter"]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    assert!(stdout(&ended).contains("heart rate not measurable"));
}

#[test]
fn failures_leave_no_file_and_have_their_exit_code() {
    let (folder, header) = recording(&LEADS, &artificial_recording(1.0));
    for (output, code, said) in [
        ("paper.pdf", 2, ".png or .svg"),
        ("nowhere/paper.png", 1, "does not exist"),
    ] {
        let ended = plot(&header, output, &[]);
        assert_eq!(ended.status.code(), Some(code), "{output}");
        assert!(stderr(&ended).contains(said), "{}", stderr(&ended));
    }
    let ended = plot(&header, "paper.png", &["--gain", "3"]);
    assert_eq!(ended.status.code(), Some(2));
    fs::remove_file(folder.path().join("rec.dat")).expect("removed");
    let ended = plot(&header, "paper.png", &[]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(stderr(&ended).contains("rec.dat"), "{}", stderr(&ended));
    assert_eq!(names_in(folder.path()), ["rec.hea"]);
}
