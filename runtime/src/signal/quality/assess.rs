//! The whole check.

use super::score::scored;
use super::strip::Strip;
use super::{
    Quality, Reason, Verdict, arrangement, consistency, contact, gain, heartbeat, neutral, noise,
    pacing, rhythm,
};
use crate::ecg::Ecg;
use crate::signal::{MedianBeat, SignalError, median_beat};

/// Checks a recording: every lead for contact, gain and noise, all together for rhythm, pacing, and
/// electrodes that are exchanged.
///
/// It never fails: what cannot be processed gets the verdict
/// [`Verdict::Refuse`](super::Verdict::Refuse) with the reason.
///
/// What it cannot see: an exchange of the left and the right leg, which changes next to nothing; the
/// electrodes of left arm and left leg exchanged, in about half of all hearts, since either way the
/// recording is one that a heart may give.
pub fn assess(ecg: &Ecg) -> Quality {
    assess_with_beat(ecg, &median_beat(ecg))
}

/// As [`assess`], for a caller that has made the median beat of `ecg`, or tried to.
pub fn assess_with_beat(ecg: &Ecg, beat: &Result<MedianBeat, SignalError>) -> Quality {
    let mut reasons = Vec::new();
    if ecg.device_quality_warning() {
        reasons.push(Reason::RecorderWarning);
    }
    if let Err(error) = beat {
        reasons.push(Reason::Unprocessable(error.clone()));
    }
    let Some(strip) = Strip::new(ecg) else {
        return Quality::new(Vec::new(), reasons);
    };

    let contacts = contact::contacts(&strip);
    let (hertz, noises) = noise::noises(&strip);
    let heights = gain::heights(&strip);
    reasons.extend(contact::reasons(&strip, &contacts));
    reasons.extend(noise::reasons(&strip, hertz, &noises));
    reasons.extend(rhythm::reason(&strip));
    reasons.extend(
        beat.as_ref()
            .ok()
            .and_then(|beat| rhythm::unlike_beats(&strip, beat)),
    );
    let pacing = pacing::reason(&strip);
    let paced = pacing.is_some();
    reasons.extend(pacing);
    reasons.extend(wiring(&strip, ecg, beat, &heights, paced));
    Quality::new(scored(&strip, &contacts, &noises, &heights), reasons)
}

/// What is wrong with cables and electrodes. The grossest fault found is told alone, because it
/// would show in the finer checks as well.
fn wiring(
    strip: &Strip,
    recorded: &Ecg,
    beat: &Result<MedianBeat, SignalError>,
    heights: &[f64],
    paced: bool,
) -> Vec<Reason> {
    let scaled = gain::scaled_alone(recorded);
    let scaled_alone = scaled.is_some();
    let mut reasons = scaled.unwrap_or_default();
    let gross = |reason: &Reason| reason.verdict() == Verdict::Refuse;
    if !reasons.iter().any(gross) {
        reasons.extend(consistency::reasons(strip, recorded, scaled_alone));
    }
    if reasons.iter().any(gross) {
        return reasons;
    }
    if let Some(fault) = neutral::reason(strip).or_else(|| heartbeat::reason(strip)) {
        reasons.push(fault);
        return reasons;
    }
    reasons.extend(gain::reason(strip, heights));
    if let (false, Ok(beat)) = (reasons.iter().any(gross), beat) {
        reasons.extend(arrangement::reason(beat, paced));
    }
    reasons
}
