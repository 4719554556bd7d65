//! The report: everything a reader of a paper would ask for, in one file.
//!
//! Pictures, diversity and retrieval stand here; longer sections in files of their own.

mod anatomy;
mod phenotypes;
mod subgroups;

use super::{Study, StudyError, StudyOptions};
use crate::cohort::picture::SIDE;
use crate::evaluate::calibration;
use crate::evaluate::html::chart::axis::Axis;
use crate::evaluate::html::chart::{Histogram, PictureGrid};
use crate::evaluate::html::palette::Scale;
use crate::evaluate::html::table::rounded;
use crate::evaluate::html::{Block, Figure, ReportContents, Section, Table};
use crate::evaluate::measured_run::MeasuredRun;
use crate::evaluate::outliers;
use crate::information::interval::Estimate;
use ecg2mri::picture::mark;

/// The report as an HTML file.
///
/// # Errors
/// Where a picture cannot be encoded or a row not be serialised.
pub(super) fn report(
    study: &Study,
    measured: &MeasuredRun<'_>,
    options: &StudyOptions,
    galleries: &[(String, Vec<u8>)],
) -> Result<String, StudyError> {
    let mut sections = vec![
        pictures(study, galleries),
        diversity(study)?,
        retrieval(study),
    ];
    sections.extend(phenotypes::section(study));
    sections.extend(anatomy::section(study));
    if let Some(figures) = &study.uncertainty {
        sections.push(calibration::section::section(figures));
    }
    if let Some(found) = &study.outliers {
        sections.push(outliers::section::section(
            &found.figures,
            &found.held_out,
            &found.foreign,
        )?);
    }
    sections.extend(study.maps.as_ref().map(|maps| maps.section.clone()));
    sections.extend(subgroups::section(study));
    if !study.left_out.is_empty() {
        let left_out = study.left_out.iter().cloned().map(Block::Paragraph);
        sections.push(Section {
            heading: "Left out".to_owned(),
            blocks: left_out.collect(),
        });
    }
    let metrics = &study.metrics;
    let summary = &study.summary;
    let facts = [
        ("recipe", measured.recipe.name.clone()),
        ("checkpoint, SHA-256", metrics.checkpoint_sha256.clone()),
        ("cohort", metrics.cohort.clone()),
        (
            "split",
            format!("{}, {} subjects", metrics.split, metrics.subjects),
        ),
        ("seed of draws and intervals", options.seed.to_string()),
        ("made by", crate::created_by()),
    ];
    let contents = ReportContents {
        title: format!("Pseudo-MRIs of the model {}", measured.recipe.name),
        summary: format!(
            "Image L1 {} ({} of the mean image's), variance ratio {}, the right MRI among the ten closest of a thousand \
             in {} %.",
            rounded(summary.image_l1, 4),
            rounded(summary.image_l1_over_mean_image, 3),
            rounded(summary.diversity_ratio, 3),
            rounded(100.0 * summary.recall_at_10, 1)
        ),
        notice: mark::NOTICE.to_owned(),
        facts: facts.map(|(name, value)| (name.to_owned(), value)).into(),
        sections,
    };
    Ok(contents.to_html())
}

fn pictures(study: &Study, galleries: &[(String, Vec<u8>)]) -> Section {
    let image = &study.image;
    let kinds = [
        (
            "from the ECG",
            &image.generated,
            Some(study.metrics.image_ssim),
        ),
        (
            "mean image",
            &image.mean_image,
            Some(study.metrics.image_ssim_mean_image),
        ),
        (
            "median image",
            &image.median_image,
            Some(study.metrics.image_ssim_median_image),
        ),
        ("nearest training subject", &image.nearest_neighbour, None),
    ];
    let rows = kinds
        .iter()
        .map(|(name, errors, ssim)| {
            vec![
                (*name).to_owned(),
                rounded(errors.l1, 4),
                rounded(errors.mse, 5),
                rounded(errors.psnr_db, 2),
                ssim.map_or_else(|| "\u{2013}".to_owned(), |ssim| rounded(ssim, 3)),
                rounded(errors.l1 / image.mean_image.l1, 3),
            ]
        })
        .chain([vec![
            "rebuilt from the picture itself".to_owned(),
            rounded(study.metrics.image_l1_autoencoder, 4),
            rounded(study.metrics.image_mse_autoencoder, 5),
            "\u{2013}".to_owned(),
            rounded(study.metrics.image_ssim_autoencoder, 3),
            rounded(study.metrics.image_l1_autoencoder / image.mean_image.l1, 3),
        ]])
        .collect();
    let mut blocks = vec![Block::Table(Table::of_cells(
        "Errors of the pictures, greys from 0 to 1.",
        &[
            "picture",
            "L1",
            "MSE",
            "PSNR, dB",
            "SSIM",
            "L1 over mean image",
        ],
        rows,
    ))];
    for (name, png) in galleries {
        let view = name.trim_start_matches("gallery-").trim_end_matches(".png");
        blocks.push(Block::Figure(Figure::of_png(
            png.clone(),
            "true pictures above pictures generated from the ECG",
            &format!(
                "Test subjects, {view}, end-diastole. The true picture above the one generated from the same subject's \
                 ECG; the first half has no condition, the second has those named."
            ),
        )));
    }
    Section {
        heading: "Pictures".to_owned(),
        blocks,
    }
}

