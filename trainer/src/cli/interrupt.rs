//! Ctrl-C: the first asks, the second stops.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The exit code of a program that was stopped by Ctrl-C, as shells have it: 128 and the signal's number.
pub(super) const EXIT_CODE: u8 = 130;

/// A flag that Ctrl-C (or the signal that a cluster sends before it ends a job) raises; where it is up already, the
/// program ends at once.
///
/// # Errors
/// Where the system refuses.
pub(super) fn requested() -> io::Result<Arc<AtomicBool>> {
    let requested = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag down and raises it.
        flag::register_conditional_shutdown(signal, i32::from(EXIT_CODE), requested.clone())?;
        flag::register(signal, requested.clone())?;
    }
    Ok(requested)
}
