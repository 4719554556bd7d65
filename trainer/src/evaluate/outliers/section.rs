//! Foreign ECGs as a section of the report.

use super::chart::{auroc_chart, score_chart};
use super::figures::{OutlierFigures, Scored};
use super::foreign_beats::Group;
use crate::evaluate::html::{Block, Column, Figure, Section, Table};
use ecg2mri::model::statistics::Outlier;

/// The section of a gate, given its figures and what they were made of.
///
/// # Errors
/// Where the figures cannot be serialised.
pub fn section(
    figures: &OutlierFigures,
    held_out: &[Outlier],
    foreign: &[Scored],
) -> Result<Section, serde_json::Error> {
    let columns = [
        Column::new("foreign ECG", "/name", 0),
        Column::new("recordings", "/recordings", 0),
        Column::new("AUROC (95 % interval)", "/auroc", 3),
        Column::new("marked", "/share_marked", 3),
        Column::new("refused", "/share_refused", 3),
        Column::new("median score", "/median_score", 2),
    ];
    let mut table = Table::of_rows(
        "ECGs unlike those of the training.",
        &columns,
        &figures.kinds,
    )?;
    table.notes.push(format!(
        "Score: the Mahalanobis distance from the training split in the ECG's latent, in its amplitude as a whole or in \
         the amplitudes of its leads, over the distance above which a picture is marked in that measure; the largest of \
         the three. Of the {} subjects held out {:.2} % are marked or refused and {:.2} % refused. Their median score is \
         {:.2}. Exchanged electrodes, wrong gains and flat leads were made of their own recordings.",
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
        [score_chart(held_out, &shown)],
        "Distribution of the outlier score. Subjects held out and one kind of each group, with the score above which \
         a picture is marked.",
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
