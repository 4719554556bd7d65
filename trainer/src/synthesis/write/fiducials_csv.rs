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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::rhythm::BeatClass;

    #[test]
    fn waves_that_do_not_exist_leave_their_cells_empty() {
        let conducted = BeatFiducials {
            class: BeatClass::Normal,
            p_onset: Some(0.1),
            p_offset: Some(0.2),
            qrs_onset: 0.25,
            qrs_offset: 0.35,
            t_offset: 0.65,
        };
        let premature = BeatFiducials {
            class: BeatClass::Ventricular,
            p_onset: None,
            p_offset: None,
            ..conducted
        };
        let text = fiducials_csv(&[conducted, premature]);
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(rows[0], "0.1000,0.2000,0.2500,0.3500,0.6500,N");
        assert_eq!(rows[1], ",,0.2500,0.3500,0.6500,V");
    }
}
