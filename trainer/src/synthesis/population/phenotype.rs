//! Body, heart size, function and disease.

use super::Sampler;
use crate::synthesis::random::Stream;
use crate::synthesis::subject::{Condition, Scar, Sex, Territory};

use super::disease::{Diseases, scar};

/// Median age, years.
pub(super) const MEDIAN_AGE: f64 = 64.0;

/// Share of the LV that a typical transmural infarct of the left anterior descending artery takes.
const LAD_SHARE: f64 = 0.26;
/// Size of a large infarct relative to the typical.
const LARGE_INFARCT: f64 = 1.1;

/// A person's body, ventricles and diseases.
pub(super) struct Phenotype {
    pub sex: Sex,
    pub age: f64,
    pub height_cm: f64,
    pub bmi: f64,
    pub heart_rate: f64,
    pub lvedv: f64,
    pub lvm: f64,
    pub lvef: f64,
    pub length: f64,
    pub rvedv: f64,
    pub rvef: f64,
    pub conditions: Vec<Condition>,
    pub scar: Option<Scar>,
    pub scar_fraction: f64,
    pub fibrosis: f64,
    pub contractility: f64,
    /// Severity of dilated cardiomyopathy, 0 or 0.35..1.
    pub dilation: f64,
    /// Relative excess of mass in hypertrophy.
    pub hypertrophy: f64,
    /// Extra thickness of the septum relative to the mean wall.
    pub septal_bulge: f64,
    /// Pericardial effusion, mm.
    pub effusion_mm: f64,
    /// Fraction of the heart's voltage that effusion, fat or lung let through.
    pub voltage: f64,
    /// Fraction by which every other beat is smaller.
    pub alternans: f64,
    /// Radius of the left atrium relative to the typical.
    pub left_atrial_size: f64,
    /// PR interval of first-degree block, ms; 0 without it.
    pub blocked_pr_ms: f64,
}

/// Standard normal residuals, correlated as the organs are.
struct Residuals {
    volume: f64,
    mass: f64,
    right_ratio: f64,
    function: f64,
    right_function: f64,
    rate: f64,
    dilated_function: f64,
    length: f64,
}

impl Residuals {
    fn draw(stream: &mut Stream, median: bool) -> Self {
        let z: [f64; 8] =
            std::array::from_fn(|_| stream.standard_normal() * if median { 0.0 } else { 1.0 });
        let with = |correlation: f64, other: f64, own: f64| {
            correlation * other + (1.0 - correlation * correlation).sqrt() * own
        };
        let volume = z[0];
        let function = with(-0.25, volume, z[3]);
        Self {
            volume,
            mass: with(0.5, volume, z[1]),
            right_ratio: z[2],
            function,
            right_function: with(0.5, function, z[4]),
            rate: with(-0.28, volume, z[5]),
            dilated_function: z[6],
            length: z[7],
        }
    }
}

fn male(sex: Sex) -> bool {
    sex == Sex::Male
}

/// One value for men, another for women.
pub(super) fn by_sex(sex: Sex, man: f64, woman: f64) -> f64 {
    if male(sex) { man } else { woman }
}

impl Phenotype {
    /// Draws a person.
    pub fn draw(sampler: &Sampler, mut stream: Stream, rarer: Stream) -> Self {
        let median = sampler.imposed.median;
        let mut person = Self::healthy(sampler, &mut stream);
        let z = Residuals::draw(&mut stream, median);
        let right_ratio = person.set_heart(&z);
        let diseases = Diseases::draw(sampler, &mut stream, rarer);
        person.fall_ill(sampler, &diseases, &z, &mut stream);
        person.fall_rarely_ill(&diseases);
        let dilated_right = if diseases.dilated { 0.92 * 0.88 } else { 1.0 };
        person.settle(sampler, &mut stream);
        person.length =
            16.9 * person.lvedv.cbrt() * (0.045 * z.length).exp() * (1.0 - 0.05 * person.dilation);
        person.rvedv = person.lvedv * right_ratio * dilated_right;
        person
    }

    /// Weight, kg.
    pub fn weight_kg(&self) -> f64 {
        self.bmi * (self.height_cm / 100.0).powi(2)
    }

    /// Years above the median age.
    pub fn ageing(&self) -> f64 {
        self.age - MEDIAN_AGE
    }

    /// Whether the person has this condition.
    pub fn has(&self, condition: Condition) -> bool {
        self.conditions.contains(&condition)
    }

    /// Extent of an anterior infarct, 0 none, 1 large and transmural.
    pub fn anterior_infarct(&self) -> f64 {
        let is_anterior = self.has(Condition::Infarct(Territory::Lad));
        let largest = LAD_SHARE * LARGE_INFARCT;
        if is_anterior {
            (self.scar_fraction / largest).min(1.0)
        } else {
            0.0
        }
    }

