//! The table of subjects with the truth about each.

use crate::synthesis::truth::Truth;

/// Columns of `subjects.csv`. Volumes ml, masses g, lengths mm, areas cm², angles degrees, times
/// ms, height cm, weight kg; sex is 1 for men as in UK Biobank's field 31. Intervals that
/// do not exist, as of P waves in fibrillation, are empty.
pub const SUBJECT_COLUMNS: [&str; 32] = [
    "feid",
    "age",
    "sex",
    "height",
    "weight",
    "bmi",
    "heart_rate",
    "lvedv_ml",
    "lvesv_ml",
    "lvef",
    "lvm_g",
    "rvedv_ml",
    "rvesv_ml",
    "wall_mm",
    "ax_frontal_deg",
    "ax_transverse_deg",
    "ax_roll_deg",
    "mid_lv_x_mm",
    "mid_lv_y_mm",
    "mid_lv_area_cm2",
    "p_ms",
    "pr_ms",
    "qrs_ms",
    "qt_ms",
    "scar_fraction",
    "es_frame",
    "qtc_ms",
    "septum_mm",
    "effusion_mm",
    "left_atrial_size",
    "rhythm",
    "conditions",
];

/// The table's first line.
pub fn subjects_csv_header() -> String {
    SUBJECT_COLUMNS.join(",") + "\n"
}

/// The line of one subject.
pub fn subjects_csv_row(id: u32, truth: &Truth) -> String {
    row(id, truth).join(",") + "\n"
}

fn row(id: u32, truth: &Truth) -> [String; SUBJECT_COLUMNS.len()] {
    let decimal = |x: f64| format!("{x:.2}");
    let if_any = |x: Option<f64>| x.map(decimal).unwrap_or_default();
    [
        id.to_string(),
        decimal(truth.age_years),
        u8::from(truth.male).to_string(),
        decimal(truth.height_cm),
        decimal(truth.weight_kg),
        decimal(truth.bmi),
        decimal(truth.heart_rate_bpm),
        decimal(truth.lvedv_ml),
        decimal(truth.lvesv_ml),
        decimal(truth.lvef_percent),
        decimal(truth.lvm_g),
        decimal(truth.rvedv_ml),
        decimal(truth.rvesv_ml),
        decimal(truth.wall_mm),
        decimal(truth.axis_frontal_deg),
        decimal(truth.axis_transverse_deg),
        decimal(truth.axis_roll_deg),
        decimal(truth.mid_lv_x_mm),
        decimal(truth.mid_lv_y_mm),
        decimal(truth.mid_lv_area_cm2),
        if_any(truth.p_ms),
        if_any(truth.pr_ms),
        decimal(truth.qrs_ms),
        decimal(truth.qt_ms),
        format!("{:.4}", truth.scar_fraction),
        truth.end_systolic_frame.to_string(),
        decimal(truth.qtc_ms),
        decimal(truth.septum_mm),
        decimal(truth.effusion_mm),
        decimal(truth.left_atrial_size),
        truth.rhythm.to_owned(),
        truth.conditions.clone(),
    ]
}
