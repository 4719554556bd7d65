//! The boundary to C: no panic crosses it, and a failure is remembered for the thread it happened in.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::failure::Failure;
use crate::status::{Refusal, Status};

/// The last failure of a thread.
struct Last {
    message: CString,
    refusal: Refusal,
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// Runs the body of a function that gives back a status.
pub(crate) fn guarded(body: impl FnOnce() -> Result<(), Failure>) -> Status {
    match caught(body) {
        Ok(()) => Status::Done,
        Err(status) => status,
    }
}

/// Runs the body of a function that gives back a value, and `otherwise` where it fails.
pub(crate) fn guarded_or<T>(otherwise: T, body: impl FnOnce() -> Result<T, Failure>) -> T {
    caught(body).unwrap_or(otherwise)
}

fn caught<T>(body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Status> {
    // Nothing that a body changes outlives a panic half changed: handles are read only, what they compute late
    // is stored when it is whole, and results are handed out last.
    let ended = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| Err(of_panic(&*panic)));
    ended.map_err(|failure| {
        let status = failure.status;
        remember(failure);
        status
    })
}

fn of_panic(panic: &(dyn Any + Send)) -> Failure {
    let said = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        (None, None) => "no message",
    };
    Failure::new(
        Status::Internal,
        format!("the library failed ({said}); please report this"),
    )
}

fn remember(failure: Failure) {
    let message = CString::new(failure.message.replace('\0', " ")).unwrap_or_default();
    let last = Last {
        message,
        refusal: failure.refusal,
    };
    // A thread that is ending has no place for it any more, and nobody who would ask.
    let _ = LAST.try_with(|place| {
        if let Ok(mut place) = place.try_borrow_mut() {
            *place = Some(last);
        }
    });
}

/// The message of this thread's last failure.
pub(crate) fn last_error() -> *const c_char {
    of_last(c"".as_ptr(), |last| last.message.as_ptr())
}

/// This thread's last refusal.
pub(crate) fn last_refusal() -> Refusal {
    of_last(Refusal::None, |last| last.refusal)
}

fn of_last<T: Copy>(none: T, of: impl FnOnce(&Last) -> T) -> T {
    let found = LAST.try_with(|place| place.borrow().as_ref().map(of));
    found.ok().flatten().unwrap_or(none)
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;

    fn message() -> String {
        // SAFETY: the text is the thread's own and lives until its next failure; it is copied at once.
        let text = unsafe { CStr::from_ptr(last_error()) };
        text.to_str().expect("UTF-8").to_owned()
    }

    #[test]
    fn a_failure_is_remembered_by_its_thread_alone() {
        assert_eq!((message().as_str(), last_refusal()), ("", Refusal::None));
        let refused = Failure {
            status: Status::Refused,
            refusal: Refusal::Quality,
            message: "too\0poor".into(),
        };
        assert_eq!(guarded(|| Err(refused)), Status::Refused);
        assert_eq!(
            (message().as_str(), last_refusal()),
            ("too poor", Refusal::Quality)
        );
        assert_eq!(guarded(|| Ok(())), Status::Done);
        assert_eq!(message(), "too poor", "success leaves it");
        let elsewhere = std::thread::spawn(|| (message(), last_refusal()));
        let elsewhere = elsewhere.join().expect("it ends");
        assert_eq!(elsewhere, (String::new(), Refusal::None));
        assert_eq!(guarded_or(7, || Err(Failure::argument("wrong"))), 7);
        assert_eq!(
            (message().as_str(), last_refusal()),
            ("wrong", Refusal::None)
        );
    }

    #[test]
    fn a_panic_becomes_a_status() {
        assert_eq!(guarded(|| panic!("a fault of {}", 1)), Status::Internal);
        assert_eq!(
            message(),
            "the library failed (a fault of 1); please report this"
        );
        assert_eq!(guarded(|| std::panic::panic_any(1_u8)), Status::Internal);
        assert!(message().contains("no message"));
    }
}
