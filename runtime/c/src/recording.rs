//! An ECG from a file or from samples in memory.

use std::ffi::c_char;
use std::mem::offset_of;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ecg2mri::Ecg;
use ecg2mri::ecg::Lead;
use ecg2mri::formats::{self, Format};

use crate::boundary::{guarded, guarded_or};
use crate::failure::Failure;
use crate::pointer;
use crate::status::Status;
use crate::structure::{self, Structure};

/// A 12-lead ECG.
pub struct RecordingHandle {
    pub(crate) recording: Arc<Recording>,
}

/// A recording and how it was come by.
pub(crate) struct Recording {
    pub(crate) ecg: Ecg,
    pub(crate) file: Option<(PathBuf, Format)>,
    pub(crate) read_time: Duration,
}

/// Samples in memory.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Samples {
    /// sizeof(ecg2mri_samples).
    pub size: usize,
    /// Number of leads. Eight are enough (I, II, V1 to V6), the others follow from them.
    pub lead_count: usize,
    /// Their names, as "I", "aVR", "V1", in any case.
    pub lead_names: *const *const c_char,
    /// Samples of each lead.
    pub samples_per_lead: usize,
    /// All samples in millivolts: all of the first lead, then all of the second, and so on; lead_count times
    /// samples_per_lead in number. 10 seconds are usual, 3 the least.
    pub millivolts: *const f32,
    /// Samples per second, 100 at the least.
    pub sampling_rate_hz: f64,
}

// SAFETY: `repr(C)`, its size first; null pointers and zeros are values of its fields.
unsafe impl Structure for Samples {
    const FIRST_SIZE: usize = offset_of!(Samples, sampling_rate_hz) + size_of::<f64>();
    const NAME: &'static str = "ecg2mri_samples";
}

/// Reads a recording, whatever its format, and puts it into `*recording`, to be given to ecg2mri_recording_free() in
/// the end. Where it fails, `*recording` stays as it was. A WFDB record is named by its header or without extension.
///
/// # Safety
/// `path` is null or a text; `recording` is null or leads to a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_recording_read(
    path: *const c_char,
    recording: *mut *mut RecordingHandle,
) -> Status {
    guarded(|| {
        // SAFETY: a text, by the caller's promise.
        let path = Path::new(unsafe { pointer::text(path, "path")? });
        pointer::check(recording, "recording")?;
        let begin = Instant::now();
        let format = formats::detect(path)?;
        let ecg = formats::read_as(path, format)?;
        let handle = handle(Recording {
            ecg,
            file: Some((path.into(), format)),
            read_time: begin.elapsed(),
        });
        // SAFETY: checked above, and leads to a pointer by the caller's promise.
        unsafe { pointer::put(recording, handle) };
        Ok(())
    })
}

/// Makes a recording of samples in memory, which are copied, and puts it into `*recording`, to be given to
/// ecg2mri_recording_free() in the end. Where it fails, `*recording` stays as it was.
///
/// # Safety
/// `samples` is null or leads to a structure whose size is what it says, and whose pointers are null or lead to as many
/// names and values as it says; `recording` is null or leads to a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_recording_from_samples(
    samples: *const Samples,
    recording: *mut *mut RecordingHandle,
) -> Status {
    guarded(|| {
        pointer::check(recording, "recording")?;
        // SAFETY: a structure of its size, by the caller's promise.
        let samples = unsafe { structure::read(samples)? };
        // SAFETY: its pointers lead to as much as it says, by the caller's promise.
        let ecg = unsafe { ecg(&samples)? };
        let handle = handle(Recording {
            ecg,
            file: None,
            read_time: Duration::ZERO,
        });
        // SAFETY: checked above, and leads to a pointer by the caller's promise.
        unsafe { pointer::put(recording, handle) };
        Ok(())
    })
}

fn handle(recording: Recording) -> *mut RecordingHandle {
    let recording = Arc::new(recording);
    Box::into_raw(Box::new(RecordingHandle { recording }))
}

/// The recording of samples.
///
/// # Safety
/// Its pointers are null or lead to as many names and values as it says.
unsafe fn ecg(samples: &Samples) -> Result<Ecg, Failure> {
    let (count, length) = (samples.lead_count, samples.samples_per_lead);
    if count == 0 || count > Lead::STANDARD.len() {
        return Err(Failure::argument(format!(
            "lead_count is {count}; give from 1 to {} leads",
            Lead::STANDARD.len()
        )));
    }
    if length == 0 {
        return Err(Failure::argument("samples_per_lead is 0; give some"));
    }
    // SAFETY: `count` names, by the caller's promise.
    let names = unsafe { pointer::array(samples.lead_names, count, "lead_names")? };
    let lead = |&name: &*const c_char| {
        // SAFETY: a text, by the caller's promise.
        let name = unsafe { pointer::text(name, "a lead's name")? };
        let unknown = |error| Failure::argument(format!("lead_names: {error}"));
        name.parse::<Lead>().map_err(unknown)
    };
    let leads: Result<Vec<Lead>, Failure> = names.iter().map(lead).collect();
    let total = count.checked_mul(length);
    // SAFETY: as many values, by the caller's promise; a number beyond all is refused there.
    let millivolts = unsafe {
        pointer::array(
            samples.millivolts,
            total.unwrap_or(usize::MAX),
            "millivolts",
        )?
    };
    let rows = millivolts.chunks_exact(length).map(<[f32]>::to_vec);
    Ok(Ecg::new(leads?, rows.collect(), samples.sampling_rate_hz)?)
}

/// Number of leads of a recording; 0 if it is null.
///
/// # Safety
/// `recording` is null, or came from this library and is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_recording_lead_count(recording: *const RecordingHandle) -> usize {
    guarded_or(0, || {
        // SAFETY: a recording, by the caller's promise.
        let handle = unsafe { pointer::reference(recording, "recording")? };
        Ok(handle.recording.ecg.leads().len())
    })
}

/// Samples of each lead of a recording; 0 if it is null.
///
/// # Safety
/// As ecg2mri_recording_lead_count().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_recording_samples_per_lead(
    recording: *const RecordingHandle,
) -> usize {
    guarded_or(0, || {
        // SAFETY: a recording, by the caller's promise.
        let handle = unsafe { pointer::reference(recording, "recording")? };
        Ok(handle.recording.ecg.samples_per_lead())
    })
}

/// Samples per second of a recording; 0 if it is null.
///
/// # Safety
/// As ecg2mri_recording_lead_count().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_recording_sampling_rate(recording: *const RecordingHandle) -> f64 {
    guarded_or(0.0, || {
        // SAFETY: a recording, by the caller's promise.
        let handle = unsafe { pointer::reference(recording, "recording")? };
        Ok(handle.recording.ecg.sampling_rate())
    })
}

/// Frees a recording; does nothing with null. Results made of it stay valid.
///
/// # Safety
/// `recording` is null, or came from this library, is not freed yet, and no thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_recording_free(recording: *mut RecordingHandle) {
    guarded_or((), || {
        // SAFETY: from `Box::into_raw`, and given up, by the caller's promise.
        unsafe { pointer::free(recording) };
        Ok(())
    });
}
