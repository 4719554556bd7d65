//! From marks on QRS complexes to the waves of every beat.

use super::refine::{self, Slopes};
use super::template::Template;
use super::wave::{Located, Wave, Waves};
use super::{BeatFiducials, BeatKind, p_wave, qrs_complex, t_wave};
use crate::signal::beat_classes::{self, BeatClass, MOST_IN_SHORT, Member};
use crate::signal::milliseconds;
use crate::signal::qrs::median;

/// How far a wave of a single beat may lie from where the template has it.
const MOST_P_LAG: usize = milliseconds(50);
const MOST_T_LAG: usize = milliseconds(60);
/// What is compared reaches so far beyond the wave.
const MARGIN: f64 = milliseconds(10) as f64;
/// The steep complex is seen by the slopes so long before it begins.
const CLEAR_OF_QRS: f64 = milliseconds(32) as f64;
/// A P wave is there if, in the middle, beats fit the usual one so well; a single beat has it if it does.
const LEAST_USUAL_P_FIT: f64 = 0.65;
/// The more irregular the rhythm, the better they must fit, up to the latter: in atrial fibrillation the
/// median of some beats may look like a P wave.
const MOST_USUAL_P_FIT: f64 = 0.93;
/// P begins at least so long before QRS.
const LEAST_PR: f64 = milliseconds(84) as f64;
const LEAST_P_FIT: f64 = 0.35;
/// A beat of another shape has a P wave only if it fits so well.
const LEAST_OTHER_P_FIT: f64 = 0.7;
/// A wave of less than this share of the largest lead's is no wave in its lead.
const LEAST_SHARE: f64 = 0.02;

/// All that is found, at the working rate.
pub(in crate::signal) struct Delineation {
    beats: Vec<BeatFiducials>,
    /// Template and waves of the most frequent kind of beat.
    pub(in crate::signal) usual: Option<Usual>,
}

/// The most frequent kind of beat, on its template; sample numbers in it.
pub(in crate::signal) struct Usual {
    pub(in crate::signal) rows: Vec<Vec<f64>>,
    pub(in crate::signal) global: Waves,
    pub(in crate::signal) leads: Vec<Waves>,
}

impl Delineation {
    /// The beats at another rate, `scale` times the working rate, of a recording of `length` samples; waves
    /// that are not all within it are left out.
    pub(in crate::signal) fn at_rate(&self, scale: f64, length: usize) -> Vec<BeatFiducials> {
        let placed = |wave: Option<Wave>| {
            wave.map(|wave| wave.scaled(scale))
                .filter(|wave| wave.is_within(length))
        };
        let all = |waves: &Waves| Waves {
            p: placed(waves.p),
            qrs: placed(waves.qrs),
            t: placed(waves.t),
        };
        self.beats
            .iter()
            .map(|beat| BeatFiducials {
                kind: beat.kind,
                global: all(&beat.global),
                leads: beat.leads.iter().map(all).collect(),
            })
            .collect()
    }
}

/// Delineates the beats at `marks` in clean `rows`, given their classes if the recording is short; of a long
/// one stretch after stretch, since shapes change slowly.
pub(in crate::signal) fn delineate(
    rows: &[Vec<f64>],
    marks: &[usize],
    classes: &[BeatClass],
) -> Delineation {
    let slopes = Slopes::new(rows);
    let mut beats = Vec::new();
    let mut usual = None;
    let stretches = marks.len().div_ceil(MOST_IN_SHORT).max(1);
    for stretch in 0..stretches {
        let from = stretch * marks.len() / stretches;
        let to = (stretch + 1) * marks.len() / stretches;
        let marks = &marks[from..to];
        let own = if stretches == 1 && !classes.is_empty() {
            in_stretch(rows, &slopes, marks, classes, &mut beats)
        } else {
            let classes = beat_classes::classes_in_short(rows, marks);
            in_stretch(rows, &slopes, marks, &classes, &mut beats)
        };
        usual = usual.or(own);
    }
    beats.sort_by(|one: &(f64, BeatFiducials), other| one.0.total_cmp(&other.0));
    Delineation {
        beats: beats.into_iter().map(|(_, beat)| beat).collect(),
        usual,
    }
}

