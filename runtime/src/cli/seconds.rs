//! Durations on the command line.

use std::time::Duration;

/// Reads seconds from 0.1 to `most`.
///
/// # Errors
/// Anything else, saying which there may be.
pub fn up_to(most: f64, text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    let seconds = seconds.filter(|seconds| (0.1..=most).contains(seconds));
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("give seconds from 0.1 to {most}"))
}
