//! The report: everything a reader of a paper would ask for, in one file.

use super::{Study, StudyError, StudyOptions};
use crate::cohort::picture::SIDE;
use crate::evaluate::calibration;
use crate::evaluate::html::chart::axis::Axis;
use crate::evaluate::html::chart::{Bar, BarChart, BlandAltman, Histogram, PictureGrid, Scatter};
use crate::evaluate::html::palette::Scale;
use crate::evaluate::html::table::rounded;
use crate::evaluate::html::{Block, Figure, ReportContents, Section, Table};
use crate::evaluate::measured_run::MeasuredRun;
use crate::evaluate::outliers;
use crate::segmentation::calibration::Quantity;
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
    sections.extend(phenotypes(study));
    sections.extend(anatomy(study));
    if let Some(figures) = &study.uncertainty {
        sections.push(calibration::section::section(figures));
    }
    if let Some(found) = &study.outliers {
        sections.push(outliers::section::section(
            &found.figures,
            &found.held_out,
            &found.foreign,
            "Mahalanobis distance of the ECG's latent from those of the training split",
        )?);
    }
    sections.extend(study.maps.as_ref().map(|maps| maps.section.clone()));
    sections.extend(subgroups(study));
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
            cells.extend(recalls.map(|found| {
                format!(
                    "{} ({} to {})",
                    rounded(found.value, 3),
                    rounded(found.low, 3),
                    rounded(found.high, 3)
                )
            }));
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

fn phenotypes(study: &Study) -> Option<Section> {
    let (found, ceiling) = (study.phenotypes.as_ref()?, study.ceiling.as_ref());
    let mut rows = Vec::new();
    let mut bars = Vec::new();
    for target in &found.targets {
        let best = ceiling.and_then(|ceiling| ceiling.target(&target.target));
        let optional = |value: Option<f64>| {
            value.map_or_else(|| "\u{2013}".to_owned(), |value| rounded(value, 3))
        };
        let from = target.from_latents;
        rows.push(vec![
            match target.cases {
                Some(cases) => format!("{} ({cases}), AUROC", target.label),
                None => format!("{}, R\u{b2}", target.label),
            },
            format!(
                "{} ({} to {})",
                rounded(from.value, 3),
                rounded(from.low, 3),
                rounded(from.high, 3)
            ),
            optional(target.r_squared_within_demographics),
            optional(target.from_demographics),
            optional(best.map(|best| best.best.value)),
            best.map_or_else(
                || "\u{2013}".to_owned(),
                |best| best.best_learner.label().to_owned(),
            ),
            target
                .mean_absolute_error
                .map_or_else(|| "\u{2013}".to_owned(), |error| rounded(error, 2)),
        ]);
        let bar = |value: f64, low: f64, high: f64| Bar {
            value,
            interval: Some([low, high]),
        };
        bars.push((
            target.label.clone(),
            vec![
                bar(from.value, from.low, from.high),
                best.map_or(Bar::plain(f64::NAN), |best| {
                    bar(best.best.value, best.best.low, best.best.high)
                }),
            ],
        ));
    }
    let chart = BarChart {
        label: "R\u{b2} of quantities, AUROC of classes".to_owned(),
        groups: vec![
            "ridge from the latent".to_owned(),
            "best plain learner".to_owned(),
        ],
        rows: bars,
        level: None,
        decimals: 2,
    };
    Some(Section {
        heading: "What the latent tells".to_owned(),
        blocks: vec![
            Block::Table(Table::of_cells(
                "Phenotypes from the ECG's latent, beside the ceiling of plain learners on the same ECGs.",
                &[
                    "target",
                    "latent (95 % interval)",
                    "within sex, age, size",
                    "demographics alone",
                    "ceiling",
                    "its learner",
                    "mean absolute error",
                ],
                rows,
            )),
            Block::Figure(Figure::of_drawings(
                [chart.svg("phenotypes from latents and from plain learners")],
                "What the latent tells beside the best plain learner, with 95 % intervals.",
            )),
        ],
    })
}