/// Delineates one stretch, adding its beats with their references.
fn in_stretch(
    rows: &[Vec<f64>],
    slopes: &Slopes,
    marks: &[usize],
    classes: &[BeatClass],
    beats: &mut Vec<(f64, BeatFiducials)>,
) -> Option<Usual> {
    let premature = beat_classes::premature(marks);
    let irregularity = irregularity(marks);
    let mut usual_p: Option<PShape> = None;
    let mut usual = None;
    for (number, class) in classes.iter().enumerate() {
        let template = Template::new(rows, marks, &class.members);
        let Some(complex) = qrs_complex::locate(&template) else {
            continue;
        };
        let qrs = complex.located;
        let calm = qrs_complex::without_complex(&template.rows, &qrs.global);
        let t = t_wave::locate(&template, &calm, &qrs.global);
        let t_offset = t.as_ref().map(|t| t.global.offset);
        let p = p_wave::locate(&template, &calm, &qrs.global, t_offset)
            .and_then(|p| PShape::new(p, &qrs.global, slopes, class));
        // What precedes a paced complex may as well be the response to an atrial spike, or its remains.
        let own_p = p.filter(|p| !complex.is_paced && p.is_usual(irregularity));
        let p = match (&own_p, &usual_p) {
            (Some(own), _) => Some((own, LEAST_P_FIT)),
            (None, Some(usual)) if number > 0 => Some((usual, LEAST_OTHER_P_FIT)),
            _ => None,
        };
        if number == 0 {
            let p = own_p.as_ref().map(|p| &p.located);
            usual = Some(Usual {
                global: Waves {
                    p: p.map(|p| p.global),
                    qrs: Some(qrs.global),
                    t: t.as_ref().map(|t| t.global),
                },
                leads: in_leads(&template.rows, p, Some(&qrs), t.as_ref()),
                rows: template.rows.clone(),
            });
        }
        let t_shape = t
            .as_ref()
            .and_then(|t| shape(Window::about(&t.global, None), slopes, class));
        for member in &class.members {
            let start = member.reference - Template::REFERENCE as f64;
            let kind = match (number, premature[member.beat]) {
                (0, false) => BeatKind::Usual,
                (0, true) => BeatKind::Premature,
                _ => BeatKind::Different,
            };
            let p = p.and_then(|(p, least)| p.in_beat(slopes, &qrs.global, start, least));
            let t = t.as_ref().map(|t| {
                let lag = t_shape
                    .as_ref()
                    .and_then(|shape| {
                        let window = Window::about(&t.global, None);
                        fit(shape, window, slopes, start, MOST_T_LAG)
                    })
                    .map_or(0.0, |fit| fit.lag);
                shifted(t, lag)
            });
            let leads = in_leads(&template.rows, p.as_ref(), Some(&qrs), t.as_ref());
            let placed = |wave: Wave| wave.shifted(start);
            let moved = |waves: &Waves| Waves {
                p: waves.p.map(placed),
                qrs: waves.qrs.map(placed),
                t: waves.t.map(placed),
            };
            let global = Waves {
                p: p.as_ref().map(|p| p.global),
                qrs: Some(qrs.global),
                t: t.as_ref().map(|t| t.global),
            };
            let beat = BeatFiducials {
                kind,
                global: moved(&global),
                leads: leads.iter().map(moved).collect(),
            };
            beats.push((member.reference, beat));
        }
        if number == 0 {
            usual_p = own_p;
        }
    }
    usual
}

/// The middle change from one RR interval to the next, as a share of the middle interval.
fn irregularity(marks: &[usize]) -> f64 {
    let intervals: Vec<f64> = marks
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) as f64)
        .collect();
    let changes: Vec<f64> = intervals
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    let usual = median(&intervals);
    if usual > 0.0 {
        median(&changes) / usual
    } else {
        0.0
    }
}

