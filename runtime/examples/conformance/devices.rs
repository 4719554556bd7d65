//! Intervals and rates beside those that the recorders themselves noted in their files.

use std::error::Error;
use std::fs;
use std::path::Path;

use ecg2mri::formats;
use ecg2mri::signal::Analysis;

/// Folders of recordings whose recorders measure.
const FOLDERS: [&str; 5] = ["muse", "philips", "aecg", "scp", "dicom"];

/// Prints the table; what cannot be read, or holds no reading, is said.
pub fn print(ecg: &Path) -> Result<(), Box<dyn Error>> {
    println!("\nMeasured here / by the recorder");
    println!(
        "  {:<34} {:>11} {:>11} {:>11} {:>11} {:>11} {:>11}",
        "", "rate, bpm", "P, ms", "PR, ms", "QRS, ms", "QT, ms", "axis, °"
    );
    for folder in FOLDERS {
        let Ok(entries) = fs::read_dir(ecg.join(folder)) else {
            continue;
        };
        let mut paths: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        paths.sort();
        for path in paths {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            row(&format!("{folder}/{name}"), &path);
        }
    }
    Ok(())
}

fn row(name: &str, path: &Path) {
    let ecg = match formats::read(path) {
        Ok(ecg) => ecg,
        Err(error) => return println!("  {name:<34} SKIPPED: {}", error.kind()),
    };
    let Some(reading) = ecg.device_reading() else {
        return println!("  {name:<34} SKIPPED: its recorder noted nothing");
    };
    let found = match Analysis::of(&ecg) {
        Ok(analysis) => analysis.measure().0,
        Err(error) => return println!("  {name:<34} refused: {error}"),
    };
    print!("  {name:<34}");
    for (own, theirs) in [
        (found.heart_rate_bpm, reading.heart_rate_bpm),
        (found.p_ms, reading.p_ms),
        (found.pr_ms, reading.pr_ms),
        (found.qrs_ms, reading.qrs_ms),
        (found.qt_ms, reading.qt_ms),
        (found.axes_deg.qrs, reading.qrs_axis_degrees),
    ] {
        let shown =
            |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.0}"));
        print!(" {:>11}", format!("{} / {}", shown(own), shown(theirs)));
    }
    println!();
}
