//! The parameters of one simulated person.

use std::fmt;

use super::imaging::Imaging;
use super::torso::Torso;
use super::vector::Vec3;

/// Sex, as UK Biobank's field 31 keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// Coronary territory of an infarct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Territory {
    /// Left anterior descending artery: anterior wall, septum and apex.
    Lad,
    /// Right coronary artery: inferior wall.
    Rca,
    /// Left circumflex artery: inferolateral wall.
    Lcx,
}

/// A diagnosis that a simulated person may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Hypertension: up to 10 % more mass and some fibrosis.
    Hypertension,
    /// Left ventricular hypertrophy.
    LeftVentricularHypertrophy,
    /// Dilated cardiomyopathy.
    DilatedCardiomyopathy,
    /// Old myocardial infarction.
    Infarct(Territory),
    /// Left bundle branch block.
    LeftBundleBranchBlock,
    /// Right bundle branch block.
    RightBundleBranchBlock,
    /// First-degree atrioventricular block: PR longer than 200 ms.
    FirstDegreeBlock,
    /// Atrial fibrillation: no P waves, irregular RR intervals, no atrial kick.
    AtrialFibrillation,
    /// Ventricular ectopy: premature wide beats among the sinus beats.
    VentricularEctopy,
    /// Low voltage by a pericardial effusion or a thick chest wall.
    LowVoltage,
    /// Hypertrophic cardiomyopathy with an asymmetrically thick septum.
    HypertrophicCardiomyopathy,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hypertension => "HTN",
            Self::LeftVentricularHypertrophy => "LVH",
            Self::DilatedCardiomyopathy => "DCM",
            Self::Infarct(Territory::Lad) => "MI-LAD",
            Self::Infarct(Territory::Rca) => "MI-RCA",
            Self::Infarct(Territory::Lcx) => "MI-LCX",
            Self::LeftBundleBranchBlock => "LBBB",
            Self::RightBundleBranchBlock => "RBBB",
            Self::FirstDegreeBlock => "AVB1",
            Self::AtrialFibrillation => "AF",
            Self::VentricularEctopy => "PVC",
            Self::LowVoltage => "LOWV",
            Self::HypertrophicCardiomyopathy => "HCM",
        })
    }
}

/// An infarct scar: a patch of the LV wall with soft borders.
#[derive(Clone, Debug, PartialEq)]
pub struct Scar {
    /// The artery that closed.
    pub territory: Territory,
    /// Angle of its middle around the ventricle, radians from the right ventricle, anterior positive.
    pub centre_angle: f64,
    /// Half its width, radians.
    pub half_width: f64,
    /// Its lower end as a fraction of the endocardial semi-axis (−1 is the apex).
    pub lowest: f64,
    /// Its upper end, likewise.
    pub highest: f64,
    /// Depth of dead tissue from the endocardium, 0..1; 1 is the whole wall.
    pub transmurality: f64,
    /// Fraction of its sources that dead tissue has lost, 0..1.
    pub silenced: f64,
    /// Whether the whole apex is scar too.
    pub includes_apex: bool,
    /// Fraction of wall thickness lost.
    pub thinning: f64,
}

/// Where an early site of the conduction system lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The inside of the left ventricle.
    LeftEndocardium,
    /// The inside of the right ventricle's free wall.
    RightFreeWall,
    /// The right side of the septum.
    RightSeptum,
}

/// A place where the Purkinje network first excites the muscle.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlySite {
    /// The surface it is on.
    pub surface: Surface,
    /// Angle around the ventricle, radians.
    pub angle: f64,
    /// Height as a fraction of the endocardial semi-axis.
    pub height: f64,
    /// Time of excitation, ms.
    pub onset_ms: f64,
}

/// Ventricular conduction.
#[derive(Clone, Debug, PartialEq)]
pub struct Conduction {
    /// Early sites, at the least one.
    pub early_sites: Vec<EarlySite>,
    /// Velocity across the wall, m/s.
    pub transmural_velocity: f64,
    /// Velocity along the wall, m/s.
    pub tangential_velocity: f64,
    /// Velocity on the LV endocardium, m/s.
    pub lv_endocardial_velocity: f64,
    /// Velocity on the RV endocardium, m/s.
    pub rv_endocardial_velocity: f64,
    /// Fraction of endocardial velocity lost towards the base.
    pub basal_slowing: f64,
}

/// Action potentials.
#[derive(Clone, Debug, PartialEq)]
pub struct Repolarisation {
    /// QT at 60 bpm, ms (Fridericia's cube root gives the QT at other rates).
    pub qtc_ms: f64,
    /// Shortening from endocardium to epicardium of the LV, ms.
    pub lv_transmural_ms: f64,
    /// The same in the RV, ms.
    pub rv_transmural_ms: f64,
    /// Lengthening from apex to base, ms.
    pub apicobasal_ms: f64,
    /// Difference of the RV from the LV, ms.
    pub rv_difference_ms: f64,
    /// Fraction of the transmural difference missing in the septum.
    pub septal_loss: f64,
    /// Shortening per ms of later activation.
    pub activation_slope: f64,
    /// Time constant of the upstroke, ms.
    pub upstroke_ms: f64,
    /// Slow rate of repolarisation, 1/ms.
    pub slow_rate_per_ms: f64,
    /// Fast rate of repolarisation, 1/ms.
    pub fast_rate_per_ms: f64,
    /// Source strength relative to 100 mV and 0.2 S/m.
    pub source_gain: f64,
    /// Source strength of the thin, trabeculated RV free wall relative to the LV's.
    pub rv_source_gain: f64,
}

