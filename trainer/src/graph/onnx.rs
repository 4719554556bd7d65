//! The part of the ONNX protobuf that we write and read back.
//!
//! Field numbers are those of `onnx.proto` (ONNX IR version 9). Fields that we never write are left out; a decoder
//! skips them, as protobuf asks.

use prost::{Message, Oneof};

/// `TensorProto.DataType.FLOAT`.
pub const FLOAT: i32 = 1;
/// `TensorProto.DataType.INT32`.
pub const INT32: i32 = 6;
/// `TensorProto.DataType.INT64`.
pub const INT64: i32 = 7;
/// `TensorProto.DataType.BOOL`.
pub const BOOL: i32 = 9;
/// `TensorProto.DataType.FLOAT16`.
pub const FLOAT16: i32 = 10;
/// `TensorProto.DataType.BFLOAT16`.
pub const BFLOAT16: i32 = 16;

/// `AttributeProto.AttributeType.FLOAT`.
const ATTRIBUTE_FLOAT: i32 = 1;
/// `AttributeProto.AttributeType.INT`.
const ATTRIBUTE_INT: i32 = 2;
/// `AttributeProto.AttributeType.STRING`.
const ATTRIBUTE_STRING: i32 = 3;
/// `AttributeProto.AttributeType.INTS`.
const ATTRIBUTE_INTS: i32 = 7;

/// A model file: a graph with the operator sets that it is written in.
#[derive(Clone, PartialEq, Message)]
pub struct ModelProto {
    /// Version of the file format.
    #[prost(int64, optional, tag = "1")]
    pub ir_version: Option<i64>,
    /// Program that wrote the file.
    #[prost(string, optional, tag = "2")]
    pub producer_name: Option<String>,
    /// Version of that program.
    #[prost(string, optional, tag = "3")]
    pub producer_version: Option<String>,
    /// The graph.
    #[prost(message, optional, tag = "7")]
    pub graph: Option<GraphProto>,
    /// Operator sets in use.
    #[prost(message, repeated, tag = "8")]
    pub opset_import: Vec<OperatorSetIdProto>,
}

/// An operator set and its version.
#[derive(Clone, PartialEq, Message)]
pub struct OperatorSetIdProto {
    /// Domain; empty for the standard operators.
    #[prost(string, optional, tag = "1")]
    pub domain: Option<String>,
    /// Version of the set.
    #[prost(int64, optional, tag = "2")]
    pub version: Option<i64>,
}

/// Nodes in topological order with the graph's inputs, outputs and stored tensors.
#[derive(Clone, PartialEq, Message)]
pub struct GraphProto {
    /// Nodes, each after those whose outputs it takes.
    #[prost(message, repeated, tag = "1")]
    pub node: Vec<NodeProto>,
    /// Name of the graph.
    #[prost(string, optional, tag = "2")]
    pub name: Option<String>,
    /// Tensors stored in the file.
    #[prost(message, repeated, tag = "5")]
    pub initializer: Vec<TensorProto>,
    /// Inputs.
    #[prost(message, repeated, tag = "11")]
    pub input: Vec<ValueInfoProto>,
    /// Outputs.
    #[prost(message, repeated, tag = "12")]
    pub output: Vec<ValueInfoProto>,
}

/// One application of an operator.
#[derive(Clone, PartialEq, Message)]
pub struct NodeProto {
    /// Names of the values taken; empty for an optional input left out.
    #[prost(string, repeated, tag = "1")]
    pub input: Vec<String>,
    /// Names of the values made.
    #[prost(string, repeated, tag = "2")]
    pub output: Vec<String>,
    /// Name of the node.
    #[prost(string, optional, tag = "3")]
    pub name: Option<String>,
    /// Operator.
    #[prost(string, optional, tag = "4")]
    pub op_type: Option<String>,
    /// Settings.
    #[prost(message, repeated, tag = "5")]
    pub attribute: Vec<AttributeProto>,
    /// Operator set that the operator belongs to.
    #[prost(string, optional, tag = "7")]
    pub domain: Option<String>,
}

/// A setting of a node.
#[derive(Clone, PartialEq, Message)]
pub struct AttributeProto {
    /// Name of the setting.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// Value, if a float.
    #[prost(float, optional, tag = "2")]
    pub f: Option<f32>,
    /// Value, if an integer.
    #[prost(int64, optional, tag = "3")]
    pub i: Option<i64>,
    /// Value, if a string.
    #[prost(bytes = "vec", optional, tag = "4")]
    pub s: Option<Vec<u8>>,
    /// Value, if a list of integers.
    #[prost(int64, repeated, packed = "false", tag = "8")]
    pub ints: Vec<i64>,
    /// Which of the values above is meant.
    #[prost(int32, optional, tag = "20")]
    pub r#type: Option<i32>,
}

impl AttributeProto {
    /// A float setting.
    pub fn float(name: &str, value: f32) -> AttributeProto {
        AttributeProto {
            f: Some(value),
            ..Self::of_type(name, ATTRIBUTE_FLOAT)
        }
    }

    /// An integer setting; flags are 0 or 1.
    pub fn integer(name: &str, value: i64) -> AttributeProto {
        AttributeProto {
            i: Some(value),
            ..Self::of_type(name, ATTRIBUTE_INT)
        }
    }

