//! The picture's values.

use std::ffi::c_char;
use std::mem::offset_of;

use super::ResultHandle;
use crate::boundary::guarded;
use crate::pointer;
use crate::status::Status;
use crate::structure::{self, Structure};

/// The values of a picture. All that it points to is the result's.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Picture {
    /// sizeof(ecg2mri_picture) before, and the bytes that were filled after.
    pub size: usize,
    /// Imaging planes.
    pub views: usize,
    /// Phases of the heart cycle.
    pub phases: usize,
    /// Rows of one picture.
    pub height: usize,
    /// Columns of one picture.
    pub width: usize,
    /// Edge of a pixel in millimetres of the patient.
    pub pixel_mm: f64,
    /// Grey values, 0 is black and 1 white, in the order view, phase, row, column; they may lie somewhat outside.
    pub values: *const f32,
    /// The standard deviation that the model predicts of each value's error, in the same order; null if it predicts none.
    pub deviation: *const f32,
    /// Names of the views, e.g. "four-chamber".
    pub view_names: *const *const c_char,
    /// Names of the phases, e.g. "end-diastole".
    pub phase_names: *const *const c_char,
}

// SAFETY: `repr(C)`, its size first; null pointers and zeros are values of its fields.
unsafe impl Structure for Picture {
    const FIRST_SIZE: usize = offset_of!(Picture, phase_names) + size_of::<*const c_char>();
    const NAME: &'static str = "ecg2mri_picture";
}

/// Fills `*picture`, whose size must be set. What it points to is valid until the result is freed.
///
/// # Safety
/// `result` is null, or came from ecg2mri_generate() and is not freed; `picture` is null or leads to a structure whose
/// size is what it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_result_picture(
    result: *const ResultHandle,
    picture: *mut Picture,
) -> Status {
    guarded(|| {
        // SAFETY: a result, by the caller's promise.
        let handle = unsafe { pointer::reference(result, "result")? };
        let drawn = &handle.generated.picture;
        let shape = drawn.shape();
        let value = Picture {
            size: size_of::<Picture>(),
            views: shape.views,
            phases: shape.phases,
            height: shape.height,
            width: shape.width,
            pixel_mm: drawn.pixel_mm(),
            values: drawn.values().as_ptr(),
            deviation: drawn.deviation().map_or(std::ptr::null(), <[f32]>::as_ptr),
            view_names: handle.loaded.views.as_ptr(),
            phase_names: handle.loaded.phases.as_ptr(),
        };
        // SAFETY: a structure of its size, by the caller's promise.
        unsafe { structure::fill(picture, &value) }
    })
}
