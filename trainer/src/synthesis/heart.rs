//! One simulated heart, solved: anatomy, activation and potentials at hand for its recording and
//! pictures.

use super::activation::Activation;
use super::anatomy::HeartAxes;
use super::atrial::p_wave;
use super::beat;
use super::electrodes::LEADS;
use super::fibrillation::FibrillatoryField;
use super::geometry::Ventricles;
use super::lead_field::LeadField;
use super::mechanics::Motion;
use super::mesh::Mesh;
use super::recording::Recording;
use super::repolarisation::{qt_ms, recovery_times};
use super::sources::weights;
use super::subject::Subject;

/// Fraction of the living heart's source strength that must be excited for QRS to be over.
const EXCITED_AT_QRS_END: f64 = 0.995;
/// QRS shows this many upstroke time constants before the first and after the last activation.
const UPSTROKES_SEEN: f64 = 2.2;

/// Exact intervals of the simulated beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// Duration of the P wave, ms; none when the atria fibrillate.
    pub p_ms: Option<f64>,
    /// P onset to QRS onset, ms; none when the atria fibrillate.
    pub pr_ms: Option<f64>,
    /// QRS duration, ms.
    pub qrs_ms: f64,
    /// QRS onset to the end of the T wave, ms.
    pub qt_ms: f64,
    /// QRS onset to the first activation of the wall, ms.
    pub onset_lead_ms: f64,
}

/// One ventricular beat, conducted or premature.
#[derive(Clone, Debug)]
pub(super) struct VentricularBeat {
    /// QRS duration, ms.
    pub qrs_ms: f64,
    /// QRS onset to the end of the T wave, ms.
    pub qt_ms: f64,
    /// As [`SimulatedHeart::beat`].
    pub beat: [Vec<f64>; LEADS],
}

/// A subject's heart with its geometry, activation and beat solved.
#[derive(Clone, Debug)]
pub struct SimulatedHeart {
    /// The parameters it was solved for.
    pub subject: Subject,
    /// Exact intervals.
    pub intervals: Intervals,
    /// Both ventricles at end-diastole.
    pub(super) ventricles: Ventricles,
    /// Direction of the heart in the chest.
    pub(super) axes: HeartAxes,
    /// The cardiac cycle.
    pub(super) motion: Motion,
    /// Ventricular beat in mV of I, II, V1–V6 every ms from `beat::START_MS`.
    pub(super) beat: [Vec<f64>; LEADS],
    /// P wave in mV, every ms from its onset; empty when the atria fibrillate.
    pub(super) p_wave: [Vec<f64>; LEADS],
    /// What the leads see of fibrillating atria.
    pub(super) fibrillatory: Option<FibrillatoryField>,
    /// The premature beat of a subject that has them.
    pub(super) ectopic: Option<VentricularBeat>,
}

impl Subject {
    /// Solves this subject's heart: geometry, motion, activation, lead field and beat (about
    /// 20 ms). Everything is decided by the subject's parameters.
    pub fn simulate(&self) -> SimulatedHeart {
        let ventricles = Ventricles::solve(self);
        let axes = HeartAxes::of(self);
        let field = LeadField::solve(&self.torso, &self.electrodes, self.heart_centre_mm);
        let mesh = Mesh::build(&ventricles);
        let activation = Activation::solve(&ventricles, &mesh, &self.conduction);
        let q = weights(
            &mesh,
            &activation,
            &axes,
            self.heart_centre_mm,
            &field,
            self.repolarisation.rv_source_gain,
        );
        let wall = Wall {
            ventricles: &ventricles,
            mesh: &mesh,
            weights: &q,
        };
        let conducted = wall.beat(&activation, self);
        let ectopic = self.ectopy.as_ref().map(|ectopy| {
            let conduction = self.conduction.from_site(&ectopy.site);
            wall.beat(&Activation::solve(&ventricles, &mesh, &conduction), self)
        });
        let sinus = self.fibrillation.is_none();
        SimulatedHeart {
            intervals: Intervals {
                p_ms: sinus.then_some(self.atria.p_duration_ms),
                pr_ms: sinus.then_some(self.atria.pr_ms),
                qrs_ms: conducted.qrs_ms,
                qt_ms: conducted.qt_ms,
                onset_lead_ms: onset_lead_ms(self),
            },
            beat: conducted.beat,
            p_wave: if sinus {
                p_wave(self, &ventricles, &axes, &field)
            } else {
                Default::default()
            },
            fibrillatory: self.fibrillation.as_ref().map(|fibrillation| {
                FibrillatoryField::solve(self, fibrillation, &ventricles, &axes, &field)
            }),
            ectopic,
            motion: Motion::solve(self, &ventricles),
            ventricles,
            axes,
            subject: self.clone(),
        }
    }
}

