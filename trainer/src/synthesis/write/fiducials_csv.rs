//! Exact wave times of every beat.

use std::fmt::Write;

use crate::synthesis::recording::BeatFiducials;

/// One row per beat: onset and end of each wave in seconds from the start of the recording, empty
/// where there is no such wave, and the beat's class, `N` conducted or `V` ventricular.
pub fn fiducials_csv(beats: &[BeatFiducials]) -> String {
    let mut text =
        String::from("p_onset_s,p_offset_s,qrs_onset_s,qrs_offset_s,t_offset_s,beat_class\n");
    let seconds = |time: f64| format!("{time:.4}");
    for beat in beats {
        let [p_onset, p_offset] =
            [beat.p_onset, beat.p_offset].map(|time| time.map(seconds).unwrap_or_default());
        let [qrs_onset, qrs_offset, t_offset] =
            [beat.qrs_onset, beat.qrs_offset, beat.t_offset].map(seconds);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{p_onset},{p_offset},{qrs_onset},{qrs_offset},{t_offset},{}",
            beat.class.symbol()
        );
    }
    text
}
