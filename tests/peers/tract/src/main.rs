//! Runs one ONNX network by tract as it comes, read by its own reader of ONNX files, without anything of ours.
//!
//! `tract-peer NETWORK.onnx TIMES` runs it so often on zeros: for `runtime/arm/instructions.sh`, which counts
//! instructions under an emulator.
//!
//! `tract-peer NETWORK.onnx [--no-direct-form]` is told what to do by the benchmark `runtime/benches/inference`: reads
//! the inputs' values, little-endian floats of all inputs one after the other, from the file that the first line of the
//! standard input names; answers with the mean magnitude of each output. Each further line is a number of runs, answered
//! with the processor time they took, in nanoseconds. With the flag, tract does not lower convolutions to its direct
//! form.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::time::Instant;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::knobs::KnobScope;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [network] => serve(&ready(network, false)?),
        [network, "--no-direct-form"] => serve(&ready(network, true)?),
        [network, times] => {
            let network = ready(network, false)?;
            let inputs = inputs(&network, &mut std::iter::repeat(0.0))?;
            for _ in 0..times.parse()? {
                black_box(network.run(inputs.clone())?);
            }
            Ok(())
        }
        _ => Err("usage: tract-peer NETWORK.onnx [TIMES | --no-direct-form]".into()),
    }
}

fn ready(network: &str, without_direct_form: bool) -> TractResult<Arc<TypedRunnableModel>> {
    let typed = tract_onnx::onnx().model_for_path(network)?.into_typed()?;
    let optimised = if without_direct_form {
        KnobScope::new([("TRACT_DISABLE_DIRECT_SPATIAL", "1")])?.enter(|| typed.into_optimized())?
    } else {
        typed.into_optimized()?
    };
    optimised.into_runnable()
}

/// Tensors for all inputs, of these values.
fn inputs(
    network: &Arc<TypedRunnableModel>,
    values: &mut dyn Iterator<Item = f32>,
) -> Result<TVec<TValue>, Box<dyn Error>> {
    let model = network.model();
    let mut inputs = tvec!();
    for outlet in model.input_outlets()? {
        let shape = &model.outlet_fact(*outlet)?.shape;
        let shape = shape
            .as_concrete()
            .ok_or("its inputs are of no fixed shape")?;
        let length = shape.iter().product();
        let values: Vec<f32> = values.take(length).collect();
        inputs.push(Tensor::from_shape(shape, &values)?.into());
    }
    Ok(inputs)
}

fn serve(network: &Arc<TypedRunnableModel>) -> Result<(), Box<dyn Error>> {
    let mut lines = std::io::stdin().lock().lines();
    let file = lines.next().ok_or("no file of values is named")??;
    let bytes = fs::read(file)?;
    let values = bytes.as_chunks::<4>().0.iter();
    let inputs = inputs(network, &mut values.map(|&bytes| f32::from_le_bytes(bytes)))?;
    let mut answers = std::io::stdout().lock();
    let magnitudes = network.run(inputs.clone())?;
    let magnitudes = magnitudes.iter().map(|output| magnitude(output));
    let magnitudes: Vec<String> = magnitudes.collect::<TractResult<_>>()?;
    writeln!(answers, "{}", magnitudes.join(" "))?;
    answers.flush()?;
    for line in lines {
        let (wall, begin) = (Instant::now(), processor_time()?);
        for _ in 0..line?.parse()? {
            black_box(network.run(inputs.clone())?);
        }
        // The account is kept in steps, of which a short time may see none.
        let taken = match processor_time()? - begin {
            0 => wall.elapsed().as_nanos() as u64,
            taken => taken,
        };
        writeln!(answers, "{taken}")?;
        answers.flush()?;
    }
    Ok(())
}

fn magnitude(output: &Tensor) -> TractResult<String> {
    let values = output.to_plain_array_view::<f32>()?;
    let sum: f64 = values.iter().map(|value| f64::from(value.abs())).sum();
    Ok((sum / values.len() as f64).to_string())
}

/// Nanoseconds that this thread has had of the processor, by Linux' account.
fn processor_time() -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = text.split_whitespace().next().ok_or("no account")?;
    Ok(first.parse()?)
}
