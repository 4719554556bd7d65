//! Convolutions and transposed convolutions over any number of spatial axes.

use super::{NodeInGradient, Operation, Window};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::{element_count, indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// Inputs: x (n, in, spatial…), w (out, in/groups, kernel…) and, where there is one, b (out).
#[derive(Debug, Clone, PartialEq)]
struct Convolution {
    window: Window,
}

/// Inputs: x (n, in, spatial…), w (in, out/groups, kernel…) and, where there is one, b (out).
#[derive(Debug, Clone, PartialEq)]
struct TransposedConvolution {
    window: Window,
    /// Samples added at the end of each spatial axis, to choose among the sizes that one stride can have come from.
    extra: Vec<usize>,
}

/// Which axis of a kernel holds what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KernelOrder {
    /// (out, in/groups, kernel…), of a convolution.
    OutputsFirst,
    /// (in, out/groups, kernel…), of a transposed convolution.
    InputsFirst,
}

/// Checks what both kinds share and returns the number of output channels.
fn output_channels(
    inputs: &[&[usize]],
    groups: usize,
    order: KernelOrder,
) -> Result<usize, String> {
    let (x, w) = (inputs[0], inputs[1]);
    if x.len() < 3 || x.len() != w.len() {
        return Err(
            "needs x of shape (batch, channels, spatial…) and a kernel of as many dimensions"
                .to_owned(),
        );
    }
    let (taken, outputs) = match order {
        KernelOrder::OutputsFirst => (w[1] * groups, w[0]),
        KernelOrder::InputsFirst => (w[0], w[1] * groups),
    };
    if x[1] != taken {
        return Err(format!(
            "x has {} channels but the kernel in {groups} group(s) takes {taken}: make them equal",
            x[1]
        ));
    }
    if groups == 0 || !w[0].is_multiple_of(groups) {
        return Err(format!(
            "the kernel's first axis of {} does not divide into {groups} groups",
            w[0]
        ));
    }
    match inputs.get(2) {
        Some(bias) if **bias != [outputs] => Err(format!("the bias must have shape [{outputs}]")),
        _ => Ok(outputs),
    }
}

impl Operation for Convolution {
    fn name(&self) -> &'static str {
        "Conv"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let outputs = output_channels(inputs, self.window.groups(), KernelOrder::OutputsFirst)?;
        let sizes = self.window.output_sizes(&inputs[0][2..], &inputs[1][2..])?;
        Ok([&[inputs[0][0], outputs], sizes.as_slice()].concat())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let attributes = self.window.attributes(&site.input_shape(1)[2..]);
        site.emit("Conv", &site.inputs(), attributes);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let mut output = with_bias(inputs, output_shape);
        let taps = Taps::new(&self.window, inputs[0].shape(), output_shape, inputs[1]);
        taps.for_each(|x, w, y| {
            output.values_mut()[y] += inputs[0].values()[x] * inputs[1].values()[w];
        });
        output
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (x, w, dy) = (node.inputs[0], node.inputs[1], node.output_gradient);
        let dx = graph.conv_input_gradient(dy, w, x, &self.window)?;
        let shape = graph.shape(w).to_vec();
        let dw = graph.conv_weight_gradient(x, dy, &shape, &self.window)?;
        with_bias_gradient(graph, node, dx, dw)
    }
}

impl Operation for TransposedConvolution {
    fn name(&self) -> &'static str {
        "ConvTranspose"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let outputs = output_channels(inputs, self.window.groups(), KernelOrder::InputsFirst)?;
        let sizes = self
            .window
            .transposed_sizes(&inputs[0][2..], &inputs[1][2..], &self.extra)?;
        Ok([&[inputs[0][0], outputs], sizes.as_slice()].concat())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let mut attributes = self.window.attributes(&site.input_shape(1)[2..]);
        attributes.push(AttributeProto::sizes("output_padding", &self.extra));
        site.emit("ConvTranspose", &site.inputs(), attributes);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let mut output = with_bias(inputs, output_shape);
        // The taps of the convolution that this one transposes, which leads from our output to our input.
        let taps = Taps::new(&self.window, output_shape, inputs[0].shape(), inputs[1]);
        taps.for_each(|y, w, x| {
            output.values_mut()[y] += inputs[0].values()[x] * inputs[1].values()[w];
        });
        output
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (x, w, dy) = (node.inputs[0], node.inputs[1], node.output_gradient);
        let dx = graph.conv(dy, w, None, &self.window)?;
        let shape = graph.shape(w).to_vec();
        let dw = graph.conv_weight_gradient(dy, x, &shape, &self.window)?;
        with_bias_gradient(graph, node, dx, dw)
    }
}

