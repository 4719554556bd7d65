//! Which operators ONNX Runtime can run on CUDA, and whether a model keeps to them.
//!
//! A node without a CUDA kernel runs on the CPU, and its tensors travel there and back at every step; silently, unless the
//! session forbids it. So that this is found without a GPU, the table `cuda_kernels.tsv` keeps the part of ONNX Runtime's
//! published list of kernels that the graph could use: for each operator the versions of the operator set in which it has
//! one, and the element types that it takes. `tests/goldens/autodiff_cuda_kernels.py` makes it.
//!
//! The list is generated from ONNX Runtime's sources (docs/OperatorKernels.md at commit 001d12d2623f). The CUDA provider of
//! the release named in [`ONNX_RUNTIME_VERSION`] was asked for every operator, type and operator set from 13 to 26: it has
//! every kernel of the table, for f32 in operator sets 17 and 18 exactly those, and some more from operator set 19 on.

use std::collections::HashMap;

use prost::Message;
use thiserror::Error;

use super::onnx::{BFLOAT16, BOOL, FLOAT, FLOAT16, INT32, INT64, ModelProto, NodeProto};

const TABLE: &str = include_str!("cuda_kernels.tsv");

/// The release of ONNX Runtime whose CUDA provider the table was held against.
pub const ONNX_RUNTIME_VERSION: &str = "1.31.1";

/// A model that would not run wholly on CUDA.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CudaKernelError {
    /// The bytes are no ONNX model, or it has no graph.
    #[error("this is not an ONNX model: {reason}; pass the bytes that Graph::to_model made")]
    NotAModel {
        /// What is wrong with it.
        reason: String,
    },
    /// A node whose operator has no CUDA kernel in the model's operator set.
    #[error(
        "node `{node}` needs {operator} of operator set {version}, for which ONNX Runtime has no CUDA kernel: build it of other operations, or write an operator set that has one{}",
        .known.as_ref().map_or_else(String::new, |known| format!(" ({known})"))
    )]
    NoKernel {
        /// Name of the node.
        node: String,
        /// Its operator, with the domain where that is not ONNX's own.
        operator: String,
        /// Version of the operator set.
        version: i64,
        /// Versions that have a kernel, if any.
        known: Option<String>,
    },
    /// A node whose operator has CUDA kernels, but none for the elements that it is given.
    #[error(
        "node `{node}` gives {operator} elements of type {element}, for which ONNX Runtime has no CUDA kernel: cast them first"
    )]
    NoKernelForType {
        /// Name of the node.
        node: String,
        /// Its operator.
        operator: String,
        /// The element type.
        element: &'static str,
    },
    /// A batch normalisation in ONNX's training mode, which the CUDA kernel refuses.
    #[error(
        "node `{node}` has training_mode=1, which ONNX Runtime's CUDA kernel refuses: use Graph::batch_norm_training"
    )]
    TrainingMode {
        /// Name of the node.
        node: String,
    },
}

/// Nothing, or the first node of a model that ONNX Runtime has no CUDA kernel for.
///
/// Element types are followed from the inputs through casts and comparisons. Settings of a node that a kernel may refuse
/// are not looked at, but for batch normalisation's training mode.
///
/// # Errors
/// The first node without a kernel, or that the bytes are no model.
pub fn check_cuda_kernels(model: &[u8]) -> Result<(), CudaKernelError> {
    let not_a_model = |reason: String| CudaKernelError::NotAModel { reason };
    let model = ModelProto::decode(model).map_err(|error| not_a_model(error.to_string()))?;
    let Some(graph) = &model.graph else {
        return Err(not_a_model("it has no graph".to_owned()));
    };
    let mut types: HashMap<&str, i32> = HashMap::new();
    for input in &graph.input {
        types.extend(input.element_type().map(|element| (input.name(), element)));
    }
    for tensor in &graph.initializer {
        types.insert(tensor.name(), tensor.data_type());
    }
    let table: Vec<Kernel<'_>> = kernels().collect();
    for node in &graph.node {
        let imported = model
            .opset_import
            .iter()
            .find(|set| set.domain() == node.domain());
        let version = imported.map_or(0, |set| set.version());
        check_node(node, version, &types, &table)?;
        if let Some(made) = made_type(node, &types) {
            types.extend(node.output.iter().map(|name| (name.as_str(), made)));
        }
    }
    Ok(())
}

