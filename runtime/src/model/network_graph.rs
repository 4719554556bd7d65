//! From the bytes of an ONNX file to tract's typed graph, in one pass where that will do.
//!
//! tract's own way is to analyse the graph: to go over it again and again until nothing more is learned of any
//! value, to compute whatever is constant (weights in half precision are widened so, number by number), and to
//! compare every weight with what was known of it before. Networks such as the trainer writes need none of that:
//! their inputs have fixed shapes, and what an operator gives follows from what it is given. So each operator is
//! checked by its rules and wired, once, and half-precision weights are widened on the way. Of the model that ships this takes a quarter of the instructions.
//!
//! A graph with any operator that is not known to allow this, or that cannot be wired so, goes tract's own way.

use std::collections::HashMap;
use std::io::Cursor;

use tract_onnx::pb::{GraphProto, ModelProto};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::model::SpecialOps;
use tract_onnx::tract_core::model::translator::Translate;
use tract_onnx::tract_core::ops::konst::Const;
use tract_onnx::tract_core::optim::CONST_FOLD_MEM_BUDGET;
use tract_onnx::tract_hir::infer::{Factoid, InferenceNode, InferenceOp};

use super::half_precision::widened;

/// Operators whose typed form follows from their inputs alone. Those with graphs inside (If, Loop, Scan) and those
/// that ask the analysis (Expand, Mean, NonZero) are none of them.
const WIRED_IN_ONE_PASS: [&str; 47] = [
    "Abs",
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Div",
    "Elu",
    "Erf",
    "Exp",
    "Flatten",
    "Gather",
    "Gemm",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Identity",
    "InstanceNormalization",
    "LeakyRelu",
    "Log",
    "LogSoftmax",
    "MatMul",
    "MaxPool",
    "Mul",
    "Neg",
    "Pad",
    "Pow",
    "Reciprocal",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceSum",
    "Relu",
    "Reshape",
    "Resize",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Softplus",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Tanh",
    "Transpose",
    "Unsqueeze",
];

/// A graph as its file describes it, before types and shapes are known.
pub(super) struct UntypedGraph {
    model: InferenceModel,
    in_one_pass: bool,
}

impl UntypedGraph {
    /// Reads an ONNX file. What it says of the shapes of its outputs is ignored, so that what is found out later is
    /// what the graph really computes.
    ///
    /// # Errors
    /// If it is no ONNX file, or tract does not know an operator or one of its attributes.
    pub(super) fn from_onnx(onnx: &[u8]) -> TractResult<Self> {
        let structures = tract_onnx::onnx().proto_model_for_read(&mut Cursor::new(onnx))?;
        Self::from_structures(structures)
    }

    /// As [`from_onnx`](Self::from_onnx), of a file that was taken apart already.
    fn from_structures(file: ModelProto) -> TractResult<Self> {
        let in_one_pass = file.graph.as_ref().is_some_and(is_simple);
        let model = tract_onnx::onnx()
            .with_ignore_output_shapes(true)
            .model_for_proto_model(&file)?;
        Ok(Self { model, in_one_pass })
    }

    /// Names of the graph's inputs, in its order.
    ///
    /// # Errors
    /// If the graph names inputs that it does not have.
    pub(super) fn input_names(&self) -> TractResult<Vec<String>> {
        let inputs = self.model.input_outlets()?.iter();
        Ok(inputs
            .map(|outlet| self.model.node(outlet.node).name.clone())
            .collect())
    }

    /// Fixes the shape of an input, by its place among [`input_names`](Self::input_names), to numbers of 32 bits.
    ///
    /// # Errors
    /// If there is no such input.
    pub(super) fn set_input(&mut self, place: usize, shape: &[usize]) -> TractResult<()> {
        self.model.set_input_fact(place, f32::fact(shape).into())
    }

    /// Works out the type and shape of every value.
    ///
    /// # Errors
    /// If operators and shapes do not fit, or an input was not [set](Self::set_input).
    pub(super) fn into_typed(self) -> TractResult<TypedModel> {
        if self.in_one_pass
            && let Ok(typed) = InOnePass.translate_model(&self.model)
        {
            return Ok(typed);
        }
        // Its analysis also words what is wrong better than the wiring does.
        self.model.into_typed()
    }
}

fn is_simple(graph: &GraphProto) -> bool {
    let simple = |operator: &str| WIRED_IN_ONE_PASS.contains(&operator);
    graph.node.iter().all(|node| simple(&node.op_type))
}

