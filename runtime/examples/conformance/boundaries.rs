//! Boundaries of waves against those that cardiologists set by hand.

use std::error::Error;
use std::path::Path;

use ecg2mri::signal::fiducials::{BeatFiducials, Wave, Waves, fiducials_of_rows};

use crate::annotations::{self, Marked, WAVES};
use crate::other_program::OtherProgram;
use crate::records;
use crate::statistics::{Counts, mean_and_deviation, median, pair};

/// Within which an annotated and a found boundary are the same one, in ms.
const TOLERANCE_MS: f64 = 150.0;
/// LUDB's annotation files, one per lead in standard order.
const LUDB_LEADS: [&str; 12] = [
    "i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6",
];
/// Annotations farther apart than this leave beats out between them.
const LONGEST_GAP_S: f64 = 1.5;
/// A peak this far outside is still that of the first or the last wave.
const SLACK_S: f64 = 0.03;
const ENDS: [&str; 3] = ["on", "peak", "off"];
/// Twice the standard deviation that CSE's referees allow (The CSE Working Party, Eur Heart J 1985;6:815),
/// in ms: of P, QRS and T, begin and end.
const CSE_LIMITS: [[Option<f64>; 3]; 3] = [
    [Some(10.2), None, Some(12.7)],
    [Some(6.5), None, Some(11.6)],
    [None, None, Some(30.6)],
];

/// What is gathered for one end of one wave.
#[derive(Clone, Default)]
struct Gathered {
    counts: Counts,
    differences_ms: Vec<f64>,
}

type Table = [[Gathered; 3]; 3];

/// Prints the tables.
pub fn print(ecg: &Path, other: Option<&OtherProgram>) -> Result<(), Box<dyn Error>> {
    ludb(&ecg.join("ludb"), other)?;
    qtdb(&ecg.join("qtdb"), other)
}

fn ludb(folder: &Path, other: Option<&OtherProgram>) -> Result<(), Box<dyn Error>> {
    let (mut ours, mut global, mut theirs) = (Table::default(), Table::default(), Table::default());
    // The few constants were chosen by a look at all odd records; how much the halves differ shows how far
    // the figures may be trusted.
    let mut halves = [Table::default(), Table::default()];
    let headers = records::headers(folder)?;
    for (number, header) in headers.iter().enumerate() {
        let record = records::read(header)?;
        let beats = fiducials_of_rows(&record.rows, record.rate).unwrap_or_default();
        let mut all = Vec::new();
        let mut own = Table::default();
        for (lead, name) in LUDB_LEADS.iter().enumerate() {
            let marked = annotations::waves(&header.with_extension(name))?;
            let found = in_lead(&beats, |beat| &beat.leads[lead]);
            gather(&mut own, &marked, &found, record.rate);
            if let Some(found) = other.and_then(|other| other.lead("ludb", &record.name, name)) {
                gather(&mut theirs, &marked, found, record.rate);
            }
            all.push(marked);
        }
        merge(&mut ours, &own);
        merge(&mut halves[number % 2], &own);
        let marked = over_leads(&all, record.rate);
        let found = in_lead(&beats, |beat| &beat.global);
        gather(&mut global, &marked, &found, record.rate);
    }
    let title = format!("LUDB, {} odd records, each of 12 leads", headers.len());
    show(&title, &ours);
    show("  of these the 1st, 3rd, 5th ... record", &halves[0]);
    show("  and the 2nd, 4th, 6th ... record", &halves[1]);
    show(
        "LUDB, over all leads, against the middle of the leads' annotations",
        &global,
    );
    if other.is_some() {
        show("NeuroKit2 on LUDB, each of 12 leads", &theirs);
    }
    Ok(())
}

fn qtdb(folder: &Path, other: Option<&OtherProgram>) -> Result<(), Box<dyn Error>> {
    let (mut ours, mut theirs) = (Table::default(), Table::default());
    let headers = records::headers(folder)?;
    for header in &headers {
        let record = records::read(header)?;
        let marked = annotations::waves(&header.with_extension("q1c"))?;
        let beats = fiducials_of_rows(&record.rows, record.rate)?;
        // The cardiologist saw both leads, and annotated some thirty beats of many.
        let found = in_lead(&beats, |beat| &beat.global);
        gather(&mut ours, &marked, &found, record.rate);
        if let Some(other) = other {
            // Of its two leads the one that comes out better, as is usual with this database.
            let leads: Vec<Table> = ["0", "1"]
                .iter()
                .filter_map(|lead| other.lead("qtdb", &record.name, lead))
                .map(|found| {
                    let mut table = Table::default();
                    gather(&mut table, &marked, found, record.rate);
                    table
                })
                .collect();
            if let Some(better) = leads
                .iter()
                .min_by(|one, other| spread(one).total_cmp(&spread(other)))
            {
                merge(&mut theirs, better);
            }
        }
    }
    show(&format!("QTDB, {} records, .q1c", headers.len()), &ours);
    if other.is_some() {
        show("NeuroKit2 on QTDB, the better lead of each record", &theirs);
    }
    Ok(())
}

