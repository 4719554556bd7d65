//! The chief figures by sex, age band, body-mass band and condition.

use super::AnatomyStudy;
use crate::evaluate::answers::Answers;
use crate::evaluate::diversity::Diversity;
use crate::evaluate::image::ImageComparison;
use crate::evaluate::known::Known;
use crate::evaluate::measured_run::SplitOutputs;
use crate::evaluate::phenotype::Phenotypes;
use crate::evaluate::retrieval::Retrieval;
use crate::evaluate::subgroups::{SubgroupFigures, SubsetFigure, subgroups};
use crate::information::target::Kind;
use crate::segmentation::calibration::Quantity;

/// Phenotypes that a subgroup table shows.
const SHOWN: [&str; 4] = ["lvedv_ml", "lvef", "lvm_g", "rvedv_ml"];

/// What has been measured so far.
pub(super) struct Measured<'a> {
    pub(super) known: &'a Known,
    pub(super) outputs: &'a SplitOutputs,
    pub(super) image: &'a ImageComparison,
    pub(super) diversity: &'a Diversity,
    pub(super) retrieval: &'a Retrieval,
    pub(super) phenotypes: Option<&'a Phenotypes>,
    pub(super) anatomy: Option<&'a AnatomyStudy>,
    pub(super) seed: u64,
}

/// The figures of every subgroup, with intervals.
pub(super) fn measure(measured: &Measured<'_>) -> SubgroupFigures {
    let members = &measured.outputs.members;
    let errors = &measured.image.generated.of_subjects;
    let guessed = &measured.image.mean_image.of_subjects;
    let [varied, true_varied] = &measured.diversity.squared_deviations;
    let mut figures = vec![
        SubsetFigure::mean("L1", &errors.l1),
        SubsetFigure::ratio("L1 over mean image", &errors.l1, &guessed.l1),
        SubsetFigure::ratio("variance ratio", varied, true_varied),
        SubsetFigure::recall(
            "recall at 10",
            &measured.retrieval.among_all.ecg_to_mri.ranks,
            10,
        ),
    ];
    let phenotypes = measured.phenotypes.iter();
    for target in phenotypes.flat_map(|found| SHOWN.iter().filter_map(|key| found.target(key))) {
        let name = format!("{} R², latent", target.label);
        figures.push(SubsetFigure::told(
            name,
            target.kind,
            &target.answers,
            members,
        ));
    }
    for series in measured.anatomy.iter().flat_map(|study| &study.series) {
        let shown = [Quantity::LeftEndDiastolicVolume, Quantity::LeftMass];
        if !shown.contains(&series.quantity) {
            continue;
        }
        let known = |place: &usize| {
            series.truth[*place].is_finite() && series.generated[*place].is_finite()
        };
        let places: Vec<usize> = (0..members.len()).filter(known).collect();
        let answers = Answers {
            subjects: places.iter().map(|&place| members[place]).collect(),
            truth: places.iter().map(|&place| series.truth[place]).collect(),
            predicted: places
                .iter()
                .map(|&place| series.generated[place])
                .collect(),
        };
        let name = format!("{} R², picture", series.quantity.column());
        figures.push(SubsetFigure::told(name, Kind::Quantity, &answers, members));
    }
    SubgroupFigures::measure(&subgroups(measured.known, members), &figures, measured.seed)
}