/// The atria, for the P wave.
#[derive(Clone, Debug, PartialEq)]
pub struct Atria {
    /// P onset to QRS onset, ms.
    pub pr_ms: f64,
    /// Duration of the P wave, ms.
    pub p_duration_ms: f64,
    /// Strength of the P wave, 1 is typical.
    pub amplitude: f64,
    /// Strength of its left atrial half relative to the typical.
    pub left_atrial_amplitude: f64,
}

/// Atria that fibrillate instead of contracting.
#[derive(Clone, Debug, PartialEq)]
pub struct Fibrillation {
    /// Median rate of the fibrillatory waves, Hz.
    pub frequency_hz: f64,
    /// Typical height of the waves in V1, trough to crest, mV.
    pub v1_height_mv: f64,
    /// SD of the RR intervals as a fraction of their mean.
    pub irregularity: f64,
}

/// How often premature ventricular beats come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EctopyPattern {
    /// This many single ones in ten seconds.
    Isolated(u32),
    /// Every other beat.
    Bigeminy,
}

/// Premature ventricular beats from one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ectopy {
    /// Where they arise; its onset is zero.
    pub site: EarlySite,
    /// Interval from the beat before, as a fraction of the mean RR interval.
    pub coupling: f64,
    /// How often they come.
    pub pattern: EctopyPattern,
}

/// How far the nine electrodes RA, LA, LL, V1–V6 are from where they belong.
#[derive(Clone, Debug, PartialEq)]
pub struct ElectrodePlacement {
    /// Upward shift of the whole chest strip, mm.
    pub strip_shift_mm: f64,
    /// Leftward rotation of the whole chest strip, radians.
    pub strip_rotation: f64,
    /// Each electrode's own shift: around the chest and up, mm.
    pub jitter_mm: [[f64; 2]; 9],
}

/// One simulated person: everything from which ECG and pictures follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Seed of the cohort.
    pub seed: u64,
    /// Index within the cohort.
    pub index: u32,
    /// Sex.
    pub sex: Sex,
    /// Age, years.
    pub age_years: f64,
    /// Height, cm.
    pub height_cm: f64,
    /// Weight, kg.
    pub weight_kg: f64,
    /// Body-mass index, kg/m².
    pub bmi: f64,
    /// Diagnoses.
    pub conditions: Vec<Condition>,
    /// Heart rate, beats per minute.
    pub heart_rate_bpm: f64,
    /// LV end-diastolic volume, ml.
    pub lvedv_ml: f64,
    /// LV ejection fraction, percent.
    pub lvef_percent: f64,
    /// LV mass, g.
    pub lvm_g: f64,
    /// Length of the LV cavity from apex to mitral plane at end-diastole, mm.
    pub lv_length_mm: f64,
    /// RV end-diastolic volume, ml.
    pub rvedv_ml: f64,
    /// RV ejection fraction, percent.
    pub rvef_percent: f64,
    /// Extra thickness of the septum in hypertrophic cardiomyopathy relative to the mean wall, 0 none.
    pub septal_bulge: f64,
    /// Thickness of a pericardial effusion, mm, 0 none.
    pub effusion_mm: f64,
    /// Size (radius) of the left atrium relative to the typical one of this heart.
    pub left_atrial_size: f64,
    /// Infarct scar, if any.
    pub scar: Option<Scar>,
    /// Fraction of the LV that is scar.
    pub scar_fraction: f64,
    /// Diffuse fibrosis, 0 none, about 1 severe; slows conduction and weakens contraction.
    pub fibrosis: f64,
    /// Latent contractility, in SDs; it moves EF, T wave, QTc and heart rate together. This link
    /// is designed to match published correlations, it is not physics.
    pub contractility: f64,
    /// The thorax.
    pub torso: Torso,
    /// Electrode misplacement.
    pub electrodes: ElectrodePlacement,
    /// Angle of the long axis below the horizontal in the frontal plane, degrees.
    pub frontal_axis_deg: f64,
    /// Angle of the long axis in front of the frontal plane, degrees.
    pub transverse_axis_deg: f64,
    /// Rotation about the long axis, degrees.
    pub roll_deg: f64,
    /// Centre of the left ventricle while the ECG is taken, torso mm.
    pub heart_centre_mm: Vec3,
    /// Ventricular conduction.
    pub conduction: Conduction,
    /// Action potentials.
    pub repolarisation: Repolarisation,
    /// Atria.
    pub atria: Atria,
    /// Fibrillation of the atria, if they fibrillate: then there is no P wave.
    pub fibrillation: Option<Fibrillation>,
    /// Premature ventricular beats, if any.
    pub ectopy: Option<Ectopy>,
    /// Fraction by which every other beat is smaller while the heart swings in a large effusion.
    pub alternans: f64,
    /// Imaging session.
    pub imaging: Imaging,
    /// Multiple of the usual electrical noise; 0 is a clean recording.
    pub noise_level: f64,
}

impl Subject {
    /// LV end-systolic volume, ml.
    pub fn lvesv_ml(&self) -> f64 {
        self.lvedv_ml * (1.0 - self.lvef_percent / 100.0)
    }

    /// RV end-systolic volume, ml.
    pub fn rvesv_ml(&self) -> f64 {
        self.rvedv_ml * (1.0 - self.rvef_percent / 100.0)
    }

    /// Whether the subject carries this diagnosis; for infarcts the territory must agree.
    pub fn has(&self, condition: Condition) -> bool {
        self.conditions.contains(&condition)
    }

    /// Mean RR interval, ms.
    pub fn rr_ms(&self) -> f64 {
        60_000.0 / self.heart_rate_bpm
    }
}
