//! Ctrl-C: the first asks, the second stops. The same for all programs, of the trainer too.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit code of a program that was stopped by Ctrl-C, as shells have it: 128 and the signal's number.
pub const EXIT_CODE: u8 = 130;

/// A flag that Ctrl-C raises, or the signal that a cluster or a service manager sends before it ends a program;
/// where it is up already, the program ends at once.
///
/// # Errors
/// Where the system refuses.
pub fn requested() -> io::Result<Arc<AtomicBool>> {
    let requested = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag down and raises it.
        flag::register_conditional_shutdown(signal, i32::from(EXIT_CODE), requested.clone())?;
        flag::register(signal, requested.clone())?;
    }
    Ok(requested)
}
