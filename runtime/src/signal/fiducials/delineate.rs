//! From marks on QRS complexes to the waves of every beat.

use super::beat_shape::{PShape, TShape, start};
use super::refine::Slopes;
use super::template::Template;
use super::wave::{Located, Wave, Waves};
use super::wave_in_lead::height;
use super::{BeatFiducials, BeatKind, p_wave, qrs_complex, t_wave};
use crate::signal::beat_classes::{self, BeatClass, MOST_IN_SHORT};
use crate::signal::quantile::median;

/// A beat of a class with a P wave has it if it fits so well.
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
        let Some(waves) = ClassWaves::locate(&template, slopes, class, irregularity) else {
            continue;
        };
        for member in &class.members {
            let kind = match (number, premature[member.beat]) {
                (0, false) => BeatKind::Usual,
                (0, true) => BeatKind::Premature,
                _ => BeatKind::Different,
            };
            let (global, leads) = waves.in_beat(slopes, start(member), usual_p.as_ref());
            let beat = BeatFiducials {
                kind,
                global,
                leads,
            };
            beats.push((member.reference, beat));
        }
        if number == 0 {
            let p = waves.p.as_ref().map(|p| &p.located);
            let t = waves.t.as_ref().map(|t| &t.located);
            let (global, leads) = together(p, &waves.qrs, t, 0.0);
            usual = Some(Usual {
                rows: template.rows,
                global,
                leads,
            });
            usual_p = waves.p;
        }
    }
    usual
}

/// The waves of one class of beats, on its template.
struct ClassWaves {
    p: Option<PShape>,
    qrs: Located,
    t: Option<TShape>,
}

impl ClassWaves {
    fn locate(
        template: &Template,
        slopes: &Slopes,
        class: &BeatClass,
        irregularity: f64,
    ) -> Option<ClassWaves> {
        let rows = &template.rows;
        let complex = qrs_complex::locate(template)?;
        let qrs = visible(complex.located, rows);
        let calm = qrs_complex::without_complex(rows, &qrs.global);
        let t = t_wave::locate(template, &calm, &qrs.global).map(|t| visible(t, rows));
        let t_offset = t.as_ref().map(|t| t.global.offset);
        let p = p_wave::locate(template, &calm, &qrs.global, t_offset)
            .and_then(|p| PShape::new(visible(p, rows), &qrs.global, slopes, class))
            // What precedes a paced complex may as well be the response to an atrial spike, or its remains.
            .filter(|p| !complex.is_paced && p.is_usual(irregularity));
        let t = t.map(|t| TShape::new(t, slopes, class));
        Some(ClassWaves { p, qrs, t })
    }

    /// The waves of the beat whose template begins at `start`, over all leads and in each; a class without
    /// a P wave of its own may have the usual one.
    fn in_beat(&self, slopes: &Slopes, start: f64, usual: Option<&PShape>) -> (Waves, Vec<Waves>) {
        let p = match (&self.p, usual) {
            (Some(own), _) => own.in_beat(slopes, &self.qrs.global, start, LEAST_P_FIT),
            (None, Some(usual)) => {
                usual.in_beat(slopes, &self.qrs.global, start, LEAST_OTHER_P_FIT)
            }
            (None, None) => None,
        };
        let t = self.t.as_ref().map(|t| t.in_beat(slopes, start));
        together(p.as_ref(), &self.qrs, t.as_ref(), start)
    }
}

/// The waves over all leads and lead by lead, by so much later.
fn together(
    p: Option<&Located>,
    qrs: &Located,
    t: Option<&Located>,
    later: f64,
) -> (Waves, Vec<Waves>) {
    let moved = |wave: Option<Wave>| wave.map(|wave| wave.shifted(later));
    let global = Waves {
        p: moved(p.map(|p| p.global)),
        qrs: moved(Some(qrs.global)),
        t: moved(t.map(|t| t.global)),
    };
    let in_lead = |wave: Option<&Located>, lead: usize| {
        moved(wave.and_then(|wave| wave.leads.get(lead).copied().flatten()))
    };
    let leads = (0..qrs.leads.len())
        .map(|lead| Waves {
            p: in_lead(p, lead),
            qrs: in_lead(Some(qrs), lead),
            t: in_lead(t, lead),
        })
        .collect();
    (global, leads)
}

/// A wave without the leads of `rows` where it is hardly there.
fn visible(located: Located, rows: &[Vec<f64>]) -> Located {
    let Wave { onset, offset, .. } = located.global;
    let heights: Vec<f64> = rows.iter().map(|row| height(row, onset, offset)).collect();
    let least = LEAST_SHARE * heights.iter().copied().fold(0.0, f64::max);
    let kept =
        |(wave, height): (Option<Wave>, f64)| wave.filter(|_| height > 0.0 && height >= least);
    Located {
        global: located.global,
        leads: located.leads.into_iter().zip(heights).map(kept).collect(),
    }
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
