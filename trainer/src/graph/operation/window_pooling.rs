//! Pooling over windows of any size, stride and padding, which may overlap.

use super::{NodeInGradient, Operation, SliceRange, Window};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::{element_count, indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// Input (n, channels, spatial…). Padding counts as −∞ for the maximum and as zeros for the mean.
#[derive(Debug, Clone, PartialEq)]
struct WindowPooling {
    maximum: bool,
    kernel: Vec<usize>,
    window: Window,
}

impl WindowPooling {
    /// The padded samples that stand at one place of every window.
    fn met(&self, tap: &[usize], outputs: &[usize]) -> Vec<SliceRange> {
        (0..tap.len())
            .map(|axis| {
                let step = self.window.strides()[axis];
                SliceRange {
                    axis: axis + 2,
                    start: tap[axis],
                    end: tap[axis] + (outputs[axis] - 1) * step + 1,
                    step,
                }
            })
            .collect()
    }

    /// Paddings of all axes.
    fn paddings(&self) -> Vec<(usize, usize)> {
        let spatial = self.window.paddings().iter();
        [(0, 0), (0, 0)]
            .into_iter()
            .chain(spatial.map(|&padding| (padding, padding)))
            .collect()
    }

    /// x's own samples within its padding.
    fn inside(&self, shape: &[usize]) -> Vec<SliceRange> {
        let spatial = shape[2..].iter().zip(self.window.paddings()).enumerate();
        spatial
            .map(|(axis, (size, padding))| SliceRange {
                axis: axis + 2,
                start: *padding,
                end: padding + size,
                step: 1,
            })
            .collect()
    }

    /// Samples that share their window's greatest share its gradient; each adds up what it has from every window that it
    /// lies in.
    fn maximum_gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Value, GraphError> {
        let (y, dy) = (node.output, node.output_gradient);
        let outputs = graph.shape(y)[2..].to_vec();
        let padded = graph.pad_with(node.inputs[0], &self.paddings(), f32::NEG_INFINITY)?;
        let full = graph.shape(padded).to_vec();
        let taps: Vec<Vec<SliceRange>> = indices(&self.kernel)
            .map(|tap| self.met(&tap, &outputs))
            .collect();
        let chosen: Vec<Value> = taps
            .iter()
            .map(|ranges| {
                let met = graph.slice_ranges(padded, ranges)?;
                graph.equal(met, y)
            })
            .collect::<Result<_, GraphError>>()?;
        let sharers = graph.sum_of(&chosen)?;
        let share = graph.divide(dy, sharers)?;
        let parts: Vec<Value> = taps
            .iter()
            .zip(chosen)
            .map(|(ranges, chosen)| {
                let part = graph.multiply(chosen, share)?;
                graph.put_back(part, ranges, &full)
            })
            .collect::<Result<_, GraphError>>()?;
        let sum = graph.sum_of(&parts)?;
        graph.slice_ranges(sum, &self.inside(graph.shape(node.inputs[0])))
    }

    /// The windows that a sample lies in are those around it: a mean over dy, spread out by the stride.
    fn mean_gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Value, GraphError> {
        let shape = graph.shape(node.inputs[0]).to_vec();
        let mut spread = node.output_gradient;
        for (axis, &stride) in self.window.strides().iter().enumerate() {
            spread = graph.spread(spread, axis + 2, stride)?;
        }
        let reach: Vec<usize> = self.kernel.iter().map(|size| size - 1).collect();
        let each = Window::new(&vec![1; reach.len()], &reach);
        let means = graph.average_pool_window(spread, &self.kernel, &each)?;
        // Samples at the end that the last stride did not reach. They are not made part of the padding above, because
        // ONNX Runtime would fuse that into the pooling and then refuse it as too wide.
        let mut left_over = vec![(0, 0); shape.len()];
        for (axis, &padding) in self.window.paddings().iter().enumerate() {
            let padded = shape[axis + 2] + 2 * padding;
            left_over[axis + 2].1 = padded - graph.shape(means)[axis + 2];
        }
        let means = graph.pad(means, &left_over)?;
        graph.slice_ranges(means, &self.inside(&shape))
    }
}

impl Operation for WindowPooling {
    fn name(&self) -> &'static str {
        if self.maximum {
            "MaxPool"
        } else {
            "AveragePool"
        }
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let Some((channels, spatial)) = inputs[0].split_at_checked(2) else {
            return Err("needs shape (batch, channels, spatial…)".to_owned());
        };
        if spatial.is_empty() {
            return Err("needs shape (batch, channels, spatial…)".to_owned());
        }
        let pooled = self.window.output_sizes(spatial, &self.kernel)?;
        if self
            .window
            .dilations()
            .iter()
            .any(|dilation| *dilation != 1)
            || self.window.groups() != 1
        {
            return Err("pooling knows no dilation and no groups: leave them at 1".to_owned());
        }
        let outside = |axis: &usize| self.window.paddings()[*axis] >= self.kernel[*axis];
        if let Some(axis) = (0..spatial.len()).find(outside) {
            return Err(format!(
                "a padding of {} on spatial axis {axis} leaves windows without samples: use less than the kernel's {}",
                self.window.paddings()[axis],
                self.kernel[axis]
            ));
        }
        Ok([channels, pooled.as_slice()].concat())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let mut attributes = self.window.attributes(&self.kernel);
        if !self.maximum {
            attributes.push(AttributeProto::integer("count_include_pad", 1));
        }
        site.emit(self.name(), &site.inputs(), attributes);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let shape = inputs[0].shape();
        let steps = strides(shape);
        let share = 1.0 / element_count(&self.kernel) as f64;
        let pool = |index: &[usize]| {
            let start = if self.maximum { f64::NEG_INFINITY } else { 0.0 };
            indices(&self.kernel).fold(start, |pooled, tap| {
                let mut place = index.to_vec();
                for axis in 0..tap.len() {
                    let padded = index[axis + 2] * self.window.strides()[axis] + tap[axis];
                    match padded.checked_sub(self.window.paddings()[axis]) {
                        Some(inside) if inside < shape[axis + 2] => place[axis + 2] = inside,
                        _ => return pooled,
                    }
                }
                let x = inputs[0].values()[position(&place, &steps)];
                if self.maximum {
                    pooled.max(x)
                } else {
                    pooled + x * share
                }
            })
        };
        let values = indices(output_shape).map(|index| pool(&index)).collect();
        Tensor::new(output_shape, values).expect("one value per element was computed")
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let dx = if self.maximum {
            self.maximum_gradient(graph, node)?
        } else {
            self.mean_gradient(graph, node)?
        };
        Ok(vec![Some(dx)])
    }
}

