//! The second line of defence: a panic in tract becomes an error.
//!
//! The first is [`super::onnx`], which lets nothing through that is known to make tract panic. Programs that are built
//! to abort on a panic (the cart's profile) end where others go on; a supervisor starts them again.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::ModelError;

/// Runs what tract has a part in.
///
/// # Errors
/// [`ModelError::Panic`] where it panics, and whatever it gives.
pub(super) fn guarded<T>(
    file: &str,
    run: impl FnOnce() -> Result<T, ModelError>,
) -> Result<T, ModelError> {
    // Nothing is seen again of what is left half done: a network that is being made is dropped, and one that runs
    // makes its state anew each time.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        Err(ModelError::Panic {
            file: file.to_owned(),
            reason: message(panic.as_ref()),
        })
    })
}

/// What a panic says, on one line.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let words: Vec<&str> = text
        .unwrap_or("no reason given")
        .split_whitespace()
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_of_one_line_and_anything_else_goes_through() {
        let error = guarded("decoder.onnx", || -> Result<(), ModelError> {
            panic!("a fault\n  of {}", "tract")
        })
        .expect_err("it panics")
        .to_string();
        assert_eq!(
            error,
            "decoder.onnx: tract stopped at a fault of its own (a fault of tract); export the model again"
        );
        assert_eq!(guarded("", || Ok(7)).expect("a number"), 7);
    }
}
