//! Latents and amplitudes of a split's ECGs.

use super::ExportError;
use crate::cohort::Dataset;
use crate::recipe::RecipeError;
use ecg2mri::model::statistics::amplitudes;
use ndarray::Array2;

/// What a split's ECGs are like, in every measure by which one is compared with them.
pub(crate) struct Sample {
    /// The subjects, as positions in the data set.
    pub(super) subjects: Vec<usize>,
    /// (subject, latent).
    pub(super) latents: Array2<f64>,
    /// Size of each median beat as a whole, (subject, 1).
    pub(super) levels: Array2<f64>,
    /// Size of each of its leads, (subject, 8).
    pub(super) leads: Array2<f64>,
}

impl Sample {
    /// The subjects' latents, as given (subject, latent), with the amplitudes of their median beats.
    ///
    /// # Errors
    /// Where the data set cannot be read.
    pub(crate) fn read(
        dataset: &Dataset,
        subjects: Vec<usize>,
        latents: &[f32],
    ) -> Result<Sample, ExportError> {
        let (mut levels, mut leads) = (Vec::new(), Vec::new());
        for &subject in &subjects {
            let beat = dataset.median_beat(subject).map_err(RecipeError::from)?;
            levels.extend(amplitudes::level(&beat));
            leads.extend(amplitudes::of_leads(&beat));
        }
        let table = |values: &[f32]| {
            let exact = values.iter().copied().map(f64::from).collect();
            let numbers = values.len() / subjects.len().max(1);
            Array2::from_shape_vec((subjects.len(), numbers), exact)
                .map_err(|error| ExportError::Statistics(error.to_string()))
        };
        Ok(Sample {
            latents: table(latents)?,
            levels: table(&levels)?,
            leads: table(&leads)?,
            subjects,
        })
    }
}
