//! Which library and which interface this is.

use std::ffi::c_char;

/// The version of the interface that this header describes. It is the number in the name of the shared library,
/// libecg2mri.so.0, and goes up when a program has to be compiled anew.
pub const ECG2MRI_ABI_VERSION: u32 = 0;

/// The version of the interface of the library that the program runs with; compare it with ECG2MRI_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn ecg2mri_abi_version() -> u32 {
    ECG2MRI_ABI_VERSION
}

/// The version of the library, as "0.1.0". Valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn ecg2mri_version() -> *const c_char {
    const VERSION: &std::ffi::CStr = match std::ffi::CStr::from_bytes_with_nul(
        concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes(),
    ) {
        Ok(text) => text,
        Err(_) => panic!("a version holds no zero byte"),
    };
    VERSION.as_ptr()
}
