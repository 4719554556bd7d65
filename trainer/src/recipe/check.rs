//! What a recipe's values must be beyond having the right types.
//!
//! A value that makes no sense is refused before anything runs: found at the export, it would have cost the training.

use super::RecipeError;
use super::config::{
    Architecture, Contrast, EcgNetwork, Input, MriNetwork, Recipe, ResidualBeat, Stage,
};
use crate::architecture::networks::gives_deviation;
use ecg2mri::ecg::Lead;
use ecg2mri::model::manifest;
use ecg2mri::model::network_input::SAMPLES;

/// Widths, latents and batches beyond this are slips of the pen.
const WIDEST: usize = 65_536;
/// The same for the channels of a convolution.
const MOST_CHANNELS: usize = 4_096;
/// Levels of a network of double convolutions: each halves the picture's 128 pixels.
const MOST_LEVELS: usize = 8;
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
    let twelve = matches!(recipe.input, Input::MedianBeat(_));
    rule(
        twelve || !matches!(recipe.architecture.ecg, EcgNetwork::Residual(_)),
        "architecture.ecg.residual",
        "it takes the median beat of twelve leads: set [input.median_beat] and choose leads by its own key `leads`",
    )?;
    match &recipe.input {
        Input::MedianBeat(beat) => rule(
            positive(beat.scale_mv) && positive(beat.clip),
            "input.median_beat",
            "scale_mv and clip must be above zero",
        )?,
        Input::FirstSamples(first) => rule(
            first.lead.parse::<Lead>().is_ok(),
            "input.first_samples.lead",
            "it must be one of I, II, III, aVR, aVL, aVF, V1 to V6",
        )?,
    }
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

    check_architecture(&recipe.architecture, &rule)?;

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
        decay(optimiser.moving_average),
        "optimiser.moving_average",
        "it must be from 0 (none) to below 1",
    )?;

    rule(
        !recipe.stages.is_empty(),
        "stage",
        "at least one [[stage]] is needed",
    )?;
    for stage in &recipe.stages {
        check_stage(stage, &rule)?;
        let key = |name: &str| format!("stage `{}`: weights.{name}", stage.name);
        rule(
            stage.weights.phenotypes == 0.0 || !recipe.phenotypes.is_empty(),
            &key("phenotypes"),
            "the recipe names no phenotypes: give a list such as phenotypes = [\"lvedv_ml\", \"lvm_g\"] above the tables",
        )?;
        rule(
            stage.weights.deviation == 0.0 || gives_deviation(recipe),
            &key("deviation"),
            "the decoder gives none: set deviation = true in [architecture.mri.residual]",
        )?;
    }
    rule(
        recipe.validation_subjects != Some(0),
        "validation_subjects",
        "it must be 1 or more, or be left out for all",
    )
}

fn check_architecture(architecture: &Architecture, rule: &Rule<'_>) -> Result<(), RecipeError> {
    let width = |width: &usize| (1..=WIDEST).contains(width);
    rule(
        width(&architecture.latent),
        "architecture.latent",
        "it must be from 1 to 65,536",
    )?;
    let channels = |channels: &usize| (1..=MOST_CHANNELS).contains(channels);
    let divides = |average: usize| average > 0 && SAMPLES.is_multiple_of(average);
    match &architecture.ecg {
        EcgNetwork::FullyConnected(ecg) => {
            rule(
                divides(ecg.average),
                "architecture.ecg.fully_connected.average",
                "it must divide the 600 samples of a lead",
            )?;
            rule(
                !ecg.widths.is_empty() && ecg.widths.iter().all(width),
                "architecture.ecg.fully_connected.widths",
                "at least one width is needed, each from 1 to 65,536",
            )?;
        }
        EcgNetwork::Residual(ecg) => check_residual_beat(ecg, rule)?,
    }
    match &architecture.mri {
        MriNetwork::Residual(mri) => {
            rule(
                mri.encoder.len() == 5 && mri.encoder.iter().all(channels),
                "architecture.mri.residual.encoder",
                "five channel numbers from 1 to 4,096 are needed (for 64, 32, 16, 8 and 4 pixels)",
            )?;
            rule(
                mri.decoder.len() == 5 && mri.decoder.iter().all(channels),
                "architecture.mri.residual.decoder",
                "five channel numbers from 1 to 4,096 are needed (for 4, 8, 16, 32 and 64 pixels)",
            )?;
            let heads = mri.attention_heads;
            rule(
                heads == 0
                    || mri
                        .decoder
                        .get(1)
                        .is_some_and(|width| width.is_multiple_of(heads)),
                "architecture.mri.residual.attention_heads",
                "it must divide the channels at 8 pixels, or be 0 for no attention",
            )
        }
        MriNetwork::Convolutional(mri) => {
            rule(
                mri.encoder.len() == 5 && mri.encoder.iter().all(channels),
                "architecture.mri.convolutional.encoder",
                "five channel numbers from 1 to 4,096 are needed (for 64, 32, 16, 8 and 4 pixels)",
            )?;
            rule(
                mri.decoder.len() == 6 && mri.decoder.iter().all(channels),
                "architecture.mri.convolutional.decoder",
                "six channel numbers from 1 to 4,096 are needed (for 4, 8, 16, 32, 64 and 128 pixels)",
            )
        }
        MriNetwork::DoubleConvolution(mri) => {
            rule(
                (1..=MOST_LEVELS).contains(&mri.encoder.len())
                    && mri.encoder.iter().all(channels)
                    && mri.encoder.last() == Some(&architecture.latent),
                "architecture.mri.double_convolution.encoder",
                "one to eight channel numbers from 1 to 4,096 are needed, the last of them the latent's length",
            )?;
            rule(
                mri.decoder.len() == 7
                    && mri.decoder.iter().all(channels)
                    && mri.decoder.iter().all(|channels| *channels > 1)
                    && architecture.latent > 1,
                "architecture.mri.double_convolution.decoder",
                "seven channel numbers from 2 to 4,096 are needed (for 2, 4, 8, 16, 32, 64 and 128 pixels)",
            )
        }
    }
}

