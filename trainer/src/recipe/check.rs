//! What a recipe's values must be beyond having the right types.
//!
//! A value that makes no sense is refused before anything runs: found at the export, it would have cost the training.

use super::RecipeError;
use super::config::{Recipe, Stage};
use ecg2mri::model::manifest;
use ecg2mri::model::network_input::SAMPLES;

/// Widths, latents and batches beyond this are slips of the pen.
const WIDEST: usize = 65_536;
/// The same for the channels of a convolution.
const MOST_CHANNELS: usize = 4_096;
/// The same for epochs.
const MOST_EPOCHS: usize = 1_000_000;

/// Checks every value.
///
/// # Errors
/// [`RecipeError::Impossible`] naming the first key whose value makes no sense.
pub(super) fn check(recipe: &Recipe) -> Result<(), RecipeError> {
    let rule = |holds: bool, key: &str, problem: &str| match holds {
        true => Ok(()),
        false => Err(RecipeError::Impossible {
            recipe: recipe.name.clone(),
            key: key.to_owned(),
            problem: problem.to_owned(),
        }),
    };
    if let Err(error) = manifest::check_name(&recipe.name) {
        rule(false, "name", &error.to_string())?;
    }
    let positive = |value: f32| value.is_finite() && value > 0.0;
    let not_negative = |value: f64| value.is_finite() && value >= 0.0;
    let input = &recipe.input;
    rule(
        positive(input.scale_mv) && positive(input.clip),
        "input",
        "scale_mv and clip must be above zero",
    )?;
    let change = &recipe.augmentation;
    rule(
        not_negative(change.noise_mv.into()) && not_negative(change.gain.into()),
        "augmentation",
        "noise_mv and gain must be zero or above",
    )?;
    rule(
        change.shift_samples < SAMPLES,
        "augmentation.shift_samples",
        "a shift must be shorter than the beat of 600 samples",
    )?;

    let ecg = &recipe.architecture.ecg;
    rule(
        ecg.average > 0 && SAMPLES.is_multiple_of(ecg.average),
        "architecture.ecg.average",
        "it must divide the beat's 600 samples",
    )?;
    let width = |width: &usize| (1..=WIDEST).contains(width);
    rule(
        width(&recipe.architecture.latent)
            && !ecg.widths.is_empty()
            && ecg.widths.iter().all(width),
        "architecture",
        "latent and at least one of ecg.widths are needed, each from 1 to 65,536",
    )?;
    let mri = &recipe.architecture.mri;
    let channels = |channels: &usize| (1..=MOST_CHANNELS).contains(channels);
    rule(
        mri.encoder.len() == 5 && mri.encoder.iter().all(channels),
        "architecture.mri.encoder",
        "five channel numbers from 1 to 4,096 are needed (for 64, 32, 16, 8 and 4 pixels)",
    )?;
    rule(
        mri.decoder.len() == 6 && mri.decoder.iter().all(channels),
        "architecture.mri.decoder",
        "six channel numbers from 1 to 4,096 are needed (for 4, 8, 16, 32, 64 and 128 pixels)",
    )?;

    let optimiser = &recipe.optimiser;
    let decay = |beta: f64| (0.0..1.0).contains(&beta);
    rule(
        decay(optimiser.beta1) && decay(optimiser.beta2),
        "optimiser",
        "beta1 and beta2 must be from 0 to below 1",
    )?;
    rule(
        optimiser.epsilon.is_finite() && optimiser.epsilon >= 1e-12,
        "optimiser.epsilon",
        "it must be 1e-12 or above, or the first step divides by zero",
    )?;
    rule(
        not_negative(optimiser.weight_decay) && not_negative(optimiser.clip_norm.into()),
        "optimiser",
        "weight_decay and clip_norm must be zero or above (a clip_norm of zero does not clip)",
    )?;

    rule(
        !recipe.stages.is_empty(),
        "stage",
        "at least one [[stage]] is needed",
    )?;
    for stage in &recipe.stages {
        check_stage(stage, &rule)?;
    }
    Ok(())
}

fn check_stage(
    stage: &Stage,
    rule: &dyn Fn(bool, &str, &str) -> Result<(), RecipeError>,
) -> Result<(), RecipeError> {
    let key = |name: &str| format!("stage `{}`: {name}", stage.name);
    rule(
        (1..=MOST_EPOCHS).contains(&stage.epochs),
        &key("epochs"),
        "a stage needs 1 to 1,000,000 epochs",
    )?;
    rule(
        (2..=WIDEST).contains(&stage.batch),
        &key("batch"),
        "a batch needs 2 to 65,536 subjects",
    )?;
    rule(
        stage.learning_rate.is_finite() && stage.learning_rate > 0.0,
        &key("learning_rate"),
        "it must be above zero",
    )?;
    rule(
        stage.temperature.is_finite() && stage.temperature >= 1e-3,
        &key("temperature"),
        "it must be 0.001 or above",
    )?;
    let weights = &stage.weights;
    let all = [
        weights.ecg_reconstruction,
        weights.mri_reconstruction,
        weights.cross_modal,
        weights.contrastive,
    ];
    rule(
        all.iter()
            .all(|weight| weight.is_finite() && *weight >= 0.0)
            && all.iter().any(|&weight| weight > 0.0),
        &key("weights"),
        "none may be below zero and one at least must be above",
    )
}

#[cfg(test)]
mod tests {
    use crate::recipe::config::tests::{read, smoke};

    #[test]
    fn impossible_values_are_named() {
        for (good, bad, key) in [
            ("name = \"smoke\"", "name = \"my model\"", "name"),
            ("average = 4", "average = 7", "architecture.ecg.average"),
            ("scale_mv = 0.5", "scale_mv = 0.0", "input"),
            ("noise_mv = 0.01", "noise_mv = nan", "augmentation"),
            ("latent = 256", "latent = 1000000000000", "architecture"),
            (
                "decoder = [16, 8, 8, 8, 4, 4]",
                "decoder = [16, 8]",
                "mri.decoder",
            ),
            ("weight_decay = 0.01", "epsilon = 0.0", "optimiser.epsilon"),
            ("weight_decay = 0.01", "beta2 = 1.0", "beta2"),
            ("weight_decay = 0.01", "clip_norm = inf", "clip_norm"),
            ("batch = 8", "batch = 1", "batch"),
            ("epochs = 1", "epochs = 0", "epochs"),
            (
                "learning_rate = 3e-3",
                "learning_rate = -1.0",
                "learning_rate",
            ),
            ("cross_modal = 1.0", "cross_modal = -1.0", "weights"),
        ] {
            let text = smoke();
            assert!(text.contains(good), "the smoke recipe lacks `{good}`");
            let message = read(&text.replacen(good, bad, 1)).unwrap_err().to_string();
            assert!(message.contains(key), "{bad}: {message}");
        }
    }
}
