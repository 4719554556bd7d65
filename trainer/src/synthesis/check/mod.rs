//! Which subjects are possible: ranges of every parameter, and whether together they make a heart
//! that fits its chest.
//!
//! The ranges are wider than any adult's; within them every computation gives finite numbers.

mod impossible;
mod ranges;
#[cfg(test)]
mod tests;

pub use impossible::ImpossibleSubject;

use crate::synthesis::anatomy::HeartAxes;
use crate::synthesis::geometry::{FrontRadiusSearch, THINNEST_AND_THICKEST_MM, Ventricles};
use crate::synthesis::heart::SimulatedHeart;
use crate::synthesis::mesh::Mesh;
use crate::synthesis::population::Sampler;
use crate::synthesis::subject::{Condition, Subject};
use crate::synthesis::vector::add;
use impossible::LONGEST_QT_MS;
use ranges::{all_within, range};

/// Least time from the end of one QRS onset to the next P onset, ms.
const LEAST_BEFORE_P_MS: f64 = 50.0;

impl Subject {
    /// Whether a heart with these parameters can be simulated.
    ///
    /// # Errors
    /// The first parameter, or combination of them, that is impossible. What a sampler with usual
    /// nuisances draws is always possible.
    pub fn check(&self) -> Result<(), ImpossibleSubject> {
        self.check_body()?;
        self.check_heart()?;
        self.check_electric()?;
        self.check_imaging()?;
        self.check_timing()?;
        self.check_anatomy()
    }

    /// As [`Subject::simulate`], but refuses the impossible.
    ///
    /// # Errors
    /// As [`Subject::check`].
    pub fn try_simulate(&self) -> Result<SimulatedHeart, ImpossibleSubject> {
        self.check()?;
        Ok(self.simulate())
    }

    /// Whether the waves of a beat follow each other.
    fn check_timing(&self) -> Result<(), ImpossibleSubject> {
        let (rr_ms, atria, qtc_ms) = (self.rr_ms(), &self.atria, self.repolarisation.qtc_ms);
        if atria.pr_ms > rr_ms - LEAST_BEFORE_P_MS {
            return Err(ImpossibleSubject::PrLongerThanBeat {
                pr_ms: atria.pr_ms,
                rr_ms,
            });
        }
        if atria.p_duration_ms > atria.pr_ms {
            return Err(ImpossibleSubject::PLongerThanPr {
                p_ms: atria.p_duration_ms,
                pr_ms: atria.pr_ms,
            });
        }
        let qt_ms = qtc_ms * (rr_ms / 1000.0).cbrt();
        if qt_ms > LONGEST_QT_MS {
            return Err(ImpossibleSubject::QtTooLong {
                qtc_ms,
                qt_ms,
                rate_bpm: self.heart_rate_bpm,
            });
        }
        Ok(())
    }

    /// Whether the ventricles exist and lie within the torso.
    fn check_anatomy(&self) -> Result<(), ImpossibleSubject> {
        let ventricles = Ventricles::solve(self);
        let within = |x: f64, (low, high): (f64, f64)| x > low + 0.01 && x < high - 0.01;
        if !within(ventricles.wall, THINNEST_AND_THICKEST_MM) {
            return Err(ImpossibleSubject::NoSuchWall {
                lvm_g: self.lvm_g,
                lvedv_ml: self.lvedv_ml,
                lv_length_mm: self.lv_length_mm,
            });
        }
        let front = ventricles.right.front_radius;
        if !within(front, FrontRadiusSearch::END_DIASTOLE.bounds.into()) {
            return Err(ImpossibleSubject::NoSuchRightVentricle {
                rvedv_ml: self.rvedv_ml,
                lvedv_ml: self.lvedv_ml,
            });
        }
        let axes = HeartAxes::of(self);
        let inside = Mesh::build(&ventricles).nodes.into_iter().all(|node| {
            let [x, y, z] = add(axes.to_torso(node), self.heart_centre_mm);
            let (width, depth) = self.torso.taper(z);
            let across = x / (self.torso.half_width_mm * width);
            let deep = y / (self.torso.half_depth_mm * depth);
            (self.torso.bottom_mm..self.torso.top_mm).contains(&z)
                && across * across + deep * deep < 1.0
        });
        if inside {
            Ok(())
        } else {
            Err(ImpossibleSubject::OutsideTorso {
                centre_mm: self.heart_centre_mm,
            })
        }
    }
}

impl Sampler {
    /// Whether what is imposed, and the multiples of the nuisances, are possible.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), ImpossibleSubject> {
        let (imposed, n) = (&self.imposed, &self.nuisances);
        let nuisances = [
            ("nuisances.body", n.body),
            ("nuisances.position", n.position),
            ("nuisances.electrodes", n.electrodes),
            ("nuisances.electrophysiology", n.electrophysiology),
            ("nuisances.imaging", n.imaging),
            ("nuisances.noise", n.noise),
            ("nuisances.coupling", n.coupling),
        ];
        all_within(nuisances.map(|(name, value)| range(name, value, (0.0, 2.0), "times")))?;
        let some = [
            imposed
                .bmi
                .map(|x| range("imposed.bmi", x, (15.0, 60.0), "kg/m²")),
            imposed
                .infarct_size
                .map(|x| range("imposed.infarct_size", x, (0.2, 1.6), "times")),
            imposed
                .infarct_transmurality
                .map(|x| range("imposed.infarct_transmurality", x, (0.0, 1.0), "")),
        ];
        all_within(some.into_iter().flatten())?;
        let is_infarct = |condition: &&Condition| matches!(condition, Condition::Infarct(_));
        let conditions = imposed.conditions.iter().flatten();
        match conditions.filter(is_infarct).count() {
            0 | 1 => Ok(()),
            infarcts => Err(ImpossibleSubject::SeveralInfarcts { infarcts }),
        }
    }

    /// As [`Sampler::subject`], but refuses what is impossible.
    ///
    /// # Errors
    /// As [`Sampler::check`] and [`Subject::check`].
    pub fn try_subject(&self, seed: u64, index: u32) -> Result<Subject, ImpossibleSubject> {
        self.check()?;
        let subject = self.subject(seed, index);
        subject.check()?;
        Ok(subject)
    }
}
