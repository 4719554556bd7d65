//! QRS complexes against reference beats.

use std::error::Error;
use std::path::Path;

use ecg2mri::signal::detect_qrs_in_rows;

use crate::annotations;
use crate::other_program::OtherProgram;
use crate::records;
use crate::statistics::{Counts, median, pair};

/// Tolerances in ms: half of, and as in, ANSI/AAMI EC57.
const TOLERANCES_MS: [f64; 2] = [75.0, 150.0];
const LUDB_LEADS: [&str; 12] = [
    "i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6",
];

/// Prints the table.
pub fn print(ecg: &Path, other: Option<&OtherProgram>) -> Result<(), Box<dyn Error>> {
    println!("\nQRS complexes, all leads of a record at once");
    println!(
        "  {:<26} {:>7} {:>9} {:>9} {:>9} {:>9}",
        "", "beats", "Se 75 ms", "+P 75 ms", "Se 150", "+P 150"
    );
    for database in ["mitdb", "ludb", "qtdb"] {
        let (mut ours, mut theirs) = ([Counts::default(); 2], [Counts::default(); 2]);
        for header in records::headers(&ecg.join(database))? {
            let record = records::read(&header)?;
            let reference = if database == "ludb" {
                agreed(&header)?
            } else {
                annotations::beats(&header.with_extension("atr"))?
            };
            let found: Vec<f64> = detect_qrs_in_rows(&record.rows, record.rate)
                .unwrap_or_default()
                .into_iter()
                .map(|beat| beat as f64)
                .collect();
            add(&mut ours, &reference, &found, record.rate);
            if let Some(found) = other.and_then(|other| other.beats(database, &record.name)) {
                add(&mut theirs, &reference, found, record.rate);
            }
        }
        show(&database.to_uppercase(), &ours);
        if other.is_some() {
            show(
                &format!("{}, NeuroKit2, lead II / first", database.to_uppercase()),
                &theirs,
            );
        }
    }
    Ok(())
}

/// Beats that most leads of LUDB have, in the middle of their peaks.
fn agreed(header: &Path) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut peaks = Vec::new();
    for lead in LUDB_LEADS {
        let waves = annotations::waves(&header.with_extension(lead))?;
        peaks.extend(
            waves
                .iter()
                .filter(|wave| wave.wave == 1)
                .filter_map(|wave| wave.at[1]),
        );
    }
    peaks.sort_by(f64::total_cmp);
    let beats = peaks.chunk_by(|one, other| other - one < 50.0);
    Ok(beats
        .filter(|beat| beat.len() > LUDB_LEADS.len() / 2)
        .map(median)
        .collect())
}

/// Adds what is found from the first to the last reference beat.
fn add(counts: &mut [Counts; 2], reference: &[f64], found: &[f64], rate: f64) {
    let (Some(first), Some(last)) = (reference.first(), reference.last()) else {
        return;
    };
    for (counts, tolerance) in counts.iter_mut().zip(TOLERANCES_MS) {
        let tolerance = tolerance * rate / 1000.0;
        let inside: Vec<f64> = found
            .iter()
            .copied()
            .filter(|beat| (first - tolerance..=last + tolerance).contains(beat))
            .collect();
        counts.add(pair(reference, &inside, tolerance).0);
    }
}

fn show(name: &str, counts: &[Counts; 2]) {
    let beats = counts[0].hits + counts[0].misses;
    print!("  {name:<26} {beats:>7}");
    for counts in counts {
        print!(
            " {:>9.4} {:>9.4}",
            counts.sensitivity(),
            counts.predictivity()
        );
    }
    println!();
}