impl Graph {
    /// The greatest sample of every window: (n, channels, spatial…) → (n, channels, spatial…), as
    /// `torch.nn.functional.max_pool2d` with kernel, stride and padding for each spatial axis. Windows that neither
    /// overlap nor are padded are cheaper by [`Graph::max_pool`].
    ///
    /// Samples that share their window's greatest share its gradient.
    ///
    /// # Errors
    /// When there is no spatial axis, the kernel does not fit or the padding is as large as it.
    pub fn max_pool_window(
        &mut self,
        x: Value,
        kernel: &[usize],
        window: &Window,
    ) -> Result<Value, GraphError> {
        self.pool_window(x, true, kernel, window)
    }

    /// The mean of every window, zeros of the padding counted: (n, channels, spatial…) → (n, channels, spatial…), as
    /// `torch.nn.functional.avg_pool2d` with kernel, stride and padding for each spatial axis. Windows that neither
    /// overlap nor are padded are cheaper by [`Graph::average_pool`].
    ///
    /// # Errors
    /// When there is no spatial axis, the kernel does not fit or the padding is as large as it.
    pub fn average_pool_window(
        &mut self,
        x: Value,
        kernel: &[usize],
        window: &Window,
    ) -> Result<Value, GraphError> {
        self.pool_window(x, false, kernel, window)
    }

    fn pool_window(
        &mut self,
        x: Value,
        maximum: bool,
        kernel: &[usize],
        window: &Window,
    ) -> Result<Value, GraphError> {
        let operation = WindowPooling {
            maximum,
            kernel: kernel.to_vec(),
            window: window.clone(),
        };
        self.apply(operation, &[x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misfits_are_explained() {
        let mut graph = Graph::new("pooling");
        let x = graph.input("x", &[1, 2, 7, 5]);
        let window = Window::square(2, 2, 1);
        let y = graph.max_pool_window(x, &[3, 3], &window).unwrap();
        assert_eq!(graph.shape(y), [1, 2, 4, 3]);
        let text = |result: Result<Value, GraphError>| result.unwrap_err().to_string();
        let wide = text(graph.max_pool_window(x, &[3, 9], &window));
        assert!(wide.contains("kernel of 9 does not fit"), "{wide}");
        let empty = text(graph.average_pool_window(x, &[1, 3], &window));
        assert!(empty.contains("less than the kernel's 1"), "{empty}");
        let dilated = window.clone().dilated(&[2, 1]);
        assert!(graph.max_pool_window(x, &[2, 2], &dilated).is_err());
        assert!(graph.max_pool_window(x, &[2], &window).is_err());
        let flat = graph.input("flat", &[3, 4]);
        assert!(
            graph
                .max_pool_window(flat, &[], &Window::square(0, 1, 0))
                .is_err()
        );
    }
}
