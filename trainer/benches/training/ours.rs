//! This crate's side: the step as `fit` runs it.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::Instant;

use ecg2mri_trainer::engine::step::Port;
use ecg2mri_trainer::engine::{Device, Engine, TrainingStep};
use ecg2mri_trainer::recipe::step;

use super::THREADS;
use super::case::{Case, INPUT};

/// The first argument that makes this program such a process.
pub const WORD: &str = "ours";

/// Takes a first step, answers its loss, and takes as many more as each line of standard input says; the answer is the
/// seconds they took.
///
/// # Errors
/// Where the folder is not one of [`Case::write`], or a step fails.
pub fn serve(folder: &Path, case: &str, batch: usize) -> Result<(), Box<dyn Error>> {
    let case = Case::named(case).ok_or_else(|| format!("no case `{case}`"))?;
    let given: Vec<f32> = std::fs::read(folder.join(INPUT))?
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect();
    let (recipe, stage) = case.recipe(batch)?;
    let graph = case.graph(&recipe, &stage)?;
    let mut session = TrainingStep::open(
        &Engine::load()?,
        &graph.model,
        Device::Cpu,
        THREADS,
        &graph.state,
        &graph.batch,
        &graph.reports,
    )?;
    // The other modality's input, which `fit` feeds as well.
    let zeros = |(_, shape): &Port| vec![0.0; shape.iter().product()];
    let others: Vec<Vec<f32>> = graph.batch.iter().map(zeros).collect();
    let optimiser = step::adamw(&recipe.optimiser);
    let mut done = 0;
    let mut take = || -> Result<f32, Box<dyn Error>> {
        done += 1;
        let corrections = optimiser.bias_corrections(done);
        let inputs: Vec<&[f32]> = graph
            .batch
            .iter()
            .zip(&others)
            .map(|((name, _), other)| match name.as_str() {
                name if name == case.input() => given.as_slice(),
                "learning_rate" => std::slice::from_ref(&stage.learning_rate),
                "first_correction" => &corrections[..1],
                "second_correction" => &corrections[1..],
                _ => other,
            })
            .collect();
        let reports = session.run(&inputs)?;
        // The loss is the first of the reports.
        Ok(reports.first().copied().unwrap_or(f32::NAN))
    };

    let mut answers = io::stdout().lock();
    writeln!(answers, "{}", take()?)?;
    answers.flush()?;
    for line in io::stdin().lock().lines() {
        let steps: usize = line?.trim().parse()?;
        let start = Instant::now();
        for _ in 0..steps {
            take()?;
        }
        writeln!(answers, "{}", start.elapsed().as_secs_f64())?;
        answers.flush()?;
    }
    Ok(())
}