fn check_node(
    node: &NodeProto,
    version: i64,
    types: &HashMap<&str, i32>,
    table: &[Kernel<'_>],
) -> Result<(), CudaKernelError> {
    let kernels: Vec<&Kernel<'_>> = table
        .iter()
        .filter(|kernel| kernel.domain == node.domain() && kernel.operator == node.op_type())
        .collect();
    let operator = match node.domain() {
        "" => node.op_type().to_owned(),
        domain => format!("{domain}.{}", node.op_type()),
    };
    let node_name = || node.name().to_owned();
    let serving = kernels
        .iter()
        .find(|kernel| (kernel.first..=kernel.last).contains(&version));
    let Some(serving) = serving else {
        let known: Vec<String> = kernels
            .iter()
            .map(|kernel| format!("{} to {}", kernel.first, kernel.last))
            .collect();
        return Err(CudaKernelError::NoKernel {
            node: node_name(),
            operator,
            version,
            known: (!known.is_empty()).then(|| known.join(", ")),
        });
    };
    let element = data_type(node, types).and_then(type_name);
    if let Some(element) = element.filter(|element| !serving.types.contains(element)) {
        return Err(CudaKernelError::NoKernelForType {
            node: node_name(),
            operator,
            element,
        });
    }
    let trains = |name: &str| {
        node.attribute
            .iter()
            .any(|setting| setting.name() == name && setting.i() == 1)
    };
    if node.op_type() == "BatchNormalization" && trains("training_mode") {
        return Err(CudaKernelError::TrainingMode { node: node_name() });
    }
    Ok(())
}

/// A row of the table.
struct Kernel<'a> {
    domain: &'a str,
    operator: &'a str,
    /// Versions of a model's operator set in which it serves.
    first: i64,
    last: i64,
    types: Vec<&'a str>,
}

fn kernels() -> impl Iterator<Item = Kernel<'static>> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        Some(Kernel {
            domain: cells.next()?,
            operator: cells.next()?,
            first: cells.next()?.parse().ok()?,
            last: cells.next()?.parse().ok()?,
            types: cells.next()?.split(',').collect(),
        })
    })
}

/// Element type of what a node works on.
fn data_type(node: &NodeProto, types: &HashMap<&str, i32>) -> Option<i32> {
    let position = match node.op_type() {
        // Its first input is the condition.
        "Where" => 1,
        // Its data are the values to write.
        "OneHot" => 2,
        _ => 0,
    };
    types.get(node.input.get(position)?.as_str()).copied()
}

/// Element type of what a node makes.
fn made_type(node: &NodeProto, types: &HashMap<&str, i32>) -> Option<i32> {
    match node.op_type() {
        "Cast" => node
            .attribute
            .iter()
            .find(|setting| setting.name() == "to")
            .and_then(|setting| i32::try_from(setting.i()).ok()),
        "Equal" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual" | "And" | "Or" | "Not" => {
            Some(BOOL)
        }
        "Shape" => Some(INT64),
        _ => data_type(node, types),
    }
}

