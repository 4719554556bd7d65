//! Conduction, repolarisation and P wave of a person.

use super::Sampler;
use super::phenotype::{Phenotype, by_sex};
use crate::synthesis::fitted;
use crate::synthesis::random::Stream;
use crate::synthesis::subject::{Atria, Condition, Conduction, EarlySite, Repolarisation, Surface};

/// SD of the network's velocity that both ventricles share, and of each one's own, logarithmic.
const NETWORK_SD: f64 = 0.055;
const SIDE_SD: f64 = 0.05;
/// Longest PR interval without first-degree block, ms.
const USUAL_PR_LIMIT_MS: f64 = 200.0;

/// Shortest time from the end of the P wave to QRS onset, ms.
const LEAST_PR_SEGMENT_MS: f64 = 12.0;

/// Everything electrical about a person.
pub(super) struct Electric {
    pub conduction: Conduction,
    pub repolarisation: Repolarisation,
    pub atria: Atria,
}

/// Draws it. SDs: velocity 4.5 %, network 7 %, early sites 0.20 rad, 0.10 and 2.5 ms, source
/// strength and T-wave gradient 18 %, QTc 16 ms, PR 20 ms.
pub(super) fn draw(sampler: &Sampler, person: &Phenotype, mut stream: Stream) -> Electric {
    let amount = sampler.nuisances.electrophysiology;
    let coupling = sampler.nuisances.coupling;
    let mut vary = |sd: f64| amount * stream.normal(0.0, sd);
    let scarred = person.fibrosis.min(1.2);
    let ageing = person.ageing();

    let velocity = vary(0.045).exp() * (1.0 - 0.16 * scarred) * (1.0 - 0.0015 * ageing);
    let sites = early_sites(&mut vary);
    // One network feeds both ventricles, so most of its variation is common to them.
    let network = vary(NETWORK_SD).exp();
    let lv_network = fitted::LV_ENDOCARDIAL_VELOCITY * network * vary(SIDE_SD).exp();
    let rv_network = fitted::RV_ENDOCARDIAL_VELOCITY * network * vary(SIDE_SD).exp();

    let t_wave = vary(0.18).exp()
        * by_sex(person.sex, 1.0, 0.92)
        * (1.0 - 0.35 * scarred)
        * (0.20 * person.contractility * coupling).exp();
    let t_wave = t_wave.max(0.15);
    let strain = strain(person.hypertrophy);
    let mut repolarisation = Repolarisation {
        lv_transmural_ms: fitted::LV_TRANSMURAL_APD_MS * t_wave * strain,
        rv_transmural_ms: fitted::RV_TRANSMURAL_APD_MS * t_wave,
        apicobasal_ms: fitted::APICOBASAL_APD_MS * t_wave + vary(3.0),
        rv_difference_ms: fitted::RV_APD_MS * t_wave + vary(2.0),
        septal_loss: fitted::SEPTAL_APD_LOSS,
        activation_slope: fitted::APD_ACTIVATION_SLOPE,
        upstroke_ms: fitted::UPSTROKE_MS,
        source_gain: fitted::SOURCE_GAIN * vary(0.18).exp() * person.voltage,
        rv_source_gain: fitted::RV_SOURCE_GAIN,
        qtc_ms: by_sex(person.sex, 404.0, 417.0) + vary(16.0)
            - 5.0 * person.contractility * coupling
            + 18.0 * person.dilation
            + 12.0 * person.hypertrophy
            + 0.2 * ageing,
        slow_rate_per_ms: fitted::SLOW_REPOLARISATION_PER_MS
            * by_sex(person.sex, 1.07, 0.93)
            * vary(0.07).exp()
            // Thick muscle recovers slowly, so that a strained ST segment slopes into its T wave.
            * (1.0 - 0.6 * person.hypertrophy).max(0.6),
        fast_rate_per_ms: fitted::FAST_REPOLARISATION_PER_MS * vary(0.06).exp(),
    };
    let delayed = if person.dilation > 0.0 { 10.0 } else { 0.0 };
    let usual_pr = (163.0 + 0.5 * ageing + vary(20.0) + delayed).clamp(115.0, USUAL_PR_LIMIT_MS);
    let pr_ms = if person.blocked_pr_ms > 0.0 {
        person.blocked_pr_ms
    } else {
        usual_pr
    };
    let p_duration_ms = 106.0 + 0.25 * ageing + vary(9.0) + 8.0 * person.dilation;
    let atria = Atria {
        pr_ms,
        // The AV node delays for a while after the P wave.
        p_duration_ms: p_duration_ms.clamp(80.0, (pr_ms - LEAST_PR_SEGMENT_MS).min(150.0)),
        // Fluid and fat weaken the P wave less than QRS.
        amplitude: vary(0.22).exp() * person.voltage.sqrt(),
        left_atrial_amplitude: (vary(0.2) + 0.3 * person.dilation + 0.2 * person.hypertrophy).exp(),
    };
    let mut conduction = Conduction {
        early_sites: sites,
        transmural_velocity: fitted::TRANSMURAL_VELOCITY * velocity,
        tangential_velocity: fitted::TANGENTIAL_VELOCITY * velocity,
        lv_endocardial_velocity: lv_network * velocity,
        rv_endocardial_velocity: rv_network * velocity,
        basal_slowing: fitted::BASAL_SLOWING,
    };
    let anterior = person.anterior_infarct();
    repolarisation.rv_source_gain *= 1.0 - fitted::ANTERIOR_INFARCT_RV_LOSS * anterior;
    for site in &mut conduction.early_sites {
        if site.surface != Surface::LeftEndocardium {
            site.onset_ms += fitted::ANTERIOR_INFARCT_RV_DELAY_MS * anterior;
        }
    }
    if person.has(Condition::LeftBundleBranchBlock) {
        block_left(&mut conduction, velocity);
    } else if person.has(Condition::RightBundleBranchBlock) {
        block_right(&mut conduction, velocity);
        repolarisation.rv_source_gain *= fitted::BLOCKED_RV_SOURCE_GAIN / fitted::RV_SOURCE_GAIN;
    }
    Electric {
        conduction,
        repolarisation,
        atria,
    }
}

