//! Hand annotations of waves and beats.

use std::error::Error;
use std::fs;
use std::path::Path;

use ecg2mri::formats::wfdb::{AnnotationCode, decode_annotations};

/// The three waves of a beat, in order.
pub const WAVES: [&str; 3] = ["P", "QRS", "T"];

/// An annotated wave; sample numbers, those of the ends where they are annotated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marked {
    /// Index into [`WAVES`].
    pub wave: usize,
    /// Onset, peak and offset.
    pub at: [Option<f64>; 3],
}

/// The waves of an annotation file, as LUDB has them for each lead and QTDB in `.q1c`: `(`, a peak, `)`.
/// Sinks and doubled peaks (`u`, a second `t`) are passed over.
pub fn waves(path: &Path) -> Result<Vec<Marked>, Box<dyn Error>> {
    let mut waves: Vec<Marked> = Vec::new();
    let mut onset = None;
    let mut open: Option<Marked> = None;
    for annotation in decode_annotations(&fs::read(path)?) {
        let sample = Some(annotation.sample as f64);
        match annotation.code {
            AnnotationCode::WAVE_ONSET => {
                waves.extend(open.take());
                onset = sample;
            }
            AnnotationCode::WAVE_END => {
                if let Some(mut wave) = open.take() {
                    wave.at[2] = sample;
                    waves.push(wave);
                }
                onset = None;
            }
            code => {
                let wave = match code {
                    AnnotationCode::P_WAVE_PEAK => 0,
                    AnnotationCode::T_WAVE_PEAK => 2,
                    code if is_beat(code) => 1,
                    _ => continue,
                };
                // The second peak of a wave with two has the same end.
                if open.is_some_and(|open| open.wave == wave) {
                    continue;
                }
                waves.extend(open.take());
                open = Some(Marked {
                    wave,
                    at: [onset.take(), sample, None],
                });
            }
        }
    }
    waves.extend(open);
    Ok(waves)
}

/// The beats of a reference file (`.atr`), in samples.
pub fn beats(path: &Path) -> Result<Vec<f64>, Box<dyn Error>> {
    Ok(decode_annotations(&fs::read(path)?)
        .into_iter()
        .filter(|annotation| is_beat(annotation.code))
        .map(|annotation| annotation.sample as f64)
        .collect())
}

/// The codes of annot(5) that stand for a QRS complex.
fn is_beat(code: AnnotationCode) -> bool {
    matches!(code.number(), 1..=13 | 25 | 30 | 34 | 35 | 38 | 41)
}
