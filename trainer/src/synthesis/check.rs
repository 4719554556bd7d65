//! Which subjects are possible: ranges of every parameter, and whether together they make a heart
//! that fits its chest.
//!
//! The ranges are wider than any adult's; within them every computation gives finite numbers.

use std::f64::consts::TAU;

use super::anatomy::HeartAxes;
use super::geometry::{FrontRadiusSearch, THINNEST_AND_THICKEST_MM, Ventricles};
use super::heart::SimulatedHeart;
use super::mesh::Mesh;
use super::subject::Subject;
use super::vector::add;

/// Longest QT interval that a simulated beat has room for, ms.
const LONGEST_QT_MS: f64 = 690.0;
/// Least time from the end of one QRS onset to the next P onset, ms.
const LEAST_BEFORE_P_MS: f64 = 50.0;

/// Why no heart can be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImpossibleSubject {
    /// A parameter outside its range, or not a number.
    #[error(
        "{parameter} is {value} {unit}, but must be from {least} to {most}; give a value in that range"
    )]
    OutOfRange {
        /// Its name in [`Subject`].
        parameter: &'static str,
        /// What it is.
        value: f64,
        /// Least possible value.
        least: f64,
        /// Greatest possible value.
        most: f64,
        /// Unit, empty for ratios.
        unit: &'static str,
    },
    /// Nothing excites the ventricles.
    #[error(
        "conduction.early_sites is empty, so that nothing excites the ventricles; give at least one site"
    )]
    NoEarlySite,
    /// The P wave falls into the beat before.
    #[error(
        "atria.pr_ms is {pr_ms} ms, which does not fit the {rr_ms:.0} ms from beat to beat; lower it or heart_rate_bpm"
    )]
    PrLongerThanBeat {
        /// PR interval, ms.
        pr_ms: f64,
        /// RR interval, ms.
        rr_ms: f64,
    },
    /// The P wave outlasts the PR interval.
    #[error(
        "atria.p_duration_ms is {p_ms} ms and longer than atria.pr_ms, {pr_ms} ms; shorten the one or lengthen the other"
    )]
    PLongerThanPr {
        /// P-wave duration, ms.
        p_ms: f64,
        /// PR interval, ms.
        pr_ms: f64,
    },
    /// The T wave ends after the simulated beat.
    #[error(
        "repolarisation.qtc_ms of {qtc_ms} ms gives a QT interval of {qt_ms:.0} ms at heart_rate_bpm {rate_bpm}, and {LONGEST_QT_MS} ms is the longest; lower it or raise the rate"
    )]
    QtTooLong {
        /// Corrected QT, ms.
        qtc_ms: f64,
        /// QT at this rate, ms.
        qt_ms: f64,
        /// Heart rate, beats per minute.
        rate_bpm: f64,
    },
    /// No wall of possible thickness has this mass.
    #[error(
        "lvm_g of {lvm_g} g around lvedv_ml of {lvedv_ml} ml and lv_length_mm of {lv_length_mm} mm needs a wall thinner than {} or thicker than {} mm; change one of the three",
        THINNEST_AND_THICKEST_MM.0, THINNEST_AND_THICKEST_MM.1
    )]
    NoSuchWall {
        /// LV mass, g.
        lvm_g: f64,
        /// LV end-diastolic volume, ml.
        lvedv_ml: f64,
        /// LV length, mm.
        lv_length_mm: f64,
    },
    /// No RV of this volume fits this LV.
    #[error(
        "rvedv_ml of {rvedv_ml} ml does not fit an LV of lvedv_ml {lvedv_ml} ml; bring the two volumes closer together"
    )]
    NoSuchRightVentricle {
        /// RV end-diastolic volume, ml.
        rvedv_ml: f64,
        /// LV end-diastolic volume, ml.
        lvedv_ml: f64,
    },
    /// The heart reaches through the skin.
    #[error(
        "the heart at heart_centre_mm {centre_mm:?} reaches outside the torso; move it inwards, make it smaller or the torso larger"
    )]
    OutsideTorso {
        /// Centre of the LV, mm.
        centre_mm: [f64; 3],
    },
}

/// A parameter with its range.
struct Range {
    parameter: &'static str,
    value: f64,
    least: f64,
    most: f64,
    unit: &'static str,
}

fn range(
    parameter: &'static str,
    value: f64,
    (least, most): (f64, f64),
    unit: &'static str,
) -> Range {
    Range {
        parameter,
        value,
        least,
        most,
        unit,
    }
}

