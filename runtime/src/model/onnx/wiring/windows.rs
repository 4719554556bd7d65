//! Convolutions and pooling.

use tract_core::internal::*;
use tract_core::ops::cnn::{Conv, Deconv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::nn::DataFormat;

use super::super::operators::window::{Window, sizes};
use super::node::Wiring;

/// How tract describes the windows of a node that makes so many channels.
fn described(
    node: &Wiring<'_, '_, '_>,
    kernel: &[usize],
    channels: usize,
) -> TractResult<PoolSpec> {
    let window = node.ask(|site| Window::of(site, kernel))?;
    let (before, after) = window.paddings.iter().copied().unzip();
    Ok(PoolSpec {
        data_format: DataFormat::NCHW,
        kernel_shape: kernel.into(),
        padding: PaddingSpec::Explicit(before, after),
        dilations: Some(window.dilations.into()),
        strides: Some(window.strides.into()),
        input_channels: node.shape(0)?[1],
        output_channels: channels,
    })
}

/// The bias of a convolution, or one zero for all.
fn bias(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    match node.input_count() {
        2 => node.add(tensor0(0.0_f32)),
        _ => node.input(2),
    }
}

fn groups(node: &Wiring<'_, '_, '_>) -> TractResult<usize> {
    Ok(node.ask(|site| site.integer_or("group", 1))? as usize)
}

pub(super) fn convolution(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let kernel = node.shape(1)?;
    let convolution = Conv {
        pool_spec: described(node, &kernel[2..], kernel[0])?,
        kernel_fmt: KernelFormat::OIHW,
        group: groups(node)?,
        q_params: None,
    };
    let inputs = [node.input(0)?, node.input(1)?, bias(node)?];
    node.put(convolution, &inputs)
}

pub(super) fn transposed_convolution(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let kernel = node.shape(1)?;
    let group = groups(node)?;
    let extra = node.ask(|site| sizes(site.list("output_padding")?.unwrap_or(&[]), 0))?;
    let adjustments = match extra.is_empty() {
        true => tvec![0; kernel.len() - 2],
        false => extra.into(),
    };
    // ONNX has the kernel as (inputs, outputs of a group, …), tract as (outputs of a group, inputs, …) with the
    // groups' outputs one after the other.
    let weights = node.constant(1)?.into_tensor();
    let weights = weights.split_axis(0, group)?.move_axis(1, 2)?;
    let weights = weights.collapse_axis_with_next(0);
    let deconvolution = Deconv {
        pool_spec: described(node, &kernel[2..], kernel[1] * group)?,
        kernel_format: KernelFormat::OIHW,
        adjustments,
        group,
    };
    let inputs = [node.input(0)?, node.add(weights)?, bias(node)?];
    node.put(deconvolution, &inputs)
}

/// Windows of a pooling, which leaves channels as they are.
fn pool(node: &Wiring<'_, '_, '_>) -> TractResult<PoolSpec> {
    let kernel = node.ask(Window::named_kernel)?;
    described(node, &kernel, node.shape(0)?[1])
}

pub(super) fn average_pool(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let pooling = SumPool {
        pool_spec: pool(node)?,
        count_include_pad: node.ask(|site| site.flag_or("count_include_pad", false))?,
        normalize: true,
    };
    node.apply(pooling)
}

pub(super) fn max_pool(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    let pooling = MaxPool {
        pool_spec: pool(node)?,
        with_index_outputs: None,
    };
    node.apply(pooling)
}
