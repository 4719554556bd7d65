//! Whether the errors that the decoder expects are right.

use super::StudyError;
use crate::cohort::Split;
use crate::evaluate::calibration::{CalibrationFigures, Predictions, Recalibration, calibration};
use crate::evaluate::measured_run::{MeasuredRun, SplitOutputs};

/// Validation subjects that the recalibration is fitted on, evenly spread.
const FITTED_ON: usize = 400;

/// Figures of the expected errors; `None` where the decoder gives none or the validation split is empty.
///
/// # Errors
/// Where a run fails or a value is no number.
pub(super) fn measure(
    measured: &mut MeasuredRun<'_>,
    outputs: &SplitOutputs,
) -> Result<Option<CalibrationFigures>, StudyError> {
    let Some(deviations) = &outputs.deviations else {
        return Ok(None);
    };
    let all = measured.dataset.members(Split::Validation);
    let step = all.len().div_ceil(FITTED_ON).max(1);
    let some: Vec<usize> = all.into_iter().step_by(step).collect();
    if some.is_empty() {
        return Ok(None);
    }
    let beside = measured.outputs(&some)?;
    let known = beside.deviations.as_deref().unwrap_or_default();
    let fitted = Predictions::new(&beside.generated, known, &beside.truth, beside.values)?;
    let recalibration = Recalibration::fit(&fitted);
    let asked = Predictions::new(
        &outputs.generated,
        deviations,
        &outputs.truth,
        outputs.values,
    )?;
    Ok(Some(calibration(&asked, outputs.channels, recalibration)))
}
