//! Intervals against the exact truth of simulated hearts, clean and under noise.

use std::collections::BTreeMap;
use std::error::Error;
use std::f64::consts::PI;
use std::fs;
use std::path::Path;

use ecg2mri::Ecg;
use ecg2mri::formats::wfdb;
use ecg2mri::signal::Analysis;
use ecg2mri::signal::filter::{Band, butterworth};

use crate::statistics::{mean_and_deviation, median};

const INTERVALS: [&str; 4] = ["p_ms", "pr_ms", "qrs_ms", "qt_ms"];
const NOISES: [Noise; 4] = [Noise::White, Noise::Wander, Noise::Mains, Noise::Muscle];
const LEVELS_DB: [f64; 3] = [24.0, 12.0, 6.0];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Noise {
    White,
    Wander,
    Mains,
    Muscle,
}

/// A simulated subject: recording and true intervals in ms, empty where there is no P wave.
struct Subject {
    ecg: Ecg,
    truth: [Option<f64>; 4],
}

/// Prints the table.
pub fn print(cohort: &Path) -> Result<(), Box<dyn Error>> {
    let subjects = subjects(cohort)?;
    println!(
        "\nIntervals of {} simulated hearts against their truth: mean ± SD, ms (number)",
        subjects.len()
    );
    print!("  {:<16}", "noise, SNR");
    for name in INTERVALS {
        print!(" {:>22}", name.trim_end_matches("_ms").to_uppercase());
    }
    println!(" {:>8} {:>10}", "refused", "P wrongly");
    row("none", &subjects, None)?;
    for noise in NOISES {
        for level in LEVELS_DB {
            let name = format!("{noise:?} {level} dB");
            row(&name, &subjects, Some((noise, level)))?;
        }
    }
    Ok(())
}

fn row(
    name: &str,
    subjects: &[Subject],
    noise: Option<(Noise, f64)>,
) -> Result<(), Box<dyn Error>> {
    let mut differences: [Vec<f64>; 4] = Default::default();
    let (mut refused, mut wrong_p) = (0, 0);
    for (number, subject) in subjects.iter().enumerate() {
        let ecg = match noise {
            Some((noise, level)) => noisy(&subject.ecg, noise, level, number as u64)?,
            None => subject.ecg.clone(),
        };
        let Ok(analysis) = Analysis::of(&ecg) else {
            refused += 1;
            continue;
        };
        let (found, _) = analysis.measure();
        let found = [found.p_ms, found.pr_ms, found.qrs_ms, found.qt_ms];
        // A P wave where there is none, or none where there is one.
        wrong_p += usize::from(found[0].is_some() != subject.truth[0].is_some());
        for ((differences, found), truth) in differences.iter_mut().zip(found).zip(subject.truth) {
            differences.extend(found.zip(truth).map(|(found, truth)| found - truth));
        }
    }
    print!("  {name:<16}");
    for differences in &differences {
        let (mean, deviation) = mean_and_deviation(differences);
        print!(
            " {:>7.1} ± {:>5.1} {:>6}",
            mean,
            deviation,
            format!("({})", differences.len())
        );
    }
    println!(" {refused:>8} {wrong_p:>10}");
    Ok(())
}

fn subjects(cohort: &Path) -> Result<Vec<Subject>, Box<dyn Error>> {
    let path = cohort.join("subjects.csv");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let mut subjects = Vec::new();
    for line in lines {
        let fields: BTreeMap<&str, &str> = names.iter().copied().zip(line.split(',')).collect();
        let number = |name: &str| fields.get(name).and_then(|field| field.parse::<f64>().ok());
        let id = fields.get("feid").ok_or("subjects.csv has no feid")?;
        let header = cohort.join("wfdb").join(format!("{id}.hea"));
        subjects.push(Subject {
            ecg: wfdb::read(&header)?,
            truth: INTERVALS.map(number),
        });
    }
    Ok(subjects)
}

/// The recording with noise in every lead; the level is that of the lead's power about its mean to
/// the noise's, in the middle of the leads.
fn noisy(ecg: &Ecg, noise: Noise, level_db: f64, seed: u64) -> Result<Ecg, Box<dyn Error>> {
    let powers: Vec<f64> = ecg
        .samples()
        .iter()
        .map(|row| {
            let row: Vec<f64> = row.iter().map(|&value| f64::from(value)).collect();
            mean_and_deviation(&row).1.powi(2)
        })
        .collect();
    let size = (median(&powers) / 10.0_f64.powf(level_db / 10.0)).sqrt();
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let rate = ecg.sampling_rate();
    let mut rows = Vec::new();
    for row in ecg.samples() {
        let length = row.len();
        let sine = |frequency: f64, phase: f64| -> Vec<f64> {
            (0..length)
                .map(|n| (2.0 * PI * (frequency * n as f64 / rate + phase)).sin())
                .collect()
        };
        let mut added: Vec<f64> = match noise {
            Noise::White => (0..length).map(|_| random.normal()).collect(),
            Noise::Wander => {
                let slow = sine(0.15 + 0.1 * random.even(), random.even());
                let breath = sine(0.25 + 0.1 * random.even(), random.even());
                slow.iter()
                    .zip(breath)
                    .map(|(one, other)| one + other)
                    .collect()
            }
            Noise::Mains => sine(50.0, random.even()),
            Noise::Muscle => {
                let white: Vec<f64> = (0..length).map(|_| random.normal()).collect();
                let high = butterworth(2, Band::HighPass { cutoff_hz: 20.0 }, rate)?;
                let low = butterworth(2, Band::LowPass { cutoff_hz: 150.0 }, rate)?;
                low.zero_phase(&high.zero_phase(&white, 200), 200)
            }
        };
        let own = mean_and_deviation(&added).1;
        added.iter_mut().for_each(|value| *value *= size / own);
        rows.push(
            row.iter()
                .zip(added)
                .map(|(value, added)| value + added as f32)
                .collect(),
        );
    }
    Ok(Ecg::new(ecg.leads().to_vec(), rows, rate)?)
}

/// A small generator, the same at every run.
struct Random(u64);

impl Random {
    /// Even between 0 and 1.
    fn even(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normal with unit variance, by the sum of twelve even numbers.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }
}
