//! Simulated short-axis pictures beside real ones: one table of figures, and a sheet to look at.
//!
//! `ECG2MRI_TEST_DATA=… cargo run --release --workspace --example picture_realism -- --sheet sheet.png`
//!
//! The real pictures are the mid slices of ACDC's patients at end-diastole and end-systole with
//! their manual contours (Bernard 2018), which may be used for tests but not shipped: the sheet is
//! for the eyes of whoever has the data. Each figure is one number per subject, the mean of its
//! two phases; the table gives the median over subjects and the range from 10 to 90 %.

#[path = "../shared/canvas.rs"]
mod canvas;
#[path = "../shared/picture.rs"]
mod picture;

mod dicom;
mod edges;
mod grain;
#[cfg(test)]
mod phantom;
mod real;
mod shape;
mod sheet;
mod table;
mod tissue;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use ecg2mri_trainer::synthesis::{Profile, sample_subject};

use picture::Picture;
use table::Table;

/// Label of the left ventricle's muscle.
pub const MUSCLE: u8 = 2;
/// Label of the right ventricle's cavity.
pub const RV_BLOOD: u8 = 3;

/// Compares simulated short-axis pictures with real ones.
#[derive(Parser)]
struct Arguments {
    /// Simulated subjects in the table.
    #[arg(long, default_value_t = 40)]
    subjects: u32,
    /// Seed of the simulated cohort.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Prevalence profile of the simulated cohort.
    #[arg(long, default_value_t = Profile::Enriched)]
    profile: Profile,
    /// Where to write a PNG with real and simulated pictures at one scale.
    #[arg(long)]
    sheet: Option<PathBuf>,
}

/// Mid slices of one person at end-diastole and end-systole.
pub struct Pair {
    /// Whose heart it is.
    pub name: String,
    /// End-diastole.
    pub diastole: Picture,
    /// End-systole.
    pub systole: Picture,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let Some(data) = std::env::var_os("ECG2MRI_TEST_DATA").map(PathBuf::from) else {
        println!("SKIPPED: ECG2MRI_TEST_DATA is not set, so there are no real pictures");
        return Ok(());
    };
    let real = real::acdc(&data.join("cmr/acdc"))?;
    let simulated: Vec<Pair> = (0..arguments.subjects)
        .map(|index| simulated(arguments.seed, index, arguments.profile))
        .collect();

    let mut table = Table::default();
    for (column, pairs) in [&real, &simulated].into_iter().enumerate() {
        for pair in pairs {
            for picture in [&pair.diastole, &pair.systole] {
                table.begin_picture();
                for (name, value) in figures(picture) {
                    table.add(column, &name, value);
                }
            }
            table.end_subject(column);
        }
    }
    println!(
        "{} real subjects (ACDC), {} simulated ({}, seed {}); median [10 % .. 90 %]",
        real.len(),
        simulated.len(),
        arguments.profile,
        arguments.seed
    );
    print!("{table}");
    if let Some(path) = arguments.sheet {
        sheet::write(&path, &data, &real, &simulated, arguments.seed)?;
        println!("sheet: {}", path.display());
    }
    Ok(())
}

fn simulated(seed: u64, index: u32, profile: Profile) -> Pair {
    let heart = sample_subject(seed, index, profile).simulate();
    let slice = heart.short_axis(&[0, heart.end_systolic_frame()]);
    Pair {
        name: heart.truth().conditions,
        diastole: Picture::of_slice(&slice, 0),
        systole: Picture::of_slice(&slice, 1),
    }
}

/// All figures of one picture, in the table's order.
fn figures(picture: &Picture) -> Vec<(String, f64)> {
    let mut all = vec![("pixel size, mm".to_owned(), picture.pixel_mm)];
    all.extend(shape::figures(picture));
    all.extend(tissue::figures(picture));
    all.extend(edges::figures(picture));
    all.extend(grain::figures(picture));
    all
}
