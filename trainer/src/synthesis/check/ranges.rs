//! The range of every parameter.

use std::f64::consts::TAU;

use super::ImpossibleSubject;
use crate::synthesis::subject::Subject;

/// A parameter with its range.
pub(super) struct Range {
    parameter: &'static str,
    value: f64,
    least: f64,
    most: f64,
    unit: &'static str,
}

pub(super) fn range(
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
pub(super) fn all_within(ranges: impl IntoIterator<Item = Range>) -> Result<(), ImpossibleSubject> {
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
    pub(super) fn check_body(&self) -> Result<(), ImpossibleSubject> {
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

    pub(super) fn check_heart(&self) -> Result<(), ImpossibleSubject> {
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
            range("scar.silenced", scar.silenced, (0.0, 1.0), ""),
            range("scar.thinning", scar.thinning, (0.0, 0.8), ""),
        ])
    }

    pub(super) fn check_electric(&self) -> Result<(), ImpossibleSubject> {
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
            range(
                "repolarisation.rv_source_gain",
                repolarisation.rv_source_gain,
                (0.0, 3.0),
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

    pub(super) fn check_imaging(&self) -> Result<(), ImpossibleSubject> {
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
}
