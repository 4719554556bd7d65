//! What a call comes to, and why.

use std::ffi::c_char;

use crate::boundary;

/// What a call came to. Every value but ECG2MRI_STATUS_DONE is a failure; ecg2mri_last_error() then says in a
/// sentence what is wrong and how to mend it. Later versions may add values: treat one you do not know as a
/// failure.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is done.
    Done = 0,
    /// An argument cannot be right: a null or misaligned pointer, text that is not UTF-8, a structure of a
    /// wrong size, a flag or a lead that does not exist.
    InvalidArgument = 1,
    /// The recording cannot be read, or lacks what a picture needs.
    Recording = 2,
    /// The recording was read, but is too poor or too foreign for a picture; another recording of the same
    /// patient may do. ecg2mri_last_refusal() tells which.
    Refused = 3,
    /// The model cannot be loaded, or fails.
    Model = 4,
    /// The picture cannot be encoded or written.
    Output = 5,
    /// A fault of the library itself. Please report it.
    Internal = 6,
}

/// Why a recording was refused. Later versions may add values.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The last failure was no refusal.
    None = 0,
    /// The signal gives no median beat: it is too short, flat, or without heart beats.
    Signal = 1,
    /// The signal gives a median beat that is not to be trusted.
    Quality = 2,
    /// The ECG is unlike any that the model learned from.
    Foreign = 3,
}

/// What the last failure in this thread was, as a sentence in UTF-8 that names the file, lead or argument; an
/// empty text if none has been. It never holds what a file says of the patient.
///
/// Valid until the next call that fails in the same thread, or until the thread ends.
#[unsafe(no_mangle)]
pub extern "C" fn ecg2mri_last_error() -> *const c_char {
    boundary::last_error()
}

/// Why the last failure in this thread was a refusal, if it was one.
#[unsafe(no_mangle)]
pub extern "C" fn ecg2mri_last_refusal() -> Refusal {
    boundary::last_refusal()
}
