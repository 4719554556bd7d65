//! The model card: what the model is, what it is for, what it learned from, what it was measured to do, and where it fails.

use super::BatchSize;
use super::evidence::Evidence;
use crate::architecture::{Network, ParameterTable};
use crate::recipe::{Recipe, RunEnvironment};
use ecg2mri::model::manifest::{Manifest, Preprocessing};
use ecg2mri::model::network_file::{DEVIATION, HEART_RATE};
use ecg2mri::model::statistics::Statistics;
use std::fmt::Write;

/// The picture at the end, where there is one.
const SHEET: &str = "\n## Subjects of the test split\n\n\
    ![Pictures of test subjects: the MRI, and below it what is generated from the ECG alone](sheet.png)\n";

/// What the figures of a short evaluation are.
const FIGURES: &str = "Pictures run from 0 to 1. `image_l1…` and `image_mse…` are mean absolute and squared errors of ECG → picture, \
    of the constant guesses (mean and median picture of the train split) and of the autoencoder (picture → picture), \
    `image_ssim…` their structural similarity (Wang et al. 2004; 1 for equal pictures). `diversity_ratio` is the mean \
    pixel variance of the generated pictures across subjects over that of the true ones. `retrieval_at_k` is the share \
    of ECGs whose own MRI is among the k closest latents. The norms are those of the latents.\n\n";

/// All that the card tells of.
pub(super) struct Card<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) manifest: &'a Manifest,
    pub(super) table: &'a ParameterTable,
    pub(super) trained_on: &'a RunEnvironment,
    pub(super) batch: BatchSize,
    pub(super) statistics: Option<&'a Statistics>,
    pub(super) evidence: &'a Evidence,
}

