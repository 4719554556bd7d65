//! `ecg2mri measure`: heart rate, intervals, axes and voltages of a recording.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use ecg2mri::formats;
use ecg2mri::signal::Analysis;
use ecg2mri::signal::fiducials::{BeatFiducials, BeatKind, Wave, Waves};
use ecg2mri::signal::measurements::Measurements;
use ecg2mri::standard_output;
use serde::Serialize;

use super::failure::Failure;

const EXAMPLES: &str = "Examples:
  ecg2mri measure recording.hea
  ecg2mri measure recording.xml --json
  ecg2mri measure recording.hea --json --fiducials > fiducials.json

Fiducials are sample numbers at the recording's own rate, counted from 0; null where there is no such wave.
Measurements are no diagnosis: have a physician read the recording.";

/// Measure heart rate, intervals, axes and voltages
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The recording, in any format that is read (`ecg2mri --help` lists them)
    ecg: PathBuf,

    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,

    /// With --json: also where the waves of every beat begin, peak and end in every lead
    #[arg(long, requires = "json")]
    fiducials: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Output<'a> {
    sampling_rate_hz: f64,
    leads: Vec<&'static str>,
    mains_hz: Option<f64>,
    #[serde(flatten)]
    measurements: &'a Measurements,
    #[serde(skip_serializing_if = "Option::is_none")]
    beats: Option<Vec<LeadBeat>>,
    /// As `beats`, over all leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    beats_over_all_leads: Option<Vec<LeadBeat>>,
}

/// One beat in one lead, or over all of them.
#[derive(Serialize)]
struct LeadBeat {
    /// Number of the beat, counted from 0.
    beat: usize,
    /// `usual`, `premature` or `different`.
    kind: &'static str,
    /// Name of the lead, or `all`.
    lead: &'static str,
    p_onset: Option<usize>,
    p_peak: Option<usize>,
    p_offset: Option<usize>,
    qrs_onset: Option<usize>,
    r_peak: Option<usize>,
    qrs_offset: Option<usize>,
    t_onset: Option<usize>,
    t_peak: Option<usize>,
    t_offset: Option<usize>,
}

/// Carries out the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = arguments.ecg.as_path();
    let ecg = formats::read(path)?;
    let analysis = Analysis::of(&ecg).map_err(|error| Failure::signal(path, &error))?;
    let (measurements, beats) = analysis.measure();
    let text = if arguments.json {
        let output = Output {
            sampling_rate_hz: ecg.sampling_rate(),
            leads: analysis.leads().iter().map(|lead| lead.name()).collect(),
            mains_hz: analysis.mains_hz(),
            measurements: &measurements,
            beats: arguments.fiducials.then(|| in_leads(&analysis, &beats)),
            beats_over_all_leads: arguments.fiducials.then(|| over_leads(&beats)),
        };
        serde_json::to_string_pretty(&output).map_err(Failure::failed)? + "\n"
    } else {
        table(&measurements)
    };
    standard_output::print(&text).map_err(Failure::failed)
}

fn in_leads(analysis: &Analysis, beats: &[BeatFiducials]) -> Vec<LeadBeat> {
    let of_beat = |(number, beat): (usize, &BeatFiducials)| -> Vec<LeadBeat> {
        let leads = analysis.leads().iter().zip(&beat.leads);
        leads
            .map(|(lead, waves)| LeadBeat::new(number, beat.kind, lead.name(), waves))
            .collect()
    };
    beats.iter().enumerate().flat_map(of_beat).collect()
}

fn over_leads(beats: &[BeatFiducials]) -> Vec<LeadBeat> {
    beats
        .iter()
        .enumerate()
        .map(|(number, beat)| LeadBeat::new(number, beat.kind, "all", &beat.global))
        .collect()
}

impl LeadBeat {
    fn new(beat: usize, kind: BeatKind, lead: &'static str, waves: &Waves) -> LeadBeat {
        let [p_onset, p_peak, p_offset] = places(waves.p);
        let [qrs_onset, r_peak, qrs_offset] = places(waves.qrs);
        let [t_onset, t_peak, t_offset] = places(waves.t);
        LeadBeat {
            beat,
            kind: match kind {
                BeatKind::Usual => "usual",
                BeatKind::Premature => "premature",
                BeatKind::Different => "different",
            },
            lead,
            p_onset,
            p_peak,
            p_offset,
            qrs_onset,
            r_peak,
            qrs_offset,
            t_onset,
            t_peak,
            t_offset,
        }
    }
}

/// The nearest samples.
fn places(wave: Option<Wave>) -> [Option<usize>; 3] {
    let nearest = |place: f64| place.round().max(0.0) as usize;
    match wave {
        Some(wave) => [wave.onset, wave.peak, wave.offset].map(|place| Some(nearest(place))),
        None => [None; 3],
    }
}

/// Measurements in lines of a name, a value and its unit; what could not be measured has a dash.
fn table(measured: &Measurements) -> String {
    let qtc = measured.qtc_ms;
    let axes = measured.axes_deg;
    let rr = measured.rr;
    let rows = [
        ("heart rate", measured.heart_rate_bpm, 0, "bpm"),
        ("P", measured.p_ms, 0, "ms"),
        ("PR", measured.pr_ms, 0, "ms"),
        ("QRS", measured.qrs_ms, 0, "ms"),
        ("QT", measured.qt_ms, 0, "ms"),
        ("QTc Bazett", qtc.map(|qtc| qtc.bazett), 0, "ms"),
        ("QTc Fridericia", qtc.map(|qtc| qtc.fridericia), 0, "ms"),
        ("QTc Framingham", qtc.map(|qtc| qtc.framingham), 0, "ms"),
        ("QTc Hodges", qtc.map(|qtc| qtc.hodges), 0, "ms"),
        ("P axis", axes.p, 0, "degrees"),
        ("QRS axis", axes.qrs, 0, "degrees"),
        ("T axis", axes.t, 0, "degrees"),
        ("Sokolow-Lyon", measured.sokolow_lyon_mv, 2, "mV"),
        ("Cornell", measured.cornell_mv, 2, "mV"),
        ("SDNN", rr.map(|rr| rr.sdnn_ms), 0, "ms"),
        ("RMSSD", rr.map(|rr| rr.rmssd_ms), 0, "ms"),
        ("pNN50", rr.map(|rr| rr.pnn50_percent), 0, "%"),
    ];
    let mut text = String::new();
    for (name, value, digits, unit) in rows {
        let value = value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<15} {value:>6} {unit}");
    }
    let _ = writeln!(
        text,
        "{:<15} {:>6} ({} premature, {} of another shape)",
        "beats", measured.beats_measured, measured.premature_beats, measured.different_beats
    );
    text
}
