//! The chief figures by subgroup.

use super::interval;
use crate::evaluate::html::{Block, Section, Table};
use crate::evaluate::study::Study;

/// The section; none where it was not measured.
pub(super) fn section(study: &Study) -> Option<Section> {
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
                cells.extend(shown.map(|found| interval(*found)));
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