fn anatomy(study: &Study) -> Option<Section> {
    let found = study.anatomy.as_ref()?;
    let told = |agreement: &Option<crate::segmentation::agreement::Agreement>| {
        agreement.as_ref().map_or_else(
            || "\u{2013}".to_owned(),
            |found| {
                format!(
                    "{} ({} to {})",
                    rounded(found.r_squared.value, 3),
                    rounded(found.r_squared.low, 3),
                    rounded(found.r_squared.high, 3)
                )
            },
        )
    };
    let both = found
        .read_as_true_pictures
        .quantities
        .iter()
        .zip(&found.read_as_generated_pictures.quantities);
    let rows = both
        .map(|(as_true, as_generated)| {
            let column = as_true.quantity.column();
            let number = |value: Option<&f64>, decimals: usize| {
                value.map_or_else(|| "\u{2013}".to_owned(), |&value| rounded(value, decimals))
            };
            vec![
                column.to_owned(),
                told(&as_true.generated_against_truth),
                told(&as_generated.generated_against_truth),
                number(study.summary.ceiling.get(column), 3),
                number(study.summary.picture_over_ceiling.get(column), 2),
                told(&as_true.true_picture_against_truth),
            ]
        })
        .collect();
    let mut table = Table::of_cells(
        "R\u{b2} of quantities that a segmenter reads off the generated pictures.",
        &[
            "quantity",
            "read as a true picture",
            "read as a generated picture",
            "ceiling",
            "share of the ceiling",
            "from the true picture",
        ],
        rows,
    );
    table.notes.push(format!(
        "Volumes follow from areas and lengths by a calibration on {} training subjects: on their true pictures, or on \
         the pictures generated for them. {} of {} generated pictures show no left ventricle to the segmenter, of the true \
         ones {}.",
        found.calibration_subjects,
        found.read_as_true_pictures.generated_without_left_ventricle,
        found.read_as_true_pictures.subjects,
        found.read_as_true_pictures.true_without_left_ventricle
    ));
    let measures = found
        .read_as_true_pictures
        .measures
        .iter()
        .map(|figures| {
            let agreement = &figures.generated_against_true_picture;
            vec![
                figures.measure.label().to_owned(),
                figures.unit.to_owned(),
                told(agreement),
                agreement.as_ref().map_or_else(
                    || "\u{2013}".to_owned(),
                    |found| rounded(found.mean_absolute_error, 2),
                ),
                agreement
                    .as_ref()
                    .map_or_else(|| "\u{2013}".to_owned(), |found| rounded(found.bias, 2)),
            ]
        })
        .collect();
    let shown = [Quantity::LeftEndDiastolicVolume, Quantity::LeftMass];
    let panels = found
        .series
        .iter()
        .filter(|series| shown.contains(&series.quantity))
        .flat_map(|series| {
            let (name, unit) = (series.quantity.column(), series.quantity.unit());
            let pairs = || series.generated.iter().zip(&series.truth);
            let scatter = Scatter {
                x_label: format!("truth, {unit}"),
                y_label: format!("{name} from the picture, {unit}"),
                points: pairs().map(|(made, truth)| [*truth, *made]).collect(),
                identity: true,
                notes: Vec::new(),
            };
            let differences = BlandAltman {
                quantity: name.to_owned(),
                unit: unit.to_owned(),
                pairs: pairs().map(|(made, truth)| [*made, *truth]).collect(),
            };
            [scatter.svg(name), differences.svg(name)]
        });
    Some(Section {
        heading: "Anatomy in the pictures".to_owned(),
        blocks: vec![
            Block::Table(table),
            Block::Figure(Figure::of_drawings(
                panels,
                "Volume and mass read off generated pictures as off true ones, against the truth.",
            )),
            Block::Table(Table::of_cells(
                "Lengths and areas in the generated picture against those in the true one.",
                &["measure", "unit", "R\u{b2}", "mean absolute error", "bias"],
                measures,
            )),
        ],
    })
}

fn subgroups(study: &Study) -> Option<Section> {
    let found = study.subgroups.as_ref()?;
    let places: Vec<usize> = (0..found.figures.len()).collect();
    // As many columns as a page is wide.
    let tables = places.chunks(4).map(|places| {
        let mut headings = vec!["subgroup", "subjects"];
        headings.extend(places.iter().map(|&place| found.figures[place].as_str()));
        let rows = found
            .subgroups
            .iter()
            .map(|row| {
                let mut cells = vec![row.name.clone(), row.subjects.to_string()];
                let shown = places.iter().filter_map(|&place| row.estimates.get(place));
                cells.extend(shown.map(|found| {
                    format!(
                        "{} ({} to {})",
                        rounded(found.value, 3),
                        rounded(found.low, 3),
                        rounded(found.high, 3)
                    )
                }));
                cells
            })
            .collect();
        Block::Table(Table::of_cells(
            "The chief figures of subgroups, with 95 % intervals of a bootstrap by subject.",
            &headings,
            rows,
        ))
    });
    Some(Section {
        heading: "Subgroups".to_owned(),
        blocks: tables.collect(),
    })
}
