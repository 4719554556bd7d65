//! Loads encoder and decoder from a folder, encodes one prepared ECG, decodes its latent, and ends: the peer of
//! `tests/cold_start.py` that runs on rten.
//!
//! Usage: `rten-peer FOLDER [TIMES]`, where TIMES, else 1, is how often the decoder runs, with `encoder.onnx` and `decoder.onnx` (weights of 32 bits: rten knows no others) and
//! `input.f32`: 12 × 600 numbers and the heart rate, little endian.

use std::error::Error;
use std::path::PathBuf;

use rten::{Model, ValueOrView};
use rten_tensor::{AsView, NdTensor};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .ok_or("usage: rten-peer FOLDER")?,
    );
    let bytes = std::fs::read(folder.join("input.f32"))?;
    let numbers = bytes.as_chunks::<4>().0.iter();
    let numbers: Vec<f32> = numbers.map(|&bytes| f32::from_le_bytes(bytes)).collect();
    let (rate, ecg) = numbers.split_last().ok_or("the input is empty")?;

    let times: usize = std::env::args()
        .nth(2)
        .map_or(Ok(1), |times| times.parse())?;

    let encoder = Model::load_file(folder.join("encoder.onnx"))?;
    let decoder = Model::load_file(folder.join("decoder.onnx"))?;
    let ecg = NdTensor::from_data([1, 12, 600], ecg.to_vec());
    let rate = NdTensor::from_data([1, 1], vec![*rate]);
    let inputs: Vec<(_, ValueOrView)> = vec![
        (encoder.node_id("ecg")?, ecg.into()),
        (encoder.node_id("heart_rate")?, rate.into()),
    ];
    let latent = encoder.run(inputs, &[encoder.node_id("latent")?], None)?;
    let latent: NdTensor<f32, 2> = latent.into_iter().next().ok_or("no latent")?.try_into()?;
    let outputs = [decoder.node_id("picture")?, decoder.node_id("deviation")?];
    for _ in 0..times {
        let inputs: Vec<(_, ValueOrView)> =
            vec![(decoder.node_id("latent")?, latent.view().into())];
        let pictures = decoder.run(inputs, &outputs, None)?;
        let picture: NdTensor<f32, 4> = pictures
            .into_iter()
            .next()
            .ok_or("no picture")?
            .try_into()?;
        let values: Vec<f32> = picture.iter().copied().collect();
        println!("{}", values.iter().sum::<f32>() / values.len() as f32);
    }
    Ok(())
}