/// Factor on the LV's transmural gradient at this relative excess of mass: none at first, then the
/// gradient turns round and with it the T wave over the left ventricle (strain).
fn strain(hypertrophy: f64) -> f64 {
    (1.0 - 2.4 * hypertrophy).max(-0.9)
}

fn early_sites(vary: &mut impl FnMut(f64) -> f64) -> Vec<EarlySite> {
    fitted::EARLY_SITES
        .iter()
        .map(|site| EarlySite {
            surface: site.surface,
            angle: site.angle + site.wander * vary(0.20),
            height: (site.height + site.wander * vary(0.10)).clamp(-0.9, 0.3),
            onset_ms: (site.onset_ms + site.wander * vary(2.5)).max(0.0),
        })
        .collect()
}

/// Without the left bundle the LV is reached from the right, through muscle.
fn block_left(conduction: &mut Conduction, velocity: f64) {
    let sites = &mut conduction.early_sites;
    sites.retain(|site| site.surface != Surface::LeftEndocardium);
    for site in sites {
        site.onset_ms = (site.onset_ms - 5.0).max(0.0);
    }
    conduction.lv_endocardial_velocity = fitted::BLOCKED_LV_VELOCITY * velocity;
}

/// Without the right bundle the RV is reached from the left, through the septum.
fn block_right(conduction: &mut Conduction, velocity: f64) {
    conduction
        .early_sites
        .retain(|site| site.surface == Surface::LeftEndocardium);
    let [angle, height, onset_ms] = fitted::THROUGH_SEPTUM;
    conduction.early_sites.push(EarlySite {
        surface: Surface::RightSeptum,
        angle,
        height,
        onset_ms,
    });
    conduction.rv_endocardial_velocity = fitted::BLOCKED_RV_VELOCITY * velocity;
}
