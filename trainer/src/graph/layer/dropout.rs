//! Dropout (Srivastava et al. 2014) with masks drawn outside the graph.
//!
//! ONNX's own Dropout draws from a generator that cannot be put back to where it was, and differs between devices. Here
//! every mask is a graph input, filled anew at each step from ChaCha8 keyed by (seed, step, name of the mask). So one seed
//! and step give one mask on every device, in every order and after every resumption, and nothing of the generator has to
//! be saved. In the graph a mask is one multiplication. For evaluation and export build the network without.
//!
//! ```
//! # use ecg2mri_trainer::graph::Graph;
//! # use ecg2mri_trainer::graph::layer::DropoutMasks;
//! let mut graph = Graph::new("dropout");
//! let mut masks = DropoutMasks::default();
//! let x = graph.input("x", &[8, 64]);
//! let y = masks.dropout(&mut graph, x, 0.1)?;
//! let image = graph.input("image", &[8, 16, 32, 32]);
//! let z = masks.dropout_channels(&mut graph, image, 0.2)?;
//! # graph.output("y", y);
//! # graph.output("z", z);
//! // At every step of the training:
//! for mask in masks.iter() {
//!     let values: Vec<f32> = mask.draw(/* seed */ 7, /* step */ 1);
//!     assert_eq!(values.len(), mask.shape().iter().product::<usize>());
//!     // feed them to the input called mask.name()
//! }
//! # Ok::<(), ecg2mri_trainer::graph::GraphError>(())
//! ```

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::shape::element_count;
use crate::graph::value::Value;

/// The masks that a graph takes, in the order in which they were asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DropoutMasks {
    masks: Vec<DropoutMask>,
}

/// One mask: a graph input to be filled at each step.
#[derive(Debug, Clone, PartialEq)]
pub struct DropoutMask {
    name: String,
    shape: Vec<usize>,
    rate: f32,
}

impl DropoutMask {
    /// Name of the graph input: `dropout/` and its number.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Shape of the graph input.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Part that is dropped.
    pub fn rate(&self) -> f32 {
        self.rate
    }

    /// The mask for a step: 0 with probability `rate`, else 1/(1 − rate), row-major.
    pub fn draw(&self, seed: u64, step: u64) -> Vec<f32> {
        let mut rng = ChaCha8Rng::from_seed(key(seed, step, &self.name));
        // Whole numbers, so that no rounding can differ between machines.
        let threshold = (f64::from(self.rate) * 2f64.powi(32)).round() as u64;
        let kept = 1.0 / (1.0 - self.rate);
        (0..element_count(&self.shape))
            .map(|_| {
                if u64::from(rng.next_u32()) < threshold {
                    0.0
                } else {
                    kept
                }
            })
            .collect()
    }
}

/// Eight bytes each of seed, step and a hash of the name (FNV-1a, 64 bits), and a word that sets these streams apart from
/// those of other purposes.
fn key(seed: u64, step: u64, name: &str) -> [u8; 32] {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&step.to_le_bytes());
    key[16..24].copy_from_slice(&hash.to_le_bytes());
    key[24..].copy_from_slice(b"dropout!");
    key
}

impl DropoutMasks {
    /// The masks, to be filled at each step.
    pub fn iter(&self) -> impl Iterator<Item = &DropoutMask> {
        self.masks.iter()
    }

    /// x with each element dropped by itself, the others enlarged so that the expectation stays; `torch.nn.Dropout` in
    /// training.
    ///
    /// # Errors
    /// When the rate is not in 0..1.
    pub fn dropout(&mut self, graph: &mut Graph, x: Value, rate: f32) -> Result<Value, GraphError> {
        let shape = graph.shape(x).to_vec();
        self.dropout_with(graph, x, &shape, rate)
    }

    /// x (batch, channels, …) with whole channels of a recording dropped (Tompson et al. 2015); `torch.nn.Dropout2d` and
    /// its kin in training.
    ///
    /// # Errors
    /// When the rate is not in 0..1 or there is no channel axis.
    pub fn dropout_channels(
        &mut self,
        graph: &mut Graph,
        x: Value,
        rate: f32,
    ) -> Result<Value, GraphError> {
        let mut shape = graph.shape(x).to_vec();
        if shape.len() < 2 {
            let reason = "needs shape (batch, channels, …)".to_owned();
            return Err(graph.refuse("DropoutChannels", &[x], reason));
        }
        shape[2..].fill(1);
        self.dropout_with(graph, x, &shape, rate)
    }

