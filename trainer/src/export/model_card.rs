//! The model card: what the model is, what it learned from, and what it was measured to do.

use super::BatchSize;
use crate::architecture::{Network, ParameterTable};
use crate::recipe::{Recipe, RunEnvironment};
use ecg2mri::model::manifest::Manifest;

/// The picture at the end, where there is one.
const SHEET: &str = "\n## Eight subjects of the test split\n\n\
    ![Three rows of eight short-axis pictures: the MRI, the same rebuilt from its own latent, and the one \
    generated from the ECG alone](sheet.png)\n";

/// The model card, in Markdown; `sheet` says whether a sheet of pictures lies beside it.
pub(super) fn model_card(
    recipe: &Recipe,
    manifest: &Manifest,
    table: &ParameterTable,
    trained_on: &RunEnvironment,
    batch: BatchSize,
    sheet: bool,
) -> String {
    let count = |network: Network| table.trained_count(network.prefix());
    let mut figures = String::new();
    for (name, value) in &manifest.metrics {
        figures += &format!("| `{name}` | {value:.6} |\n");
    }
    if figures.is_empty() {
        figures = "| none: the run was not evaluated before its export | |\n".to_owned();
    }
    format!(
        "# Model card: {name}\n\n\
         Generates a pseudo-MRI ({view}, {phase}, {pixel} mm pixels) from the median beat of a 12-lead ECG.\n\n\
         **Not a medical device. Not for diagnosis.** {origin} \
         What it shows is a guess from the ECG, not a scan.\n\n\
         | | |\n|---|---|\n\
         | written by | {created_by} |\n\
         | recipe | {recipe}, seed {seed} |\n\
         | cohort | {cohort}; {subjects} subjects in the train split |\n\
         | ECG encoder | {encoder_count} parameters, {encoder_bytes} bytes |\n\
         | picture decoder | {decoder_count} parameters, {decoder_bytes} bytes |\n\
         | subjects at once | {batch} |\n\
         | latent | {latent} values, norm {norm:.3} ± {norm_sd:.3} on the train split |\n\
         | tract against ONNX Runtime {ort} | largest difference of a pixel {difference:.1e} of 1, {inputs} inputs |\n\n\
         ## Figures on the test split\n\n\
         Pictures run from 0 to 1. `image_l1…` and `image_mse…` are mean absolute and squared errors of ECG → picture, \
         of the constant guesses (mean and median picture of the train split) and of the autoencoder (picture → \
         picture), `image_ssim…` their structural similarity (Wang et al. 2004; 1 for equal pictures). `diversity_ratio` is the mean pixel variance of the generated pictures across subjects over that of \
         the true ones. `retrieval_at_k` is the share of ECGs whose own MRI is among the k closest latents. The norms \
         are those of the latents.\n\n\
         | figure | value |\n|---|---|\n{figures}{pictures}",
        origin = match trained_on.simulated {
            true => "It was trained on simulated hearts only and has seen no patient.",
            false => "It was trained on the recordings named below and validated on nothing else.",
        },
        batch = match batch {
            BatchSize::One => "one",
            BatchSize::Open => "any number; the program `ecg2mri` gives one",
        },
        pictures = if sheet { SHEET } else { "" },
        name = manifest.name,
        view = manifest.picture.view,
        phase = manifest.picture.phase,
        pixel = manifest.picture.pixel_mm,
        created_by = manifest.created_by,
        recipe = manifest.training.recipe,
        seed = manifest.training.seed,
        cohort = manifest.training.cohort,
        subjects = manifest.training.subjects,
        encoder_count = count(Network::EcgEncoder),
        encoder_bytes = manifest.encoder.bytes,
        decoder_count = count(Network::MriDecoder),
        decoder_bytes = manifest.decoder.bytes,
        latent = recipe.architecture.latent,
        norm = manifest.latent.norm_mean,
        norm_sd = manifest.latent.norm_sd,
        ort = manifest.parity.ort_version,
        difference = manifest.parity.max_abs_difference,
        inputs = manifest.parity.inputs,
    )
}
