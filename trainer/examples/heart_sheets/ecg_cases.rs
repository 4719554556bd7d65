//! Eight typical ECGs on paper.

use std::error::Error;
use std::path::Path;

use ecg2mri::AtomicFile;
use ecg2mri::picture::RgbImage;
use ecg2mri::picture::ecg_paper::{Sheet, Style};
use ecg2mri_trainer::synthesis::{
    Condition, Imposed, Nuisances, Profile, Sampler, Sex, Subject, Territory,
};

/// Pixels per mm of paper.
const SCALE: usize = 4;
/// Sheets beside each other, and pixels of white between them.
const COLUMNS: usize = 2;
const GAP: usize = 16;

/// Writes the sheet.
///
/// # Errors
/// Where it cannot be written.
pub fn write(path: &Path) -> Result<(), Box<dyn Error>> {
    let sheets = cases()
        .iter()
        .map(|(name, sex, conditions)| sheet(name, &person(*sex, conditions)))
        .collect::<Result<Vec<_>, _>>()?;
    let [width, height] = match sheets.first() {
        Some(first) => [first.width(), first.height()],
        None => return Ok(()),
    };
    let rows = sheets.len().div_ceil(COLUMNS);
    let mut all = RgbImage::filled(
        rows * (height + GAP) - GAP,
        COLUMNS * (width + GAP) - GAP,
        [255; 3],
    );
    for (number, sheet) in sheets.iter().enumerate() {
        let left = number % COLUMNS * (width + GAP);
        let top = number / COLUMNS * (height + GAP);
        all.paste(sheet, left, top);
    }
    let scale = u32::try_from(SCALE)?;
    let texts = [("Title", "Eight simulated ECGs"), ("Source", "simulated")];
    AtomicFile::write(path, &all.to_png(&texts, Some(scale))?)?;
    Ok(())
}

fn cases() -> [(&'static str, Sex, Vec<Condition>); 8] {
    use Condition::{
        AtrialFibrillation, DilatedCardiomyopathy, Infarct, LeftBundleBranchBlock,
        LeftVentricularHypertrophy, RightBundleBranchBlock,
    };
    [
        ("Normal", Sex::Female, vec![]),
        (
            "Left ventricular hypertrophy",
            Sex::Male,
            vec![LeftVentricularHypertrophy],
        ),
        (
            "Dilated cardiomyopathy",
            Sex::Male,
            vec![DilatedCardiomyopathy],
        ),
        (
            "Old anterior infarct (LAD)",
            Sex::Male,
            vec![Infarct(Territory::Lad)],
        ),
        (
            "Old inferior infarct (RCA)",
            Sex::Male,
            vec![Infarct(Territory::Rca)],
        ),
        (
            "Left bundle branch block",
            Sex::Male,
            vec![LeftBundleBranchBlock],
        ),
        (
            "Right bundle branch block",
            Sex::Male,
            vec![RightBundleBranchBlock],
        ),
        ("Atrial fibrillation", Sex::Male, vec![AtrialFibrillation]),
    ]
}

/// The typical person with these conditions, recorded with the noise of a usual recording.
fn person(sex: Sex, conditions: &[Condition]) -> Subject {
    let sampler = Sampler {
        profile: Profile::Healthy,
        nuisances: Nuisances {
            noise: 1.0,
            ..Nuisances::NONE
        },
        imposed: Imposed {
            sex: Some(sex),
            bmi: Some(match sex {
                Sex::Female => 25.0,
                Sex::Male => 26.0,
            }),
            conditions: Some(conditions.to_vec()),
            infarct_size: Some(1.1),
            infarct_transmurality: Some(1.0),
            median: true,
        },
    };
    sampler.subject(0, 0)
}

fn sheet(name: &str, subject: &Subject) -> Result<RgbImage, Box<dyn Error>> {
    let heart = subject.simulate();
    let (truth, intervals) = (heart.truth(), &heart.intervals);
    let sex = if truth.male { "man" } else { "woman" };
    let title = format!(
        "{name}, {sex} of {:.0}  |  {:.0} bpm{}{}{} ms",
        truth.age_years,
        truth.heart_rate_bpm,
        interval("PR", intervals.pr_ms),
        interval("QRS", intervals.qrs_ms),
        interval("QT", intervals.qt_ms),
    );
    let recording = heart.recording();
    let ecg = recording.ecg()?;
    let sheet = Sheet::draw(&ecg, &Style::default(), &title, "simulated");
    Ok(sheet.to_image(SCALE)?)
}

/// An interval in ms, if there is one.
fn interval(name: &str, ms: impl Into<Option<f64>>) -> String {
    ms.into()
        .map_or_else(String::new, |ms| format!("  {name} {ms:.0}"))
}
