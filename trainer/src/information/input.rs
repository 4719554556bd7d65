//! What a learner is given of a subject, and how it is scaled.

use super::averaged_beat::SAMPLES;
use super::scaling::Scaling;
use super::subjects::Subjects;
use super::target::SEX;
use ndarray::{Array2, Axis, concatenate};
use serde::Serialize;

/// What is given of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// Age, sex, height, weight and body-mass index.
    Demographics,
    /// Lead I and heart rate.
    LeadI,
    /// Leads I, II and V1 to V6, and heart rate.
    EightLeads,
    /// Twelve leads and heart rate.
    TwelveLeads,
    /// Twelve leads, heart rate and demographics.
    TwelveLeadsAndDemographics,
}

impl Input {
    /// All, from the least to the most.
    pub const ALL: [Input; 5] = [
        Input::Demographics,
        Input::LeadI,
        Input::EightLeads,
        Input::TwelveLeads,
        Input::TwelveLeadsAndDemographics,
    ];

    /// As the table's head names it.
    pub fn label(self) -> &'static str {
        match self {
            Input::Demographics => "demographics",
            Input::LeadI => "lead I",
            Input::EightLeads => "8 leads",
            Input::TwelveLeads => "12 leads",
            Input::TwelveLeadsAndDemographics => "12 leads + demogr.",
        }
    }

    /// Whether the learner sees the demographics.
    pub fn has_demographics(self) -> bool {
        matches!(
            self,
            Input::Demographics | Input::TwelveLeadsAndDemographics
        )
    }

    /// Rows of the median beat that the learner sees, by the standard lead order.
    fn leads(self) -> &'static [usize] {
        match self {
            Input::Demographics => &[],
            Input::LeadI => &[0],
            Input::EightLeads => &[0, 1, 6, 7, 8, 9, 10, 11],
            Input::TwelveLeads | Input::TwelveLeadsAndDemographics => {
                &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
            }
        }
    }

    /// Whether there is anything to give of these subjects.
    pub fn is_available(self, subjects: &Subjects, without_sex: bool) -> bool {
        let sex = usize::from(without_sex && subjects.demographic_columns.contains(&SEX));
        !self.has_demographics() || subjects.demographic_columns.len() > sex
    }

    /// Features of the subjects `train` and `unseen`, shape (subject, feature), scaled by what `train` alone shows:
    /// a sample of the ECG by the root of its standard deviation, so that the QRS complex counts for more than the
    /// baseline but does not drown the T wave; a number to a variance that is a fixed part of the whole ECG's.
    pub fn features(
        self,
        subjects: &Subjects,
        without_sex: bool,
        train: &[usize],
        unseen: &[usize],
    ) -> (Array2<f64>, Array2<f64>) {
        let (ecg, numbers) = self.columns(subjects, without_sex);
        let scaling = Scaling::of(&ecg.select(Axis(0), train), &numbers.select(Axis(0), train));
        let scaled = |rows: &[usize]| {
            scaling.apply(ecg.select(Axis(0), rows), numbers.select(Axis(0), rows))
        };
        (scaled(train), scaled(unseen))
    }

    /// The ECG's samples and the numbers of all subjects.
    fn columns(self, subjects: &Subjects, without_sex: bool) -> (Array2<f64>, Array2<f64>) {
        let samples: Vec<usize> = self
            .leads()
            .iter()
            .flat_map(|lead| lead * SAMPLES..(lead + 1) * SAMPLES)
            .collect();
        let ecg = subjects.median_beats.select(Axis(1), &samples);
        let demographics: Vec<usize> = subjects
            .demographic_columns
            .iter()
            .enumerate()
            .filter(|&(_, name)| self.has_demographics() && !(without_sex && *name == SEX))
            .map(|(column, _)| column)
            .collect();
        let demographics = subjects.demographics.select(Axis(1), &demographics);
        let rates = usize::from(!self.leads().is_empty());
        let (rate, _) = subjects.heart_rate_bpm.view().split_at(Axis(1), rates);
        let numbers = concatenate(Axis(1), &[rate, demographics.view()])
            .expect("both have one row a subject");
        (ecg, numbers)
    }
}
