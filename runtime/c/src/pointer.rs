//! From what C gives to what Rust trusts: every pointer of a caller goes through here.

use std::ffi::{CStr, c_char};

use crate::failure::Failure;

/// Refuses what cannot be a pointer to a `T`.
pub(crate) fn check<T>(pointer: *const T, name: &str) -> Result<(), Failure> {
    if pointer.is_null() {
        return Err(Failure::argument(format!(
            "{name} is a null pointer; give it a value"
        )));
    }
    if !pointer.is_aligned() {
        return Err(Failure::argument(format!(
            "{name} is not aligned as its type asks; do not cast it from bytes"
        )));
    }
    Ok(())
}

/// What a pointer leads to.
///
/// # Safety
/// `pointer` is null, misaligned, or leads to a `T` that nobody changes or frees during `'a`.
pub(crate) unsafe fn reference<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Failure> {
    check(pointer, name)?;
    // SAFETY: neither null nor misaligned, so that it leads to a `T` by the caller's promise.
    Ok(unsafe { &*pointer })
}

/// A text.
///
/// # Safety
/// `pointer` is null, or leads to bytes of which one is zero, and which nobody changes or frees during `'a`.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str, Failure> {
    check(pointer, name)?;
    // SAFETY: not null, so that it leads to a text that ends, by the caller's promise.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|error| {
        let place = error.valid_up_to();
        Failure::argument(format!("{name} is not UTF-8 from byte {place} on"))
    })
}

/// An array.
///
/// # Safety
/// `pointer` is null, misaligned, or leads to `length` values of `T` that nobody changes or frees during `'a`.
pub(crate) unsafe fn array<'a, T>(
    pointer: *const T,
    length: usize,
    name: &str,
) -> Result<&'a [T], Failure> {
    check(pointer, name)?;
    let bytes = length.checked_mul(size_of::<T>());
    if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(Failure::argument(format!(
            "{name} cannot hold {length} values, more than there is memory for"
        )));
    }
    // SAFETY: neither null nor misaligned nor larger than an object can be, so that it leads to the values by the
    // caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
}

/// Puts a value where the caller wants it.
///
/// # Safety
/// `place` passed [`check`] and leads to memory of a `T` that nobody reads meanwhile.
pub(crate) unsafe fn put<T>(place: *mut T, value: T) {
    // SAFETY: it was checked, and leads to memory of a `T` by the caller's promise. What was there needs no drop:
    // it is C's.
    unsafe { place.write(value) }
}

/// Frees what [`Box::into_raw`] gave away; nothing if there is nothing.
///
/// # Safety
/// `pointer` is null, or came from [`Box::into_raw`] of a `Box<T>` and is used by nobody any more.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: it came from `Box::into_raw` and is given up, by the caller's promise.
        drop(unsafe { Box::from_raw(pointer) });
    }
}