/// The gradients of input and weight, and the bias' where the node has one.
fn with_bias_gradient(
    graph: &mut Graph,
    node: &NodeInGradient<'_>,
    dx: Value,
    dw: Value,
) -> Result<Vec<Option<Value>>, GraphError> {
    let mut gradients = vec![Some(dx), Some(dw)];
    if node.inputs.len() == 3 {
        gradients.push(Some(graph.conv_bias_gradient(node.output_gradient)?));
    }
    Ok(gradients)
}

/// A tensor that holds the bias, or zeros, everywhere.
fn with_bias(inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
    let plane = element_count(&output_shape[2..]);
    Tensor::from_fn(output_shape, |flat| {
        inputs
            .get(2)
            .map_or(0.0, |bias| bias.values()[flat / plane % output_shape[1]])
    })
}

/// All products in a convolution, as positions in its input, kernel and output.
struct Taps<'a> {
    window: &'a Window,
    input: &'a [usize],
    output: &'a [usize],
    kernel: &'a [usize],
}

impl<'a> Taps<'a> {
    fn new(
        window: &'a Window,
        input: &'a [usize],
        output: &'a [usize],
        kernel: &'a Tensor,
    ) -> Taps<'a> {
        Taps {
            window,
            input,
            output,
            kernel: kernel.shape(),
        }
    }

    fn for_each(&self, mut product: impl FnMut(usize, usize, usize)) {
        let (input_steps, kernel_steps) = (strides(self.input), strides(self.kernel));
        let (group_inputs, group_outputs) = (self.kernel[1], self.output[1] / self.window.groups());
        for (y, output) in indices(self.output).enumerate() {
            for kernel in indices(&self.kernel[1..]) {
                let group = output[1] / group_outputs;
                let mut x = vec![output[0], group * group_inputs + kernel[0]];
                for axis in 0..self.input.len() - 2 {
                    let padded = output[axis + 2] * self.window.strides()[axis]
                        + kernel[axis + 1] * self.window.dilations()[axis];
                    match padded.checked_sub(self.window.paddings()[axis]) {
                        Some(inside) if inside < self.input[axis + 2] => x.push(inside),
                        _ => break,
                    }
                }
                if x.len() == self.input.len() {
                    let w = output[1] * kernel_steps[0] + position(&kernel, &kernel_steps[1..]);
                    product(position(&x, &input_steps), w, y);
                }
            }
        }
    }
}

impl Graph {
    /// Convolution as networks mean it (cross-correlation): x (batch, in, spatial…), w (out, in/groups, kernel…), bias
    /// (out) → (batch, out, spatial…), any number of spatial axes, as `torch.nn.functional.conv2d` and its kin.
    ///
    /// # Errors
    /// When the shapes are not those or the kernel does not fit.
    pub fn conv(
        &mut self,
        x: Value,
        w: Value,
        bias: Option<Value>,
        window: &Window,
    ) -> Result<Value, GraphError> {
        let inputs: Vec<Value> = [x, w].into_iter().chain(bias).collect();
        let window = window.clone();
        self.apply(Convolution { window }, &inputs)
    }

    /// The transpose of [`Graph::conv`]: x (batch, in, spatial…), w (in, out/groups, kernel…), bias (out) →
    /// (batch, out, (spatial − 1)·stride + dilation·(kernel − 1) + 1 − 2·padding…).
    ///
    /// # Errors
    /// When the shapes are not those or nothing is left.
    pub fn conv_transpose(
        &mut self,
        x: Value,
        w: Value,
        bias: Option<Value>,
        window: &Window,
    ) -> Result<Value, GraphError> {
        let none = vec![0; window.strides().len()];
        self.conv_transpose_padded(x, w, bias, window, &none)
    }

