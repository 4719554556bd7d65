//! Are the electrodes where they belong?
//!
//! Every mistake at the electrodes turns the eight independent leads into other sums of the same eight:
//! limb electrodes exchanged into sums of I and II, chest electrodes exchanged into another order, a mirrored
//! heart into a mirrored dipole. So each mistake can be undone, and the recording asked which of the
//! arrangements makes it look most like an ECG.
//!
//! - [`suspect`]: the arrangements and what each does to the leads;
//! - [`evidence`]: how like an ECG an arrangement makes the median beat look;
//! - [`fitted`]: the numbers behind that, fitted to real recordings.
//!
//! In the spirit of Kors & van Herpen, Am J Cardiol 2001;88:396, who compare leads with their
//! reconstruction from others; here one model weighs all arrangements against each other.

mod evidence;
mod fitted;
mod suspect;

#[cfg(test)]
mod tests;

use super::Reason;
use crate::signal::MedianBeat;
pub use suspect::Arrangement;

/// An arrangement other than the right one is told when the right one is less probable than this.
const TOLD: f64 = 0.25;
/// The recording is refused when the right arrangement and those that change little are together less
/// probable than this.
const UNUSABLE: f64 = 0.05;

/// The arrangement that the leads look most like, if that is not the right one. In a `paced` recording
/// nothing is refused: the ventricles are excited from a place that no other heart begins at.
pub(super) fn reason(beat: &MedianBeat, paced: bool) -> Option<Reason> {
    let (right, others) = probabilities(beat);
    if right >= TOLD {
        return None;
    }
    let harmless: f64 = others
        .iter()
        .filter(|(arrangement, _)| arrangement.changes_little())
        .map(|(_, probability)| probability)
        .sum();
    let (suspected, _) = others
        .into_iter()
        .max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let unusable = !paced && !suspected.changes_little() && right + harmless < UNUSABLE;
    Some(Reason::Arrangement {
        suspected,
        right,
        unusable,
    })
}

/// The probability of the right arrangement, and those of all others.
fn probabilities(beat: &MedianBeat) -> (f64, Vec<(Arrangement, f64)>) {
    let moments = evidence::Moments::of(beat);
    let right = moments.score(&suspect::IDENTITY);
    let scores: Vec<(Arrangement, f64)> = Arrangement::all()
        .into_iter()
        .map(|arrangement| (arrangement, moments.score(&arrangement.undone())))
        .collect();
    let largest = scores.iter().map(|(_, score)| *score).fold(right, f64::max);
    let odds = |score: f64| (score - largest).exp();
    let sum: f64 = odds(right) + scores.iter().map(|(_, score)| odds(*score)).sum::<f64>();
    let others = scores.into_iter();
    let others = others.map(|(arrangement, score)| (arrangement, odds(score) / sum));
    (odds(right) / sum, others.collect())
}