fn diversity(study: &Study) -> Result<Section, StudyError> {
    let found = &study.diversity;
    let mut rows = vec![vec![
        "all channels".to_owned(),
        rounded(found.variance_ratio, 3),
    ]];
    for (name, &ratio) in study
        .image
        .channel_names
        .iter()
        .zip(&found.variance_ratio_of_channels)
    {
        rows.push(vec![name.clone(), rounded(ratio, 3)]);
    }
    rows.push(vec![
        "where the truth varies most (a quarter of the pixels)".to_owned(),
        rounded(found.variance_ratio_in_heart, 3),
    ]);
    let mut table = Table::of_cells(
        "Variance of the generated pictures over that of the true ones.",
        &["channel", "ratio"],
        rows,
    );
    table.notes.push(format!(
        "Effective rank of the latents: ECG {}, MRI {}. Median L1 to the nearest other picture of {}: generated {}, true \
         {}; near duplicates: generated {}, true {}.",
        rounded(found.effective_rank_ecg_latents, 1),
        rounded(found.effective_rank_mri_latents, 1),
        found.nearest.subjects,
        rounded(found.nearest.median_l1_generated, 4),
        rounded(found.nearest.median_l1_true, 4),
        found.nearest.near_duplicates_generated,
        found.nearest.near_duplicates_true
    ));
    let [generated, truth] = &found.deviation_maps;
    let maps = |map: &[f32]| -> Vec<Vec<f32>> {
        map.chunks_exact(SIDE * SIDE)
            .take(4)
            .map(<[f32]>::to_vec)
            .collect()
    };
    let grid = PictureGrid {
        width: SIDE,
        side: 118.0,
        // Whole names do not fit above pictures of this size.
        columns: (0..study.image.channel_names.len().min(4))
            .map(|channel| format!("channel {}", channel + 1))
            .collect(),
        rows: vec![
            ("true".to_owned(), maps(truth)),
            ("generated".to_owned(), maps(generated)),
        ],
        scale: Scale::Magma,
        values: Axis::from_zero(
            "standard deviation between subjects, grey 0 to 1",
            truth.iter().map(|&value| f64::from(value)),
        ),
    };
    Ok(Section {
        heading: "Diversity".to_owned(),
        blocks: vec![
            Block::Table(table),
            Block::Figure(Figure::of_drawings(
                [grid.svg("standard deviation of each pixel between subjects")?],
                "Standard deviation of each pixel between subjects. What one patient's picture can tell from another's is \
                 where this is not zero. The channels stand in the order of the table above.",
            )),
        ],
    })
}

fn retrieval(study: &Study) -> Section {
    let all = std::iter::once(("all", &study.retrieval.among_all));
    let gallery = study
        .retrieval
        .in_gallery
        .as_ref()
        .map(|both| ("a gallery", both));
    let mut rows = Vec::new();
    for (among, both) in all.chain(gallery) {
        for (name, way) in [
            ("ECG to MRI", &both.ecg_to_mri),
            ("MRI to ECG", &both.mri_to_ecg),
        ] {
            let recalls = [way.recall_at_1, way.recall_at_5, way.recall_at_10];
            let mut cells = vec![format!("{name}, among {among} of {}", way.subjects)];
            cells.extend(recalls.map(interval));
            cells.push(rounded(way.times_chance_at_10(), 1));
            cells.push(rounded(way.median_rank, 0));
            rows.push(cells);
        }
    }
    let shares = |ranks: &[usize]| -> Vec<f64> { ranks.iter().map(|&rank| rank as f64).collect() };
    let both = &study.retrieval.among_all;
    let histogram = Histogram {
        label: "others before the right one".to_owned(),
        groups: vec![
            ("ECG to MRI".to_owned(), shares(&both.ecg_to_mri.ranks)),
            ("MRI to ECG".to_owned(), shares(&both.mri_to_ecg.ranks)),
        ],
        bins: 20,
        logarithmic: false,
        marks: Vec::new(),
    };
    Section {
        heading: "Retrieval".to_owned(),
        blocks: vec![
            Block::Table(Table::of_cells(
                "Whose picture an ECG points to, by cosine of the latents.",
                &[
                    "way",
                    "recall at 1",
                    "recall at 5",
                    "recall at 10",
                    "at 10 over chance",
                    "median rank",
                ],
                rows,
            )),
            Block::Figure(Figure::of_drawings(
                [histogram.svg("ranks of the right one")],
                "Ranks of the right one. Chance gives a flat histogram.",
            )),
        ],
    }
}

/// A figure with the ends of its interval.
fn interval(estimate: Estimate) -> String {
    format!(
        "{} ({} to {})",
        rounded(estimate.value, 3),
        rounded(estimate.low, 3),
        rounded(estimate.high, 3)
    )
}
