//! Pictures into labels.

use super::SegmentationError;
use super::examples::PIXELS;
use super::folder::SegmenterFolder;
use super::network::{CLASSES, PICTURE, SCORES, input_shape, scores};
use crate::architecture::{Mode, NetworkBuilder, ParameterTable};
use crate::engine::{Device, Engine, Inference};
use crate::graph::{Graph, GraphError, Opset};
use std::path::Path;

/// Pictures that the network takes at once.
pub const BATCH: usize = 32;

/// A trained segmenter, ready to run.
pub struct Segmenter {
    session: Inference,
}

impl Segmenter {
    /// Opens the segmenter in a folder, after a look at its checksum.
    ///
    /// # Errors
    /// [`SegmentationError::Folder`] where the folder holds none or a damaged one, [`SegmentationError::Engine`] where
    /// ONNX Runtime refuses it.
    pub fn open(
        engine: &Engine,
        folder: &Path,
        device: Device,
        threads: usize,
    ) -> Result<Segmenter, SegmentationError> {
        let (_, model) = SegmenterFolder::read(folder)?;
        Segmenter::of_model(engine, &model, device, threads)
    }

    /// Opens an encoded network, as [`encode`] gives it.
    ///
    /// # Errors
    /// Where ONNX Runtime refuses it.
    pub fn of_model(
        engine: &Engine,
        model: &[u8],
        device: Device,
        threads: usize,
    ) -> Result<Segmenter, SegmentationError> {
        let session = Inference::open(engine, model, device, threads)?;
        Ok(Segmenter { session })
    }

    /// The label of each pixel: (picture, 128, 128) in any unit of grey → (picture, 128, 128), numbered as
    /// [`LABELS`](crate::cohort::label_maps::LABELS). A picture with values that are no numbers is all background.
    ///
    /// # Errors
    /// [`SegmentationError::NoPictures`] where the values are not whole pictures, and where a run fails.
    pub fn labels(&mut self, pictures: &[f32]) -> Result<Vec<u8>, SegmentationError> {
        if !pictures.len().is_multiple_of(PIXELS) {
            return Err(SegmentationError::NoPictures {
                values: pictures.len(),
            });
        }
        let mut labels = Vec::with_capacity(pictures.len());
        for some in pictures.chunks(BATCH * PIXELS) {
            // The graph's batch is fixed; what the last one lacks is filled up and dropped again.
            let mut batch = some.to_vec();
            batch.resize(BATCH * PIXELS, 0.0);
            let input = (PICTURE, &input_shape(BATCH)[..], &batch[..]);
            let scores = self
                .session
                .run(&[input])?
                .remove(SCORES)
                .unwrap_or_default();
            let pictures = scores.chunks(CLASSES * PIXELS).take(some.len() / PIXELS);
            labels.extend(pictures.flat_map(likeliest));
        }
        Ok(labels)
    }
}

/// The label of the largest score of each pixel, of scores (label, 128, 128).
fn likeliest(scores: &[f32]) -> Vec<u8> {
    let (first, others) = scores.split_at(PIXELS.min(scores.len()));
    let mut best = first.to_vec();
    let mut labels = vec![0; first.len()];
    for (label, map) in (1u8..).zip(others.chunks(PIXELS)) {
        for ((best, chosen), &score) in best.iter_mut().zip(&mut labels).zip(map) {
            if score > *best {
                (*best, *chosen) = (score, label);
            }
        }
    }
    labels
}

/// The network with the parameters of `table` as an ONNX file for batches of [`BATCH`] pictures; parameters that the
/// table lacks are drawn into it.
///
/// # Errors
/// Where the network's shapes do not fit together, which would be a mistake of this program.
pub fn encode(table: &mut ParameterTable) -> Result<Vec<u8>, GraphError> {
    let mut graph = Graph::new("segmenter");
    let picture = graph.input(PICTURE, &input_shape(BATCH));
    let mut builder = NetworkBuilder::new(&mut graph, table, Mode::Inference);
    let found = scores(&mut builder, picture)?;
    graph.output(SCORES, found);
    graph.to_model(Opset::Inference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_score_counts_and_the_first_of_equals() {
        let mut scores = vec![0.0; CLASSES * PIXELS];
        scores[2 * PIXELS + 7] = 1.0;
        scores[3 * PIXELS + 7] = 2.0;
        scores[PIXELS + 8] = f32::NAN;
        let labels = likeliest(&scores);
        assert_eq!((labels[6], labels[7], labels[8]), (0, 3, 0));
    }

    #[test]
    fn pictures_are_labelled_in_batches_of_any_number() {
        let engine = Engine::load().unwrap();
        let model = encode(&mut ParameterTable::new(3)).unwrap();
        let mut segmenter = Segmenter::of_model(&engine, &model, Device::Cpu, 1).unwrap();
        let pictures: Vec<f32> = (0..34 * PIXELS)
            .map(|pixel| ((pixel % 977) as f32 / 60.0).sin())
            .collect();
        let all = segmenter.labels(&pictures).unwrap();
        assert_eq!(all.len(), pictures.len());
        // The same whatever is with it, and whatever gain and offset its grey has.
        let last = 33 * PIXELS..34 * PIXELS;
        let alone: Vec<f32> = pictures[last.clone()]
            .iter()
            .map(|grey| 40.0 * grey + 7.0)
            .collect();
        let alone = segmenter.labels(&alone).unwrap();
        let differ = alone.iter().zip(&all[last]).filter(|(a, b)| a != b).count();
        assert!(differ < PIXELS / 200, "{differ} pixels differ");
        assert!(segmenter.labels(&pictures[..100]).is_err());
        let nothing = segmenter.labels(&vec![f32::NAN; PIXELS]).unwrap();
        assert!(nothing.iter().all(|&label| label == 0));
    }
}