    fn healthy(sampler: &Sampler, stream: &mut Stream) -> Self {
        let imposed = &sampler.imposed;
        let drawn_sex = if stream.uniform() < 0.48 {
            Sex::Male
        } else {
            Sex::Female
        };
        let sex = imposed.sex.unwrap_or(drawn_sex);
        let drawn_age = stream.normal(MEDIAN_AGE, 7.7).clamp(45.0, 82.0);
        let age = if imposed.median {
            MEDIAN_AGE
        } else {
            drawn_age
        };
        let usual_height = by_sex(sex, 176.3, 163.0);
        let drawn_height = stream
            .normal(usual_height, by_sex(sex, 6.6, 6.2))
            .clamp(145.0, 205.0)
            - 0.08 * (age - MEDIAN_AGE);
        let drawn_bmi = stream
            .normal(
                by_sex(sex, 26.6f64, 25.7f64).ln(),
                by_sex(sex, 0.135, 0.165),
            )
            .exp()
            .clamp(17.5, 46.0);
        Self {
            sex,
            age,
            height_cm: if imposed.median {
                usual_height
            } else {
                drawn_height
            },
            bmi: imposed.bmi.unwrap_or(drawn_bmi),
            heart_rate: 0.0,
            lvedv: 0.0,
            lvm: 0.0,
            lvef: 0.0,
            length: 0.0,
            rvedv: 0.0,
            rvef: 0.0,
            conditions: Vec::new(),
            scar: None,
            scar_fraction: 0.0,
            fibrosis: 0.0,
            contractility: 0.0,
            dilation: 0.0,
            hypertrophy: 0.0,
            septal_bulge: 0.0,
            effusion_mm: 0.0,
            voltage: 1.0,
            alternans: 0.0,
            left_atrial_size: 1.0,
            blocked_pr_ms: 0.0,
        }
    }

    /// The healthy heart of this body; returns the ratio of RV to LV volume.
    ///
    /// The constants are those with which the population, bodies and ages and all, has the means
    /// and SDs of Petersen et al. 2017 (J Cardiovasc Magn Reson 19:18; UK Biobank, men then women):
    /// LVEDV 166 ± 32 and 124 ± 21 ml, LVESV 69 ± 16 and 49 ± 11 ml, LVEF 58 ± 5 and 61 ± 5 %,
    /// LV mass 103 ± 21 and 70 ± 13 g, RVEDV 182 ± 36 and 130 ± 24 ml, RVEF 54 ± 6 and 58 ± 6 %.
    fn set_heart(&mut self, z: &Residuals) -> f64 {
        let sex = self.sex;
        let tall = self.height_cm / by_sex(sex, 176.3, 163.0);
        let heavy = self.bmi / 26.0;
        let ageing = self.ageing();
        self.lvedv = by_sex(sex, 163.0, 124.0)
            * tall.powf(1.9)
            * heavy.powf(0.35)
            * (by_sex(sex, 0.155, 0.135) * z.volume).exp()
            * (1.0 - 0.0055 * ageing);
        self.lvm = by_sex(sex, 100.0, 70.5)
            * tall.powf(1.6)
            * heavy.powf(0.45)
            * (by_sex(sex, 0.165, 0.14) * z.mass).exp()
            * (1.0 - by_sex(sex, 0.003, 0.0) * ageing);
        self.lvef = by_sex(sex, 59.2, 61.9) + 3.6 * z.function;
        self.rvef = by_sex(sex, 54.5, 58.0) + 5.5 * z.right_function;
        self.heart_rate = (by_sex(sex, 61.0, 64.0) + 9.5 * z.rate).clamp(42.0, 100.0);
        by_sex(sex, 1.09, 1.05) * (0.085 * z.right_ratio).exp()
    }

