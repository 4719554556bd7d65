//! The maps as a section of the report.

use super::embedding::EmbeddingSettings;
use super::latent_map::TRUSTED_NEIGHBOURS;
use super::{Colouring, LatentMap};
use crate::evaluate::html::table::rounded;
use crate::evaluate::html::{Block, Figure, Section, Table};

/// The section of the maps `before` training, with the first parameters, where there is one, and `after` it. Both are
/// of the same subjects, in the order of `colourings`.
pub fn section(
    before: Option<&LatentMap>,
    after: &LatentMap,
    colourings: &[Colouring],
    settings: &EmbeddingSettings,
) -> Section {
    let named = [("before training", before), ("after training", Some(after))];
    let maps: Vec<(&str, &LatentMap)> = named
        .into_iter()
        .filter_map(|(name, map)| Some((name, map?)))
        .collect();
    let rows = maps.iter().map(|(name, map)| {
        let figures = [
            map.figures.trustworthiness,
            map.figures.pair_distance_ratio,
            map.figures.pair_distance_ratio_on_map,
        ];
        let numbers = figures.map(|figure| rounded(figure, 3));
        [(*name).to_owned(), map.figures.subjects.to_string()]
            .into_iter()
            .chain(numbers)
            .collect()
    });
    let mut table = Table::of_cells(
        "Maps of the latents.",
        &[
            "map",
            "subjects",
            "trustworthiness",
            "pair distance ratio, latent",
            "pair distance ratio, map",
        ],
        rows.collect(),
    );
    table.notes.push(format!(
        "t-SNE with perplexity {} and {} steps from the principal plane, seed {}; {TRUSTED_NEIGHBOURS} neighbours \
         trusted. Pair distance ratio: mean distance of a subject's ECG to its own MRI over that to the MRIs of others.",
        settings.perplexity, settings.steps, settings.seed
    ));
    let figures = maps.iter().map(|(name, map)| {
        let caption = format!(
            "Latents {name}. Each of {} subjects is two points, a round one for the ECG and a square one for the MRI, \
             joined by a thin line. Every colour is looked up by the subject's id. Scales end at the 2nd and 98th \
             percentile.",
            map.figures.subjects
        );
        Block::Figure(Figure::of_drawings(map.drawings(colourings), &caption))
    });
    Section {
        heading: "Maps of the latents".to_owned(),
        blocks: [Block::Table(table)].into_iter().chain(figures).collect(),
    }
}