/// Checks every operator by its own rules and wires it, after those that it takes its inputs from; or puts down what
/// it gives, if that is constant.
#[derive(Debug)]
struct InOnePass;

impl Translate<InferenceFact, Box<dyn InferenceOp>, TypedFact, Box<dyn TypedOp>> for InOnePass {
    fn translate_node(
        &self,
        source: &InferenceModel,
        node: &InferenceNode,
        target: &mut TypedModel,
        mapping: &HashMap<OutletId, OutletId>,
    ) -> TractResult<TVec<OutletId>> {
        if let Some(half) = only_cast(source, node) {
            return Ok(tvec![target.add_const(&*node.name, widened(half)?)?]);
        }
        if InferenceModel::is_source(&node.op) || node.op_is::<Const>() {
            return node.op.to_typed(source, node, target, mapping);
        }
        let expected = expected_outputs(source, node, target, mapping)?;
        if node.op.name() == CAST
            && let [input] = node.inputs[..]
            && let fact = target.outlet_fact(mapping[&input])?
            && fact.konst.is_some()
            && expected[0].datum_type.concretize() == Some(fact.datum_type)
        {
            return Ok(tvec![mapping[&input]]);
        }
        if let Some(constants) = computed(node, target, mapping)? {
            let name = |place: usize| format!("{}.{place}", node.name);
            let constants = constants.into_iter().enumerate();
            let added = constants.map(|(place, value)| target.add_const(name(place), value));
            return added.collect();
        }
        let outlets = node.op.to_typed(source, node, target, mapping)?;
        for (expected, outlet) in expected.iter().zip(&outlets) {
            expected.unify(&target.outlet_fact(*outlet)?.into())?;
        }
        Ok(outlets)
    }
}

/// What tract calls a cast.
const CAST: &str = "onnx.Cast";

/// The tensor of a node that is a constant in half precision of which nothing is made but casts: these give the same
/// for the same numbers in single precision.
fn only_cast<'a>(source: &InferenceModel, node: &'a InferenceNode) -> Option<&'a Tensor> {
    let constant = node.op_as::<Const>()?.val();
    let half = constant.datum_type() == f16::datum_type();
    let outlet = OutletId::new(node.id, 0);
    let mut readers = source.outlet_successors(outlet).iter();
    let only_cast = readers.all(|reader| source.node(reader.node).op.name() == CAST);
    (half && only_cast && !source.outputs.contains(&outlet)).then_some(constant)
}

/// What the rules of an operator say of its outputs, having looked at its inputs. The wiring relies on them: it
/// takes for granted that there are as many inputs as the operator needs, and that their shapes fit.
fn expected_outputs(
    source: &InferenceModel,
    node: &InferenceNode,
    target: &TypedModel,
    mapping: &HashMap<OutletId, OutletId>,
) -> TractResult<TVec<InferenceFact>> {
    if !node.op.observe_outlets(source, node)?.is_empty() {
        return Err(TractError::msg(
            "it asks about other values than its inputs",
        ));
    }
    let inputs = node.inputs.iter().map(|outlet| {
        let outlet = mapping
            .get(outlet)
            .ok_or_else(|| TractError::msg("a loop"))?;
        Ok(target.outlet_fact(*outlet)?.into())
    });
    let inputs = inputs.collect::<TractResult<Vec<InferenceFact>>>()?;
    let outputs = node.outputs.iter().map(|output| &output.fact).collect();
    let mut operator = node.op.clone();
    let (_, expected, _) = operator.infer_facts(inputs.iter().collect(), outputs, TVec::new())?;
    Ok(expected)
}

/// What an operator gives, if all that it is given is constant and not large.
fn computed(
    node: &InferenceNode,
    target: &TypedModel,
    mapping: &HashMap<OutletId, OutletId>,
) -> TractResult<Option<TVec<Tensor>>> {
    let mut inputs = TVec::new();
    for outlet in &node.inputs {
        let known = target.outlet_fact(mapping[outlet])?.konst.clone();
        let bytes = |value: &Tensor| (value.len() * value.datum_type().size_of()) as u64;
        match known.filter(|value| bytes(value) <= CONST_FOLD_MEM_BUDGET) {
            Some(value) => inputs.push(value.into_tvalue()),
            None => return Ok(None),
        }
    }
    if inputs.is_empty() {
        return Ok(None);
    }
    let outputs = node.op.eval_out_of_plan(inputs)?;
    Ok(outputs.map(|outputs| outputs.into_iter().map(TValue::into_tensor).collect()))
}

#[cfg(test)]
mod tests;