/// The waves lead by lead; those hardly there are left out.
fn in_leads(
    rows: &[Vec<f64>],
    p: Option<&Located>,
    qrs: Option<&Located>,
    t: Option<&Located>,
) -> Vec<Waves> {
    let visible = |wave: Option<&Located>| -> Vec<Option<Wave>> {
        let Some(located) = wave else {
            return vec![None; rows.len()];
        };
        let heights: Vec<f64> = rows
            .iter()
            .map(|row| {
                super::wave_in_lead::height(row, located.global.onset, located.global.offset)
            })
            .collect();
        let largest = heights.iter().copied().fold(0.0, f64::max);
        let kept = |(wave, height): (&Option<Wave>, f64)| {
            wave.filter(|_| height > 0.0 && height >= LEAST_SHARE * largest)
        };
        located.leads.iter().zip(heights).map(kept).collect()
    };
    let (p, qrs, t) = (visible(p), visible(qrs), visible(t));
    (0..rows.len())
        .map(|lead| Waves {
            p: p[lead],
            qrs: qrs[lead],
            t: t[lead],
        })
        .collect()
}

fn shifted(located: &Located, by: f64) -> Located {
    Located {
        global: located.global.shifted(by),
        leads: located
            .leads
            .iter()
            .map(|wave| wave.map(|wave| wave.shifted(by)))
            .collect(),
    }
}

/// The part of a template that is compared with single beats.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: f64,
    to: f64,
}

impl Window {
    /// About a wave, without the complex that may follow.
    fn about(wave: &Wave, before: Option<&Wave>) -> Window {
        let from = wave.onset - MARGIN;
        let latest = before.map_or(f64::INFINITY, |qrs| qrs.onset - CLEAR_OF_QRS);
        Window {
            from,
            to: (wave.offset + MARGIN).min(latest).max(from + MARGIN),
        }
    }
}

/// The usual slopes of a wave of a class.
fn shape(window: Window, slopes: &Slopes, class: &BeatClass) -> Option<Vec<Vec<f64>>> {
    let parts: Vec<Vec<&[f64]>> = class
        .members
        .iter()
        .filter_map(|member| slopes.part(start(member), window.from, window.to))
        .collect();
    let length = parts.first()?.first()?.len();
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|part| part.iter().all(|row| row.len() == length))
        .collect();
    Some(refine::usual_shape(&parts))
}

fn fit(
    shape: &[Vec<f64>],
    window: Window,
    slopes: &Slopes,
    start: f64,
    most: usize,
) -> Option<refine::Fit> {
    let from = window.from - most as f64;
    let to = from + (shape.first()?.len() + 2 * most) as f64;
    let part = slopes.part(start, from, to)?;
    refine::best_fit(shape, &part, most)
}

fn start(member: &Member) -> f64 {
    member.reference - Template::REFERENCE as f64
}

/// A P wave with what it takes to find it again.
struct PShape {
    located: Located,
    window: Window,
    /// Onset of the QRS complex after it.
    qrs_onset: f64,
    shape: Vec<Vec<f64>>,
    /// How well the beats of its class fit it.
    fits: Vec<f64>,
}

impl PShape {
    fn new(located: Located, qrs: &Wave, slopes: &Slopes, class: &BeatClass) -> Option<PShape> {
        let window = Window::about(&located.global, Some(qrs));
        let shape = shape(window, slopes, class)?;
        let fits = class
            .members
            .iter()
            .filter_map(|member| {
                let most = MOST_P_LAG / 3;
                Some(fit(&shape, window, slopes, start(member), most)?.correlation)
            })
            .collect();
        Some(PShape {
            window,
            qrs_onset: qrs.onset,
            located,
            shape,
            fits,
        })
    }

    /// Whether most beats of the class have it, in a rhythm of this irregularity.
    fn is_usual(&self, irregularity: f64) -> bool {
        let least = (LEAST_USUAL_P_FIT + irregularity).min(MOST_USUAL_P_FIT);
        self.qrs_onset - self.located.global.onset >= LEAST_PR
            && self.fits.len() >= 3
            && median(&self.fits) >= least
    }

    /// The wave of the beat whose template begins at `start` and has its complex as `qrs`, if it is there.
    fn in_beat(&self, slopes: &Slopes, qrs: &Wave, start: f64, least: f64) -> Option<Located> {
        let earlier = qrs.onset - self.qrs_onset;
        let wave = self.located.global;
        let fit = fit(
            &self.shape,
            self.window,
            slopes,
            start + earlier,
            MOST_P_LAG,
        )?;
        let by = earlier + fit.lag;
        let fits = fit.correlation >= least && wave.offset + by <= qrs.onset + MARGIN;
        fits.then(|| shifted(&self.located, by))
    }
}