    /// x with what shares an element of a mask of this shape, which broadcasts to x's, dropped together: (batch, 1) drops
    /// whole recordings of (batch, features).
    ///
    /// # Errors
    /// When the rate is not in 0..1 or the mask does not broadcast to x.
    pub fn dropout_with(
        &mut self,
        graph: &mut Graph,
        x: Value,
        mask: &[usize],
        rate: f32,
    ) -> Result<Value, GraphError> {
        if !(0.0..1.0).contains(&rate) {
            let reason = format!("a dropout rate of {rate} must be at least 0 and below 1");
            return Err(graph.refuse("Dropout", &[x], reason));
        }
        if crate::graph::shape::broadcast(mask, graph.shape(x)).as_deref() != Some(graph.shape(x)) {
            let reason = format!("the mask {mask:?} must broadcast to that shape");
            return Err(graph.refuse("Dropout", &[x], reason));
        }
        if rate == 0.0 {
            return Ok(x);
        }
        let name = format!("dropout/{}", self.masks.len());
        let input = graph.input(&name, mask);
        let kept = graph.multiply(x, input)?;
        self.masks.push(DropoutMask {
            name,
            shape: mask.to_vec(),
            rate,
        });
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masks() -> DropoutMasks {
        let mut graph = Graph::new("dropout");
        let x = graph.input("x", &[100, 200]);
        let image = graph.input("image", &[3, 5, 7, 2]);
        let mut masks = DropoutMasks::default();
        masks.dropout(&mut graph, x, 0.25).unwrap();
        let y = masks.dropout_channels(&mut graph, image, 0.5).unwrap();
        assert_eq!(graph.shape(y), [3, 5, 7, 2]);
        masks.dropout_with(&mut graph, x, &[100, 1], 0.25).unwrap();
        masks.dropout(&mut graph, x, 0.25).unwrap();
        masks
    }

    #[test]
    fn seed_step_and_name_make_the_mask() {
        let (first, again) = (masks(), masks());
        let drawn: Vec<Vec<f32>> = first.iter().map(|mask| mask.draw(7, 3)).collect();
        let redrawn: Vec<Vec<f32>> = again.iter().map(|mask| mask.draw(7, 3)).collect();
        assert_eq!(drawn, redrawn);
        // Drawn once and fixed: a change here breaks the resumption of runs begun before.
        let start: Vec<bool> = drawn[0][..16].iter().map(|kept| *kept == 0.0).collect();
        let dropped = start
            .iter()
            .fold(0u32, |bits, bit| bits << 1 | u32::from(*bit));
        assert_eq!(dropped, FIRST_BITS);
        let mask = &first.masks[0];
        assert_ne!(mask.draw(7, 3), mask.draw(7, 4));
        assert_ne!(mask.draw(7, 3), mask.draw(8, 3));
        assert_ne!(drawn[0], drawn[3]);
    }

    /// Of seed 7, step 3, mask 0: which of its first 16 elements are dropped.
    const FIRST_BITS: u32 = 0b0000_1011_0100_0010;

    #[test]
    fn the_expectation_stays() {
        let masks = masks();
        let shapes: Vec<&[usize]> = masks.iter().map(DropoutMask::shape).collect();
        assert_eq!(
            shapes,
            [&[100, 200][..], &[3, 5, 1, 1], &[100, 1], &[100, 200]]
        );
        let values = masks.masks[0].draw(1, 1);
        let dropped = values.iter().filter(|value| **value == 0.0).count() as f64;
        // 20,000 draws at 0.25: a deviation of 61.
        assert!((dropped - 5000.0).abs() < 250.0, "{dropped} dropped");
        assert!(values.iter().all(|value| [0.0, 4.0 / 3.0].contains(value)));
    }

    #[test]
    fn rates_and_masks_without_meaning_are_refused() {
        let mut graph = Graph::new("dropout");
        let x = graph.input("x", &[4, 3]);
        let mut masks = DropoutMasks::default();
        for rate in [-0.1, 1.0, f32::NAN] {
            assert!(masks.dropout(&mut graph, x, rate).is_err());
        }
        assert!(masks.dropout_with(&mut graph, x, &[2, 1], 0.5).is_err());
        assert!(masks.dropout_with(&mut graph, x, &[2, 4, 3], 0.5).is_err());
        assert_eq!(masks.dropout(&mut graph, x, 0.0), Ok(x));
        assert_eq!(masks.iter().count(), 0);
    }
}