/// QRS onset to the first activation, ms.
fn onset_lead_ms(subject: &Subject) -> f64 {
    UPSTROKES_SEEN * subject.repolarisation.upstroke_ms
}

/// The wall and what the leads see of it, whichever way it is activated.
struct Wall<'a> {
    ventricles: &'a Ventricles,
    mesh: &'a Mesh,
    weights: &'a [Vec<f64>; LEADS],
}

impl Wall<'_> {
    /// The beat of this activation.
    fn beat(&self, activation: &Activation, subject: &Subject) -> VentricularBeat {
        let repolarisation = &subject.repolarisation;
        let counted = counted_nodes(activation);
        let times = from_first(&activation.time_ms, &counted);
        let activation_ms = excitation_end(self.weights, &times, &counted);
        let qt = qt_ms(repolarisation, subject.rr_ms(), activation_ms);
        let recovery = recovery_times(
            self.ventricles,
            self.mesh,
            repolarisation,
            &times,
            &counted,
            qt,
        );
        VentricularBeat {
            qrs_ms: activation_ms + 2.0 * onset_lead_ms(subject),
            qt_ms: qt,
            beat: beat::potentials(self.weights, &times, &recovery, repolarisation),
        }
    }
}

impl SimulatedHeart {
    /// Ten seconds of 12-lead ECG with noise, and exact fiducials.
    pub fn recording(&self) -> Recording {
        Recording::of(self)
    }

    /// Mean LV wall thickness at end-diastole, mm.
    pub fn wall_mm(&self) -> f64 {
        self.ventricles.mean_wall()
    }

    /// The frame of end-systole among the 50 of a cycle; end-diastole is frame 0.
    pub fn end_systolic_frame(&self) -> usize {
        self.motion.end_systole
    }
}

/// Nodes that are reached and mostly alive.
fn counted_nodes(activation: &Activation) -> Vec<bool> {
    activation
        .time_ms
        .iter()
        .zip(&activation.alive)
        .map(|(time, &alive)| time.is_finite() && alive > 0.3)
        .collect()
}

/// Times counted from the first activation of living muscle.
fn from_first(times_ms: &[f64], counted: &[bool]) -> Vec<f64> {
    let first = times_ms
        .iter()
        .zip(counted)
        .filter(|(_, is)| **is)
        .fold(f64::INFINITY, |low, (&time, _)| low.min(time));
    times_ms.iter().map(|time| time - first).collect()
}

/// The time (ms) by which almost all source strength has been excited.
fn excitation_end(weights: &[Vec<f64>; LEADS], times_ms: &[f64], counted: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..times_ms.len()).filter(|&n| counted[n]).collect();
    order.sort_by(|&a, &b| times_ms[a].total_cmp(&times_ms[b]));
    let strength = |n: usize| weights.iter().map(|lead| lead[n].abs()).sum::<f64>();
    let total: f64 = order.iter().map(|&n| strength(n)).sum();
    let mut excited = 0.0;
    for &n in &order {
        excited += strength(n);
        if excited >= EXCITED_AT_QRS_END * total {
            return times_ms[n];
        }
    }
    0.0
}