/// Refuses the first value that is outside its range; what is not a number is in none.
fn all_within(ranges: impl IntoIterator<Item = Range>) -> Result<(), ImpossibleSubject> {
    for r in ranges {
        if !(r.least..=r.most).contains(&r.value) {
            return Err(ImpossibleSubject::OutOfRange {
                parameter: r.parameter,
                value: r.value,
                least: r.least,
                most: r.most,
                unit: r.unit,
            });
        }
    }
    Ok(())
}

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

    fn check_body(&self) -> Result<(), ImpossibleSubject> {
        let (torso, electrodes) = (&self.torso, &self.electrodes);
        all_within([
            range("age_years", self.age_years, (0.0, 120.0), "years"),
            range("height_cm", self.height_cm, (100.0, 230.0), "cm"),
            range("weight_kg", self.weight_kg, (20.0, 300.0), "kg"),
            range("bmi", self.bmi, (10.0, 80.0), "kg/m²"),
            range(
                "torso.half_width_mm",
                torso.half_width_mm,
                (90.0, 350.0),
                "mm",
            ),
            range(
                "torso.half_depth_mm",
                torso.half_depth_mm,
                (65.0, 300.0),
                "mm",
            ),
            range("torso.bottom_mm", torso.bottom_mm, (-600.0, -150.0), "mm"),
            range("torso.top_mm", torso.top_mm, (100.0, 450.0), "mm"),
            range("torso.body_scale", torso.body_scale, (0.5, 1.5), ""),
            range(
                "electrodes.strip_shift_mm",
                electrodes.strip_shift_mm,
                (-150.0, 150.0),
                "mm",
            ),
            range(
                "electrodes.strip_rotation",
                electrodes.strip_rotation,
                (-1.0, 1.0),
                "radians",
            ),
        ])?;
        let shifts = electrodes.jitter_mm.iter().flatten();
        all_within(shifts.map(|&mm| range("electrodes.jitter_mm", mm, (-100.0, 100.0), "mm")))
    }

    fn check_heart(&self) -> Result<(), ImpossibleSubject> {
        all_within([
            range("heart_rate_bpm", self.heart_rate_bpm, (30.0, 180.0), "bpm"),
            range("lvedv_ml", self.lvedv_ml, (30.0, 500.0), "ml"),
            range("lvef_percent", self.lvef_percent, (5.0, 90.0), "%"),
            range("lvm_g", self.lvm_g, (25.0, 500.0), "g"),
            range("lv_length_mm", self.lv_length_mm, (45.0, 160.0), "mm"),
            range("rvedv_ml", self.rvedv_ml, (30.0, 500.0), "ml"),
            range("rvef_percent", self.rvef_percent, (5.0, 90.0), "%"),
            range("septal_bulge", self.septal_bulge, (0.0, 2.0), ""),
            range("effusion_mm", self.effusion_mm, (0.0, 50.0), "mm"),
            range("left_atrial_size", self.left_atrial_size, (0.5, 2.5), ""),
            range("scar_fraction", self.scar_fraction, (0.0, 1.0), ""),
            range("fibrosis", self.fibrosis, (0.0, 5.0), ""),
            range("contractility", self.contractility, (-8.0, 8.0), "SD"),
            range(
                "frontal_axis_deg",
                self.frontal_axis_deg,
                (-75.0, 85.0),
                "°",
            ),
            range(
                "transverse_axis_deg",
                self.transverse_axis_deg,
                (-85.0, 85.0),
                "°",
            ),
            range("roll_deg", self.roll_deg, (-180.0, 180.0), "°"),
        ])?;
        all_within(
            self.heart_centre_mm
                .map(|mm| range("heart_centre_mm", mm, (-250.0, 250.0), "mm")),
        )?;
        let Some(scar) = &self.scar else {
            return Ok(());
        };
        all_within([
            range(
                "scar.centre_angle",
                scar.centre_angle,
                (-TAU, TAU),
                "radians",
            ),
            range("scar.half_width", scar.half_width, (0.0, 2.0), "radians"),
            range("scar.lowest", scar.lowest, (-2.0, 1.0), ""),
            range("scar.highest", scar.highest, (-2.0, 1.0), ""),
            range("scar.transmurality", scar.transmurality, (0.0, 1.0), ""),
            range("scar.thinning", scar.thinning, (0.0, 0.8), ""),
        ])
    }

    fn check_electric(&self) -> Result<(), ImpossibleSubject> {
        let (conduction, repolarisation) = (&self.conduction, &self.repolarisation);
        if conduction.early_sites.is_empty() {
            return Err(ImpossibleSubject::NoEarlySite);
        }
        let ectopic = self.ectopy.iter().map(|ectopy| &ectopy.site);
        for site in conduction.early_sites.iter().chain(ectopic) {
            all_within([
                range("early site angle", site.angle, (-TAU, TAU), "radians"),
                range("early site height", site.height, (-1.0, 0.4), ""),
                range("early site onset_ms", site.onset_ms, (0.0, 100.0), "ms"),
            ])?;
        }
        let velocities = [
            (
                "conduction.transmural_velocity",
                conduction.transmural_velocity,
            ),
            (
                "conduction.tangential_velocity",
                conduction.tangential_velocity,
            ),
            (
                "conduction.lv_endocardial_velocity",
                conduction.lv_endocardial_velocity,
            ),
            (
                "conduction.rv_endocardial_velocity",
                conduction.rv_endocardial_velocity,
            ),
        ];
        all_within(velocities.map(|(name, value)| range(name, value, (0.1, 10.0), "m/s")))?;
        let gradients = [
            (
                "repolarisation.lv_transmural_ms",
                repolarisation.lv_transmural_ms,
            ),
            (
                "repolarisation.rv_transmural_ms",
                repolarisation.rv_transmural_ms,
            ),
            ("repolarisation.apicobasal_ms", repolarisation.apicobasal_ms),
            (
                "repolarisation.rv_difference_ms",
                repolarisation.rv_difference_ms,
            ),
        ];
        all_within(gradients.map(|(name, value)| range(name, value, (-150.0, 150.0), "ms")))?;
        all_within([
            range(
                "conduction.basal_slowing",
                conduction.basal_slowing,
                (0.0, 0.9),
                "",
            ),
            range(
                "repolarisation.qtc_ms",
                repolarisation.qtc_ms,
                (250.0, 650.0),
                "ms",
            ),
            range(
                "repolarisation.septal_loss",
                repolarisation.septal_loss,
                (-1.0, 2.0),
                "",
            ),
            range(
                "repolarisation.activation_slope",
                repolarisation.activation_slope,
                (-1.0, 2.0),
                "",
            ),
            range(
                "repolarisation.upstroke_ms",
                repolarisation.upstroke_ms,
                (0.3, 10.0),
                "ms",
            ),
            range(
                "repolarisation.slow_rate_per_ms",
                repolarisation.slow_rate_per_ms,
                (0.005, 0.3),
                "/ms",
            ),
            range(
                "repolarisation.fast_rate_per_ms",
                repolarisation.fast_rate_per_ms,
                (0.01, 0.6),
                "/ms",
            ),
            range(
                "repolarisation.source_gain",
                repolarisation.source_gain,
                (0.0, 5.0),
                "",
            ),
            range("atria.pr_ms", self.atria.pr_ms, (60.0, 600.0), "ms"),
            range(
                "atria.p_duration_ms",
                self.atria.p_duration_ms,
                (20.0, 300.0),
                "ms",
            ),
            range("atria.amplitude", self.atria.amplitude, (0.0, 10.0), ""),
            range(
                "atria.left_atrial_amplitude",
                self.atria.left_atrial_amplitude,
                (0.0, 10.0),
                "",
            ),
            range("alternans", self.alternans, (0.0, 0.9), ""),
            range("noise_level", self.noise_level, (0.0, 100.0), ""),
        ])?;
        if let Some(fibrillation) = &self.fibrillation {
            all_within([
                range(
                    "fibrillation.frequency_hz",
                    fibrillation.frequency_hz,
                    (2.0, 15.0),
                    "Hz",
                ),
                range(
                    "fibrillation.v1_height_mv",
                    fibrillation.v1_height_mv,
                    (0.0, 1.0),
                    "mV",
                ),
                range(
                    "fibrillation.irregularity",
                    fibrillation.irregularity,
                    (0.0, 0.6),
                    "",
                ),
            ])?;
        }
        let coupling = self.ectopy.as_ref().map(|ectopy| ectopy.coupling);
        all_within(coupling.map(|value| range("ectopy.coupling", value, (0.2, 0.95), "")))
    }

    fn check_imaging(&self) -> Result<(), ImpossibleSubject> {
        let imaging = &self.imaging;
        let places = imaging
            .heart_centre_mm
            .into_iter()
            .chain(imaging.field_centre_mm);
        all_within(places.map(|mm| range("imaging centre", mm, (-400.0, 400.0), "mm")))?;
        all_within(
            imaging
                .plan_tilt_deg
                .map(|deg| range("imaging.plan_tilt_deg", deg, (-45.0, 45.0), "°")),
        )?;
        all_within([
            range(
                "imaging.scar_hypokinesis",
                imaging.scar_hypokinesis,
                (0.0, 0.95),
                "",
            ),
            range(
                "imaging.septal_dyssynchrony",
                imaging.septal_dyssynchrony,
                (0.0, 0.9),
                "",
            ),
            range(
                "imaging.long_axis_shortening",
                imaging.long_axis_shortening,
                (0.0, 0.4),
                "",
            ),
            range("imaging.atrial_kick", imaging.atrial_kick, (0.0, 0.9), ""),
            range(
                "imaging.papillary_size",
                imaging.papillary_size,
                (0.0, 3.0),
                "",
            ),
        ])
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
