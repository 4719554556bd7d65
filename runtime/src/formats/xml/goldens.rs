//! The real recordings at hand against an independent reading of them
//! (`tests/goldens/xml_formats.py`).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::ecg::{DeviceReading, Lead};
use crate::formats;

#[derive(Deserialize)]
struct Golden {
    recording: Waveform,
    median: Option<Waveform>,
    poor: bool,
    statements: Statements,
    reading: BTreeMap<String, Option<f64>>,
}

#[derive(Deserialize)]
struct Waveform {
    rate: f64,
    leads: BTreeMap<String, Summary>,
}

/// Samples are tenths of a microvolt.
#[derive(Debug, Deserialize, PartialEq)]
struct Summary {
    samples: usize,
    first: Vec<i32>,
    smallest: i32,
    largest: i32,
    sum: i64,
    crc32: u32,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Statements {
    count: usize,
    crc32: u32,
}

fn crc32(bytes: &[u8]) -> u32 {
    crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(bytes)
}

fn summary(row: &[f32]) -> Summary {
    let tenth = |millivolts: &f32| (f64::from(*millivolts) * 1e4).round() as i32;
    let tenths: Vec<i32> = row.iter().map(tenth).collect();
    let bytes: Vec<u8> = tenths
        .iter()
        .flat_map(|tenth| tenth.to_le_bytes())
        .collect();
    Summary {
        samples: tenths.len(),
        first: tenths.iter().copied().take(4).collect(),
        smallest: tenths.iter().copied().min().unwrap(),
        largest: tenths.iter().copied().max().unwrap(),
        sum: tenths.iter().map(|&tenth| i64::from(tenth)).sum(),
        crc32: crc32(&bytes),
    }
}

fn compare(name: &str, leads: &[Lead], samples: &[Vec<f32>], rate: f64, golden: &Waveform) {
    assert_eq!(rate, golden.rate, "{name}");
    assert_eq!(leads.len(), golden.leads.len(), "{name}");
    for (lead, row) in leads.iter().zip(samples) {
        let expected = golden.leads.get(lead.name());
        assert_eq!(Some(&summary(row)), expected, "{name}, lead {lead}");
    }
}

fn measured(reading: &DeviceReading) -> BTreeMap<String, Option<f64>> {
    [
        ("heart_rate_bpm", reading.heart_rate_bpm),
        ("p_ms", reading.p_ms),
        ("pr_ms", reading.pr_ms),
        ("qrs_ms", reading.qrs_ms),
        ("qt_ms", reading.qt_ms),
        ("qtc_ms", reading.qtc_ms),
        ("p_axis_degrees", reading.p_axis_degrees),
        ("qrs_axis_degrees", reading.qrs_axis_degrees),
        ("t_axis_degrees", reading.t_axis_degrees),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

#[test]
fn reads_the_real_recordings_at_hand_as_another_reader_does() {
    let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
        return;
    };
    let text = include_str!("../../../../tests/goldens/xml_formats.json");
    let goldens: BTreeMap<String, Golden> = serde_json::from_str(text).unwrap();
    assert_eq!(goldens.len(), 5);
    for (name, golden) in goldens {
        let ecg = formats::read(&Path::new(&root).join("ecg").join(&name)).unwrap();
        compare(
            &name,
            ecg.leads(),
            ecg.samples(),
            ecg.sampling_rate(),
            &golden.recording,
        );
        assert_eq!(ecg.device_quality_warning(), golden.poor, "{name}");
        assert_eq!(ecg.twelve_leads().unwrap().leads(), Lead::STANDARD);
        let reading = ecg.device_reading().unwrap();
        assert_eq!(measured(reading), golden.reading, "{name}");
        let statements = Statements {
            count: reading.statements.len(),
            crc32: crc32(reading.statements.join("\n").as_bytes()),
        };
        assert_eq!(statements, golden.statements, "{name}");
        match (&reading.median_beat, &golden.median) {
            (Some(beat), Some(expected)) => {
                compare(
                    &name,
                    &beat.leads,
                    &beat.samples,
                    beat.sampling_rate,
                    expected,
                );
            }
            (found, expected) => assert_eq!((found.is_some(), expected.is_some()), (false, false)),
        }
    }
}
