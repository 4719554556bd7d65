//! What the latent tells, beside the ceiling.

use super::interval;
use crate::evaluate::html::chart::{Bar, BarChart};
use crate::evaluate::html::table::rounded;
use crate::evaluate::html::{Block, Figure, Section, Table};
use crate::evaluate::study::Study;

/// The section; none where it was not measured.
pub(super) fn section(study: &Study) -> Option<Section> {
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
            interval(from),
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
