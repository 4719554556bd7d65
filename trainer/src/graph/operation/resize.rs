//! Linear interpolation to another size: products with fixed matrices, so that the gradient too runs on every device.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::value::Value;

/// What the coordinates of the old and the new samples have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corners {
    /// The first and last samples of both lie on each other; PyTorch's `align_corners=True`.
    Aligned,
    /// The edges of the first and last samples do, half a sample further out; PyTorch's `align_corners=False`.
    HalfPixel,
}

impl Corners {
    /// Where new sample `index` of `target` lies among `size` old ones.
    fn place(self, index: usize, size: usize, target: usize) -> f64 {
        match self {
            Corners::Aligned if target > 1 => (index * (size - 1)) as f64 / (target - 1) as f64,
            Corners::Aligned => 0.0,
            Corners::HalfPixel => {
                let place = (index as f64 + 0.5) * size as f64 / target as f64 - 0.5;
                place.clamp(0.0, (size - 1) as f64)
            }
        }
    }
}

/// Weights of linear interpolation along one axis, (target, size) row-major.
fn interpolation_matrix(size: usize, target: usize, corners: Corners) -> Vec<f32> {
    let mut matrix = vec![0.0; target * size];
    for row in 0..target {
        let place = corners.place(row, size, target);
        let left = (place as usize).min(size - 1);
        let right = (left + 1).min(size - 1);
        let weight = place - left as f64;
        matrix[row * size + left] += (1.0 - weight) as f32;
        matrix[row * size + right] += weight as f32;
    }
    matrix
}

impl Graph {
    /// Bilinear enlargement with the corners aligned, as `torch.nn.Upsample(mode="bilinear", align_corners=True)`:
    /// (n, channels, h, w) → (n, channels, h·factor, w·factor).
    ///
    /// # Errors
    /// When the shape is not that, an image axis is empty or the factor is 0.
    pub fn upsample_bilinear(&mut self, x: Value, factor: usize) -> Result<Value, GraphError> {
        let size = match self.shape(x) {
            &[_, _, height, width] => [height * factor, width * factor],
            _ => [0; 2],
        };
        self.resize_bilinear(x, size, Corners::Aligned)
    }

    /// Bilinear interpolation to a size of (h, w), larger or smaller, without smoothing beforehand; as
    /// `torch.nn.functional.interpolate(mode="bilinear")`: (n, channels, rows, columns) → (n, channels, h, w).
    ///
    /// # Errors
    /// When the shape is not that, or an image axis is or would be empty.
    pub fn resize_bilinear(
        &mut self,
        x: Value,
        size: [usize; 2],
        corners: Corners,
    ) -> Result<Value, GraphError> {
        let &[_, _, height, width] = self.shape(x) else {
            let reason = "needs shape (batch, channels, height, width)".to_owned();
            return Err(self.refuse("ResizeBilinear", &[x], reason));
        };
        if [height, width].iter().chain(&size).any(|size| *size == 0) {
            let reason = "needs an image with pixels before and after".to_owned();
            return Err(self.refuse("ResizeBilinear", &[x], reason));
        }
        let wider = self.resize_last_axis(x, size[1], corners)?;
        if size[0] == height {
            return Ok(wider);
        }
        let rows = self.interpolation(height, size[0], corners);
        self.matmul(rows, wider)
    }

    /// Linear interpolation of signals to a number of samples, as `torch.nn.functional.interpolate(mode="linear")`:
    /// (n, channels, samples) → (n, channels, size).
    ///
    /// # Errors
    /// When the shape is not that, or there are or would be no samples.
    pub fn resize_linear(
        &mut self,
        x: Value,
        size: usize,
        corners: Corners,
    ) -> Result<Value, GraphError> {
        match self.shape(x) {
            &[_, _, samples] if samples > 0 && size > 0 => self.resize_last_axis(x, size, corners),
            _ => {
                let reason = "needs shape (batch, channels, samples), samples before and after";
                Err(self.refuse("ResizeLinear", &[x], reason.to_owned()))
            }
        }
    }

    fn resize_last_axis(
        &mut self,
        x: Value,
        size: usize,
        corners: Corners,
    ) -> Result<Value, GraphError> {
        let last = self.shape(x)[self.shape(x).len() - 1];
        if last == size {
            return Ok(x);
        }
        let columns = self.interpolation(last, size, corners);
        self.matmul_transposed(x, columns, false, true)
    }

    fn interpolation(&mut self, size: usize, target: usize, corners: Corners) -> Value {
        let weights = interpolation_matrix(size, target, corners);
        let name = format!("interpolation/{size}to{target}");
        self.constant(&name, &[target, size], weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolation_reproduces_straight_lines() {
        let matrix = interpolation_matrix(4, 8, Corners::Aligned);
        for (row, weights) in matrix.chunks(4).enumerate() {
            let value: f32 = weights
                .iter()
                .zip([0.0, 1.0, 2.0, 3.0])
                .map(|(w, x)| w * x)
                .sum();
            assert!((value - row as f32 * 3.0 / 7.0).abs() < 1e-6);
        }
    }

    #[test]
    fn half_pixels_repeat_the_edge() {
        let matrix = interpolation_matrix(2, 4, Corners::HalfPixel);
        let expected = [1.0, 0.0, 0.75, 0.25, 0.25, 0.75, 0.0, 1.0];
        assert_eq!(matrix, expected);
    }

    #[test]
    fn one_pixel_is_repeated() {
        for corners in [Corners::Aligned, Corners::HalfPixel] {
            assert_eq!(interpolation_matrix(1, 2, corners), [1.0, 1.0]);
        }
        assert_eq!(
            interpolation_matrix(3, 1, Corners::HalfPixel),
            [0.0, 1.0, 0.0]
        );
    }

    #[test]
    fn shapes_without_an_image_are_refused() {
        let mut graph = Graph::new("resize");
        let x = graph.input("x", &[2, 3]);
        let image = graph.input("image", &[1, 1, 2, 3]);
        assert!(graph.upsample_bilinear(x, 2).is_err());
        assert!(graph.upsample_bilinear(image, 0).is_err());
        assert!(graph.resize_linear(image, 4, Corners::Aligned).is_err());
        assert_eq!(
            graph.resize_bilinear(image, [2, 3], Corners::Aligned),
            Ok(image)
        );
    }
}
