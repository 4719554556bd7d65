//! QT as it would be at a heart rate of 60.

use serde::{Deserialize, Serialize};

/// QT corrected for the heart rate, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrectedQt {
    /// QT / √RR (Bazett, Heart 1920;7:353).
    pub bazett: f64,
    /// QT / ∛RR (Fridericia, Acta Med Scand 1920;53:469).
    pub fridericia: f64,
    /// QT + 154 ms (1 − RR) (Sagie et al., Am J Cardiol 1992;70:797).
    pub framingham: f64,
    /// QT + 1.75 ms (rate − 60) (Hodges et al., J Am Coll Cardiol 1983;1:694).
    pub hodges: f64,
}

impl CorrectedQt {
    /// Of a QT in milliseconds at a rate in beats per minute; RR is in seconds.
    pub fn of(qt_ms: f64, heart_rate_bpm: f64) -> CorrectedQt {
        let interval = 60.0 / heart_rate_bpm;
        CorrectedQt {
            bazett: qt_ms / interval.sqrt(),
            fridericia: qt_ms / interval.cbrt(),
            framingham: qt_ms + 154.0 * (1.0 - interval),
            hodges: qt_ms + 1.75 * (heart_rate_bpm - 60.0),
        }
    }
}