fn spread(table: &Table) -> f64 {
    let all = table.iter().flatten();
    all.map(|end| {
        let misses = (end.counts.misses + end.counts.extra) as f64 * TOLERANCE_MS;
        misses + end.differences_ms.iter().map(|d| d.abs()).sum::<f64>()
    })
    .sum()
}

/// Places found by wave, end and beat.
pub type Found = [[Vec<Option<f64>>; 3]; 3];

fn in_lead(beats: &[BeatFiducials], pick: impl Fn(&BeatFiducials) -> &Waves) -> Found {
    let mut found = Found::default();
    for beat in beats {
        let Waves { p, qrs, t } = pick(beat);
        for (wave, places) in [p, qrs, t].into_iter().zip(&mut found) {
            if let Some(Wave {
                onset,
                peak,
                offset,
            }) = wave
            {
                for (place, places) in [onset, peak, offset].into_iter().zip(places) {
                    places.push(Some(*place));
                }
            }
        }
    }
    found
}

/// Adds what is found where annotations follow one another closely: what is beyond was left unannotated.
fn gather(table: &mut Table, marked: &[Marked], found: &Found, rate: f64) {
    let mut places: Vec<f64> = marked.iter().flat_map(|wave| wave.at).flatten().collect();
    places.sort_by(f64::total_cmp);
    let spans: Vec<(f64, f64)> = places
        .chunk_by(|one, next| next - one <= LONGEST_GAP_S * rate)
        .filter_map(|span| Some((*span.first()?, *span.last()?)))
        .collect();
    let slack = SLACK_S * rate;
    let inside_one = |span: &(f64, f64), place| (span.0 - slack..=span.1 + slack).contains(&place);
    let is_inside = |place: f64| spans.iter().any(|span| inside_one(span, place));
    let to_ms = 1000.0 / rate;
    for wave in 0..WAVES.len() {
        for end in 0..ENDS.len() {
            let annotated: Vec<f64> = marked
                .iter()
                .filter(|marked| marked.wave == wave)
                .filter_map(|marked| marked.at[end])
                .collect();
            let inside: Vec<f64> = found[wave][end]
                .iter()
                .zip(&found[wave][1])
                .filter_map(|(place, peak)| Some(((*place)?, peak.or(*place)?)))
                .filter(|(_, peak)| is_inside(*peak))
                .map(|(place, _)| place)
                .collect();
            let (counts, differences) = pair(&annotated, &inside, TOLERANCE_MS / to_ms);
            let gathered = &mut table[wave][end];
            gathered.counts.add(counts);
            gathered
                .differences_ms
                .extend(differences.iter().map(|difference| difference * to_ms));
        }
    }
}

fn merge(table: &mut Table, other: &Table) {
    for (gathered, other) in table.iter_mut().flatten().zip(other.iter().flatten()) {
        gathered.counts.add(other.counts);
        gathered.differences_ms.extend(&other.differences_ms);
    }
}

/// Waves that most leads have, at the middle of what is annotated in them.
fn over_leads(leads: &[Vec<Marked>], rate: f64) -> Vec<Marked> {
    let near = 0.1 * rate;
    let mut all = Vec::new();
    for wave in 0..WAVES.len() {
        let mut of_wave: Vec<Marked> = leads
            .iter()
            .flatten()
            .filter(|marked| marked.wave == wave)
            .copied()
            .collect();
        let peak = |marked: &Marked| marked.at[1].unwrap_or_default();
        of_wave.sort_by(|one, other| peak(one).total_cmp(&peak(other)));
        for group in of_wave.chunk_by(|one, other| peak(other) - peak(one) < near) {
            if group.len() * 2 <= leads.len() {
                continue;
            }
            let at = std::array::from_fn(|end| {
                let places: Vec<f64> = group.iter().filter_map(|marked| marked.at[end]).collect();
                (!places.is_empty()).then(|| median(&places))
            });
            all.push(Marked { wave, at });
        }
    }
    all
}

fn show(title: &str, table: &Table) {
    println!("\n{title}");
    println!(
        "  {:<9} {:>6} {:>7} {:>7} {:>7} {:>18} {:>10}",
        "", "n", "Se %", "+P %", "F1 %", "mean ± SD, ms", "CSE limit"
    );
    for (wave, ends) in table.iter().enumerate() {
        for (end, gathered) in ends.iter().enumerate() {
            let counts = gathered.counts;
            if counts.hits + counts.misses == 0 {
                continue;
            }
            let (mean, deviation) = mean_and_deviation(&gathered.differences_ms);
            let limit = CSE_LIMITS[wave][end].map_or(String::new(), |limit| format!("{limit:.1}"));
            println!(
                "  {:<9} {:>6} {:>7.2} {:>7.2} {:>7.2} {:>9.1} ± {:>6.1} {limit:>10}",
                format!("{}-{}", WAVES[wave], ENDS[end]),
                counts.hits + counts.misses,
                100.0 * counts.sensitivity(),
                100.0 * counts.predictivity(),
                100.0 * counts.f1(),
                mean,
                deviation,
            );
        }
    }
}
