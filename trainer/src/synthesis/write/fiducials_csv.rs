//! Exact wave times of every beat.

use std::fmt::Write;

use crate::synthesis::recording::BeatFiducials;

/// One row per beat: onset and end of each wave in seconds from the start of the recording.
pub fn fiducials_csv(beats: &[BeatFiducials]) -> String {
    let mut text = String::from("p_onset_s,p_offset_s,qrs_onset_s,qrs_offset_s,t_offset_s\n");
    for beat in beats {
        let BeatFiducials {
            p_onset,
            p_offset,
            qrs_onset,
            qrs_offset,
            t_offset,
        } = beat;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{p_onset:.4},{p_offset:.4},{qrs_onset:.4},{qrs_offset:.4},{t_offset:.4}"
        );
    }
    text
}
