//! What is read off a clean beat.

use crate::synthesis::*;

/// Samples before QRS onset in the beats that are measured.
const BEFORE: usize = 200;

/// QRS and T of the twelve leads of one conducted beat, mV.
pub struct Measured {
    leads: [Vec<f32>; 12],
    qrs_samples: usize,
    t_samples: usize,
}

impl Measured {
    pub fn of(heart: &SimulatedHeart) -> Self {
        let samples = |ms: f64| (ms / 2.0).round() as usize;
        Self {
            leads: heart.clean_beat(700, BEFORE as f64 / 500.0),
            qrs_samples: samples(heart.intervals.qrs_ms),
            t_samples: samples(heart.intervals.qt_ms),
        }
    }

    fn lead(&self, name: &str) -> &[f32] {
        let lead = LEAD_NAMES.iter().position(|lead| *lead == name);
        &self.leads[lead.expect("a standard lead")]
    }

    /// From 4 ms before QRS onset to 4 ms after its end.
    pub fn qrs(&self, name: &str) -> &[f32] {
        &self.lead(name)[BEFORE - 2..BEFORE + self.qrs_samples + 2]
    }

    /// Highest point of QRS.
    pub fn r(&self, name: &str) -> f64 {
        f64::from(self.qrs(name).iter().copied().fold(0.0, f32::max))
    }

    /// Lowest point of QRS, turned positive: Q or S.
    pub fn s(&self, name: &str) -> f64 {
        -f64::from(self.qrs(name).iter().copied().fold(0.0, f32::min))
    }

    /// Depth of a Q wave: the lowest point before the highest, turned positive.
    pub fn q(&self, name: &str) -> f64 {
        let qrs = self.qrs(name);
        let peak = (0..qrs.len()).fold(0, |best, k| if qrs[k] > qrs[best] { k } else { best });
        let before = &qrs[..peak];
        -f64::from(before.iter().copied().fold(0.0, f32::min))
    }

    /// The r before the deepest S.
    pub fn first_r(&self, name: &str) -> f64 {
        let qrs = self.qrs(name);
        let trough = (0..qrs.len()).fold(0, |low, k| if qrs[k] < qrs[low] { k } else { low });
        f64::from(qrs[..trough].iter().copied().fold(0.0, f32::max))
    }

    /// The T wave's extreme, with its sign.
    pub fn t(&self, name: &str) -> f64 {
        let start = BEFORE + self.qrs_samples + 30;
        let wave = &self.lead(name)[start..BEFORE + self.t_samples];
        let extreme = wave.iter().copied();
        f64::from(extreme.fold(
            0.0,
            |most: f32, x| if x.abs() > most.abs() { x } else { most },
        ))
    }

    /// Height of QRS from trough to crest.
    pub fn height(&self, name: &str) -> f64 {
        self.r(name) + self.s(name)
    }

    /// Frontal QRS axis in degrees, from net deflections.
    pub fn axis_deg(&self) -> f64 {
        let net = |name: &str| self.r(name) - self.s(name);
        (2.0 * net("aVF") / 3f64.sqrt())
            .atan2(net("I"))
            .to_degrees()
    }

    /// Sokolow and Lyon's voltage: S in V1 and the taller R of V5 and V6, mV.
    pub fn sokolow_lyon(&self) -> f64 {
        self.s("V1") + self.r("V5").max(self.r("V6"))
    }

    /// Value of a lead this many ms after QRS onset.
    pub fn at(&self, name: &str, ms: f64) -> f64 {
        f64::from(self.lead(name)[(BEFORE as f64 + ms / 2.0).round() as usize])
    }

    /// QRS duration, ms, to the nearest sample.
    pub fn qrs_ms(&self) -> f64 {
        2.0 * self.qrs_samples as f64
    }

    /// QT interval, ms, to the nearest sample.
    pub fn qt_ms(&self) -> f64 {
        2.0 * self.t_samples as f64
    }
}
