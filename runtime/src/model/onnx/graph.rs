//! The messages of `onnx.proto` (ONNX IR version 8) that a network of the trainer is made of, read field by field.
//!
//! A decoder that follows the letter of protocol buffers skips the fields that it does not know and lets the last of
//! several win. This one refuses both, so that it cannot see another network than tract does.

use super::error::StructureError;
use super::wire::{Fields, Value, extend};
use crate::model::limits;

/// The one version of the standard operators that is known, the one that the trainer writes.
pub(super) const OPERATOR_SET: i64 = 17;

/// A graph: nodes in the order in which they can be run, stored tensors, inputs and outputs.
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) stored: Vec<Stored<'a>>,
    pub(super) inputs: Vec<Port<'a>>,
    pub(super) outputs: Vec<Port<'a>>,
}

/// One application of an operator.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub(super) name: &'a str,
    pub(super) operator: &'a str,
    pub(super) inputs: Vec<&'a str>,
    pub(super) output: &'a str,
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// A setting of a node.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) value: Setting<'a>,
}

/// What is set.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Setting<'a> {
    Float(f32),
    Integer(i64),
    Text(&'a str),
    Integers(Vec<i64>),
}

/// What the elements of a tensor are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// 32-bit floats.
    Single,
    /// 16-bit floats.
    Half,
    /// 64-bit integers.
    Integer,
}

impl Element {
    /// The element type that has this number in `TensorProto.DataType`.
    fn numbered(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::Single),
            7 => Some(Self::Integer),
            10 => Some(Self::Half),
            _ => None,
        }
    }

    /// Bytes of one.
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::Single => 4,
            Self::Half => 2,
            Self::Integer => 8,
        }
    }
}

/// A stored tensor.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    pub(super) name: &'a str,
    pub(super) element: Element,
    pub(super) shape: Vec<i64>,
    /// Row-major, little-endian.
    pub(super) data: &'a [u8],
}

/// An input or output: 32-bit floats.
#[derive(Debug)]
pub(super) struct Port<'a> {
    pub(super) name: &'a str,
    /// `None` where the size is left open.
    pub(super) shape: Vec<Option<u64>>,
}

impl std::fmt::Display for Port<'_> {
    /// For example `ecg [1, 12, 600]`, with a question mark where the size is left open.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size = |size: &Option<u64>| size.map_or("?".to_owned(), |size| size.to_string());
        let sizes: Vec<String> = self.shape.iter().map(size).collect();
        write!(formatter, "{} [{}]", self.name, sizes.join(", "))
    }
}

/// The graph of an ONNX file.
pub(super) fn read(bytes: &[u8]) -> Result<Graph<'_>, StructureError> {
    const MESSAGE: &str = "ModelProto";
    let (mut graph, mut version, mut sets) = (None, None, Vec::new());
    let mut texts = [None; 4];
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, Value::Integer(number)) => once(&mut version, MESSAGE, 1, number)?,
            // Producer, its version, domain, and comment.
            (2, value) => once(&mut texts[0], MESSAGE, 2, name(MESSAGE, value)?)?,
            (3, value) => once(&mut texts[1], MESSAGE, 3, name(MESSAGE, value)?)?,
            (4, value) => once(&mut texts[2], MESSAGE, 4, name(MESSAGE, value)?)?,
            (5, Value::Integer(_)) => {}
            (6, value) => once(&mut texts[3], MESSAGE, 6, name(MESSAGE, value)?)?,
            (7, Value::Bytes(own)) => once(&mut graph, MESSAGE, 7, own)?,
            (8, Value::Bytes(set)) if sets.len() < 4 => sets.push(operator_set(set)?),
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    if !matches!(&sets[..], [("" | "ai.onnx", OPERATOR_SET)]) {
        return Err(StructureError::OperatorSet {
            found: format!("{sets:?}"),
            known: OPERATOR_SET,
        });
    }
    read_graph(graph.ok_or(lacking(MESSAGE, "graph"))?)
}

fn read_graph(bytes: &[u8]) -> Result<Graph<'_>, StructureError> {
    const MESSAGE: &str = "GraphProto";
    let mut graph = Graph::default();
    let mut texts = [None; 2];
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, Value::Bytes(node)) => {
                below(graph.nodes.len(), limits::NODES, "nodes")?;
                graph.nodes.push(node_of(node)?);
            }
            (2, value) => once(&mut texts[0], MESSAGE, 2, name(MESSAGE, value)?)?,
            (5, Value::Bytes(tensor)) => {
                below(graph.stored.len(), limits::STORED_TENSORS, "stored tensors")?;
                graph.stored.push(stored(tensor)?);
            }
            (10, value) => once(&mut texts[1], MESSAGE, 10, name(MESSAGE, value)?)?,
            (11, Value::Bytes(input)) => {
                below(graph.inputs.len(), limits::NODE_INPUTS, "inputs")?;
                graph.inputs.push(port(input)?);
            }
            (12, Value::Bytes(output)) => {
                below(graph.outputs.len(), limits::NODE_INPUTS, "outputs")?;
                graph.outputs.push(port(output)?);
            }
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    Ok(graph)
}

