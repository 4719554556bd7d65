//! Waves of a template, with what it takes to find them again in single beats.

use super::refine::{self, Slopes};
use super::template::Template;
use super::wave::{Located, Wave};
use crate::signal::beat_classes::{BeatClass, Member};
use crate::signal::milliseconds;
use crate::signal::quantile::median;

/// How far a wave of a single beat may lie from where the template has it.
const MOST_P_LAG: usize = milliseconds(50);
const MOST_T_LAG: usize = milliseconds(60);
/// What is compared reaches so far beyond the wave.
const MARGIN: f64 = milliseconds(10) as f64;
/// The steep complex is seen by the slopes so long before it begins.
const CLEAR_OF_QRS: f64 = milliseconds(32) as f64;
/// A class has a P wave if, in the middle, its beats fit the usual one so well.
const LEAST_USUAL_P_FIT: f64 = 0.65;
/// The more irregular the rhythm, the better they must fit, up to the latter: in atrial fibrillation the
/// median of some beats may look like a P wave.
const MOST_USUAL_P_FIT: f64 = 0.93;
/// P begins at least so long before QRS.
const LEAST_PR: f64 = milliseconds(84) as f64;

/// Where in the recording the template of a beat begins, in samples.
pub(super) fn start(member: &Member) -> f64 {
    member.reference - Template::REFERENCE as f64
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

/// A T wave with what it takes to find it again.
pub(super) struct TShape {
    pub(super) located: Located,
    window: Window,
    shape: Option<Vec<Vec<f64>>>,
}

impl TShape {
    pub(super) fn new(located: Located, slopes: &Slopes, class: &BeatClass) -> TShape {
        let window = Window::about(&located.global, None);
        TShape {
            window,
            shape: shape(window, slopes, class),
            located,
        }
    }

    /// The wave of the beat whose template begins at `start`.
    pub(super) fn in_beat(&self, slopes: &Slopes, start: f64) -> Located {
        let fit = self
            .shape
            .as_ref()
            .and_then(|shape| fit(shape, self.window, slopes, start, MOST_T_LAG));
        shifted(&self.located, fit.map_or(0.0, |fit| fit.lag))
    }
}

/// A P wave with what it takes to find it again.
pub(super) struct PShape {
    pub(super) located: Located,
    window: Window,
    /// Onset of the QRS complex after it.
    qrs_onset: f64,
    shape: Vec<Vec<f64>>,
    /// How well the beats of its class fit it.
    fits: Vec<f64>,
}

impl PShape {
    pub(super) fn new(
        located: Located,
        qrs: &Wave,
        slopes: &Slopes,
        class: &BeatClass,
    ) -> Option<PShape> {
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
    pub(super) fn is_usual(&self, irregularity: f64) -> bool {
        let least = (LEAST_USUAL_P_FIT + irregularity).min(MOST_USUAL_P_FIT);
        self.qrs_onset - self.located.global.onset >= LEAST_PR
            && self.fits.len() >= 3
            && median(&self.fits) >= least
    }

    /// The wave of the beat whose template begins at `start` and has its complex as `qrs`, if it is there.
    pub(super) fn in_beat(
        &self,
        slopes: &Slopes,
        qrs: &Wave,
        start: f64,
        least: f64,
    ) -> Option<Located> {
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
