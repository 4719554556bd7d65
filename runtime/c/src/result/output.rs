//! What is made of a result when it is asked for.

use std::ffi::CString;
use std::time::Instant;

use ecg2mri::Report;
use ecg2mri::report::{TimingMs, milliseconds};

use super::ResultHandle;
use crate::failure::Failure;
use crate::names;

/// The marked picture and the report, which tells how long drawing took.
pub(super) struct Output {
    /// A PNG file.
    pub(super) png: Vec<u8>,
    /// JSON text.
    pub(super) report: CString,
}

impl Output {
    /// Draws and reports.
    pub(super) fn of(result: &ResultHandle) -> Result<Self, Failure> {
        let (pipeline, generated) = (&result.loaded.pipeline, &result.generated);
        let recording = &result.recording;
        let begin = Instant::now();
        let png = pipeline.png(generated)?;
        let drawn = begin.elapsed();
        let times = &generated.times;
        let steps = times.preprocess + times.encoder + times.decoder + times.measurements;
        let timing = TimingMs {
            read: milliseconds(recording.read_time),
            load_model: milliseconds(result.loaded.load_time),
            picture: milliseconds(drawn),
            // The caller's own doings in between are no part of it.
            total: milliseconds(recording.read_time + result.loaded.load_time + steps + drawn),
            ..TimingMs::default()
        };
        let (ecg, model) = (&recording.ecg, pipeline.model());
        let report = match &recording.file {
            Some((path, format)) => Report::new(path, *format, ecg, model, generated, timing),
            None => Report::of_samples(ecg, model, generated, timing),
        };
        Ok(Self {
            png,
            report: names::text(&report.to_json()),
        })
    }
}
