//! Repeats one stage of the way from an ECG to its picture, so that its instructions can be counted: those of
//! eleven times less those of once are those of ten, and what the program does besides falls out.
//!
//! `cargo run --release -p ecg2mri --example stages -- STAGE TIMES MODEL_FOLDER RECORDING`, where STAGE is one of
//! `read` (the file), `analyse` (the recording to quality, network input and measurements), `load` (the model),
//! `encode`, `decode` and `draw` (the marked PNG). `runtime/arm/instructions.sh` runs it under an emulator.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;

use ecg2mri::model::network_input;
use ecg2mri::signal::{Analysis, quality};
use ecg2mri::{Ecg, Model, Pipeline, formats};

/// What is said where an argument is missing.
const USAGE: &str = "name a stage (read, analyse, load, encode, decode or draw), how often, the model's folder and a \
    recording";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [stage, times, model, recording] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let times: usize = times.parse()?;
    let (model, recording) = (Path::new(model), Path::new(recording));
    match stage.as_str() {
        "read" => repeat(times, || Ok(formats::read(recording)?)),
        "analyse" => {
            let ecg = formats::read(recording)?;
            let model = Model::load(model)?;
            repeat(times, || analyse(&ecg, &model))
        }
        "load" => repeat(times, || Ok(Model::load(model)?)),
        "encode" => {
            let ecg = formats::read(recording)?;
            let model = Model::load(model)?;
            let (input, heart_rate_bpm) = analyse(&ecg, &model)?;
            repeat(times, || Ok(model.encode(&input, heart_rate_bpm)?))
        }
        "decode" => {
            let ecg = formats::read(recording)?;
            let model = Model::load(model)?;
            let (input, heart_rate_bpm) = analyse(&ecg, &model)?;
            let latent = model.encode(&input, heart_rate_bpm)?;
            repeat(times, || Ok(model.decode(&latent)?))
        }
        "draw" => {
            let pipeline = Pipeline::new(Model::load(model)?);
            let generated = pipeline.generate(&formats::read(recording)?)?;
            repeat(times, || Ok(pipeline.png(&generated)?))
        }
        _ => Err(USAGE.into()),
    }
}

/// What [`Pipeline::generate`] does besides running the networks: the encoder's input and the heart rate in beats
/// per minute, with quality and measurements on the way.
fn analyse(ecg: &Ecg, model: &Model) -> Result<(Vec<f32>, f64), Box<dyn Error>> {
    let analysis = Analysis::of(ecg)?;
    let beat = analysis.median_beat();
    black_box(quality::assess_with_beat(ecg, &beat));
    let beat = beat?;
    let input = network_input::from_ecg(ecg, &beat, &model.manifest().preprocessing)?;
    black_box(analysis.measure());
    Ok((input, beat.heart_rate_bpm()))
}

fn repeat<T>(
    times: usize,
    stage: impl Fn() -> Result<T, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    for _ in 0..times {
        black_box(stage()?);
    }
    Ok(())
}
