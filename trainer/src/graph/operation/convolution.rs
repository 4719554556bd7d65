//! Convolutions and transposed convolutions over any number of spatial axes.

use super::{NodeInGradient, Operation, Window};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::{element_count, indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// Inputs: x (n, in, spatial…), w (out, in, kernel…) and, where there is one, b (out).
#[derive(Debug, Clone, PartialEq)]
struct Convolution {
    window: Window,
}

/// Inputs: x (n, in, spatial…), w (in, out, kernel…) and, where there is one, b (out).
#[derive(Debug, Clone, PartialEq)]
struct TransposedConvolution {
    window: Window,
    /// Samples added at the end of each spatial axis, to choose among the sizes that one stride can have come from.
    extra: Vec<usize>,
}

/// Checks what both kinds share and returns the number of spatial axes. `in_axis` is where w keeps its inputs.
fn check_shapes(inputs: &[&[usize]], in_axis: usize) -> Result<usize, String> {
    let (x, w) = (inputs[0], inputs[1]);
    if x.len() < 3 || x.len() != w.len() {
        return Err(
            "needs x of shape (batch, channels, spatial…) and a kernel of as many dimensions"
                .to_owned(),
        );
    }
    if x[1] != w[in_axis] {
        return Err(format!(
            "x has {} channels but axis {in_axis} of the kernel takes {}: make them equal",
            x[1], w[in_axis]
        ));
    }
    let outputs = w[1 - in_axis];
    match inputs.get(2) {
        Some(bias) if **bias != [outputs] => Err(format!("the bias must have shape [{outputs}]")),
        _ => Ok(x.len() - 2),
    }
}

impl Operation for Convolution {
    fn name(&self) -> &'static str {
        "Conv"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        check_shapes(inputs, 1)?;
        let sizes = self.window.output_sizes(&inputs[0][2..], &inputs[1][2..])?;
        Ok([&[inputs[0][0], inputs[1][0]], sizes.as_slice()].concat())
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
        let dw = graph.conv_weight_gradient(x, dy, w, &self.window)?;
        with_bias_gradient(graph, node, dx, dw)
    }
}

impl Operation for TransposedConvolution {
    fn name(&self) -> &'static str {
        "ConvTranspose"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        check_shapes(inputs, 0)?;
        let sizes = self
            .window
            .transposed_sizes(&inputs[0][2..], &inputs[1][2..], &self.extra)?;
        Ok([&[inputs[0][0], inputs[1][1]], sizes.as_slice()].concat())
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
        let dw = graph.conv_weight_gradient(dy, x, w, &self.window)?;
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
        for (y, output) in indices(self.output).enumerate() {
            for kernel in indices(&self.kernel[1..]) {
                let mut x = vec![output[0], kernel[0]];
                for axis in 0..self.input.len() - 2 {
                    let padded = output[axis + 2] * self.window.strides()[axis] + kernel[axis + 1];
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
    /// Convolution as networks mean it (cross-correlation): x (batch, in, spatial…), w (out, in, kernel…), bias (out)
    /// → (batch, out, spatial…), any number of spatial axes.
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

    /// The transpose of [`Graph::conv`]: x (batch, in, spatial…), w (in, out, kernel…), bias (out) →
    /// (batch, out, (spatial − 1)·stride + kernel − 2·padding…).
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
        let inputs: Vec<Value> = [x, w].into_iter().chain(bias).collect();
        let extra = vec![0; window.strides().len()];
        self.conv_transpose_with_extra(&inputs, window, extra)
    }

    pub(super) fn conv_transpose_with_extra(
        &mut self,
        inputs: &[Value],
        window: &Window,
        extra: Vec<usize>,
    ) -> Result<Value, GraphError> {
        let window = window.clone();
        self.apply(TransposedConvolution { window, extra }, inputs)
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
        assert!(axes.contains("1 spatial axes"), "{axes}");
        let biased = text(graph.conv(x, long, Some(bias), &Window::square(1, 1, 4)));
        assert!(biased.contains("bias must have shape [2]"), "{biased}");
        assert!(graph.conv(x, long, None, &Window::square(1, 0, 4)).is_err());
    }
}
