//! What has been measured of real hearts: the figures beside which ours stand.
//!
//! Only figures read in the source named are here. None is of our inputs and learners exactly; `remark` says how it
//! differs. They are what the simulated cohort is tuned towards, not what it must hit.

use super::input::Input;
use serde::Serialize;

/// A published figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Published {
    /// The target's column or condition code.
    pub target: &'static str,
    /// The input of ours that it is nearest to.
    pub input: Input,
    /// R² of a quantity, AUROC of a class.
    pub value: f64,
    /// How it was got and how it differs.
    pub remark: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

const KHURSHID: &str = "Khurshid et al., Circ Cardiovasc Imaging 2021;14:e012281";
const PETERSEN: &str = "Petersen et al., PLoS ONE 2017;12:e0185114, table of LV parameters";
const ENGBLOM: &str = "Engblom et al., Am Heart J 2005;150:507";
const ATTIA_SEX: &str = "Attia et al., Circ Arrhythm Electrophysiol 2019;12:e007284";
const ATTIA_EF: &str = "Attia et al., Nat Med 2019;25:70";
const CHEN: &str = "Chen et al., J Pers Med 2022;12:455";
const NADERI: &str = "Naderi et al., Europace 2026, doi 10.1093/europace/euag015";
const ANGELAKI: &str = "Angelaki et al., J Hypertens 2022;40:2494";
const ANGELAKI_ONE_LEAD: &str = "Angelaki et al., J Hum Hypertens, doi 10.1038/s41371-024-00969-4";
const GUMPFER: &str = "Gumpfer et al., Biol Chem 2020, doi 10.1515/hsz-2020-0169";
const KO: &str = "Ko et al., J Am Coll Cardiol 2020, doi 10.1016/j.jacc.2019.12.030";

const MORE_THAN_DEMOGRAPHICS: &str = "UK Biobank, n = 4,651 without known heart disease: variance explained by age, sex, ethnicity and BMI, with blood \
     pressure, smoking, exercise, lipids, diabetes and alcohol as well";

/// All that are known.
pub const PUBLISHED: [Published; 16] = [
    Published {
        target: "lvedv_ml",
        input: Input::Demographics,
        value: 0.522,
        remark: MORE_THAN_DEMOGRAPHICS,
        source: PETERSEN,
    },
    Published {
        target: "lvesv_ml",
        input: Input::Demographics,
        value: 0.416,
        remark: MORE_THAN_DEMOGRAPHICS,
        source: PETERSEN,
    },
    Published {
        target: "lvm_g",
        input: Input::Demographics,
        value: 0.655,
        remark: MORE_THAN_DEMOGRAPHICS,
        source: PETERSEN,
    },
    Published {
        target: "lvef",
        input: Input::Demographics,
        value: 0.067,
        remark: MORE_THAN_DEMOGRAPHICS,
        source: PETERSEN,
    },
    Published {
        target: "lvm_g",
        input: Input::TwelveLeads,
        value: 0.62,
        remark: "r = 0.79 squared; a network trained on 32,239 of UK Biobank, tested on 4,903 others (r = 0.60, so 0.36, \
                 in a hospital cohort)",
        source: KHURSHID,
    },
    Published {
        target: "lvef",
        input: Input::TwelveLeads,
        value: 0.36,
        remark: "r = 0.603 squared; ejection fraction by echocardiography of hospital patients, trained on 57,206 ECGs; \
                 it varies less in UK Biobank, so less of it can be told there",
        source: CHEN,
    },
    Published {
        target: "ax_frontal_deg",
        input: Input::TwelveLeads,
        value: 0.09,
        remark: "partial r = 0.30 squared; 94 healthy volunteers, from the electrical axis alone, where ours sees the \
                 whole beat",
        source: ENGBLOM,
    },
    Published {
        target: "ax_transverse_deg",
        input: Input::TwelveLeads,
        value: 0.02,
        remark: "partial r = 0.14 squared, not significant; as for the frontal axis",
        source: ENGBLOM,
    },
    Published {
        target: "sex",
        input: Input::TwelveLeads,
        value: 0.97,
        remark: "a network trained on 499,727 patients, tested on 275,056 others",
        source: ATTIA_SEX,
    },
    Published {
        target: "DCM",
        input: Input::TwelveLeads,
        value: 0.93,
        remark: "of an ejection fraction of 35 % or less by echocardiography; trained on 44,959 patients, tested on \
                 52,870 others",
        source: ATTIA_EF,
    },
    Published {
        target: "LVH",
        input: Input::TwelveLeads,
        value: 0.653,
        remark: "of hypertrophy by CMR in UK Biobank, n = 4,903 (voltage rules: 0.618)",
        source: KHURSHID,
    },
    Published {
        target: "LVH",
        input: Input::TwelveLeadsAndDemographics,
        value: 0.97,
        remark: "of hypertrophy by CMR in UK Biobank, from the median beat and clinical variables of 48,835 participants \
                 (0.78 in another cohort)",
        source: NADERI,
    },
    Published {
        target: "HTN",
        input: Input::LeadI,
        value: 0.831,
        remark: "1,254 patients without cardiovascular disease, age and body-mass index among the features",
        source: ANGELAKI_ONE_LEAD,
    },
    Published {
        target: "HTN",
        input: Input::TwelveLeadsAndDemographics,
        value: 0.89,
        remark: "1,091 patients without cardiovascular disease, age, body-mass index and ECG measurements",
        source: ANGELAKI,
    },
    Published {
        target: "MI",
        input: Input::TwelveLeadsAndDemographics,
        value: 0.89,
        remark: "of scar by CMR, with clinical parameters, in cross-validation",
        source: GUMPFER,
    },
    Published {
        target: "HCM",
        input: Input::TwelveLeads,
        value: 0.96,
        remark: "612 patients against 12,788 matched controls",
        source: KO,
    },
];

/// Conditions that are diagnosed from the ECG itself, so that no published figure can be lower than 1 but for the
/// readers' disagreement.
pub const DIAGNOSED_FROM_THE_ECG: [&str; 6] = ["LBBB", "RBBB", "AVB1", "AF", "PVC", "LOWV"];

/// The published figures of a target.
pub fn published(target: &str) -> impl Iterator<Item = &'static Published> {
    PUBLISHED
        .iter()
        .filter(move |published| published.target == target)
}