fn check_residual_beat(ecg: &ResidualBeat, rule: &Rule<'_>) -> Result<(), RecipeError> {
    let width = |width: &usize| (1..=MOST_CHANNELS).contains(width);
    rule(
        ecg.average > 0 && SAMPLES.is_multiple_of(ecg.average),
        "architecture.ecg.residual.average",
        "it must divide the 600 samples of a lead",
    )?;
    rule(
        (1..=MOST_LEVELS).contains(&ecg.channels.len()) && ecg.channels.iter().all(width),
        "architecture.ecg.residual.channels",
        "one to eight channel numbers from 1 to 4,096 are needed",
    )?;
    rule(
        ecg.kernel % 2 == 1 && ecg.kernel <= SAMPLES,
        "architecture.ecg.residual.kernel",
        "it must be odd and at most 600",
    )?;
    rule(
        !ecg.decoder.is_empty() && ecg.decoder.iter().all(width),
        "architecture.ecg.residual.decoder",
        "at least one width is needed, each from 1 to 4,096",
    )?;
    let leads = ecg.leads.as_deref();
    rule(
        leads.is_none_or(|names| {
            !names.is_empty() && names.iter().all(|name| name.parse::<Lead>().is_ok())
        }),
        "architecture.ecg.residual.leads",
        "at least one is needed, each of I, II, III, aVR, aVL, aVF, V1 to V6",
    )
}

/// How much a number may be: whether it holds, the key, the problem.
type Rule<'a> = dyn Fn(bool, &str, &str) -> Result<(), RecipeError> + 'a;

fn check_stage(stage: &Stage, rule: &Rule<'_>) -> Result<(), RecipeError> {
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
        (1..=WIDEST).contains(&stage.accumulate),
        &key("accumulate"),
        "a step needs 1 to 65,536 batches",
    )?;
    rule(
        stage.learning_rate.is_finite() && stage.learning_rate > 0.0,
        &key("learning_rate"),
        "it must be above zero",
    )?;
    rule(
        stage
            .subjects
            .is_none_or(|subjects| subjects >= stage.subjects_per_step()),
        &key("subjects"),
        "there must be enough of them for one step, batch times accumulate",
    )?;
    rule(
        (0.0..=1.0).contains(&stage.modality_dropout),
        &key("modality_dropout"),
        "it must be from 0 to 1",
    )?;
    rule(
        (1..=MOST_EPOCHS).contains(&stage.validate_every),
        &key("validate_every"),
        "it must be from 1 to 1,000,000",
    )?;
    rule(
        (0.0..=2.0).contains(&stage.variety_share),
        &key("variety_share"),
        "it must be from 0 to 2",
    )?;
    match stage.contrast {
        Contrast::InfoNce { temperature }
        | Contrast::LearnedInfoNce {
            first_temperature: temperature,
        } => rule(
            temperature.is_finite() && temperature >= 1e-3,
            &key("contrast"),
            "a temperature must be 0.001 or above",
        )?,
        Contrast::MarginCosine { margin } => rule(
            (-1.0..=1.0).contains(&margin),
            &key("contrast"),
            "a margin of cosines must be from -1 to 1",
        )?,
    }
    let all = stage.weights.all();
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
            (
                "average = 4",
                "average = 7",
                "architecture.ecg.fully_connected.average",
            ),
            ("scale_mv = 0.5", "scale_mv = 0.0", "input"),
            ("noise_mv = 0.01", "noise_mv = nan", "augmentation"),
            ("latent = 256", "latent = 1000000000000", "architecture"),
            (
                "decoder = [16, 8, 8, 8, 4, 4]",
                "decoder = [16, 8]",
                "mri.convolutional.decoder",
            ),
            ("weight_decay = 0.01", "epsilon = 0.0", "optimiser.epsilon"),
            ("weight_decay = 0.01", "beta2 = 1.0", "beta2"),
            ("weight_decay = 0.01", "clip_norm = inf", "clip_norm"),
            ("batch = 8", "batch = 1", "batch"),
            ("batch = 8", "batch = 8\naccumulate = 0", "accumulate"),
            (
                "batch = 8",
                "batch = 8\naccumulate = 2\nsubjects = 15",
                "subjects",
            ),
            (
                "weight_decay = 0.01",
                "moving_average = 1.0",
                "optimiser.moving_average",
            ),
            ("epochs = 1", "epochs = 0", "epochs"),
            (
                "learning_rate = 3e-3",
                "learning_rate = -1.0",
                "learning_rate",
            ),
            ("cross_modal = 1.0", "cross_modal = -1.0", "weights"),
            (
                "cross_modal = 1.0",
                "cross_modal = 1.0\n[stage.contrast.info_nce]\ntemperature = 0.0",
                "contrast",
            ),
            (
                "[input.median_beat]\nscale_mv = 0.5\nclip = 10.0",
                "[input.first_samples]\nlead = \"V9\"",
                "input.first_samples.lead",
            ),
        ] {
            let text = smoke();
            assert!(text.contains(good), "the smoke recipe lacks `{good}`");
            let message = read(&text.replacen(good, bad, 1)).unwrap_err().to_string();
            assert!(message.contains(key), "{bad}: {message}");
        }
    }
}