    /// [`Graph::conv_transpose`] with samples added at the end of each spatial axis, to choose among the sizes that one
    /// stride can have come from; PyTorch's `output_padding`.
    ///
    /// # Errors
    /// Those of [`Graph::conv_transpose`], or when an output padding is not below stride or dilation.
    pub fn conv_transpose_padded(
        &mut self,
        x: Value,
        w: Value,
        bias: Option<Value>,
        window: &Window,
        output_padding: &[usize],
    ) -> Result<Value, GraphError> {
        let inputs: Vec<Value> = [x, w].into_iter().chain(bias).collect();
        let operation = TransposedConvolution {
            window: window.clone(),
            extra: output_padding.to_vec(),
        };
        self.apply(operation, &inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_stride_and_padding() {
        let mut graph = Graph::new("conv");
        let x = graph.input("x", &[2, 3, 7, 6]);
        let w = graph.input("w", &[4, 3, 3, 3]);
        let same = graph.conv(x, w, None, &Window::square(2, 1, 1)).unwrap();
        let half = graph.conv(x, w, None, &Window::square(2, 2, 1)).unwrap();
        assert_eq!(graph.shape(same), [2, 4, 7, 6]);
        assert_eq!(graph.shape(half), [2, 4, 4, 3]);
        let up = graph.input("up", &[3, 2, 2, 2]);
        let twice = graph
            .conv_transpose(x, up, None, &Window::square(2, 2, 0))
            .unwrap();
        assert_eq!(graph.shape(twice), [2, 2, 14, 12]);
        let wide = Window::square(2, 1, 2).dilated(&[2, 1]);
        let dilated = graph.conv(x, w, None, &wide).unwrap();
        assert_eq!(graph.shape(dilated), [2, 4, 7, 8]);
        let depthwise = graph.input("depthwise", &[6, 1, 3, 3]);
        let grouped = Window::square(2, 1, 1).grouped(3);
        let apart = graph.conv(x, depthwise, None, &grouped).unwrap();
        assert_eq!(graph.shape(apart), [2, 6, 7, 6]);
    }

    #[test]
    fn misfits_are_explained() {
        let mut graph = Graph::new("conv");
        let x = graph.input("x", &[1, 3, 4]);
        let w = graph.input("w", &[2, 2, 3]);
        let long = graph.input("long", &[2, 3, 9]);
        let bias = graph.input("bias", &[3]);
        let window = Window::square(1, 1, 1);
        let text = |result: Result<Value, GraphError>| result.unwrap_err().to_string();
        let channels = text(graph.conv(x, w, None, &window));
        assert!(channels.contains("3 channels"), "{channels}");
        let kernel = text(graph.conv(x, long, None, &window));
        assert!(kernel.contains("kernel of 9 does not fit"), "{kernel}");
        let axes = text(graph.conv(x, long, None, &Window::square(2, 1, 4)));
        assert!(axes.contains("for 1 spatial axes"), "{axes}");
        let biased = text(graph.conv(x, long, Some(bias), &Window::square(1, 1, 4)));
        assert!(biased.contains("bias must have shape [2]"), "{biased}");
        assert!(graph.conv(x, long, None, &Window::square(1, 0, 4)).is_err());
        let thirds = text(graph.conv(x, w, None, &window.clone().grouped(3)));
        assert!(thirds.contains("3 group(s) takes 6"), "{thirds}");
        let depthwise = graph.input("depthwise", &[4, 1, 3]);
        let uneven = text(graph.conv(x, depthwise, None, &window.clone().grouped(3)));
        assert!(uneven.contains("4 does not divide into 3"), "{uneven}");
        let up = graph.input("up", &[3, 2, 3]);
        let output = text(graph.conv_transpose_padded(x, up, None, &window, &[1]));
        assert!(output.contains("output padding of 1"), "{output}");
    }
}