    fn fall_ill(
        &mut self,
        sampler: &Sampler,
        diseases: &Diseases,
        z: &Residuals,
        stream: &mut Stream,
    ) {
        if diseases.hypertension {
            let severity = stream.uniform();
            self.lvm *= 1.0 + 0.10 * severity;
            self.fibrosis += 0.2 * severity;
            self.conditions.push(Condition::Hypertension);
        }
        if diseases.hypertrophy {
            let factor = 1.32 + 0.45 * stream.uniform();
            self.lvm *= factor;
            self.lvedv *= 0.97;
            self.lvef += 1.5;
            self.hypertrophy = factor - 1.0;
            self.fibrosis += 0.5 * self.hypertrophy;
            self.conditions.push(Condition::LeftVentricularHypertrophy);
        }
        if diseases.dilated {
            let severity = 0.35 + 0.65 * stream.uniform();
            self.dilation = severity;
            self.lvedv *= 1.25 + 0.55 * severity;
            self.lvm *= 1.12 + 0.22 * severity;
            self.lvef = 48.0 - 22.0 * severity + 3.0 * z.dilated_function;
            self.rvef -= 8.0 * severity;
            self.heart_rate += 8.0 * severity;
            self.fibrosis += 0.8 * severity;
            self.conditions.push(Condition::DilatedCardiomyopathy);
        }
        if let Some(territory) = diseases.infarct {
            let drawn_size = 0.6 + 0.7 * stream.uniform();
            let drawn_depth = 0.45 + 0.6 * stream.uniform();
            let size = sampler.imposed.infarct_size.unwrap_or(drawn_size);
            let depth = sampler.imposed.infarct_transmurality.unwrap_or(drawn_depth);
            let depth = depth.min(1.0);
            self.scar = Some(scar(territory, size, depth));
            let share = match territory {
                Territory::Lad => LAD_SHARE,
                Territory::Rca => 0.15,
                Territory::Lcx => 0.12,
            };
            self.scar_fraction = share * size * (0.5 + 0.5 * depth);
            self.lvef -= 70.0 * self.scar_fraction;
            self.lvedv *= 1.0 + 0.55 * self.scar_fraction;
            self.heart_rate += 10.0 * self.scar_fraction;
            self.conditions.push(Condition::Infarct(territory));
        }
        if diseases.left_block {
            self.lvef -= 5.0;
            self.lvedv *= 1.06;
            self.conditions.push(Condition::LeftBundleBranchBlock);
        } else if diseases.right_block {
            self.conditions.push(Condition::RightBundleBranchBlock);
        }
    }

    /// What the rarer diseases do.
    fn fall_rarely_ill(&mut self, diseases: &Diseases) {
        self.left_atrial_size *= 1.0 + 0.15 * self.dilation + 0.12 * self.hypertrophy;
        if let Some(hypertrophic) = &diseases.hypertrophic {
            // The disease and not the body says how thick the wall grows, in women as in men.
            let usual = by_sex(self.sex, 100.0, 82.0);
            self.lvm = hypertrophic.mass * usual.powf(0.65) * self.lvm.powf(0.35);
            self.lvedv *= 0.92;
            self.lvef += 6.0;
            self.hypertrophy = 0.6 * (hypertrophic.mass - 1.0) + 0.3;
            self.fibrosis += 0.3;
            self.septal_bulge = hypertrophic.bulge;
            self.left_atrial_size *= 1.12;
            self.conditions.push(Condition::HypertrophicCardiomyopathy);
        }
        if let Some(low_voltage) = &diseases.low_voltage {
            self.voltage = low_voltage.voltage;
            self.effusion_mm = low_voltage.effusion_mm;
            self.alternans = low_voltage.alternans;
            if low_voltage.effusion_mm == 0.0 {
                self.bmi = self.bmi.max(low_voltage.least_bmi);
            } else {
                self.heart_rate += 8.0;
            }
            self.conditions.push(Condition::LowVoltage);
        }
        if let Some(pr_ms) = diseases.blocked_pr_ms {
            self.blocked_pr_ms = pr_ms;
            self.conditions.push(Condition::FirstDegreeBlock);
        }
        if let Some(left_atrial_size) = diseases.fibrillating {
            self.left_atrial_size *= left_atrial_size;
            self.heart_rate += 16.0;
            self.lvef -= 3.0;
            self.conditions.push(Condition::AtrialFibrillation);
        }
        if diseases.ectopy {
            self.conditions.push(Condition::VentricularEctopy);
        }
    }

    /// Fibrosis of ageing, and the latent contractility that function and rate share.
    fn settle(&mut self, sampler: &Sampler, stream: &mut Stream) {
        let chance = if sampler.imposed.median { 0.0 } else { 1.0 };
        let ageing_fibrosis = stream.normal(0.0, 0.22).abs() * (1.0 + 0.02 * self.ageing());
        self.fibrosis += chance * ageing_fibrosis;
        self.contractility = chance * stream.standard_normal();
        self.lvef = (self.lvef - 4.0 * self.fibrosis + 2.9 * self.contractility).clamp(15.0, 76.0);
        self.rvef = (self.rvef + 1.8 * self.contractility).clamp(20.0, 74.0);
        let quieter = 2.5 * self.contractility * sampler.nuisances.coupling;
        let fastest = if self.has(Condition::AtrialFibrillation) {
            125.0
        } else {
            105.0
        };
        self.heart_rate = (self.heart_rate - quieter).clamp(42.0, fastest);
    }
}
