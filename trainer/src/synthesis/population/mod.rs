//! Who the subjects are: sampling of all parameters from a population.
//!
//! Means and SDs of volumes, mass and function follow the cine-MRI reference ranges of UK Biobank
//! (Petersen 2017); ages and body sizes its imaging cohort. Heavier and taller people have larger
//! hearts; residuals of volume, mass, function and rate are correlated.

mod conduction;
mod disease;
mod phenotype;
mod profile;
mod rhythm;
mod session;
mod thorax;

pub use profile::{Profile, UnknownProfile};

use super::random::{Purpose, Stream};
use super::subject::{Condition, Sex, Subject};
use phenotype::Phenotype;

/// Multiples of each kind of variation that is not the heart's size or disease; 1 is usual, 0 is
/// none. Switching one off changes no other draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nuisances {
    /// Shape of the thorax. At 0 everyone has the reference man's.
    pub body: f64,
    /// Position and orientation of the heart.
    pub position: f64,
    /// Electrode misplacement.
    pub electrodes: f64,
    /// Conduction and repolarisation.
    pub electrophysiology: f64,
    /// Breath-hold, planning and motion.
    pub imaging: f64,
    /// Electrical noise of the recording.
    pub noise: f64,
    /// The link from contractility to T wave, QT and heart rate.
    pub coupling: f64,
}

impl Default for Nuisances {
    fn default() -> Self {
        Self {
            body: 1.0,
            position: 1.0,
            electrodes: 1.0,
            electrophysiology: 1.0,
            imaging: 1.0,
            noise: 1.0,
            coupling: 1.0,
        }
    }
}

impl Nuisances {
    /// Nothing but the mean of each; the thorax still follows sex and body size.
    pub const NONE: Self = Self {
        body: 1.0,
        position: 0.0,
        electrodes: 0.0,
        electrophysiology: 0.0,
        imaging: 0.0,
        noise: 0.0,
        coupling: 1.0,
    };
}

/// What is imposed on a subject instead of drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imposed {
    /// Sex.
    pub sex: Option<Sex>,
    /// Body-mass index, kg/m².
    pub bmi: Option<f64>,
    /// All conditions, at most one infarct.
    pub conditions: Option<Vec<Condition>>,
    /// Size of the infarct, 1 is typical.
    pub infarct_size: Option<f64>,
    /// Transmurality of the infarct, 0..1.
    pub infarct_transmurality: Option<f64>,
    /// Median age, height, heart and thorax instead of random ones.
    pub median: bool,
}

/// Draws subjects.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// Prevalence of the conditions.
    pub profile: Profile,
    /// Variation other than the heart's.
    pub nuisances: Nuisances,
    /// What is not left to chance.
    pub imposed: Imposed,
}

impl Sampler {
    /// A sampler of this profile with usual nuisances and nothing imposed.
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            nuisances: Nuisances::default(),
            imposed: Imposed::default(),
        }
    }

    /// Subject `index` of the cohort with this seed; depends on nothing else.
    pub fn subject(&self, seed: u64, index: u32) -> Subject {
        let stream = |purpose| Stream::new(seed, index, purpose);
        let phenotype = Phenotype::draw(
            self,
            stream(Purpose::Phenotype),
            stream(Purpose::RarerConditions),
        );
        let torso = thorax::torso(self, &phenotype, stream(Purpose::Body));
        let place = thorax::heart_place(self, &phenotype, &torso, stream(Purpose::Position));
        let electrodes = thorax::electrodes(self, stream(Purpose::Electrodes));
        let electric = conduction::draw(self, &phenotype, stream(Purpose::Electrophysiology));
        let disorder = rhythm::draw(self, &phenotype, stream(Purpose::Rhythm));
        let imaging = session::draw(self, &phenotype, &place, stream(Purpose::Imaging));
        Subject {
            seed,
            index,
            sex: phenotype.sex,
            age_years: phenotype.age,
            height_cm: phenotype.height_cm,
            weight_kg: phenotype.weight_kg(),
            bmi: phenotype.bmi,
            heart_rate_bpm: phenotype.heart_rate,
            lvedv_ml: phenotype.lvedv,
            lvef_percent: phenotype.lvef,
            lvm_g: phenotype.lvm,
            lv_length_mm: phenotype.length,
            rvedv_ml: phenotype.rvedv,
            rvef_percent: phenotype.rvef,
            septal_bulge: phenotype.septal_bulge,
            effusion_mm: phenotype.effusion_mm,
            left_atrial_size: phenotype.left_atrial_size,
            scar: phenotype.scar,
            scar_fraction: phenotype.scar_fraction,
            fibrosis: phenotype.fibrosis,
            contractility: phenotype.contractility,
            conditions: phenotype.conditions,
            torso,
            electrodes,
            frontal_axis_deg: place.frontal_deg,
            transverse_axis_deg: place.transverse_deg,
            roll_deg: place.roll_deg,
            heart_centre_mm: place.centre_mm,
            conduction: electric.conduction,
            repolarisation: electric.repolarisation,
            atria: electric.atria,
            fibrillation: disorder.fibrillation,
            ectopy: disorder.ectopy,
            alternans: phenotype.alternans,
            imaging,
            noise_level: self.nuisances.noise,
        }
    }
}

/// Subject `index` of the cohort with this seed and profile.
pub fn sample_subject(seed: u64, index: u32, profile: Profile) -> Subject {
    Sampler::new(profile).subject(seed, index)
}

/// The typical person of this sex with these conditions: everything else is the median, without
/// any nuisance. Infarcts are large (1.1) and transmural.
pub fn typical_subject(sex: Sex, conditions: &[Condition]) -> Subject {
    let sampler = Sampler {
        profile: Profile::Healthy,
        nuisances: Nuisances::NONE,
        imposed: Imposed {
            sex: Some(sex),
            bmi: Some(match sex {
                Sex::Male => 26.0,
                Sex::Female => 25.0,
            }),
            conditions: Some(conditions.to_vec()),
            infarct_size: Some(1.1),
            infarct_transmurality: Some(1.0),
            median: true,
        },
    };
    sampler.subject(0, 0)
}