fn operator_set(bytes: &[u8]) -> Result<(&str, i64), StructureError> {
    const MESSAGE: &str = "OperatorSetIdProto";
    let (mut domain, mut version) = (None, None);
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, value) => once(&mut domain, MESSAGE, 1, name(MESSAGE, value)?)?,
            (2, Value::Integer(number)) => once(&mut version, MESSAGE, 2, number)?,
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    let version = version.ok_or(lacking(MESSAGE, "version"))?;
    Ok((domain.unwrap_or_default(), version as i64))
}

fn node_of(bytes: &[u8]) -> Result<Node<'_>, StructureError> {
    const MESSAGE: &str = "NodeProto";
    let mut node = Node::default();
    let (mut own, mut operator, mut output, mut domain) = (None, None, None, None);
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, value) => {
                below(node.inputs.len(), limits::NODE_INPUTS, "inputs of one node")?;
                node.inputs.push(name(MESSAGE, value)?);
            }
            (2, value) => once(&mut output, MESSAGE, 2, name(MESSAGE, value)?)?,
            (3, value) => once(&mut own, MESSAGE, 3, name(MESSAGE, value)?)?,
            (4, value) => once(&mut operator, MESSAGE, 4, name(MESSAGE, value)?)?,
            (5, Value::Bytes(setting)) => {
                below(
                    node.attributes.len(),
                    limits::ATTRIBUTES,
                    "settings of one node",
                )?;
                node.attributes.push(attribute(setting)?);
            }
            (7, value) => once(&mut domain, MESSAGE, 7, name(MESSAGE, value)?)?,
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    if let Some(name) = domain.filter(|domain| !domain.is_empty()) {
        let fault = "for a set of operators, and only the standard ones are known";
        return Err(misused(name, fault));
    }
    node.operator = operator.ok_or(lacking(MESSAGE, "op_type"))?;
    node.output = output
        .filter(|output| !output.is_empty())
        .ok_or(lacking(MESSAGE, "output"))?;
    // tract calls a node without a name by that of its output.
    node.name = own.filter(|own| !own.is_empty()).unwrap_or(node.output);
    Ok(node)
}

fn attribute(bytes: &[u8]) -> Result<Attribute<'_>, StructureError> {
    const MESSAGE: &str = "AttributeProto";
    let (mut own, mut kind, mut value) = (None, None, None);
    let mut list = Vec::new();
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, text) => once(&mut own, MESSAGE, 1, name(MESSAGE, text)?)?,
            (2, Value::Four(four)) => {
                let float = Setting::Float(f32::from_le_bytes(four));
                once(&mut value, MESSAGE, 2, float)?;
            }
            (3, Value::Integer(integer)) => {
                once(&mut value, MESSAGE, 3, Setting::Integer(integer as i64))?;
            }
            (4, text) => once(&mut value, MESSAGE, 4, Setting::Text(name(MESSAGE, text)?))?,
            (8, integers) => {
                extend(&mut list, integers, 2 * limits::AXES).ok_or(lacking(MESSAGE, "ints"))?
            }
            (20, Value::Integer(number)) => once(&mut kind, MESSAGE, 20, number)?,
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    if !list.is_empty() {
        once(&mut value, MESSAGE, 8, Setting::Integers(list))?;
    }
    let value = value.ok_or(lacking(MESSAGE, "value"))?;
    let expected = match value {
        Setting::Float(_) => 1,
        Setting::Integer(_) => 2,
        Setting::Text(_) => 3,
        Setting::Integers(_) => 7,
    };
    if kind != Some(expected) {
        return Err(lacking(MESSAGE, "type"));
    }
    let name = own.ok_or(lacking(MESSAGE, "name"))?;
    Ok(Attribute { name, value })
}

fn stored(bytes: &[u8]) -> Result<Stored<'_>, StructureError> {
    const MESSAGE: &str = "TensorProto";
    let (mut own, mut element, mut data) = (None, None, None);
    let mut shape = Vec::new();
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, sizes) => {
                extend(&mut shape, sizes, limits::AXES).ok_or(lacking(MESSAGE, "dims"))?;
            }
            (2, Value::Integer(number)) => once(&mut element, MESSAGE, 2, number)?,
            (8, value) => once(&mut own, MESSAGE, 8, name(MESSAGE, value)?)?,
            (9, Value::Bytes(bytes)) => once(&mut data, MESSAGE, 9, bytes)?,
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    Ok(Stored {
        name: own
            .filter(|own| !own.is_empty())
            .ok_or(lacking(MESSAGE, "name"))?,
        element: element
            .and_then(Element::numbered)
            .ok_or(lacking(MESSAGE, "data_type"))?,
        shape,
        data: data.ok_or(lacking(MESSAGE, "raw_data"))?,
    })
}

