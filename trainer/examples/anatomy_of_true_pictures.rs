//! How well volumes and mass are told by a data set's true pictures: the measuring method's own error.
//!
//! ```text
//! cargo run --release --example anatomy_of_true_pictures -- DATASET SEGMENTER
//! ```
//!
//! The calibration is fitted on the training split and the figures are of the validation split, one line a quantity.

use ecg2mri_trainer::cohort::{Dataset, Split};
use ecg2mri_trainer::engine::{Device, Engine};
use ecg2mri_trainer::segmentation::{
    Calibration, Quantities, Segmenter, anatomy_figures, measure_subjects,
};
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(dataset), Some(segmenter)) = (arguments.next(), arguments.next()) else {
        return Err("give a data set's folder and a segmenter's".into());
    };
    let dataset = Dataset::read(&dataset)?;
    let engine = Engine::load()?;
    let mut segmenter = Segmenter::open(&engine, &segmenter, Device::Cpu, 1)?;
    let begun = Instant::now();
    let mut measured = |split| -> Result<_, Box<dyn std::error::Error>> {
        let subjects = dataset.members(split);
        let measures = measure_subjects(&mut segmenter, &dataset, &subjects)?;
        Ok((measures, Quantities::truth(&dataset, &subjects)))
    };
    let (training, training_truth) = measured(Split::Train)?;
    let (unseen, truth) = measured(Split::Validation)?;
    let seconds = begun.elapsed().as_secs_f64();
    let subjects = training.len() + unseen.len();
    println!("{subjects} subjects measured in {seconds:.1} s on one thread");
    let calibration = Calibration::fit(&training, &training_truth);
    let (figures, _) = anatomy_figures(&unseen, &unseen, &truth, &calibration, 1);
    let without = figures.true_without_left_ventricle;
    println!(
        "{} subjects, {without} without a left ventricle",
        figures.subjects
    );
    for figure in &figures.quantities {
        let (column, unit) = (figure.quantity.column(), figure.unit);
        match figure.true_picture_against_truth {
            None => println!("{column}: not known"),
            Some(found) => println!(
                "{column}: R² {:.3} ({:.3} to {:.3}), mean absolute error {:.2} {unit}, bias {:.2}, limits of agreement \
                 {:.2} to {:.2}",
                found.r_squared.value,
                found.r_squared.low,
                found.r_squared.high,
                found.mean_absolute_error,
                found.bias,
                found.limits_of_agreement[0],
                found.limits_of_agreement[1],
            ),
        }
    }
    Ok(())
}
