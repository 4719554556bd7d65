//! Convolutions by their number of axes.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::operation::Window;
use crate::graph::value::Value;

/// One-dimensional convolution: x (batch, in, samples), w (out, in, kernel), bias (out) → (batch, out, samples').
///
/// # Errors
/// When the shapes are not those or the kernel does not fit.
pub fn conv1d(
    graph: &mut Graph,
    x: Value,
    w: Value,
    bias: Option<Value>,
    stride: usize,
    padding: usize,
) -> Result<Value, GraphError> {
    graph.conv(x, w, bias, &Window::square(1, stride, padding))
}

/// Two-dimensional convolution: x (batch, in, height, width), w (out, in, rows, columns), bias (out) →
/// (batch, out, height', width').
///
/// # Errors
/// When the shapes are not those or the kernel does not fit.
pub fn conv2d(
    graph: &mut Graph,
    x: Value,
    w: Value,
    bias: Option<Value>,
    stride: usize,
    padding: usize,
) -> Result<Value, GraphError> {
    graph.conv(x, w, bias, &Window::square(2, stride, padding))
}

/// Every channel convolved by itself: x (batch, channels, spatial…), w (channels·m, 1, kernel…), bias (channels·m) →
/// (batch, channels·m, spatial'…), any number of spatial axes.
///
/// # Errors
/// When the shapes are not those or the kernel does not fit.
pub fn depthwise_conv(
    graph: &mut Graph,
    x: Value,
    w: Value,
    bias: Option<Value>,
    stride: usize,
    padding: usize,
) -> Result<Value, GraphError> {
    let shape = graph.shape(x);
    let (channels, axes) = (
        shape.get(1).copied().unwrap_or(0),
        shape.len().saturating_sub(2),
    );
    let window = Window::square(axes, stride, padding).grouped(channels);
    graph.conv(x, w, bias, &window)
}
