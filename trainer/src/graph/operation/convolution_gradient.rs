//! Gradients of convolutions, made of other operations so that they run on every device.

use super::{SliceRange, Window};
use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::shape::{element_count, indices};
use crate::graph::value::Value;

impl Graph {
    /// Gradient with respect to a convolution's bias: dy (n, out, spatial…) → (out).
    pub(super) fn conv_bias_gradient(&mut self, dy: Value) -> Result<Value, GraphError> {
        let axes: Vec<usize> = (0..self.shape(dy).len())
            .filter(|axis| *axis != 1)
            .collect();
        self.reduce_sum(dy, &axes, false)
    }

    /// Gradient with respect to the input x of a convolution: dy (n, out, spatial…) with w (out, in, kernel…).
    pub(super) fn conv_input_gradient(
        &mut self,
        dy: Value,
        w: Value,
        x: Value,
        window: &Window,
    ) -> Result<Value, GraphError> {
        let kernel = self.shape(w)[2..].to_vec();
        let sizes = self.shape(x)[2..].to_vec();
        let outputs = self.shape(dy)[2..].to_vec();
        let axes = 0..kernel.len();
        let plain = axes
            .clone()
            .all(|axis| window.strides()[axis] == 1 && window.paddings()[axis] < kernel[axis]);
        if plain {
            // At stride 1 it is a convolution with the kernel reversed and its channels exchanged, and ONNX
            // Runtime's Conv is faster than its ConvTranspose.
            let spatial: Vec<usize> = axes.clone().map(|axis| axis + 2).collect();
            let flipped = self.flip(w, &spatial)?;
            let order: Vec<usize> = [1, 0].into_iter().chain(spatial).collect();
            let exchanged = self.transpose(flipped, &order)?;
            let paddings: Vec<usize> = axes
                .map(|axis| kernel[axis] - 1 - window.paddings()[axis])
                .collect();
            let window = Window::new(window.strides(), &paddings);
            return self.conv(dy, exchanged, None, &window);
        }
        // Samples at the end that the last stride did not reach have to be there again.
        let extra: Vec<usize> = axes
            .map(|axis| {
                let reached = (outputs[axis] - 1) * window.strides()[axis] + kernel[axis];
                sizes[axis] + 2 * window.paddings()[axis] - reached
            })
            .collect();
        self.conv_transpose_with_extra(&[dy, w], window, extra)
    }

    /// Gradient with respect to the kernel w (out, in, kernel…) of a convolution of x (n, in, spatial…) whose output
    /// has gradient dy (n, out, spatial…): for every tap, the samples of x that it met times dyᵀ.
    pub(super) fn conv_weight_gradient(
        &mut self,
        x: Value,
        dy: Value,
        w: Value,
        window: &Window,
    ) -> Result<Value, GraphError> {
        let shape = self.shape(w).to_vec();
        let kernel = &shape[2..];
        let outputs = self.shape(dy)[2..].to_vec();
        let samples = element_count(&outputs);
        let (batch, channels) = (self.shape(x)[0], self.shape(x)[1]);

        let paddings: Vec<(usize, usize)> = [(0, 0), (0, 0)]
            .into_iter()
            .chain(window.paddings().iter().map(|&padding| (padding, padding)))
            .collect();
        let padded = self.pad(x, &paddings)?;
        let dy = self.reshape(dy, &[batch, shape[0], samples])?;
        let taps: Vec<Value> = indices(kernel)
            .map(|tap| {
                let ranges: Vec<SliceRange> = (0..kernel.len())
                    .map(|axis| SliceRange {
                        axis: axis + 2,
                        start: tap[axis],
                        end: tap[axis] + (outputs[axis] - 1) * window.strides()[axis] + 1,
                        step: window.strides()[axis],
                    })
                    .collect();
                let met = self.slice_ranges(padded, &ranges)?;
                let met = self.reshape(met, &[batch, channels, samples])?;
                let per_recording = self.matmul_transposed(dy, met, false, true)?;
                let summed = self.reduce_sum(per_recording, &[0], false)?;
                self.reshape(summed, &[shape[0], channels, 1])
            })
            .collect::<Result<_, GraphError>>()?;
        let joined = if let [tap] = taps[..] {
            tap
        } else {
            self.concat(&taps, 2)?
        };
        self.reshape(joined, &shape)
    }
}