impl Card<'_> {
    /// The model card, in Markdown.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        self.write_use(text)?;
        self.write_facts(text)?;
        self.write_statistics(text)?;
        self.write_limits(text)?;
        match &self.evidence.tables {
            Some(tables) => writeln!(text, "\n{}", tables.trim())?,
            None => self.write_figures(text)?,
        }
        if self.evidence.sheet.is_some() {
            text.push_str(SHEET);
        }
        Ok(())
    }

    fn write_use(&self, text: &mut String) -> std::fmt::Result {
        let picture = &self.manifest.picture;
        let rate = match self.manifest.encoder.input(HEART_RATE) {
            Some(_) => " and the heart rate",
            None => "",
        };
        let deviation = match self.manifest.decoder.output(DEVIATION) {
            Some(_) => ", and for each pixel how uncertain it is",
            None => "",
        };
        let origin = match self.trained_on.simulated {
            true => "It was trained on simulated hearts only and has seen no patient.",
            false => "It was trained on the recordings named below and validated on nothing else.",
        };
        write!(
            text,
            "# Model card: {}\n\n\
             Generates a pseudo-MRI ({}; {}; {} mm pixels) from {}{rate}{deviation}.\n\n\
             **Not a medical device. Not for diagnosis.** {origin} \
             What it shows is a guess from the ECG, not a scan.\n\n\
             ## Intended use\n\n\
             Research and teaching: how much of a heart's size, wall and position an ECG tells, and how such a guess looks. \
             It is not meant for any decision about a patient, nor to replace imaging, nor for recordings other than \
             12-lead ECGs at rest.\n",
            self.manifest.name,
            picture.views.join(" and "),
            picture.phases.join(" and "),
            picture.pixel_mm,
            match &self.manifest.preprocessing {
                Preprocessing::MedianBeat { .. } => "the median beat of a 12-lead ECG",
                Preprocessing::FirstSamples { .. } => "the first 1.2 s of one lead of an ECG",
                Preprocessing::CardiacNets { .. } => "ten seconds of a 12-lead ECG",
            },
        )
    }

    fn write_facts(&self, text: &mut String) -> std::fmt::Result {
        let (manifest, training) = (self.manifest, &self.manifest.training);
        let count = |network: Network| self.table.trained_count(network.prefix());
        let batch = match self.batch {
            BatchSize::One => "one",
            BatchSize::Open => "any number; the program `ecg2mri` gives one",
        };
        let weights = match manifest.parity.half_precision_difference {
            Some(difference) => format!(
                "in half precision, which changes a value of a picture by {difference:.1e} of 1 at the most"
            ),
            None => "in full precision".to_owned(),
        };
        write!(
            text,
            "\n## Facts\n\n\
             | | |\n|---|---|\n\
             | written by | {} |\n\
             | recipe | {}, seed {} |\n\
             | training data | {}; {} subjects in the train split |\n\
             | ECG encoder | {} parameters, {} bytes |\n\
             | picture decoder | {} parameters, {} bytes |\n\
             | weights | {weights} |\n\
             | subjects at once | {batch} |\n\
             | latent | {} values, norm {:.3} ± {:.3} on the train split |\n\
             | tract against ONNX Runtime {} | largest difference of a value {:.1e} of 1, {} inputs |\n",
            manifest.created_by,
            training.recipe,
            training.seed,
            training.cohort,
            training.subjects,
            count(Network::EcgEncoder),
            manifest.encoder.bytes,
            count(Network::MriDecoder),
            manifest.decoder.bytes,
            self.recipe.architecture.latent,
            manifest.latent.norm_mean,
            manifest.latent.norm_sd,
            manifest.parity.ort_version,
            manifest.parity.max_abs_difference,
            manifest.parity.inputs,
        )
    }

    fn write_statistics(&self, text: &mut String) -> std::fmt::Result {
        let Some(statistics) = self.statistics else {
            return Ok(());
        };
        let gate = &statistics.gate;
        write!(
            text,
            "\n## Unlike ECGs\n\n\
             The distance of an ECG from those learned from (Mahalanobis, in the latent) is told with every picture. Above \
             {:.1} a picture is marked, above {:.1} refused; of {} subjects of the validation split {:.2} % and {:.2} % lie \
             beyond.\n",
            gate.marked_above,
            gate.refused_above,
            gate.held_out_subjects,
            100.0 * gate.marked_share,
            100.0 * gate.refused_share,
        )?;
        if statistics.readouts.is_empty() {
            return Ok(());
        }
        text.push_str(
            "\n## Estimates\n\n\
             Besides the picture, figures are read from the latent by ridge regressions. The interval holds the truth for \
             the share of subjects given, if they are like those of the validation split; R² is on that split.\n\n\
             | figure | interval | share | R² |\n|---|---|---|---|\n",
        );
        for readout in &statistics.readouts {
            writeln!(
                text,
                "| `{}` | ± {:.1} {} | {:.0} % | {:.2} |",
                readout.name,
                readout.interval.half_width,
                readout.unit,
                100.0 * readout.interval.coverage,
                readout.r_squared
            )?;
        }
        Ok(())
    }

    fn write_limits(&self, text: &mut String) -> std::fmt::Result {
        text.push_str(
            "\n## Limits\n\n\
             - An ECG tells little of many things an MRI shows. What it does not tell is drawn as it mostly was in the \
             training data; two hearts with the same ECG get the same picture.\n",
        );
        if self.trained_on.simulated {
            text.push_str(
                "- The hearts, ECGs and MRIs learned from were simulated. How pictures of real patients compare with their \
                 scans is not known.\n",
            );
        }
        if self.statistics.is_some() {
            text.push_str(
                "- A small distance from the training data does not make a picture right, and intervals hold for subjects \
                 like those of the validation split only.\n",
            );
        } else {
            text.push_str(
                "- The model has no statistics: it does not notice an ECG unlike those learned from.\n",
            );
        }
        Ok(())
    }

    fn write_figures(&self, text: &mut String) -> std::fmt::Result {
        write!(
            text,
            "\n## Figures on the test split\n\n{FIGURES}| figure | value |\n|---|---|\n"
        )?;
        for (name, value) in &self.manifest.metrics {
            writeln!(text, "| `{name}` | {value:.6} |")?;
        }
        if self.manifest.metrics.is_empty() {
            text.push_str("| none: the run was not evaluated before its export | |\n");
        }
        Ok(())
    }
}
