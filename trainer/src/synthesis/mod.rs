//! The simulated heart: a paired ECG and cine MRI from one parametric anatomy.
//!
//! One [`Subject`] is a set of parameters drawn from a population; [`Subject::simulate`] solves
//! its geometry, activation and body-surface potentials; the resulting [`SimulatedHeart`] gives a
//! 10-second [`Recording`], cine pictures with labels ([`Slice`]) and the [`Truth`] about it.
//! Torso coordinates are millimetres, x left, y posterior, z superior, with the origin on the
//! body axis at the level of V1 and V2; heart coordinates (u, v, w) are millimetres from the
//! ventricle's centre towards the right ventricle, the anterior wall and the base.
//!
//! The physics: `geometry`, `septal_bulge` and `mesh` build the ventricles, `activation` spreads the
//! wavefront, `torso`, `boundary`, `linear_solve`, `electrodes` and `lead_field` say what each lead
//! sees of a dipole anywhere, `sources`, `repolarisation`, `beat`, `atrial` and `fibrillation` turn
//! that into potentials, `rhythm`, `recording` and `noise` into a recording. `mechanics` moves the
//! heart with `wall`, `irregularity` and `right_motion`; `plane` lays slices through it, and
//! `picture` paints them for `render` and `stack`. `check` says which subjects are possible.

mod activation;
mod anatomy;
mod atrial;
mod beat;
mod boundary;
mod check;
mod electrodes;
mod fibrillation;
mod fitted;
mod geometry;
mod heart;
mod imaging;
mod irregularity;
mod lead_field;
mod linear_solve;
mod mechanics;
mod mesh;
mod noise;
mod picture;
mod plane;
mod population;
mod random;
mod recording;
mod render;
mod repolarisation;
mod rhythm;
mod right_motion;
mod septal_bulge;
mod sources;
mod stack;
mod subject;
mod topology;
mod torso;
mod truth;
mod vector;
mod wall;
pub mod write;

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod picture_tests;
#[cfg(test)]
mod plausibility_tests;

pub use check::ImpossibleSubject;
pub use heart::{Intervals, SimulatedHeart};
pub use imaging::{Imaging, Scanner};
pub use population::{
    Imposed, Nuisances, Profile, Sampler, UnknownProfile, sample_subject, typical_subject,
};
pub use recording::{BeatFiducials, LEAD_NAMES, Recording, SAMPLING_RATE_HZ};
pub use render::{FRAMES_PER_CYCLE, PictureSettings, Slice, View};
pub use rhythm::BeatClass;
pub use stack::Stack;
pub use subject::{
    Atria, Condition, Conduction, EarlySite, Ectopy, EctopyPattern, ElectrodePlacement,
    Fibrillation, Repolarisation, Scar, Sex, Subject, Surface, Territory,
};
pub use torso::Torso;
pub use truth::Truth;
pub use vector::Vec3;
