//! Gradients of convolutions, made of other operations so that they run on every device.

use super::{SliceRange, Window, row_taps};
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

    /// Gradient with respect to the input x of a convolution: dy (n, out, spatial…) with w (out, in/groups, kernel…).
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
        let plain = axes.clone().all(|axis| {
            window.strides()[axis] == 1 && window.paddings()[axis] < window.span(axis, &kernel)
        });
        if plain {
            // At stride 1 it is a convolution with the kernel reversed and its channels exchanged, and ONNX
            // Runtime's Conv is faster than its ConvTranspose.
            let exchanged = self.reversed_kernel(w, window.groups())?;
            let paddings: Vec<usize> = axes
                .map(|axis| window.span(axis, &kernel) - 1 - window.paddings()[axis])
                .collect();
            let window = Window::new(window.strides(), &paddings)
                .dilated(window.dilations())
                .grouped(window.groups());
            return self.conv(dy, exchanged, None, &window);
        }
        // Samples at the end that the last stride did not reach have to be there again.
        let extra: Vec<usize> = axes
            .map(|axis| {
                let reached =
                    (outputs[axis] - 1) * window.strides()[axis] + window.span(axis, &kernel);
                sizes[axis] + 2 * window.paddings()[axis] - reached
            })
            .collect();
        self.conv_transpose_padded(dy, w, None, window, &extra)
    }

    /// w (out, in/groups, kernel…) reversed along every spatial axis, with its channels exchanged within each group:
    /// (in, out/groups, kernel…).
    fn reversed_kernel(&mut self, w: Value, groups: usize) -> Result<Value, GraphError> {
        let shape = self.shape(w).to_vec();
        let spatial: Vec<usize> = (2..shape.len()).collect();
        let flipped = if shape[2..].iter().all(|size| *size == 1) {
            w
        } else {
            self.flip(w, &spatial)?
        };
        let order: Vec<usize> = [1, 0].into_iter().chain(spatial).collect();
        if groups == 1 {
            return self.transpose(flipped, &order);
        }
        let (outputs, inputs) = (shape[0] / groups, shape[1]);
        let split = [&[groups, outputs, inputs], &shape[2..]].concat();
        let flipped = self.reshape(flipped, &split)?;
        let order: Vec<usize> = [0].into_iter().chain(order.iter().map(|a| a + 1)).collect();
        let exchanged = self.transpose(flipped, &order)?;
        let joined = [&[groups * inputs, outputs], &shape[2..]].concat();
        self.reshape(exchanged, &joined)
    }

    /// Gradient with respect to a kernel of shape (out, in/groups, kernel…) of a convolution of x (n, in, spatial…) whose
    /// output has gradient dy (n, out, spatial…): for every tap, the samples of x that it met times dyᵀ.
    pub(super) fn conv_weight_gradient(
        &mut self,
        x: Value,
        dy: Value,
        shape: &[usize],
        window: &Window,
    ) -> Result<Value, GraphError> {
        let kernel = &shape[2..];
        let samples = element_count(&self.shape(dy)[2..]);
        let by_rows =
            samples > SMALL && shape[0].min(shape[1]) > FEW && row_taps::serves(shape, window);
        let few = window.groups() == 1 && shape[0] <= FEW;
        let mirror = match (by_rows || few) && shape[0] < shape[1] {
            true => mirrored(shape, window),
            false => None,
        };
        if let Some(mirror) = mirror {
            let swapped = [&[shape[1], shape[0]], kernel].concat();
            let gradient = self.conv_weight_gradient(dy, x, &swapped, &mirror)?;
            return self.reversed_kernel(gradient, 1);
        }
        if by_rows {
            return self.weight_gradient_by_rows(x, dy, shape, window);
        }
        let outputs = self.shape(dy)[2..].to_vec();
        let product = TapProduct::new(self.shape(x)[0], shape, window, samples);
        let paddings: Vec<(usize, usize)> = [(0, 0), (0, 0)]
            .into_iter()
            .chain(window.paddings().iter().map(|&padding| (padding, padding)))
            .collect();
        let padded = self.pad(x, &paddings)?;
        let padded = product.ordered(self, padded)?;
        let dy = product.ordered(self, dy)?;
        let dy = self.reshape(dy, &product.shape(product.outputs))?;
        let taps: Vec<Value> = indices(kernel)
            .map(|tap| {
                let ranges: Vec<SliceRange> = (0..kernel.len())
                    .map(|axis| {
                        let start = tap[axis] * window.dilations()[axis];
                        SliceRange {
                            axis: axis + 2,
                            start,
                            end: start + (outputs[axis] - 1) * window.strides()[axis] + 1,
                            step: window.strides()[axis],
                        }
                    })
                    .collect();
                let met = self.slice_ranges(padded, &ranges)?;
                self.reshape(met, &product.shape(product.inputs))
            })
            .collect::<Result<_, GraphError>>()?;
        let gradient = product.of(self, dy, &taps)?;
        self.reshape(gradient, shape)
    }
}

