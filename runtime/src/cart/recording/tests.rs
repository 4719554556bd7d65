//! What is on the disk, in the end and at any moment before.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::record::Record;
use super::*;
use crate::cart::fixtures::Device;
use crate::cart::{Block, Layout, Session, Update};
use crate::ecg::Lead;
use crate::formats::wfdb::{self, Header, read_header};

/// Lengths that a test can wait for.
const SHORT: Lengths = Lengths {
    segment: 0.5,
    record: 2.0,
    before_gap: 0.1,
};

/// The codes of a segment, an instant after the other, as far as its header tells.
fn codes(folder: &Path, name: &str) -> Vec<Vec<i32>> {
    let header = read_header(&folder.join(format!("{name}.hea"))).expect("a header");
    let data = fs::read(folder.join(format!("{name}.dat"))).expect("samples");
    let codes: Vec<i32> = data
        .as_chunks()
        .0
        .iter()
        .map(|bytes| i32::from_le_bytes(*bytes))
        .collect();
    let rows = codes
        .chunks_exact(header.signals.len())
        .map(<[i32]>::to_vec);
    let length = header.frames.expect("its length") as usize;
    let rows: Vec<Vec<i32>> = rows.take(length).collect();
    assert_eq!(
        rows.len(),
        length,
        "{name} lacks samples that its header tells of"
    );
    rows
}

/// The codes of a record, `None` for each instant that is missing, and its header.
fn whole(folder: &Path, record: &str) -> (Vec<Option<Vec<i32>>>, Header) {
    let header = read_header(&folder.join(format!("{record}.hea"))).expect("a header");
    let mut rows = Vec::new();
    for segment in &header.segments {
        match segment.name.as_str() {
            "~" => rows.extend(std::iter::repeat_n(None, segment.frames as usize)),
            name if segment.frames > 0 => rows.extend(codes(folder, name).into_iter().map(|row| {
                let is_missing = row.iter().all(|&code| code == i32::MIN);
                (!is_missing).then_some(row)
            })),
            _ => {}
        }
    }
    assert_eq!(header.frames, Some(rows.len() as u64));
    (rows, header)
}

/// Whether these are the codes that the device sent, from the instant `first` on.
fn are_right(rows: &[Option<Vec<i32>>], first: u32) -> bool {
    (first..).zip(rows).all(|(sample, row)| {
        let right = |(channel, &code)| code == Device::code(sample, channel);
        row.as_ref()
            .is_none_or(|row| row.iter().enumerate().all(right))
    })
}

fn record_into(folder: &Path, bytes: &[Vec<u8>]) -> Recorder {
    let recorder = Recorder::with(folder, SHORT, Duration::from_millis(5));
    let mut recorder = recorder.expect("a folder");
    let mut session = Session::new();
    for bytes in bytes {
        session.push(bytes, |update| recorder.take(&update).expect("recorded"));
    }
    recorder
}

#[test]
fn a_record_reads_back_as_it_was_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut device = Device::new(1);
    let mut bytes = vec![device.hello()];
    bytes.extend((0..60).map(|_| device.samples(10)));
    record_into(folder.path(), &bytes)
        .finish()
        .expect("recorded");
    let ecg = wfdb::read(&folder.path().join("rec0001.hea")).expect("a record");
    assert_eq!((ecg.samples_per_lead(), ecg.sampling_rate()), (600, 500.0));
    assert_eq!(ecg.leads()[..3], [Lead::V6, Lead::I, Lead::II]);
    for (channel, row) in ecg.samples().iter().enumerate() {
        for (sample, value) in row.iter().enumerate() {
            let code = f64::from(Device::code(sample as u32, channel));
            let expected = (code * 2400.0 / (6.0 * 8_388_607.0)) as f32;
            assert!((value - expected).abs() <= expected.abs() * 1e-6);
        }
    }
    // 250 samples are a segment; each is a record of its own, and a part of the whole.
    let last = folder.path().join("rec0001_0003.hea");
    assert_eq!(
        wfdb::read(&last).expect("a segment").samples_per_lead(),
        100
    );
    for part in ["rec0001_layout.hea", "rec0001_0001.hea", "rec0001_0003.dat"] {
        assert!(wfdb::is_part_of_record(&folder.path().join(part)), "{part}");
    }
}

#[test]
fn what_is_missing_stays_missing_at_its_exact_length() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut device = Device::new(1);
    let mut bytes = vec![device.hello()];
    for number in 0..60 {
        let samples = device.samples(10);
        // Short gaps after little and after much, and a long one.
        if ![2, 20, 21, 22].contains(&number) && !(30..45).contains(&number) {
            bytes.push(samples);
        }
    }
    record_into(folder.path(), &bytes)
        .finish()
        .expect("recorded");
    let (rows, header) = whole(folder.path(), "rec0001");
    assert_eq!(rows.len(), 600);
    assert!(are_right(&rows, 0));
    let missing: Vec<usize> = (0..600).filter(|&n| rows[n].is_none()).collect();
    let expected: Vec<usize> = (20..30).chain(200..230).chain(300..450).collect();
    assert_eq!(missing, expected);
    let gaps = header.segments.iter().filter(|segment| segment.name == "~");
    let gaps: Vec<u64> = gaps.map(|gap| gap.frames).collect();
    assert_eq!(gaps, [30, 150]);
}