/// Name of an element type in the table.
fn type_name(element: i32) -> Option<&'static str> {
    Some(match element {
        FLOAT => "float",
        FLOAT16 => "float16",
        BFLOAT16 => "bfloat16",
        INT32 => "int32",
        INT64 => "int64",
        BOOL => "bool",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::onnx::{
        AttributeProto, GraphProto, OperatorSetIdProto, TensorProto, ValueInfoProto,
    };

    fn model(version: i64, nodes: Vec<NodeProto>) -> Vec<u8> {
        let set = |domain: &str, version: i64| OperatorSetIdProto {
            domain: Some(domain.to_owned()),
            version: Some(version),
        };
        ModelProto {
            opset_import: vec![set("", version), set("com.microsoft", 1)],
            graph: Some(GraphProto {
                node: nodes,
                input: vec![ValueInfoProto::floats("x", &[2, 3])],
                initializer: vec![TensorProto::integers("rows", &[0, 1])],
                ..GraphProto::default()
            }),
            ..ModelProto::default()
        }
        .encode_to_vec()
    }

    fn node(op_type: &str, inputs: &[&str], attribute: Vec<AttributeProto>) -> NodeProto {
        NodeProto {
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![format!("{op_type}/y")],
            name: Some(format!("block/{op_type}")),
            op_type: Some(op_type.to_owned()),
            attribute,
            domain: None,
        }
    }

    #[test]
    fn every_line_of_the_table_is_a_kernel() {
        let lines = TABLE.lines().count();
        assert_eq!(kernels().count(), lines - 1);
        assert!(lines > 100);
        for kernel in kernels() {
            assert!(kernel.first <= kernel.last, "{}", kernel.operator);
            let known = ["float", "float16", "bfloat16", "int32", "int64", "bool"];
            assert!(
                kernel.types.iter().all(|name| known.contains(name)),
                "{}",
                kernel.operator
            );
        }
    }

    #[test]
    fn the_first_node_without_a_kernel_is_named() {
        let relu = || node("Relu", &["x"], Vec::new());
        assert_eq!(check_cuda_kernels(&model(18, vec![relu()])), Ok(()));
        let missing = node("GroupNormalization", &["Relu/y"], Vec::new());
        let error = check_cuda_kernels(&model(18, vec![relu(), missing])).unwrap_err();
        assert!(
            error.to_string().starts_with(
                "node `block/GroupNormalization` needs GroupNormalization of operator set 18"
            ),
            "{error}"
        );
    }

    #[test]
    fn kernels_end_where_the_schema_changes() {
        let pool = || vec![node("MaxPool", &["x"], Vec::new())];
        assert_eq!(check_cuda_kernels(&model(18, pool())), Ok(()));
        let error = check_cuda_kernels(&model(22, pool())).unwrap_err();
        assert!(error.to_string().contains("one (1 to 21)"), "{error}");
    }

    #[test]
    fn domains_are_kept_apart() {
        let mut fused = node("FusedMatMul", &["x", "x"], Vec::new());
        assert!(check_cuda_kernels(&model(18, vec![fused.clone()])).is_err());
        fused.domain = Some("com.microsoft".to_owned());
        assert_eq!(check_cuda_kernels(&model(18, vec![fused])), Ok(()));
    }

    #[test]
    fn element_types_are_followed() {
        let to_integers = node("Cast", &["x"], vec![AttributeProto::integer("to", 7)]);
        let tanh = node("Tanh", &["Cast/y"], Vec::new());
        let error = check_cuda_kernels(&model(18, vec![to_integers, tanh])).unwrap_err();
        assert!(error.to_string().contains("type int64"), "{error}");
        let equal = node("Equal", &["x", "x"], Vec::new());
        let choice = node("Where", &["Equal/y", "x", "x"], Vec::new());
        let wrong = node("Max", &["Equal/y"], Vec::new());
        let chosen = vec![equal, choice];
        assert_eq!(check_cuda_kernels(&model(18, chosen.clone())), Ok(()));
        let error = check_cuda_kernels(&model(18, [chosen, vec![wrong]].concat())).unwrap_err();
        assert!(error.to_string().contains("type bool"), "{error}");
        let sum = node("Cos", &["rows"], Vec::new());
        assert!(check_cuda_kernels(&model(18, vec![sum])).is_err());
    }

    #[test]
    fn training_mode_and_nonsense_are_refused() {
        let training = AttributeProto::integer("training_mode", 1);
        let norm = node("BatchNormalization", &["x"], vec![training]);
        let error = check_cuda_kernels(&model(18, vec![norm])).unwrap_err();
        assert!(error.to_string().contains("training_mode=1"), "{error}");
        for bytes in [&b"not a model"[..], &[]] {
            let error = check_cuda_kernels(bytes).unwrap_err();
            assert!(
                matches!(error, CudaKernelError::NotAModel { .. }),
                "{error}"
            );
        }
    }
}