/// So few channels make a product of matrices that is hardly more than one of vectors, at a tenth of the speed. All taps
/// together then make one good product; with more channels the copy costs more than it saves.
const FEW: usize = 4;

/// The window of the convolution that leads from the output back to the input, where that has the same weight gradient,
/// reversed. It is better to compute where the output has few channels, or by rows fewer than the input.
fn mirrored(shape: &[usize], window: &Window) -> Option<Window> {
    let kernel = &shape[2..];
    if window.strides().iter().any(|stride| *stride != 1) {
        return None;
    }
    let paddings: Option<Vec<usize>> = (0..kernel.len())
        .map(|axis| (window.span(axis, kernel) - 1).checked_sub(window.paddings()[axis]))
        .collect();
    Some(Window::new(window.strides(), &paddings?).dilated(window.dilations()))
}

/// Up to so many samples the products are made over the whole batch at once. One for each recording would be slow in
/// itself, and all of them would have to be added up; with more samples it makes no difference, and where the window
/// allows they are better made by rows.
const SMALL: usize = 1024;

/// What the taps of a kernel gather: for every pair of channels of a group, the sum over batch and samples of the output's
/// gradient times the input samples that a tap met.
struct TapProduct {
    form: Form,
    batch: usize,
    groups: usize,
    /// Input channels of a group.
    inputs: usize,
    /// Output channels of a group.
    outputs: usize,
    samples: usize,
}

/// The form in which the sums are computed fastest, as measured with ONNX Runtime 1.31 on the CPU.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// All taps of few channels in one product for each recording.
    AllTaps,
    /// Each tap in one product over the batch.
    WholeBatch,
    /// Each tap in one product for each recording and group.
    PerRecording,
    /// Each tap in element-wise products: with one channel in a group, products of matrices would be tiny.
    Depthwise,
}

impl TapProduct {
    fn new(batch: usize, shape: &[usize], window: &Window, samples: usize) -> TapProduct {
        let (groups, inputs) = (window.groups(), shape[1]);
        let form = if groups > 1 && inputs == 1 {
            Form::Depthwise
        } else if groups > 1 {
            Form::PerRecording
        } else if inputs <= FEW && element_count(&shape[2..]) > 1 {
            Form::AllTaps
        } else if batch > 1 && samples <= SMALL {
            Form::WholeBatch
        } else {
            Form::PerRecording
        };
        TapProduct {
            form,
            batch,
            groups,
            inputs,
            outputs: shape[0] / groups,
            samples,
        }
    }

    /// x or dy with its first two axes in the order that the form needs.
    fn ordered(&self, graph: &mut Graph, value: Value) -> Result<Value, GraphError> {
        if self.form == Form::WholeBatch {
            graph.swap_axes(value, 0, 1)
        } else {
            Ok(value)
        }
    }

    /// The shape that a tap or dy then has to have, with its channels of a group.
    fn shape(&self, channels: usize) -> Vec<usize> {
        match self.form {
            Form::WholeBatch => vec![channels, self.batch * self.samples],
            _ if self.groups == 1 => vec![self.batch, channels, self.samples],
            _ => vec![self.batch, self.groups, channels, self.samples],
        }
    }

    /// The sums, (out, in/groups, taps).
    fn of(&self, graph: &mut Graph, dy: Value, taps: &[Value]) -> Result<Value, GraphError> {
        if self.form == Form::AllTaps {
            let met = graph.concat(taps, 1)?;
            let summed = self.of_one(graph, dy, met)?;
            let split = graph.reshape(summed, &[self.outputs, taps.len(), self.inputs])?;
            return graph.transpose(split, &[0, 2, 1]);
        }
        let parts: Vec<Value> = taps
            .iter()
            .map(|&met| {
                let summed = self.of_one(graph, dy, met)?;
                graph.reshape(summed, &[self.groups * self.outputs, self.inputs, 1])
            })
            .collect::<Result<_, GraphError>>()?;
        match parts[..] {
            [tap] => Ok(tap),
            _ => graph.concat(&parts, 2),
        }
    }

    fn of_one(&self, graph: &mut Graph, dy: Value, met: Value) -> Result<Value, GraphError> {
        match self.form {
            Form::Depthwise => {
                let products = graph.multiply(dy, met)?;
                graph.reduce_sum(products, &[0, 3], false)
            }
            Form::WholeBatch => graph.matmul_transposed(dy, met, false, true),
            Form::AllTaps | Form::PerRecording => {
                let per_recording = graph.matmul_transposed(dy, met, false, true)?;
                graph.reduce_sum(per_recording, &[0], false)
            }
        }
    }
}
