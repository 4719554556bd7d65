//! The structural similarity of pictures, by the same graph that may be a loss in training.

use crate::cohort::picture::SIDE;
use crate::engine::{Device, Engine, Inference};
use crate::graph::loss::{Ssim, structural_similarity};
use crate::graph::{Graph, GraphError, Opset};
use crate::recipe::RecipeError;

/// Pictures compared at once.
const BATCH: usize = 32;
/// Values of a picture.
const PIXELS: usize = SIDE * SIDE;

/// Measures the structural similarity (Wang et al. 2004: Gaussian window of 11 × 11 pixels and deviation 1.5, K₁ 0.01,
/// K₂ 0.03) of pictures (128, 128) whose greys run from 0 to 1.
pub struct PictureSimilarity<'a> {
    engine: &'a Engine,
    device: Device,
    threads: usize,
}

impl<'a> PictureSimilarity<'a> {
    /// To be measured on this device.
    pub fn new(engine: &'a Engine, device: Device, threads: usize) -> Self {
        PictureSimilarity {
            engine,
            device,
            threads,
        }
    }

    /// The mean over two equally long sets of pictures (subject, 128, 128): 1 for equal ones.
    ///
    /// # Errors
    /// Where a run fails.
    pub fn mean(&self, given: &[f32], truth: &[f32]) -> Result<f64, RecipeError> {
        let whole = given.len() / (BATCH * PIXELS) * (BATCH * PIXELS);
        // A graph's batch is fixed, so the last pictures have one of their own.
        let (many, few) = (given.split_at(whole), truth.split_at(whole));
        let sum =
            self.sum(many.0, few.0, BATCH)? + self.sum(many.1, few.1, many.1.len() / PIXELS)?;
        Ok(sum / (given.len() / PIXELS) as f64)
    }

    fn sum(&self, given: &[f32], truth: &[f32], batch: usize) -> Result<f64, RecipeError> {
        if given.is_empty() {
            return Ok(0.0);
        }
        let mut session = Inference::open(self.engine, &graph(batch)?, self.device, self.threads)?;
        let shape = [batch, 1, SIDE, SIDE];
        let mut sum = 0.0;
        let length = batch * PIXELS;
        for (given, truth) in given.chunks_exact(length).zip(truth.chunks_exact(length)) {
            let outputs = session.run(&[("given", &shape, given), ("truth", &shape, truth)])?;
            let mean = outputs.get("similarity").and_then(|values| values.first());
            sum += batch as f64 * mean.map_or(f64::NAN, |&mean| f64::from(mean));
        }
        Ok(sum)
    }
}

fn graph(batch: usize) -> Result<Vec<u8>, GraphError> {
    let mut graph = Graph::new("similarity");
    let shape = [batch, 1, SIDE, SIDE];
    let given = graph.input("given", &shape);
    let truth = graph.input("truth", &shape);
    let similarity = structural_similarity(&mut graph, given, truth, &Ssim::default())?;
    graph.output("similarity", similarity);
    graph.to_model(Opset::Inference)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures of waves, from (number of the picture, place in it).
    fn pictures(count: usize, grey: impl Fn(f64, f64) -> f64) -> Vec<f32> {
        (0..count * PIXELS)
            .map(|flat| grey((flat / PIXELS) as f64, (flat % PIXELS) as f64) as f32)
            .collect()
    }

    #[test]
    fn agrees_with_scikit_image() {
        let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
        let similarity = PictureSimilarity::new(&engine, Device::Cpu, 1);
        let wave = |number: f64, place: f64| 0.5 + 0.5 * (place * (0.7 + 0.01 * number)).sin();
        let truth = pictures(33, wave);
        let given = pictures(33, |number, place| {
            0.8 * wave(number, place) + 0.1 * (place * 1.9).cos()
        });
        let mean = similarity.mean(&given, &truth).unwrap();
        // skimage.metrics.structural_similarity(data_range=1.0, gaussian_weights=True, sigma=1.5,
        // use_sample_covariance=False), mean over the 33 pictures.
        assert!((mean - 0.9284626).abs() < 1e-5, "{mean}");
        assert!((similarity.mean(&truth, &truth).unwrap() - 1.0).abs() < 1e-6);
        let pair = similarity.mean(&given[32 * PIXELS..], &truth[32 * PIXELS..]);
        assert!((pair.unwrap() - 0.9287410).abs() < 1e-5);
    }
}
