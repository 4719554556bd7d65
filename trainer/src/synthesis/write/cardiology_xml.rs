//! A resting ECG as the CardiologyXML of UK Biobank's field 20205.

use std::fmt::Write;

use crate::synthesis::heart::Intervals;
use crate::synthesis::recording::{LEAD_NAMES, RESOLUTION_MV, Recording};
use crate::synthesis::subject::{Condition, Sex, Subject};

/// The document: patient, measurements, `median` beat and ten-second strip, both as integers of
/// 5 µV at 500 Hz. `median` is twelve leads in standard order, mV.
pub fn cardiology_xml(
    id: u32,
    subject: &Subject,
    intervals: &Intervals,
    recording: &Recording,
    median: &[Vec<f32>],
) -> String {
    let gender = match subject.sex {
        Sex::Male => "MALE",
        Sex::Female => "FEMALE",
    };
    let mut xml = String::with_capacity(512 * 1024);
    xml.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CardiologyXML>\n\
         \x20 <ObservationType>RestECG</ObservationType>\n\
         \x20 <ClinicalInfo><DeviceInfo><Desc>ecg2mri simulated heart</Desc></DeviceInfo></ClinicalInfo>\n",
    );
    let age = subject.age_years.floor();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        xml,
        "  <PatientInfo><PID>{id}</PID><Age units=\"Years\">{age:.0}</Age>\
         <Gender>{gender}</Gender></PatientInfo>\n  \
         <Interpretation><Diagnosis><DiagnosisText>{}</DiagnosisText></Diagnosis></Interpretation>\n  \
         <RestingECGMeasurements>",
        diagnosis(subject)
    );
    for (name, units, value) in [
        ("VentricularRate", "BPM", Some(subject.heart_rate_bpm)),
        ("PDuration", "ms", intervals.p_ms),
        ("PRInterval", "ms", intervals.pr_ms),
        ("QRSDuration", "ms", Some(intervals.qrs_ms)),
        ("QTInterval", "ms", Some(intervals.qt_ms)),
    ] {
        // What does not exist is left out, as the carts do.
        let Some(value) = value else { continue };
        let _ = writeln!(xml, "    <{name} units=\"{units}\">{value:.0}</{name}>");
    }
    leads(&mut xml, "    ", "MedianSamples", median);
    xml.push_str("  </RestingECGMeasurements>\n");
    leads(&mut xml, "  ", "StripData", &recording.leads);
    xml.push_str("</CardiologyXML>\n");
    xml
}

fn leads(xml: &mut String, indent: &str, element: &str, samples: &[Vec<f32>]) {
    let total = samples.first().map_or(0, Vec::len);
    let _ = writeln!(
        xml,
        "{indent}<{element}>\n\
         {indent}  <NumberOfLeads>{}</NumberOfLeads>\n\
         {indent}  <SampleRate units=\"Hz\">500</SampleRate>\n\
         {indent}  <ChannelSampleCountTotal>{total}</ChannelSampleCountTotal>\n\
         {indent}  <Resolution units=\"uVperLsb\">5</Resolution>",
        samples.len()
    );
    for (name, lead) in LEAD_NAMES.iter().zip(samples) {
        let _ = write!(xml, "{indent}  <WaveformData lead=\"{name}\">");
        for (i, &millivolts) in lead.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            let steps = (f64::from(millivolts) / RESOLUTION_MV).round() as i32;
            let _ = write!(xml, "{separator}{steps}");
        }
        xml.push_str("</WaveformData>\n");
    }
    let _ = writeln!(xml, "{indent}</{element}>");
}

/// What a reader of the ECG could say; diagnoses that only a picture shows are left out.
fn diagnosis(subject: &Subject) -> String {
    let rhythm = if subject.has(Condition::AtrialFibrillation) {
        "Atrial fibrillation"
    } else {
        "Sinus rhythm"
    };
    let mut findings = vec![rhythm.to_owned()];
    for condition in &subject.conditions {
        match condition {
            Condition::LeftBundleBranchBlock => {
                findings.push("left bundle branch block".to_owned())
            }
            Condition::RightBundleBranchBlock => {
                findings.push("right bundle branch block".to_owned());
            }
            Condition::LeftVentricularHypertrophy => {
                findings.push("left ventricular hypertrophy".to_owned());
            }
            Condition::Infarct(_) => findings.push("old myocardial infarction".to_owned()),
            Condition::FirstDegreeBlock => findings.push("first-degree AV block".to_owned()),
            Condition::VentricularEctopy => {
                findings.push("ventricular premature complexes".to_owned());
            }
            Condition::LowVoltage => findings.push("low voltage QRS".to_owned()),
            Condition::AtrialFibrillation
            | Condition::Hypertension
            | Condition::DilatedCardiomyopathy
            | Condition::HypertrophicCardiomyopathy => {}
        }
    }
    findings.push("simulated".to_owned());
    findings.join(", ")
}
