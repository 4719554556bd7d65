//! Fibrillating atria and premature ventricular beats of a person.

use super::Sampler;
use super::phenotype::Phenotype;
use crate::synthesis::random::Stream;
use crate::synthesis::subject::{
    Condition, EarlySite, Ectopy, EctopyPattern, Fibrillation, Surface,
};

/// Fastest atrial fibrillatory waves, Hz, and slowest.
const FREQUENCY_HZ: [f64; 2] = [4.5, 8.5];

/// The rhythm that a person's conditions bring.
pub(super) struct Disorder {
    pub fibrillation: Option<Fibrillation>,
    pub ectopy: Option<Ectopy>,
}

/// Draws it. Fibrillatory waves of 6.5 ± 0.8 Hz and 0.05–0.15 mV in V1, RR intervals that vary by
/// about a fifth; ectopic beats from the RV outflow tract (half), the inferolateral LV or the apex,
/// one to three in ten seconds or, in one of eight, every other beat.
pub(super) fn draw(sampler: &Sampler, person: &Phenotype, mut stream: Stream) -> Disorder {
    let chance = sampler.nuisances.electrophysiology;
    let fibrillation = Fibrillation {
        frequency_hz: (6.5 + chance * stream.normal(0.0, 0.8))
            .clamp(FREQUENCY_HZ[0], FREQUENCY_HZ[1]),
        v1_height_mv: 0.09 * (chance * stream.normal(0.0, 0.30)).clamp(-0.55, 0.5).exp(),
        irregularity: (0.20 + chance * stream.normal(0.0, 0.03)).clamp(0.14, 0.28),
    };
    let place = stream.uniform();
    let mut near = |centre: f64, sd: f64| centre + chance * stream.normal(0.0, sd);
    let site = if place < 0.5 {
        // The RV outflow tract: left bundle branch block with an inferior axis.
        (
            Surface::RightFreeWall,
            near(1.05, 0.15),
            near(0.28, 0.05).min(0.38),
        )
    } else if place < 0.8 {
        (Surface::LeftEndocardium, near(-2.3, 0.25), near(0.0, 0.12))
    } else {
        (
            Surface::LeftEndocardium,
            near(-0.6, 0.6),
            near(-0.75, 0.08).max(-0.95),
        )
    };
    let (surface, angle, height) = site;
    let coupling = (0.60 + chance * stream.normal(0.0, 0.06)).clamp(0.48, 0.75);
    let how_many = stream.uniform();
    let pattern = match how_many {
        x if x < 0.4 => EctopyPattern::Isolated(1),
        x if x < 0.7 => EctopyPattern::Isolated(2),
        x if x < 0.875 => EctopyPattern::Isolated(3),
        _ => EctopyPattern::Bigeminy,
    };
    let ectopy = Ectopy {
        site: EarlySite {
            surface,
            angle,
            height,
            onset_ms: 0.0,
        },
        coupling,
        pattern,
    };
    Disorder {
        fibrillation: person
            .has(Condition::AtrialFibrillation)
            .then_some(fibrillation),
        ectopy: person.has(Condition::VentricularEctopy).then_some(ectopy),
    }
}
