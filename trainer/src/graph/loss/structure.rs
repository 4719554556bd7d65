//! The structural similarity of pictures (Wang et al. 2004).

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::operation::Window;
use crate::graph::value::Value;

/// Settings of the structural similarity; the default is the paper's, for pictures in 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ssim {
    /// Pixels along a side of the Gaussian window, 11.
    pub window: usize,
    /// Standard deviation of the window, in pixels, 1.5.
    pub deviation: f64,
    /// Distance between the least and the greatest possible pixel, 1.
    pub range: f64,
    /// Keeps the comparison of brightness from dividing by 0, 0.01.
    pub k1: f64,
    /// Keeps the comparison of contrast from dividing by 0, 0.03.
    pub k2: f64,
}

impl Default for Ssim {
    fn default() -> Ssim {
        Ssim {
            window: 11,
            deviation: 1.5,
            range: 1.0,
            k1: 0.01,
            k2: 0.03,
        }
    }
}

impl Ssim {
    /// The window along one axis; its elements add up to 1.
    fn weights(&self) -> Vec<f32> {
        let centre = (self.window as f64 - 1.0) / 2.0;
        let bell = |place: usize| {
            let distance = (place as f64 - centre) / self.deviation;
            (-0.5 * distance * distance).exp()
        };
        let sum: f64 = (0..self.window).map(bell).sum();
        (0..self.window)
            .map(|place| (bell(place) / sum) as f32)
            .collect()
    }
}

/// Mean structural similarity of two sets of pictures (n, channels, h, w), shape `[]`: 1 for equal ones. The windows lie
/// wholly inside the pictures, as in the paper's own program.
///
/// # Errors
/// When the shapes differ, are not those or are smaller than the window.
pub fn structural_similarity(
    graph: &mut Graph,
    a: Value,
    b: Value,
    settings: &Ssim,
) -> Result<Value, GraphError> {
    let pictures = match *graph.shape(a) {
        [batch, channels, height, width]
            if graph.shape(b) == graph.shape(a)
                && settings.window > 0
                && height.min(width) >= settings.window =>
        {
            [batch * channels, 1, height, width]
        }
        _ => {
            let reason = format!(
                "needs two sets of pictures of one shape (batch, channels, height, width), of at least {0} by {0} pixels",
                settings.window
            );
            return Err(graph.refuse("StructuralSimilarity", &[a, b], reason));
        }
    };
    let (a, b) = (graph.reshape(a, &pictures)?, graph.reshape(b, &pictures)?);
    let (aa, bb, ab) = (graph.square(a)?, graph.square(b)?, graph.multiply(a, b)?);
    // All five go through the window as one batch.
    let together = graph.concat(&[a, b, aa, bb, ab], 0)?;
    let smooth = smoothed(graph, together, settings)?;
    let parts = graph.split(smooth, 0, &[pictures[0]; 5])?;
    let &[mean_a, mean_b, aa, bb, ab] = parts.as_slice() else {
        unreachable!("five sizes make five parts")
    };
    let squared_means = (graph.square(mean_a)?, graph.square(mean_b)?);
    let product = graph.multiply(mean_a, mean_b)?;
    let variances = (
        graph.subtract(aa, squared_means.0)?,
        graph.subtract(bb, squared_means.1)?,
    );
    let covariance = graph.subtract(ab, product)?;

    let brightness = ratio(graph, product, squared_means, settings.k1 * settings.range)?;
    let contrast = ratio(graph, covariance, variances, settings.k2 * settings.range)?;
    let similarity = graph.multiply(brightness, contrast)?;
    graph.mean_all(similarity)
}

/// 1 less [`structural_similarity`], shape `[]`.
///
/// # Errors
/// Those of [`structural_similarity`].
pub fn ssim_loss(
    graph: &mut Graph,
    a: Value,
    b: Value,
    settings: &Ssim,
) -> Result<Value, GraphError> {
    let similarity = structural_similarity(graph, a, b, settings)?;
    let one = graph.scalar(1.0);
    graph.subtract(one, similarity)
}

/// Pictures (n, 1, h, w) averaged under the window, one axis after the other.
fn smoothed(graph: &mut Graph, x: Value, settings: &Ssim) -> Result<Value, GraphError> {
    let size = settings.window;
    let window = Window::square(2, 1, 0);
    let weights = settings.weights();
    let rows = graph.constant("gaussian/rows", &[1, 1, size, 1], weights.clone());
    let columns = graph.constant("gaussian/columns", &[1, 1, 1, size], weights);
    let along = graph.conv(x, rows, None, &window)?;
    graph.conv(along, columns, None, &window)
}

/// (2·both + k²) / (first + second + k²).
fn ratio(
    graph: &mut Graph,
    both: Value,
    (first, second): (Value, Value),
    k: f64,
) -> Result<Value, GraphError> {
    let constant = (k * k) as f32;
    let doubled = graph.scale(both, 2.0)?;
    let above = graph.offset(doubled, constant)?;
    let sum = graph.add(first, second)?;
    let below = graph.offset(sum, constant)?;
    graph.divide(above, below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn equal_pictures_are_wholly_similar_and_noise_is_not() {
        let mut graph = Graph::new("ssim");
        let a = graph.input("a", &[1, 1, 13, 12]);
        let b = graph.input("b", &[1, 1, 13, 12]);
        let similarity = structural_similarity(&mut graph, a, b, &Ssim::default()).unwrap();
        let wave = Tensor::from_fn(&[1, 1, 13, 12], |flat| {
            0.5 + 0.5 * (flat as f64 * 0.7).sin()
        });
        let other = Tensor::from_fn(&[1, 1, 13, 12], |flat| {
            0.5 + 0.5 * (flat as f64 * 1.9).cos()
        });
        let value = |second: &Tensor| {
            let feeds = [(a, wave.clone()), (b, second.clone())];
            evaluate(&graph, &[similarity], &feeds).unwrap()[0].values()[0]
        };
        assert!((value(&wave) - 1.0).abs() < 1e-6);
        assert!(value(&other) < 0.6);
    }

    #[test]
    fn the_window_adds_up_to_one_and_pictures_must_hold_it() {
        let sum: f32 = Ssim::default().weights().iter().sum();
        assert!((sum - 1.0).abs() < 1e-6);
        let mut graph = Graph::new("ssim");
        let small = graph.input("small", &[1, 1, 10, 40]);
        let error = ssim_loss(&mut graph, small, small, &Ssim::default()).unwrap_err();
        assert!(error.to_string().contains("11 by 11"), "{error}");
    }
}
