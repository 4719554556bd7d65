//! A loaded model.

use std::ffi::{CString, c_char};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ecg2mri::Pipeline;

use crate::boundary::{guarded, guarded_or};
use crate::names::{self, Names};
use crate::pointer;
use crate::status::Status;

/// A loaded model with the steps before and after it. Any number of threads may generate with one at the same time.
pub struct PipelineHandle {
    pub(crate) loaded: Arc<Loaded>,
}

/// A pipeline with its names as C takes them.
pub(crate) struct Loaded {
    pub(crate) pipeline: Pipeline,
    pub(crate) load_time: Duration,
    pub(crate) views: Names,
    pub(crate) phases: Names,
    name: CString,
    sha256: CString,
}

impl Loaded {
    fn new(pipeline: Pipeline, load_time: Duration) -> Self {
        let model = pipeline.model();
        Self {
            load_time,
            views: Names::new(pipeline.views()),
            phases: Names::new(pipeline.phases()),
            name: names::text(&model.manifest().name),
            sha256: names::text(model.sha256()),
            pipeline,
        }
    }
}

/// Loads and verifies the model in a folder, e.g. "models/cart", and puts a pipeline into `*pipeline`, to be given to
/// ecg2mri_pipeline_free() in the end. Where it fails, `*pipeline` stays as it was.
///
/// # Safety
/// `model_folder` is null or a text; `pipeline` is null or leads to a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_pipeline_open(
    model_folder: *const c_char,
    pipeline: *mut *mut PipelineHandle,
) -> Status {
    guarded(|| {
        // SAFETY: a text, by the caller's promise.
        let folder = unsafe { pointer::text(model_folder, "model_folder")? };
        pointer::check(pipeline, "pipeline")?;
        let begin = Instant::now();
        let opened = Pipeline::open(folder)?;
        let loaded = Arc::new(Loaded::new(opened, begin.elapsed()));
        let handle = Box::into_raw(Box::new(PipelineHandle { loaded }));
        // SAFETY: checked above, and leads to a pointer by the caller's promise.
        unsafe { pointer::put(pipeline, handle) };
        Ok(())
    })
}

/// The model's name. Valid until the pipeline is freed; null if `pipeline` is null.
///
/// # Safety
/// `pipeline` is null or came from ecg2mri_pipeline_open() and is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_pipeline_model_name(
    pipeline: *const PipelineHandle,
) -> *const c_char {
    guarded_or(std::ptr::null(), || {
        // SAFETY: a pipeline, by the caller's promise.
        let handle = unsafe { pointer::reference(pipeline, "pipeline")? };
        Ok(handle.loaded.name.as_ptr())
    })
}

/// The model's digest, 64 hexadecimal digits, which also stands in pictures and reports. Valid until the pipeline is
/// freed; null if `pipeline` is null.
///
/// # Safety
/// As ecg2mri_pipeline_model_name().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_pipeline_model_sha256(
    pipeline: *const PipelineHandle,
) -> *const c_char {
    guarded_or(std::ptr::null(), || {
        // SAFETY: a pipeline, by the caller's promise.
        let handle = unsafe { pointer::reference(pipeline, "pipeline")? };
        Ok(handle.loaded.sha256.as_ptr())
    })
}

/// Frees a pipeline; does nothing with null. Results made with it stay valid.
///
/// # Safety
/// `pipeline` is null, or came from ecg2mri_pipeline_open(), is not freed yet, and no thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_pipeline_free(pipeline: *mut PipelineHandle) {
    guarded_or((), || {
        // SAFETY: from `Box::into_raw`, and given up, by the caller's promise.
        unsafe { pointer::free(pipeline) };
        Ok(())
    });
}
