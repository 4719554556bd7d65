//! Lists of names as C takes them: an array of pointers to text.

use std::ffi::{CString, c_char};

/// Names, and pointers to them in the same order.
#[derive(Debug)]
pub(crate) struct Names {
    /// Owns what `pointers` lead to; never changed.
    _texts: Vec<CString>,
    pointers: Vec<*const c_char>,
}

// SAFETY: the pointers lead to texts that the value itself owns, on the heap, and that nobody changes, so that they
// may be read from any thread and go wherever the value goes.
unsafe impl Send for Names {}
// SAFETY: as above.
unsafe impl Sync for Names {}

impl Names {
    /// These names.
    pub(crate) fn new(names: &[String]) -> Self {
        let texts: Vec<CString> = names.iter().map(|name| text(name)).collect();
        let pointers = texts.iter().map(|text| text.as_ptr()).collect();
        Self {
            _texts: texts,
            pointers,
        }
    }

    /// The array; valid as long as this is.
    pub(crate) fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }
}

/// A text for C, with a blank wherever a zero byte would end it early.
pub(crate) fn text(text: &str) -> CString {
    CString::new(text.replace('\0', " ")).unwrap_or_default()
}