    /// A string setting.
    pub fn string(name: &str, value: &str) -> AttributeProto {
        AttributeProto {
            s: Some(value.as_bytes().to_vec()),
            ..Self::of_type(name, ATTRIBUTE_STRING)
        }
    }

    /// A list of sizes, strides or axes.
    pub fn sizes(name: &str, values: &[usize]) -> AttributeProto {
        AttributeProto {
            ints: integers(values),
            ..Self::of_type(name, ATTRIBUTE_INTS)
        }
    }

    fn of_type(name: &str, r#type: i32) -> AttributeProto {
        AttributeProto {
            name: Some(name.to_owned()),
            r#type: Some(r#type),
            ..AttributeProto::default()
        }
    }
}

/// A stored tensor.
#[derive(Clone, PartialEq, Message)]
pub struct TensorProto {
    /// Shape.
    #[prost(int64, repeated, packed = "false", tag = "1")]
    pub dims: Vec<i64>,
    /// Element type: [`FLOAT`] or [`INT64`].
    #[prost(int32, optional, tag = "2")]
    pub data_type: Option<i32>,
    /// Name.
    #[prost(string, optional, tag = "8")]
    pub name: Option<String>,
    /// Elements, row-major, little-endian.
    #[prost(bytes = "vec", optional, tag = "9")]
    pub raw_data: Option<Vec<u8>>,
}

impl TensorProto {
    /// A stored tensor of floats.
    pub fn floats(name: &str, shape: &[usize], values: &[f32]) -> TensorProto {
        TensorProto {
            dims: integers(shape),
            data_type: Some(FLOAT),
            name: Some(name.to_owned()),
            raw_data: Some(
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
            ),
        }
    }

    /// A stored list of integers: a shape, axes or paddings.
    pub fn integers(name: &str, values: &[i64]) -> TensorProto {
        TensorProto {
            dims: vec![values.len() as i64],
            data_type: Some(INT64),
            name: Some(name.to_owned()),
            raw_data: Some(
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
            ),
        }
    }
}

/// Name and type of a graph input or output.
#[derive(Clone, PartialEq, Message)]
pub struct ValueInfoProto {
    /// Name.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// Type and shape.
    #[prost(message, optional, tag = "2")]
    pub r#type: Option<TypeProto>,
}

impl ValueInfoProto {
    /// A float tensor of fixed shape.
    pub fn floats(name: &str, shape: &[usize]) -> ValueInfoProto {
        let dim = shape
            .iter()
            .map(|&size| Dimension {
                value: Some(DimensionValue::Size(size as i64)),
            })
            .collect();
        ValueInfoProto {
            name: Some(name.to_owned()),
            r#type: Some(TypeProto {
                tensor_type: Some(TensorTypeProto {
                    elem_type: Some(FLOAT),
                    shape: Some(TensorShapeProto { dim }),
                }),
            }),
        }
    }

    /// The element type, or None where the type is not a tensor.
    pub fn element_type(&self) -> Option<i32> {
        self.r#type.as_ref()?.tensor_type.as_ref()?.elem_type
    }

    /// The fixed shape, or None where any axis is open or the type is not a tensor.
    pub fn shape(&self) -> Option<Vec<usize>> {
        let tensor = self.r#type.as_ref()?.tensor_type.as_ref()?;
        let axes = &tensor.shape.as_ref()?.dim;
        axes.iter()
            .map(|axis| match axis.value {
                Some(DimensionValue::Size(size)) => usize::try_from(size).ok(),
                _ => None,
            })
            .collect()
    }
}

/// Type of a value.
#[derive(Clone, PartialEq, Message)]
pub struct TypeProto {
    /// Type, if a tensor.
    #[prost(message, optional, tag = "1")]
    pub tensor_type: Option<TensorTypeProto>,
}

/// Element type and shape of a tensor.
#[derive(Clone, PartialEq, Message)]
pub struct TensorTypeProto {
    /// Element type: [`FLOAT`] or [`INT64`].
    #[prost(int32, optional, tag = "1")]
    pub elem_type: Option<i32>,
    /// Shape.
    #[prost(message, optional, tag = "2")]
    pub shape: Option<TensorShapeProto>,
}

/// Axes of a tensor.
#[derive(Clone, PartialEq, Message)]
pub struct TensorShapeProto {
    /// Axes, outermost first.
    #[prost(message, repeated, tag = "1")]
    pub dim: Vec<Dimension>,
}

/// One axis of a shape.
#[derive(Clone, PartialEq, Message)]
pub struct Dimension {
    /// Its size or the name of its size.
    #[prost(oneof = "DimensionValue", tags = "1, 2")]
    pub value: Option<DimensionValue>,
}

/// Size of an axis.
#[derive(Clone, PartialEq, Oneof)]
pub enum DimensionValue {
    /// A fixed size.
    #[prost(int64, tag = "1")]
    Size(i64),
    /// A size fixed only when the model is run.
    #[prost(string, tag = "2")]
    Symbol(String),
}

/// Sizes as the signed integers that ONNX stores.
pub(crate) fn integers(sizes: &[usize]) -> Vec<i64> {
    sizes.iter().map(|&size| size as i64).collect()
}
