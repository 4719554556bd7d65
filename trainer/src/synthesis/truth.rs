//! What is true of a simulated subject, as a table row.

use super::heart::SimulatedHeart;
use super::plane::Plane;
use super::render::View;
use super::vector::{add, dot, scale, sub};

/// The truth about one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Age, years.
    pub age_years: f64,
    /// Whether male.
    pub male: bool,
    /// Height, cm.
    pub height_cm: f64,
    /// Weight, kg.
    pub weight_kg: f64,
    /// Body-mass index, kg/m².
    pub bmi: f64,
    /// Heart rate, beats per minute.
    pub heart_rate_bpm: f64,
    /// LV end-diastolic volume, ml.
    pub lvedv_ml: f64,
    /// LV end-systolic volume, ml.
    pub lvesv_ml: f64,
    /// LV ejection fraction, percent.
    pub lvef_percent: f64,
    /// LV mass, g.
    pub lvm_g: f64,
    /// RV end-diastolic volume, ml.
    pub rvedv_ml: f64,
    /// RV end-systolic volume, ml.
    pub rvesv_ml: f64,
    /// Mean LV wall thickness at end-diastole, mm.
    pub wall_mm: f64,
    /// Angle of the long axis in the frontal plane, degrees below the horizontal.
    pub axis_frontal_deg: f64,
    /// Angle of the long axis in front of the frontal plane, degrees.
    pub axis_transverse_deg: f64,
    /// Rotation about the long axis, degrees.
    pub axis_roll_deg: f64,
    /// LV centre in the mid slice, mm right of the picture's centre.
    pub mid_lv_x_mm: f64,
    /// LV centre in the mid slice, mm below the picture's centre.
    pub mid_lv_y_mm: f64,
    /// LV cavity area in the mid slice at end-diastole, cm².
    pub mid_lv_area_cm2: f64,
    /// P-wave duration, ms; none when the atria fibrillate.
    pub p_ms: Option<f64>,
    /// PR interval, ms; none when the atria fibrillate.
    pub pr_ms: Option<f64>,
    /// QRS duration, ms.
    pub qrs_ms: f64,
    /// QT interval, ms.
    pub qt_ms: f64,
    /// Fraction of the LV that is scar.
    pub scar_fraction: f64,
    /// Frame of end-systole; end-diastole is frame 0.
    pub end_systolic_frame: usize,
    /// QT corrected by Fridericia's cube root of the mean RR interval, ms.
    pub qtc_ms: f64,
    /// Thickness of the septum at end-diastole where it is thickest, mm.
    pub septum_mm: f64,
    /// Thickness of a pericardial effusion, mm.
    pub effusion_mm: f64,
    /// Radius of the left atrium relative to the typical one of this heart.
    pub left_atrial_size: f64,
    /// `sinus` or `AF`.
    pub rhythm: &'static str,
    /// Conditions, joined by `+`; empty when healthy.
    pub conditions: String,
}

impl SimulatedHeart {
    /// The truth about this heart.
    pub fn truth(&self) -> Truth {
        let subject = &self.subject;
        let offset_mm = self.mid_ventricle_mm();
        let plane = Plane::of(self, View::ShortAxis { offset_mm });
        let middle = add(
            subject.imaging.heart_centre_mm,
            scale(self.axes.to_base, offset_mm),
        );
        let from_centre = sub(middle, plane.centre);
        let level = 1.0 - (offset_mm / self.ventricles.semi_axis).powi(2);
        let conditions: Vec<String> = subject.conditions.iter().map(ToString::to_string).collect();
        Truth {
            age_years: subject.age_years,
            male: subject.sex == super::subject::Sex::Male,
            height_cm: subject.height_cm,
            weight_kg: subject.weight_kg,
            bmi: subject.bmi,
            heart_rate_bpm: subject.heart_rate_bpm,
            lvedv_ml: subject.lvedv_ml,
            lvesv_ml: subject.lvesv_ml(),
            lvef_percent: subject.lvef_percent,
            lvm_g: subject.lvm_g,
            rvedv_ml: subject.rvedv_ml,
            rvesv_ml: subject.rvesv_ml(),
            wall_mm: self.wall_mm(),
            axis_frontal_deg: subject.frontal_axis_deg,
            axis_transverse_deg: subject.transverse_axis_deg,
            axis_roll_deg: subject.roll_deg,
            mid_lv_x_mm: dot(from_centre, plane.right),
            mid_lv_y_mm: dot(from_centre, plane.down),
            mid_lv_area_cm2: std::f64::consts::PI * self.ventricles.radius.powi(2) * level / 100.0,
            p_ms: self.intervals.p_ms,
            pr_ms: self.intervals.pr_ms,
            qrs_ms: self.intervals.qrs_ms,
            qt_ms: self.intervals.qt_ms,
            scar_fraction: subject.scar_fraction,
            end_systolic_frame: self.motion.end_systole,
            qtc_ms: self.intervals.qt_ms / (subject.rr_ms() / 1000.0).cbrt(),
            septum_mm: self.ventricles.septum(),
            effusion_mm: subject.effusion_mm,
            left_atrial_size: subject.left_atrial_size,
            rhythm: if subject.fibrillation.is_some() {
                "AF"
            } else {
                "sinus"
            },
            conditions: conditions.join("+"),
        }
    }
}
