//! Constants of the typical heart.
//!
//! Fitted so that normal, hypertrophied, dilated, infarcted and blocked hearts give the ECGs a
//! cardiologist expects: R and S amplitudes of the twelve leads, axis, QRS duration and T-wave
//! polarity of healthy adults. Angles around the ventricle are in radians from the direction of
//! the right ventricle, positive towards the anterior wall; heights are fractions of the
//! endocardial semi-axis (−1 apex, 0 equator, +0.4 mitral plane); times are milliseconds.

use super::subject::Surface;

/// One early site of the typical conduction system, and how far it wanders between people as a
/// multiple of the SDs 0.20 rad, 0.10 and 2.5 ms.
pub struct TypicalSite {
    /// Where the Purkinje network meets the muscle.
    pub surface: Surface,
    /// Angle around the ventricle, radians.
    pub angle: f64,
    /// Height, as a fraction of the endocardial semi-axis.
    pub height: f64,
    /// Time after the first site, ms.
    pub onset_ms: f64,
    /// Multiple of the standard wander.
    pub wander: f64,
}

/// The early sites: anterior, septal, inferior and posterior LV, then RV free wall and right
/// septum (in the manner of the three LV breakthroughs of Durrer 1970).
pub const EARLY_SITES: [TypicalSite; 6] = [
    TypicalSite {
        surface: Surface::LeftEndocardium,
        angle: 0.813,
        height: 0.264_278_023_479_468_7,
        onset_ms: 0.0,
        wander: 1.0,
    },
    TypicalSite {
        surface: Surface::LeftEndocardium,
        angle: -0.366,
        height: -0.050,
        onset_ms: 0.0,
        wander: 0.6,
    },
    TypicalSite {
        surface: Surface::LeftEndocardium,
        angle: -1.515_687_218_246_457,
        height: -0.236_423_132_970_029_62,
        onset_ms: 14.8,
        wander: 1.0,
    },
    TypicalSite {
        surface: Surface::LeftEndocardium,
        angle: 3.012,
        height: -0.128,
        onset_ms: 9.15,
        wander: 1.0,
    },
    TypicalSite {
        surface: Surface::RightFreeWall,
        angle: 0.063_897_956_266_763_76,
        height: -0.589_076_460_865_684_7,
        onset_ms: 6.4,
        wander: 0.55,
    },
    TypicalSite {
        surface: Surface::RightSeptum,
        angle: -0.317_759_031_896_361_7,
        height: -0.142_712_307_127_865_45,
        onset_ms: 10.6,
        wander: 0.55,
    },
];

/// Endocardial velocity of the left ventricle, m/s (Purkinje network and muscle together).
pub const LV_ENDOCARDIAL_VELOCITY: f64 = 0.92;
/// Endocardial velocity of the right ventricle, m/s.
pub const RV_ENDOCARDIAL_VELOCITY: f64 = 1.367_625_198_633_932_3;
/// Wall velocity across the wall, m/s.
pub const TRANSMURAL_VELOCITY: f64 = 0.453_740_282_724_913_9;
/// Wall velocity along the wall, m/s.
pub const TANGENTIAL_VELOCITY: f64 = 0.509_650_904_451_611_8;
/// Fraction by which endocardial velocity falls towards the base, where the network is sparse.
pub const BASAL_SLOWING: f64 = 0.33;
/// LV endocardial velocity when the left bundle is blocked, m/s: muscle only.
pub const BLOCKED_LV_VELOCITY: f64 = 0.64;
/// RV endocardial velocity when the right bundle is blocked, m/s.
pub const BLOCKED_RV_VELOCITY: f64 = 0.95;

/// Angle of the long axis below the horizontal in the frontal plane, degrees.
pub const FRONTAL_AXIS_DEG: f64 = 39.058_192_674_885_46;
/// Angle of the long axis in front of the frontal plane, degrees.
pub const TRANSVERSE_AXIS_DEG: f64 = 53.0;
/// Rotation about the long axis, degrees.
pub const ROLL_DEG: f64 = 16.3;
/// Centre of the left ventricle in the reference man, mm (left, posterior, superior).
pub const HEART_CENTRE_MM: [f64; 3] = [37.6, -2.2, -0.6];

/// LV action potentials are this much shorter outside than inside, ms.
pub const LV_TRANSMURAL_APD_MS: f64 = 23.188_912_783_958_52;
/// The same for the right ventricle, ms.
pub const RV_TRANSMURAL_APD_MS: f64 = -4.428_666_630_743_523;
/// Action potentials are this much longer at the base than at the apex, ms.
pub const APICOBASAL_APD_MS: f64 = 15.684_768_686_561_673;
/// Difference of the right ventricle from the left, ms.
pub const RV_APD_MS: f64 = -10.048_605_668_402_486;
/// Fraction by which the transmural difference falls in the septum, which has two insides.
pub const SEPTAL_APD_LOSS: f64 = 0.114_205_561_370_039_29;
/// Shortening of the action potential per ms of later activation.
pub const APD_ACTIVATION_SLOPE: f64 = 0.4;
/// Time constant of the logistic upstroke, ms.
pub const UPSTROKE_MS: f64 = 2.284_692_455_966_377;
/// Slow rate of repolarisation, 1/ms.
pub const SLOW_REPOLARISATION_PER_MS: f64 = 0.023_828_615_179_827_248;
/// Fast rate of repolarisation, 1/ms.
pub const FAST_REPOLARISATION_PER_MS: f64 = 0.075_829_530_362_700_02;
/// Source strength relative to 100 mV and 0.2 S/m.
pub const SOURCE_GAIN: f64 = 0.463_185_453_714_069_4;
/// Source strength of the RV free wall relative to the LV's. The network excites the thin wall in
/// many small fronts that cancel each other; at full strength, infarcts of the septum would keep an
/// r in V1 and V2.
pub const RV_SOURCE_GAIN: f64 = 0.37;
/// The same when the right bundle is blocked and one front sweeps over the wall.
pub const BLOCKED_RV_SOURCE_GAIN: f64 = 0.70;
/// Where, in right bundle branch block, the front first comes through the septum: angle, height and
/// time as of an early site.
pub const THROUGH_SEPTUM: [f64; 3] = [0.6, -0.5, 29.0];
/// What a large transmural infarct of the left anterior descending artery, which supplies the
/// anterior third of the RV's free wall and most of the right bundle, takes from the RV's sources.
pub const ANTERIOR_INFARCT_RV_LOSS: f64 = 0.6;
/// How much later such an infarct leaves the RV, ms.
pub const ANTERIOR_INFARCT_RV_DELAY_MS: f64 = 6.0;
