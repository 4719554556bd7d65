//! Which diseases a person has, how severe the rarer ones are, and the scar of an infarct.

use super::Sampler;
use crate::synthesis::random::Stream;
use crate::synthesis::subject::{Condition, Scar, Territory};

/// Which diseases a person has.
pub(super) struct Diseases {
    pub hypertension: bool,
    pub hypertrophy: bool,
    pub dilated: bool,
    pub infarct: Option<Territory>,
    pub left_block: bool,
    pub right_block: bool,
    pub hypertrophic: Option<Hypertrophic>,
    pub low_voltage: Option<LowVoltage>,
    /// PR interval of first-degree block, ms.
    pub blocked_pr_ms: Option<f64>,
    /// Size of the left atrium of one that fibrillates.
    pub fibrillating: Option<f64>,
    pub ectopy: bool,
}

/// How severe a hypertrophic cardiomyopathy is.
pub(super) struct Hypertrophic {
    /// Multiple of the healthy LV mass.
    pub mass: f64,
    /// Extra thickness of the anterior septum relative to the mean wall.
    pub bulge: f64,
}

/// Why the voltage is low.
pub(super) struct LowVoltage {
    /// Fraction of the heart's voltage that reaches the skin.
    pub voltage: f64,
    /// Thickness of the effusion, mm; 0 where fat or lung are the cause.
    pub effusion_mm: f64,
    /// Fraction by which every other beat is smaller.
    pub alternans: f64,
    /// Body-mass index that the fat implies, kg/m².
    pub least_bmi: f64,
}

impl Diseases {
    /// Draws them; the rarer ones from a stream of their own.
    pub fn draw(sampler: &Sampler, stream: &mut Stream, mut rarer: Stream) -> Self {
        let chances: [f64; 7] = std::array::from_fn(|_| stream.uniform());
        let artery = stream.uniform();
        let drawn_territory = match artery {
            x if x < 0.42 => Territory::Lad,
            x if x < 0.80 => Territory::Rca,
            _ => Territory::Lcx,
        };
        let rarer_chances: [f64; 5] = std::array::from_fn(|_| rarer.uniform());
        let severities: [f64; 5] = std::array::from_fn(|_| rarer.uniform());
        if let Some(conditions) = &sampler.imposed.conditions {
            let has = |condition| conditions.contains(&condition);
            let rarer = [
                Condition::HypertrophicCardiomyopathy,
                Condition::LowVoltage,
                Condition::FirstDegreeBlock,
                Condition::AtrialFibrillation,
                Condition::VentricularEctopy,
            ];
            let common = Self {
                hypertension: has(Condition::Hypertension),
                hypertrophy: has(Condition::LeftVentricularHypertrophy),
                dilated: has(Condition::DilatedCardiomyopathy),
                infarct: conditions.iter().find_map(|condition| match condition {
                    Condition::Infarct(territory) => Some(*territory),
                    _ => None,
                }),
                left_block: has(Condition::LeftBundleBranchBlock),
                right_block: has(Condition::RightBundleBranchBlock),
                ..Self::none()
            };
            return common.with_rarer(rarer.map(has), severities);
        }
        let prevalence = sampler.profile.prevalence();
        let dilated = chances[2] < prevalence.dilated;
        let rarer = [
            prevalence.hypertrophic,
            prevalence.low_voltage,
            prevalence.first_degree_block,
            // Dilated hearts fibrillate four times as often.
            prevalence.atrial_fibrillation * if dilated { 4.0 } else { 1.0 },
            prevalence.ventricular_ectopy,
        ];
        let drawn = Self {
            hypertension: chances[0] < prevalence.hypertension,
            hypertrophy: chances[1] < prevalence.hypertrophy,
            dilated,
            infarct: (chances[3] < prevalence.infarct).then_some(drawn_territory),
            // Three in ten dilated hearts have left bundle branch block.
            left_block: chances[4] < prevalence.left_block || (dilated && chances[6] < 0.3),
            right_block: chances[5] < prevalence.right_block,
            ..Self::none()
        };
        let mut has: [bool; 5] = std::array::from_fn(|k| rarer_chances[k] < rarer[k]);
        // A thick septum is one disease, not two; thick muscle is not of low voltage; fibrillating
        // atria have no PR interval.
        has[0] &= !drawn.dilated;
        has[1] &= !drawn.hypertrophy && !has[0];
        has[2] &= !has[3];
        let mut drawn = drawn.with_rarer(has, severities);
        drawn.hypertrophy &= drawn.hypertrophic.is_none();
        drawn
    }

    fn none() -> Self {
        Self {
            hypertension: false,
            hypertrophy: false,
            dilated: false,
            infarct: None,
            left_block: false,
            right_block: false,
            hypertrophic: None,
            low_voltage: None,
            blocked_pr_ms: None,
            fibrillating: None,
            ectopy: false,
        }
    }

    /// Adds the rarer diseases in the order hypertrophic cardiomyopathy, low voltage,
    /// first-degree block, fibrillation and ectopy; severities are 0..1.
    fn with_rarer(self, has: [bool; 5], [thick, weak, cause, blocked, atrium]: [f64; 5]) -> Self {
        let [
            hypertrophic,
            low_voltage,
            first_degree,
            fibrillating,
            ectopy,
        ] = has;
        Self {
            hypertrophic: hypertrophic.then_some(Hypertrophic {
                mass: 1.45 + 0.45 * thick,
                bulge: 0.95 + 0.55 * thick,
            }),
            low_voltage: low_voltage.then(|| LowVoltage::of(cause, weak)),
            blocked_pr_ms: first_degree.then(|| 208.0 + 90.0 * blocked * blocked.sqrt()),
            fibrillating: fibrillating.then_some(1.2 + 0.3 * atrium),
            ectopy,
            ..self
        }
    }
}

impl LowVoltage {
    /// Two in five have an effusion, whose fluid shunts the current; the others a thick layer of
    /// fat or lung.
    fn of(cause: f64, severity: f64) -> Self {
        if cause < 0.4 {
            let effusion_mm = 8.0 + 17.0 * severity;
            Self {
                voltage: 0.42 - 0.12 * severity,
                effusion_mm,
                // The heart swings only in much fluid.
                alternans: 0.3 * ((effusion_mm - 18.0) / 7.0).clamp(0.0, 1.0),
                least_bmi: 0.0,
            }
        } else {
            Self {
                voltage: 0.45 - 0.12 * severity,
                effusion_mm: 0.0,
                alternans: 0.0,
                least_bmi: if cause < 0.7 {
                    32.0 + 8.0 * severity
                } else {
                    0.0
                },
            }
        }
    }
}

/// Fraction of its sources that dead tissue has lost.
const SILENCED: f64 = 0.92;

/// The scar of an infarct of this size (1 typical) and transmurality.
pub(super) fn scar(territory: Territory, size: f64, transmurality: f64) -> Scar {
    let (centre_angle, half_width, lowest, highest) = match territory {
        Territory::Lad => (0.70, 1.33, -1.2, -0.20 + 0.35 * size),
        Territory::Rca => (-1.45, 0.72, -0.70, 0.5),
        Territory::Lcx => (-2.65, 0.62, -0.70, 0.35),
    };
    Scar {
        territory,
        centre_angle,
        half_width: half_width * size.sqrt(),
        lowest,
        highest,
        transmurality,
        silenced: SILENCED,
        includes_apex: territory == Territory::Lad && size > 0.7,
        thinning: 0.35 * transmurality.min(1.0),
    }
}
