//! When the beats of a recording come: sinus rhythm, fibrillation, and premature beats among them.

use std::f64::consts::TAU;

use super::heart::SimulatedHeart;
use super::random::Stream;
use super::subject::{Ectopy, EctopyPattern, Fibrillation, Subject};

/// Shortest RR interval, s.
const SHORTEST_RR_S: f64 = 0.35;
/// A beat cannot be conducted until this long before the end of the T wave, s.
const EXCITABLE_BEFORE_T_END_S: f64 = 0.03;
/// A premature beat comes no sooner than this after the T wave it follows, s.
const AFTER_T_S: f64 = 0.01;
/// A premature beat comes before this fraction of the RR interval.
const LEAST_PREMATURE: f64 = 0.9;
/// Premature beats lie this far inside the recording, s.
const MARGIN_S: f64 = 0.3;

/// Where a beat arises; WFDB marks them `N` and `V`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeatClass {
    /// Conducted from the atria.
    Normal,
    /// Premature, from the ventricles.
    Ventricular,
}

impl BeatClass {
    /// The annotation symbol that WFDB and most readers use.
    pub fn symbol(self) -> char {
        match self {
            Self::Normal => 'N',
            Self::Ventricular => 'V',
        }
    }
}

/// One beat to come.
#[derive(Clone, Copy, Debug)]
pub struct ComingBeat {
    /// First ventricular activation, s from the start of the recording.
    pub activation_s: f64,
    /// Where it arises.
    pub class: BeatClass,
}

/// Rhythm of one recording.
pub struct Rhythm {
    /// All beats of which any part may be seen, in order.
    pub beats: Vec<ComingBeat>,
    respiration_hz: f64,
    respiration_phase: f64,
}

impl Rhythm {
    /// The rhythm of `seconds` of recording. Sinus rhythm varies with respiration and at random
    /// (SD about 3 %), drawn from `usual`; what is irregular or premature is drawn from `irregular`.
    pub fn draw(
        usual: &mut Stream,
        irregular: &mut Stream,
        heart: &SimulatedHeart,
        seconds: f64,
    ) -> Self {
        let subject = &heart.subject;
        let rr = subject.rr_ms() / 1000.0;
        let first = -0.6 * rr * usual.uniform();
        let mut rhythm = Self {
            beats: Vec::new(),
            respiration_hz: usual.uniform_in(0.20, 0.32),
            respiration_phase: usual.uniform_in(0.0, TAU),
        };
        let end = seconds + 1.0;
        let times = match &subject.fibrillation {
            None => rhythm.sinus(usual, rr, first, end),
            Some(fibrillation) => {
                let least = heart.intervals.qt_ms / 1000.0 - EXCITABLE_BEFORE_T_END_S;
                irregular_times(irregular, fibrillation, rr, least, first, end)
            }
        };
        rhythm.beats = times
            .into_iter()
            .map(|activation_s| ComingBeat {
                activation_s,
                class: BeatClass::Normal,
            })
            .collect();
        if let (Some(ectopy), Some(ectopic)) = (&subject.ectopy, &heart.ectopic) {
            let qt_s = [heart.intervals.qt_ms, ectopic.qt_ms].map(|ms| ms / 1000.0);
            rhythm.interrupt(irregular, subject, ectopy, qt_s, seconds);
        }
        rhythm
    }

    /// Where breathing is at a time (s), −1..1.
    pub fn respiration(&self, time: f64) -> f64 {
        (TAU * self.respiration_hz * time + self.respiration_phase).sin()
    }

    fn sinus(&self, stream: &mut Stream, rr: f64, first: f64, end: f64) -> Vec<f64> {
        let variability = 0.030 * stream.normal(0.0, 0.35).exp();
        let mut times = Vec::new();
        let mut time = first;
        while time < end {
            times.push(time);
            let breath = 0.8 * self.respiration(time) + 0.6 * stream.standard_normal();
            time += (rr * (1.0 + variability * breath)).max(SHORTEST_RR_S);
        }
        times
    }

    /// Puts premature beats in the place of conducted ones. The sinus node goes on undisturbed, so
    /// the pause that follows is fully compensatory. `qt_s` is of conducted and ectopic beats.
    fn interrupt(
        &mut self,
        stream: &mut Stream,
        subject: &Subject,
        ectopy: &Ectopy,
        qt_s: [f64; 2],
        seconds: f64,
    ) {
        let [qt, ectopic_qt] = qt_s;
        let wanted = ectopy.coupling * subject.rr_ms() / 1000.0;
        // The time of a premature beat instead of beat `k`, if there is room for one.
        let instead_of = |times: &[f64], k: usize| -> Option<f64> {
            let before = *times.get(k.checked_sub(1)?)?;
            let (due, next) = (times[k], *times.get(k + 1)?);
            let time = before
                + wanted
                    .max(qt + AFTER_T_S)
                    .min(LEAST_PREMATURE * (due - before));
            let seen = (MARGIN_S..seconds - 2.0 * MARGIN_S).contains(&time);
            let room = time >= before + qt - EXCITABLE_BEFORE_T_END_S
                && next >= time + ectopic_qt - EXCITABLE_BEFORE_T_END_S;
            (seen && room).then_some(time)
        };
        let times: Vec<f64> = self.beats.iter().map(|beat| beat.activation_s).collect();
        let mut open: Vec<usize> = (0..times.len())
            .filter(|&k| instead_of(&times, k).is_some())
            .collect();
        let mut pick = |open: &[usize]| {
            let place = (stream.uniform() * open.len() as f64) as usize;
            open[place.min(open.len() - 1)]
        };
        let chosen: Vec<usize> = match ectopy.pattern {
            _ if open.is_empty() => Vec::new(),
            EctopyPattern::Bigeminy => {
                let parity = pick(&open) % 2;
                open.retain(|k| k % 2 == parity);
                open
            }
            EctopyPattern::Isolated(count) => {
                let mut chosen = Vec::new();
                for _ in 0..count {
                    if open.is_empty() {
                        break;
                    }
                    let k = pick(&open);
                    chosen.push(k);
                    open.retain(|&other| other.abs_diff(k) > 1);
                }
                chosen
            }
        };
        for k in chosen {
            if let Some(activation_s) = instead_of(&times, k) {
                self.beats[k] = ComingBeat {
                    activation_s,
                    class: BeatClass::Ventricular,
                };
            }
        }
    }
}

/// Conduction of fibrillating atria: RR intervals independent of each other, with a log-normal
/// spread and none shorter than `least` (s).
fn irregular_times(
    stream: &mut Stream,
    fibrillation: &Fibrillation,
    rr: f64,
    least: f64,
    first: f64,
    end: f64,
) -> Vec<f64> {
    let spread = fibrillation.irregularity;
    let mut times = Vec::new();
    let mut time = first;
    while time < end {
        times.push(time);
        let factor = (spread * stream.standard_normal() - 0.5 * spread * spread).exp();
        time += (rr * factor).max(least).max(SHORTEST_RR_S);
    }
    times
}
