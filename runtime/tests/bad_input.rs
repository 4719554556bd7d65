//! Whatever is wrong with a recording, the program ends with exit code 1 (3 where the
//! recording is readable but poor), says so in one sentence that names the file, and
//! leaves nothing behind.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{LEADS, artificial_recording, generate, names_in, stderr, write_wfdb};

/// Makes one recording in a folder of its own and returns the path to give to the program.
type Make = fn(&Path) -> PathBuf;

fn whole(folder: &Path) -> PathBuf {
    write_wfdb(folder, "rec", &LEADS, &artificial_recording(1.0))
}

fn text_file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    path
}

/// A CardiologyXML file whose leads hold `values` each.
fn xml(folder: &Path, values: impl Fn(usize) -> String) -> PathBuf {
    let leads: String = LEADS
        .iter()
        .enumerate()
        .map(|(i, lead)| format!("<WaveformData lead=\"{lead}\">{}</WaveformData>", values(i)))
        .collect();
    let strip = format!(
        "<NumberOfLeads>12</NumberOfLeads><SampleRate units=\"Hz\">500</SampleRate>\
         <ChannelSampleCountTotal>5000</ChannelSampleCountTotal>\
         <Resolution units=\"uVperLsb\">1</Resolution>{leads}"
    );
    text_file(
        folder,
        "rec.xml",
        &format!(
            "<?xml version=\"1.0\"?><CardiologyXML><StripData>{strip}</StripData></CardiologyXML>"
        ),
    )
}

fn comma_separated(lead: &[i16]) -> String {
    lead.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

/// Runs `generate` on what `make` makes, and checks the manner of the refusal: the exit
/// code, one sentence with the file's name and `cause`, and no output.
fn refused(make: Make, code: i32, file: &str, cause: &str) {
    let inputs = tempfile::tempdir().expect("a folder");
    let outputs = tempfile::tempdir().expect("a folder");
    let ecg = make(inputs.path());
    let ended = generate(&ecg, outputs.path());
    let message = stderr(&ended);
    assert_eq!(ended.status.code(), Some(code), "{message}");
    assert!(ended.stdout.is_empty());
    assert!(message.starts_with("ecg2mri: error: "), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains(file), "{file} should be named: {message}");
    assert!(
        message.to_lowercase().contains(cause),
        "{cause} should be said: {message}"
    );
    assert!(names_in(outputs.path()).is_empty(), "{message}");
}

#[test]
fn a_missing_file() {
    refused(
        |folder| folder.join("nothing.hea"),
        1,
        "nothing.hea",
        "no such file",
    );
    refused(
        |folder| folder.join("nothing"),
        1,
        "nothing",
        "no such file",
    );
}

#[test]
fn a_folder() {
    refused(|folder| folder.into(), 1, "", "folder");
}

#[test]
fn an_empty_file() {
    refused(
        |folder| text_file(folder, "rec.hea", ""),
        1,
        "rec.hea",
        "empty",
    );
    refused(
        |folder| text_file(folder, "rec.xml", ""),
        1,
        "rec.xml",
        "empty",
    );
}

#[test]
fn a_header_without_data() {
    let make = |folder: &Path| {
        let path = whole(folder);
        fs::remove_file(folder.join("rec.dat")).expect("removed");
        path
    };
    refused(make, 1, "rec.dat", "is missing");
}

#[test]
fn data_shorter_than_the_header_says() {
    let make = |folder: &Path| {
        let path = whole(folder);
        let data = fs::read(folder.join("rec.dat")).expect("data");
        fs::write(folder.join("rec.dat"), &data[..data.len() - 2]).expect("cut");
        path
    };
    refused(make, 1, "rec.dat", "119998");
}

#[test]
fn damaged_data() {
    let make = |folder: &Path| {
        let path = whole(folder);
        let mut data = fs::read(folder.join("rec.dat")).expect("data");
        data[60_001] ^= 4;
        fs::write(folder.join("rec.dat"), data).expect("damaged");
        path
    };
    refused(make, 1, "rec", "checksum");
}

#[test]
fn samples_that_are_no_numbers() {
    // Format 16 marks a missing sample with its most negative number.
    let make = |folder: &Path| {
        let mut leads = artificial_recording(1.0);
        leads[7][1234] = i16::MIN;
        write_wfdb(folder, "rec", &LEADS, &leads)
    };
    refused(make, 1, "rec", "v2");
    let make = |folder: &Path| {
        let leads = artificial_recording(1.0);
        xml(folder, |i| match i {
            3 => comma_separated(&leads[i]).replacen(",", ",NaN,", 1),
            _ => comma_separated(&leads[i]),
        })
    };
    refused(make, 1, "rec.xml", "avr");
}

#[test]
fn one_lead_only() {
    let make = |folder: &Path| write_wfdb(folder, "rec", &["II"], &artificial_recording(1.0)[1..2]);
    refused(make, 1, "rec.hea", "missing");
}

#[test]
fn an_unknown_format() {
    refused(
        |folder| text_file(folder, "rec.txt", "1,2,3\n4,5,6\n"),
        1,
        "rec.txt",
        "format",
    );
    let binary = |folder: &Path| {
        let path = folder.join("rec.bin");
        fs::write(&path, (0..=255).cycle().take(5000).collect::<Vec<u8>>()).expect("written");
        path
    };
    refused(binary, 1, "rec.bin", "format");
}

#[test]
fn a_poor_recording_is_refused_with_a_code_of_its_own() {
    let flat = |folder: &Path| {
        let mut leads = artificial_recording(1.0);
        leads[9].fill(12);
        write_wfdb(folder, "rec", &LEADS, &leads)
    };
    refused(flat, 3, "rec.hea", "v4");
    let short = |folder: &Path| {
        let leads = artificial_recording(1.0);
        let cut: Vec<Vec<i16>> = leads.iter().map(|lead| lead[..900].to_vec()).collect();
        write_wfdb(folder, "rec", &LEADS, &cut)
    };
    refused(short, 3, "rec.hea", "1.8");
}
