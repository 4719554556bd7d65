//! Foreign ECGs as a section of the report.

use super::chart::{auroc_chart, score_chart};
use super::figures::{OutlierFigures, Scored};
use super::foreign_beats::Group;
use crate::evaluate::html::{Block, Column, Figure, Section, Table};

/// The section of a score, given its figures and the scores they were made of. `score` says what the score is, in a
/// few words.
///
/// # Errors
/// Where the figures cannot be serialised.
pub fn section(
    figures: &OutlierFigures,
    held_out: &[f64],
    foreign: &[Scored],
    score: &str,
) -> Result<Section, serde_json::Error> {
    let columns = [
        Column::new("foreign ECG", "/name", 0),
        Column::new("recordings", "/recordings", 0),
        Column::new("AUROC (95 % interval)", "/auroc", 3),
        Column::new("marked", "/share_marked", 3),
        Column::new("refused", "/share_refused", 3),
        Column::new("median score", "/median_score", 1),
    ];
    let mut table = Table::of_rows(
        "ECGs unlike those of the training.",
        &columns,
        &figures.kinds,
    )?;
    table.notes.push(format!(
        "Score: {score}. Marked above {:.2} and refused above {:.2}; of the {} subjects held out {:.2} % are marked \
         and {:.2} % refused. Their median score is {:.2}. Exchanged electrodes, wrong gains and flat leads were made \
         of their own recordings.",
        figures.thresholds.marked_above,
        figures.thresholds.refused_above,
        figures.held_out_subjects,
        100.0 * figures.held_out_share_marked,
        100.0 * figures.held_out_share_refused,
        figures.held_out_median_score
    ));
    // One of each group, lest the curves hide each other.
    let mut shown: Vec<&Scored> = Vec::new();
    let groups = [
        Group::RealRecordings,
        Group::Noise,
        Group::ExchangedElectrodes,
        Group::ForeignGain,
        Group::FlatLead,
    ];
    for group in groups {
        shown.extend(foreign.iter().find(|kind| kind.group == group));
    }
    let areas = Figure::of_drawings(
        [auroc_chart(figures)],
        "How well foreign ECGs are told from subjects held out. Area under the ROC of each kind with its 95 % interval \
         (DeLong).",
    );
    let scores = Figure::of_drawings(
        [score_chart(figures, held_out, &shown)],
        "Distribution of the outlier score. Subjects held out and one kind of each group, with the scores above which \
         a picture is marked and refused.",
    );
    Ok(Section {
        heading: "ECGs unlike those of the training".to_owned(),
        blocks: vec![
            Block::Table(table),
            Block::Figure(areas),
            Block::Figure(scores),
        ],
    })
}
