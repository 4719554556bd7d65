//! Generating, and what was generated.
//!
//! - `output`: what is made of a result when it is asked for: the marked PNG and the report;
//! - [`picture`]: the picture's values;
//! - [`measurements`]: what was measured on the ECG.

pub mod measurements;
mod output;
pub mod picture;

use std::ffi::c_char;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ecg2mri::picture::mark::Warning;
use ecg2mri::{AtomicFile, Generated};

use crate::boundary::{guarded, guarded_or};
use crate::failure::Failure;
use crate::pipeline::{Loaded, PipelineHandle};
use crate::pointer;
use crate::recording::{Recording, RecordingHandle};
use crate::status::Status;

use output::Output;

/// For the flags of ecg2mri_generate(): make a picture even of a recording that would be refused for its quality or its
/// kind. The picture and the report then say so.
pub const ECG2MRI_FORCE: u32 = 1;

/// Of ecg2mri_result_warnings(): the recording is too poor, and the picture was forced.
pub const ECG2MRI_WARNING_POOR_SIGNAL: u32 = 1;

/// Of ecg2mri_result_warnings(): the ECG is unlike any that the model learned from, and the picture was forced.
pub const ECG2MRI_WARNING_FOREIGN_ECG: u32 = 2;

/// Of ecg2mri_result_warnings(): the model learned from few ECGs like this one.
pub const ECG2MRI_WARNING_UNUSUAL_ECG: u32 = 4;

/// Of ecg2mri_result_warnings(): something that this version of the interface has no number for; the report names it.
pub const ECG2MRI_WARNING_OTHER: u32 = 0x8000_0000;

/// A picture and what it was made from. It is never changed, so any number of threads may read it at the same time.
pub struct ResultHandle {
    pub(crate) generated: Generated,
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) recording: Arc<Recording>,
    output: OnceLock<Result<Output, Failure>>,
}

/// What a result's handle leads to may be read from several threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<ResultHandle>();
    shared::<PipelineHandle>();
    shared::<RecordingHandle>();
};

impl ResultHandle {
    /// The PNG and the report, made when they are first asked for.
    fn output(&self) -> Result<&Output, Failure> {
        let made = self.output.get_or_init(|| Output::of(self));
        made.as_ref().map_err(Clone::clone)
    }
}

/// Generates the pseudo-MRI of a recording and puts it into `*result`, to be given to ecg2mri_result_free() in the end.
/// Where it fails, `*result` stays as it was. `flags` is 0 or ECG2MRI_FORCE.
///
/// # Safety
/// `pipeline` and `recording` are null, or came from this library and are not freed; `result` is null or leads to a
/// pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_generate(
    pipeline: *const PipelineHandle,
    recording: *const RecordingHandle,
    flags: u32,
    result: *mut *mut ResultHandle,
) -> Status {
    guarded(|| {
        // SAFETY: a pipeline, by the caller's promise.
        let loaded = &unsafe { pointer::reference(pipeline, "pipeline")? }.loaded;
        // SAFETY: a recording, by the caller's promise.
        let recording = &unsafe { pointer::reference(recording, "recording")? }.recording;
        pointer::check(result, "result")?;
        let generated = match flags {
            0 => loaded.pipeline.generate(&recording.ecg)?,
            ECG2MRI_FORCE => loaded.pipeline.generate_forced(&recording.ecg)?,
            unknown => {
                return Err(Failure::argument(format!(
                    "flags are {unknown:#x}, of which this version knows ECG2MRI_FORCE alone"
                )));
            }
        };
        let handle = Box::into_raw(Box::new(ResultHandle {
            generated,
            loaded: Arc::clone(loaded),
            recording: Arc::clone(recording),
            output: OnceLock::new(),
        }));
        // SAFETY: checked above, and leads to a pointer by the caller's promise.
        unsafe { pointer::put(result, handle) };
        Ok(())
    })
}

/// What a reader of the picture must be warned of: a sum of ECG2MRI_WARNING_… ; 0 if nothing, or if `result` is null.
/// The picture is marked with them, and the report names them.
///
/// # Safety
/// `result` is null, or came from ecg2mri_generate() and is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_result_warnings(result: *const ResultHandle) -> u32 {
    guarded_or(0, || {
        // SAFETY: a result, by the caller's promise.
        let handle = unsafe { pointer::reference(result, "result")? };
        let bit = |warning: Warning| match warning {
            Warning::PoorSignal => ECG2MRI_WARNING_POOR_SIGNAL,
            Warning::ForeignEcg => ECG2MRI_WARNING_FOREIGN_ECG,
            Warning::UnusualEcg => ECG2MRI_WARNING_UNUSUAL_ECG,
            _ => ECG2MRI_WARNING_OTHER,
        };
        let warnings = handle.generated.warnings().into_iter();
        Ok(warnings.map(bit).fold(0, |sum, bit| sum | bit))
    })
}

/// All views and phases as a PNG file, drawn large and marked as synthetic. `*bytes` and `*length` are filled; the bytes
/// are the result's and valid until it is freed.
///
/// # Safety
/// `result` is null, or came from ecg2mri_generate() and is not freed; `bytes` and `length` are null or lead to a
/// pointer and a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_result_png(
    result: *const ResultHandle,
    bytes: *mut *const u8,
    length: *mut usize,
) -> Status {
    guarded(|| {
        // SAFETY: a result, by the caller's promise.
        let handle = unsafe { pointer::reference(result, "result")? };
        pointer::check(bytes, "bytes")?;
        pointer::check(length, "length")?;
        let png = &handle.output()?.png;
        // SAFETY: checked above, and leads to a pointer by the caller's promise.
        unsafe { pointer::put(bytes, png.as_ptr()) };
        // SAFETY: checked above, and leads to a number by the caller's promise.
        unsafe { pointer::put(length, png.len()) };
        Ok(())
    })
}

/// Writes that PNG to `path`, whole or not at all; a file of that name is replaced.
///
/// # Safety
/// `result` is null, or came from ecg2mri_generate() and is not freed; `path` is null or a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_result_write_png(
    result: *const ResultHandle,
    path: *const c_char,
) -> Status {
    guarded(|| {
        // SAFETY: a result, by the caller's promise.
        let handle = unsafe { pointer::reference(result, "result")? };
        // SAFETY: a text, by the caller's promise.
        let path = unsafe { pointer::text(path, "path")? };
        AtomicFile::write(Path::new(path), &handle.output()?.png)?;
        Ok(())
    })
}

/// The report as JSON text, as `ecg2mri generate --report` writes it: input, model, quality, measurements, estimates,
/// uncertainty, warnings, times. The text is the result's and valid until it is freed.
///
/// # Safety
/// `result` is null, or came from ecg2mri_generate() and is not freed; `json` is null or leads to a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_result_report(
    result: *const ResultHandle,
    json: *mut *const c_char,
) -> Status {
    guarded(|| {
        // SAFETY: a result, by the caller's promise.
        let handle = unsafe { pointer::reference(result, "result")? };
        pointer::check(json, "json")?;
        let report = handle.output()?.report.as_ptr();
        // SAFETY: checked above, and leads to a pointer by the caller's promise.
        unsafe { pointer::put(json, report) };
        Ok(())
    })
}

/// Frees a result with all that it gave: its values, its PNG and its report; does nothing with null.
///
/// # Safety
/// `result` is null, or came from ecg2mri_generate(), is not freed yet, and no thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_result_free(result: *mut ResultHandle) {
    guarded_or((), || {
        // SAFETY: from `Box::into_raw`, and given up, by the caller's promise.
        unsafe { pointer::free(result) };
        Ok(())
    });
}