fn port(bytes: &[u8]) -> Result<Port<'_>, StructureError> {
    const MESSAGE: &str = "ValueInfoProto";
    let (mut own, mut kind) = (None, None);
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, value) => once(&mut own, MESSAGE, 1, name(MESSAGE, value)?)?,
            (2, Value::Bytes(bytes)) => once(&mut kind, MESSAGE, 2, bytes)?,
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    let tensor = only("TypeProto", 1, kind.ok_or(lacking(MESSAGE, "type"))?)?;
    let shape = tensor_shape(tensor)?;
    let name = own
        .filter(|own| !own.is_empty())
        .ok_or(lacking(MESSAGE, "name"))?;
    Ok(Port { name, shape })
}

fn tensor_shape(bytes: &[u8]) -> Result<Vec<Option<u64>>, StructureError> {
    const MESSAGE: &str = "TypeProto.Tensor";
    let (mut element, mut shape) = (None, None);
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, Value::Integer(number)) => once(&mut element, MESSAGE, 1, number)?,
            (2, Value::Bytes(bytes)) => once(&mut shape, MESSAGE, 2, bytes)?,
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    if element.and_then(Element::numbered) != Some(Element::Single) {
        return Err(lacking(MESSAGE, "elem_type"));
    }
    let mut sizes = Vec::new();
    let shape = shape.ok_or(lacking(MESSAGE, "shape"))?;
    for field in Fields::of("TensorShapeProto", shape) {
        match field? {
            (1, Value::Bytes(axis)) => {
                below(sizes.len(), limits::AXES, "axes of one tensor")?;
                sizes.push(axis_size(axis)?);
            }
            (field, _) => return unknown("TensorShapeProto", field),
        }
    }
    Ok(sizes)
}

fn axis_size(bytes: &[u8]) -> Result<Option<u64>, StructureError> {
    const MESSAGE: &str = "TensorShapeProto.Dimension";
    let mut size = None;
    for field in Fields::of(MESSAGE, bytes) {
        match field? {
            (1, Value::Integer(number)) => once(&mut size, MESSAGE, 1, Some(number))?,
            // tract reads the name of a size as a formula; ours are a word.
            (2, value) => {
                let symbol = name(MESSAGE, value)?;
                if symbol.is_empty() || !symbol.bytes().all(|byte| byte.is_ascii_lowercase()) {
                    return Err(lacking(MESSAGE, "dim_param"));
                }
                once(&mut size, MESSAGE, 2, None)?;
            }
            (field, _) => return unknown(MESSAGE, field),
        }
    }
    size.ok_or(lacking(MESSAGE, "dim_value"))
}

/// The one field that a message has: a message within it.
fn only<'a>(
    message: &'static str,
    number: u64,
    bytes: &'a [u8],
) -> Result<&'a [u8], StructureError> {
    let mut found = None;
    for field in Fields::of(message, bytes) {
        match field? {
            (field, Value::Bytes(bytes)) if field == number => {
                once(&mut found, message, field, bytes)?;
            }
            (field, _) => return unknown(message, field),
        }
    }
    found.ok_or(lacking(message, "value"))
}

/// A name: UTF-8 of a bounded length, without what a terminal would obey.
fn name<'a>(message: &'static str, value: Value<'a>) -> Result<&'a str, StructureError> {
    let text = match value {
        Value::Bytes(bytes) if bytes.len() <= limits::NAME_BYTES => std::str::from_utf8(bytes).ok(),
        _ => None,
    };
    text.filter(|text| !text.contains(char::is_control))
        .ok_or(lacking(message, "name"))
}

/// Keeps the value of a field that can be there once.
fn once<T>(
    place: &mut Option<T>,
    message: &'static str,
    field: u64,
    value: T,
) -> Result<(), StructureError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(StructureError::Twice { message, field }),
    }
}

fn below(count: usize, limit: usize, what: &'static str) -> Result<(), StructureError> {
    if count < limit {
        return Ok(());
    }
    Err(StructureError::TooMany {
        what,
        limit: limit as u64,
    })
}

fn unknown<T>(message: &'static str, field: u64) -> Result<T, StructureError> {
    Err(StructureError::Field { message, field })
}

fn lacking(message: &'static str, field: &'static str) -> StructureError {
    StructureError::Lacking { message, field }
}

pub(super) fn misused(name: &str, fault: &'static str) -> StructureError {
    StructureError::Name {
        name: name.to_owned(),
        fault,
    }
}
