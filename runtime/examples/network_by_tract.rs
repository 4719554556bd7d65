//! Runs one ONNX network by tract as it comes, without anything of ours: what our way of running it is compared with.
//!
//! `cargo run --release -p ecg2mri --example network_by_tract -- NETWORK.onnx TIMES` gives it zeros.
//! `runtime/arm/instructions.sh` runs it under an emulator.

use std::error::Error;
use std::hint::black_box;

use tract_onnx::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [network, times] = arguments.as_slice() else {
        return Err("name a network and how often to run it".into());
    };
    let times: usize = times.parse()?;
    let network = tract_onnx::onnx()
        .model_for_path(network)?
        .into_optimized()?
        .into_runnable()?;
    let model = network.model();
    let mut inputs: TVec<TValue> = tvec!();
    for outlet in model.input_outlets()? {
        let shape = &model.outlet_fact(*outlet)?.shape;
        let shape = shape
            .as_concrete()
            .ok_or("its inputs are of no fixed shape")?;
        inputs.push(Tensor::zero::<f32>(shape)?.into());
    }
    for _ in 0..times {
        black_box(network.run(inputs.clone())?);
    }
    Ok(())
}
