//! The weight gradient of a convolution over large pictures, with one product for each column of its kernel.
//!
//! The taps of one kernel column meet the same samples of x, a few rows apart. With dy repeated below itself, each time as
//! many rows further down, one product of matrices serves all of them: a third as many copies of x for a kernel of 3×3,
//! and matrices that are three times as tall, which ONNX Runtime multiplies faster.

use super::{SliceRange, Window};
use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::shape::indices;
use crate::graph::value::Value;

/// Says whether [`Graph::weight_gradient_by_rows`] can serve this kernel, (out, in/groups, kernel…), and window.
pub(super) fn serves(shape: &[usize], window: &Window) -> bool {
    window.groups() == 1 && shape[2] > 1 && window.strides().iter().all(|stride| *stride == 1)
}

impl Graph {
    /// Gradient with respect to a kernel of shape (out, in, kernel…) of a convolution of x (n, in, spatial…) at stride 1
    /// whose output has gradient dy (n, out, spatial…). Fastest where there are no fewer outputs than inputs.
    pub(super) fn weight_gradient_by_rows(
        &mut self,
        x: Value,
        dy: Value,
        shape: &[usize],
        window: &Window,
    ) -> Result<Value, GraphError> {
        let (outputs, inputs, kernel) = (shape[0], shape[1], &shape[2..]);
        let dilations = window.dilations();
        let batch = self.shape(dy)[0];
        let sizes = self.shape(dy)[2..].to_vec();
        let row: usize = sizes[1..].iter().product();
        let rows = sizes[0] + (kernel[0] - 1) * dilations[0];

        // Of two copies of dy the second begins one row of the kernel further down, so the zeros behind the first and
        // before the second are always as many.
        let flat = self.reshape(dy, &[batch, outputs, sizes[0] * row])?;
        let zero = self.scalar(0.0);
        let between = [batch, outputs, kernel[0] * dilations[0] * row];
        let between = self.broadcast_to(zero, &between)?;
        let mut copies = vec![flat];
        for _ in 1..kernel[0] {
            copies.extend([between, flat]);
        }
        let stacked = self.concat(&copies, 2)?;
        let stacked = self.reshape(stacked, &[batch, outputs * kernel[0], rows * row])?;

        let paddings: Vec<(usize, usize)> = [(0, 0), (0, 0)]
            .into_iter()
            .chain(window.paddings().iter().map(|&padding| (padding, padding)))
            .collect();
        let padded = self.pad(x, &paddings)?;
        let columns: Vec<Value> = indices(&kernel[1..])
            .map(|tap| {
                let ranges: Vec<SliceRange> = (1..kernel.len())
                    .map(|axis| {
                        let start = tap[axis - 1] * dilations[axis];
                        SliceRange {
                            axis: axis + 2,
                            start,
                            end: start + sizes[axis],
                            step: 1,
                        }
                    })
                    .collect();
                let met = self.slice_ranges(padded, &ranges)?;
                let met = self.reshape(met, &[batch, inputs, rows * row])?;
                let products = self.matmul_transposed(stacked, met, false, true)?;
                let summed = self.reduce_sum(products, &[0], false)?;
                self.reshape(summed, &[outputs, kernel[0], inputs, 1])
            })
            .collect::<Result<_, GraphError>>()?;
        let together = match columns[..] {
            [column] => column,
            _ => self.concat(&columns, 3)?,
        };
        let gradient = self.transpose(together, &[0, 2, 1, 3])?;
        self.reshape(gradient, shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    /// For kernel tap w the gradient is the sum over the output of dy times the x that w met: the convolution's output
    /// for a kernel of that tap alone, times dy.
    #[test]
    fn every_weight_has_its_own_sum() {
        let cases: [(&[usize], &[usize], Window); 5] = [
            (&[2, 2, 5, 4], &[3, 2, 3, 3], Window::square(2, 1, 1)),
            (
                &[1, 3, 6, 7],
                &[2, 3, 3, 2],
                Window::new(&[1, 1], &[3, 0]).dilated(&[2, 3]),
            ),
            (&[2, 2, 4, 3], &[2, 2, 2, 1], Window::new(&[1, 1], &[0, 1])),
            (&[2, 3, 9], &[2, 3, 4], Window::square(1, 1, 2)),
            (
                &[1, 2, 3, 4, 3],
                &[2, 2, 2, 3, 2],
                Window::new(&[1, 1, 1], &[1, 0, 1]),
            ),
        ];
        for (x_shape, w_shape, window) in cases {
            assert!(serves(w_shape, &window));
            let mut graph = Graph::new("by rows");
            let x = graph.input("x", x_shape);
            let w = graph.input("w", w_shape);
            let y = graph.conv(x, w, None, &window).unwrap();
            let y_shape = graph.shape(y).to_vec();
            let dy = graph.input("dy", &y_shape);
            let weighted = graph.multiply(y, dy).unwrap();
            let sum = graph.sum_all(weighted).unwrap();
            let gradient = graph
                .weight_gradient_by_rows(x, dy, w_shape, &window)
                .unwrap();

            let wave = |shape: &[usize], step: f64| {
                Tensor::from_fn(shape, |flat| (flat as f64 * step).sin())
            };
            let (given_x, given_dy) = (wave(x_shape, 1.7), wave(&y_shape, 2.3));
            let feeds = [(x, given_x.clone()), (dy, given_dy.clone())];
            let found = evaluate(&graph, &[gradient], &feeds).unwrap();
            assert_eq!(found[0].shape(), w_shape);
            for (place, found) in found[0].values().iter().enumerate() {
                let one = Tensor::from_fn(w_shape, |flat| f64::from(u8::from(flat == place)));
                let feeds = [(x, given_x.clone()), (dy, given_dy.clone()), (w, one)];
                let expected = evaluate(&graph, &[sum], &feeds).unwrap()[0].values()[0];
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{w_shape:?}, weight {place}: {found}, not {expected}"
                );
            }
        }
    }

    #[test]
    fn strides_and_groups_are_left_to_others() {
        assert!(!serves(&[4, 4, 3, 3], &Window::square(2, 2, 1)));
        assert!(!serves(&[4, 2, 3, 3], &Window::square(2, 1, 1).grouped(2)));
        assert!(!serves(&[4, 4, 1, 3], &Window::square(2, 1, 1)));
    }
}