#[test]
fn changes_of_the_device_end_segments_and_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut device = Device::new(1);
    let mut bytes = vec![device.hello(), device.samples(10)];
    // A gain: another segment of the same record.
    device.hello.configuration = 1;
    device.hello.channels[0].gain = 12;
    bytes.extend([device.hello(), device.samples(10)]);
    // A rate: another record. A restart: another.
    device.hello.configuration = 2;
    device.hello.sampling_rate_millihertz = 1_000_000;
    bytes.extend([device.hello(), device.samples(10)]);
    let mut restarted = Device::new(2);
    bytes.extend([restarted.hello(), restarted.samples(10)]);
    // More than a record takes.
    bytes.extend((0..110).map(|_| restarted.samples(10)));
    record_into(folder.path(), &bytes)
        .finish()
        .expect("recorded");
    let lengths = [20, 10, 1000, 110];
    for (number, length) in lengths.into_iter().enumerate() {
        let (rows, _) = whole(folder.path(), &format!("rec{:04}", number + 1));
        assert_eq!(rows.len(), length);
    }
    let first = wfdb::read(&folder.path().join("rec0001")).expect("two gains");
    let v6 = first.lead(Lead::V6).expect("recorded");
    let ratio = |n: usize| v6[n] / Device::code(n as u32, 0) as f32;
    assert!((ratio(5) / ratio(15) - 2.0).abs() < 1e-5);
    assert!(!folder.path().join("rec0005_layout.hea").exists());
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let occupied = folder.path().join("file");
    fs::write(&occupied, "x").expect("written");
    let refused = Recorder::start(&occupied).expect_err("no folder");
    assert!(refused.to_string().contains("file"), "{refused}");
    let records = folder.path().join("records");
    let mut recorder = Recorder::with(&records, SHORT, Duration::ZERO).expect("a folder");
    fs::remove_dir(&records).expect("removed");
    let (mut device, mut session) = (Device::new(1), Session::new());
    let mut failures = Vec::new();
    session.push(&device.hello(), |update| {
        recorder.take(&update).expect("nothing to write yet");
    });
    // The thread may take a moment to find out.
    while failures.is_empty() && device.next_sample < 1_000_000 {
        session.push(&device.samples(20), |update| {
            failures.extend(recorder.take(&update).err());
        });
    }
    assert_eq!(failures.len(), 1);
    session.push(&device.samples(20), |update| {
        recorder.take(&update).expect("told before");
    });
    recorder.finish().expect("told before");
}

/// Names the folder that the test after this one records into; without it, that does nothing.
const FOLDER: &str = "ECG2MRI_TEST_RECORD_INTO";

/// Not a test of its own: what [`a_killed_recording_is_readable_up_to_its_last_flush`] starts and kills.
#[test]
fn records_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let mut device = Device::new(1);
    let mut session = Session::new();
    let mut blocks: Vec<Block> = Vec::new();
    let mut layout: Option<Arc<Layout>> = None;
    session.push(&device.hello(), |update| {
        if let Update::Layout(new) = update {
            layout = Some(new);
        }
    });
    let layout = layout.expect("a hello");
    let folder = Path::new(&folder);
    let lengths = Lengths {
        record: f64::INFINITY,
        ..SHORT
    };
    let mut record = Record::create(folder, layout, lengths).expect("a folder");
    // Far more than there is time for.
    for _ in 0..100_000 {
        session.push(&device.samples(20), |update| {
            if let Update::Samples(block) = update {
                blocks.push(block);
            }
        });
        for block in blocks.drain(..) {
            record.samples(&block).expect("recorded");
        }
        record.synchronise().expect("flushed");
        println!("flushed {}", device.next_sample);
        std::io::stdout().flush().expect("told");
    }
}

#[test]
fn a_killed_recording_is_readable_up_to_its_last_flush() {
    let program = std::env::current_exe().expect("this program");
    let mut longest = 0;
    for flushes in [1, 2, 3, 5, 8, 12, 13, 14, 20, 37, 60, 61] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(&program)
            .args([
                "--exact",
                "cart::recording::tests::records_until_it_is_killed",
            ])
            .arg("--nocapture")
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let told = output
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.rsplit_once("flushed ")?.1.parse::<usize>().ok());
        let mut told = told.take(flushes);
        let flushed = told.by_ref().last().expect("flushed");
        child.kill().expect("killed");
        child.wait().expect("ended");

        let added = recover(folder.path()).expect("completed");
        assert!(added <= 1, "{added} segments were not listed");
        let (rows, _) = whole(folder.path(), "rec0001");
        assert!(rows.len() >= flushed, "{} of {flushed}", rows.len());
        assert!(rows.iter().all(Option::is_some) && are_right(&rows, 0));
        let ecg = wfdb::read(&folder.path().join("rec0001")).expect("a record");
        assert_eq!(ecg.samples_per_lead(), rows.len());
        // Nothing is left to complete, and the next recording goes elsewhere.
        assert_eq!(recover(folder.path()).expect("complete"), 0);
        let mut device = Device::new(2);
        let bytes = [device.hello(), device.samples(20)];
        record_into(folder.path(), &bytes)
            .finish()
            .expect("recorded");
        assert_eq!(whole(folder.path(), "rec0002").0.len(), 20);
        longest = longest.max(rows.len());
    }
    assert!(longest > 1000, "none was killed after several segments");
}

/// A power cut takes what was written but not flushed: the file may end with the last sample that the header tells of.
#[test]
fn what_the_header_tells_of_is_enough() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut device = Device::new(1);
    let bytes = [device.hello(), device.samples(20), device.samples(20)];
    record_into(folder.path(), &bytes)
        .finish()
        .expect("recorded");
    let data = folder.path().join("rec0001_0001.dat");
    let full = fs::read(&data).expect("samples");
    assert_eq!(full.len(), 40 * 8 * 4);
    // More than that, as of samples that were written but not yet told of.
    fs::write(&data, [&full[..], &[1; 100]].concat()).expect("written");
    let ecg = wfdb::read(&folder.path().join("rec0001")).expect("a record");
    assert_eq!(ecg.samples_per_lead(), 40);
}
