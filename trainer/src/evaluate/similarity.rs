//! The structural similarity of pictures, by the same graph that may be a loss in training.

use crate::cohort::picture::SIDE;
use crate::engine::{Device, Engine, Inference};
use crate::graph::loss::{Ssim, structural_similarity};
use crate::graph::{Graph, GraphError, Opset};
use crate::recipe::RecipeError;

/// Values of a picture.
const PIXELS: usize = SIDE * SIDE;
/// Shape of a picture to the graph.
const SHAPE: [usize; 4] = [1, 1, SIDE, SIDE];

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
        // One picture at a time: over a batch, the mean of half a million values in f32 is wrong in the fourth digit.
        let mut session = Inference::open(self.engine, &graph()?, self.device, self.threads)?;
        let pictures = given.chunks_exact(PIXELS).zip(truth.chunks_exact(PIXELS));
        let mut sum = 0.0;
        for (given, truth) in pictures {
            let outputs = session.run(&[("given", &SHAPE, given), ("truth", &SHAPE, truth)])?;
            let mean = outputs.get("similarity").and_then(|values| values.first());
            sum += mean.map_or(f64::NAN, |&mean| f64::from(mean));
        }
        Ok(sum / (given.len() / PIXELS) as f64)
    }
}

fn graph() -> Result<Vec<u8>, GraphError> {
    let mut graph = Graph::new("similarity");
    let given = graph.input("given", &SHAPE);
    let truth = graph.input("truth", &SHAPE);
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
