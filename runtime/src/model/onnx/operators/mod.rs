//! The operators that are known: those that the trainer's layers are written in, and their nearest kin.
//!
//! Each rule gives the shape of what a node makes, and refuses whatever the operator's definition
//! (<https://onnx.ai/onnx/operators/>, version 17) does not allow, as well as what it does allow but the trainer never
//! writes: weights that are computed from the input, shapes that depend on values, padding counted automatically.

mod convolution;
mod elementwise;
mod layout;
mod pooling;
mod product;
mod reduction;
mod resize;
pub(super) mod window;

use std::ops::RangeInclusive;

use super::site::Site;

/// What a node makes, and what it takes to make it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) shape: Vec<usize>,
    /// Elements of the windows of a convolution, laid out side by side.
    pub(super) window_values: u64,
    pub(super) multiplications: u64,
}

impl From<Vec<usize>> for Output {
    fn from(shape: Vec<usize>) -> Self {
        let multiplications = super::values::volume(&shape);
        Self {
            shape,
            window_values: 0,
            multiplications,
        }
    }
}

/// How a node's inputs and settings become the shape of its output; an error is the rest of a sentence about the node.
type Rule = fn(&Site<'_, '_>) -> Result<Output, String>;

pub(super) struct Operator {
    pub(super) name: &'static str,
    inputs: RangeInclusive<usize>,
    settings: &'static [&'static str],
    rule: Rule,
}

const fn operator(
    name: &'static str,
    inputs: RangeInclusive<usize>,
    settings: &'static [&'static str],
    rule: Rule,
) -> Operator {
    Operator {
        name,
        inputs,
        settings,
        rule,
    }
}

const WINDOW: &[&str] = &["kernel_shape", "strides", "pads", "dilations", "group"];
const OPEN_WINDOW: &[&str] = &[
    "kernel_shape",
    "strides",
    "pads",
    "dilations",
    "group",
    "output_padding",
];
const POOL: &[&str] = &["kernel_shape", "strides", "pads", "count_include_pad"];
const MAX_POOL: &[&str] = &["kernel_shape", "strides", "pads"];
const GEMM: &[&str] = &["transA", "transB", "alpha", "beta"];
const RESIZE: &[&str] = &["mode", "coordinate_transformation_mode", "nearest_mode"];
const REDUCTION: &[&str] = &["axes", "keepdims"];

pub(super) const KNOWN: &[Operator] = &[
    operator("Abs", 1..=1, &[], elementwise::of_one),
    operator("Add", 2..=2, &[], elementwise::of_two),
    operator("AveragePool", 1..=1, POOL, pooling::pool),
    operator(
        "BatchNormalization",
        5..=5,
        &["epsilon"],
        elementwise::batch_normalisation,
    ),
    operator("Cast", 1..=1, &["to"], elementwise::cast),
    operator("Clip", 3..=3, &[], elementwise::clip),
    operator("Concat", 1..=64, &["axis"], layout::concat),
    operator("Conv", 2..=3, WINDOW, convolution::convolution),
    operator("ConvTranspose", 2..=3, OPEN_WINDOW, convolution::transposed),
    operator("Div", 2..=2, &[], elementwise::of_two),
    operator("Elu", 1..=1, &["alpha"], elementwise::of_one),
    operator("Erf", 1..=1, &[], elementwise::of_one),
    operator("Exp", 1..=1, &[], elementwise::of_one),
    operator("Expand", 2..=2, &[], layout::expand),
    operator("Flatten", 1..=1, &["axis"], layout::flatten),
    operator("Gemm", 2..=3, GEMM, product::gemm),
    operator("GlobalAveragePool", 1..=1, &[], pooling::global_pool),
    operator("Identity", 1..=1, &[], elementwise::of_one),
    operator("LeakyRelu", 1..=1, &["alpha"], elementwise::of_one),
    operator("Log", 1..=1, &[], elementwise::of_one),
    operator("LogSoftmax", 1..=1, &["axis"], elementwise::softmax),
    operator("MatMul", 2..=2, &[], product::matmul),
    operator("Max", 2..=2, &[], elementwise::of_two),
    operator("MaxPool", 1..=1, MAX_POOL, pooling::pool),
    operator("Min", 2..=2, &[], elementwise::of_two),
    operator("Mul", 2..=2, &[], elementwise::of_two),
    operator("Neg", 1..=1, &[], elementwise::of_one),
    operator("Pad", 3..=3, &[], layout::pad),
    operator("Pow", 2..=2, &[], elementwise::of_two),
    operator("Reciprocal", 1..=1, &[], elementwise::of_one),
    operator("ReduceMax", 1..=1, REDUCTION, reduction::by_setting),
    operator("ReduceMean", 1..=1, REDUCTION, reduction::by_setting),
    operator("ReduceMin", 1..=1, REDUCTION, reduction::by_setting),
    operator("ReduceSum", 2..=2, &["keepdims"], reduction::by_input),
    operator("ReduceSumSquare", 1..=1, REDUCTION, reduction::by_setting),
    operator("Relu", 1..=1, &[], elementwise::of_one),
    operator("Reshape", 2..=2, &[], layout::reshape),
    operator("Resize", 3..=3, RESIZE, resize::nearest),
    operator("Sigmoid", 1..=1, &[], elementwise::of_one),
    operator("Slice", 5..=5, &[], layout::slice),
    operator("Softmax", 1..=1, &["axis"], elementwise::softmax),
    operator("Softplus", 1..=1, &[], elementwise::of_one),
    operator("Sqrt", 1..=1, &[], elementwise::of_one),
    operator("Sub", 2..=2, &[], elementwise::of_two),
    operator("Tanh", 1..=1, &[], elementwise::of_one),
    operator("Transpose", 1..=1, &["perm"], layout::transpose),
];

/// What a node makes.
///
/// # Errors
/// The rest of a sentence about the node.
pub(super) fn output(site: &Site<'_, '_>) -> Result<Output, String> {
    let node = site.node;
    let known = KNOWN
        .iter()
        .find(|known| known.name == node.operator)
        .ok_or("is no operator that is known")?;
    if !known.inputs.contains(&node.inputs.len()) {
        let (count, known) = (node.inputs.len(), &known.inputs);
        return Err(format!(
            "has {count} inputs, where {} to {} are meant",
            known.start(),
            known.end()
        ));
    }
    for (place, attribute) in node.attributes.iter().enumerate() {
        let name = attribute.name;
        if !known.settings.contains(&name) {
            return Err(format!("has the setting {name:?}, which is not known"));
        }
        if node.attributes[..place]
            .iter()
            .any(|other| other.name == name)
        {
            return Err(format!("has the setting {name:?} twice"));
        }
    }
    (known.rule)(site)
}

#[cfg(test)]
mod tests;
