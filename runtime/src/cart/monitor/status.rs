//! What a cart shows, second by second.

use std::fmt;

use serde::Serialize;

/// What there is to show.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// Seconds since the device began or since a sample was missing; no more than are kept.
    pub seconds: f64,
    /// Heart rate over the last ten seconds, or over fewer where there are no more without a gap.
    pub heart_rate_bpm: Option<f64>,
    /// Names of the electrodes that are off.
    pub electrodes_off: Vec<String>,
    /// `good`, `usable` or `refuse`; none where the last ten seconds are no recording.
    pub quality: Option<String>,
    /// Why the quality is not good, the gravest first.
    pub reasons: Vec<String>,
    /// What speaks against a picture of the last ten seconds, besides their quality.
    pub not_ready: Option<String>,
    /// Samples per second as the device means to take them.
    pub nominal_rate_hz: Option<f64>,
    /// Samples per second of this machine's clock.
    pub measured_rate_hz: Option<f64>,
    /// By how many millionths the device's clock is faster than this machine's.
    pub clock_drift_ppm: Option<f64>,
    /// Half the width of the interval that holds the drift with a probability of about 95 %.
    pub clock_uncertainty_ppm: Option<f64>,
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.heart_rate_bpm {
            Some(rate) => write!(formatter, "{rate:.0} bpm")?,
            None => formatter.write_str("-- bpm")?,
        }
        match self.electrodes_off.as_slice() {
            [] => formatter.write_str(", electrodes on")?,
            off => write!(formatter, ", electrodes off: {}", off.join(" "))?,
        }
        match (&self.quality, &self.not_ready) {
            (Some(quality), _) => write!(formatter, ", quality {quality}")?,
            (None, Some(reason)) => write!(formatter, ", {reason}")?,
            (None, None) => {}
        }
        if let Some(reason) = self.reasons.first() {
            write!(formatter, " ({reason})")?;
        }
        if let (Some(drift), Some(uncertainty)) = (self.clock_drift_ppm, self.clock_uncertainty_ppm)
        {
            write!(formatter, ", clock {drift:+.0} ± {uncertainty:.0} ppm")?;
        }
        Ok(())
    }
}
