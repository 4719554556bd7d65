//! Times without a beat, and beats unlike the others.

use super::Reason;
use super::strip::{Strip, median};
use crate::signal::{MedianBeat, WORKING_RATE, milliseconds};

/// A time without a beat is long when it is so many times the usual one. A beat that comes early is followed
/// by less: by twice the usual time less that by which it came early.
const LONG: f64 = 1.5;
/// Where the rhythm is irregular, long times are nothing special: so many times the usual deviation are
/// added.
const DEVIATIONS: f64 = 1.5;
/// Seconds; times as long as this are always told.
const ALWAYS_LONG: f64 = 3.0;

/// A beat nearer to an end of the recording is cut off there, and left out for that alone.
const CUT_OFF: usize = milliseconds(180);

/// The longest time without a beat, the ends of the recording included, if it is unusual.
pub(super) fn reason(strip: &Strip) -> Option<Reason> {
    let intervals: Vec<f64> = strip
        .beats
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) as f64 / WORKING_RATE)
        .collect();
    let (&first, &last) = (strip.beats.first()?, strip.beats.last()?);
    let end = strip.rows.first().map_or(0, Vec::len);
    let usual = median(&intervals);
    let deviations: Vec<f64> = intervals.iter().map(|own| (own - usual).abs()).collect();
    let ends = [first, end.saturating_sub(last)].map(|samples| samples as f64 / WORKING_RATE);
    let seconds = intervals.iter().chain(&ends).copied().fold(0.0, f64::max);
    let long = usual > 0.0 && seconds > LONG * usual + DEVIATIONS * median(&deviations);
    (long || seconds > ALWAYS_LONG).then_some(Reason::LongPause { seconds, usual })
}

/// How many beats were left out of the median beat because they differ from the others.
pub(super) fn unlike_beats(strip: &Strip, beat: &MedianBeat) -> Option<Reason> {
    let end = strip.rows.first().map_or(0, Vec::len);
    let whole = |&&own: &&usize| own >= CUT_OFF && own + CUT_OFF <= end;
    let found = strip.beats.iter().filter(whole).count();
    let left_out = found.saturating_sub(beat.beats_used());
    (left_out > 0).then_some(Reason::UnlikeBeats { left_out, found })
}
