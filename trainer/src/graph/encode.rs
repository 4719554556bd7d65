//! Writing a graph as an ONNX model.

use std::collections::{BTreeMap, HashMap, HashSet};

use prost::Message;

use super::builder::{Graph, Source};
use super::error::GraphError;
use super::onnx::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    ValueInfoProto,
};
use super::value::Value;

/// Domain of ONNX Runtime's own operators.
const MICROSOFT: &str = "com.microsoft";

/// Which operator set a model is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opset {
    /// Opset 18, IR 9, with ONNX Runtime's own operators where they help: the newest set in which every operator that
    /// we write has a CUDA kernel in ONNX Runtime 1.31. For step graphs.
    Training,
    /// Opset 17, IR 8, standard operators alone: what the cart's runtime and other tools read. For exported models.
    Inference,
}

impl Opset {
    /// Version of the standard operator set.
    pub fn version(self) -> i64 {
        match self {
            Opset::Training => 18,
            Opset::Inference => 17,
        }
    }

    /// Version of the file format.
    pub fn ir_version(self) -> i64 {
        match self {
            Opset::Training => 9,
            Opset::Inference => 8,
        }
    }
}

impl Graph {
    /// The graph as an ONNX file. Every declared input is kept, so that the file's inputs are those of the program
    /// whether used or not; of the rest, only what the outputs depend on is written.
    ///
    /// # Errors
    /// When there is no output, or when an input, constant or output was declared wrongly before.
    pub fn to_model(&self, opset: Opset) -> Result<Vec<u8>, GraphError> {
        self.check()?;
        if self.outputs().is_empty() {
            return Err(GraphError::NoOutputs {
                graph: self.title().to_owned(),
            });
        }
        let mut writer = Writer::new(opset, self);
        let roots: Vec<Value> = self.outputs().iter().map(|(_, value)| *value).collect();
        for value in self.needed_for(&roots) {
            writer.write_value(self, value);
        }
        writer.name_outputs(self);
        Ok(writer.finish(self).encode_to_vec())
    }
}

/// A model while it is written.
struct Writer {
    opset: Opset,
    nodes: Vec<NodeProto>,
    initializers: Vec<TensorProto>,
    /// Stored integer lists by content, so that each is written once.
    integer_lists: HashMap<Vec<i64>, String>,
    /// Stored float lists by the bits of their content.
    float_lists: HashMap<Vec<u32>, String>,
    /// ONNX name of each value written so far.
    names: BTreeMap<Value, String>,
    taken: HashSet<String>,
    uses_microsoft: bool,
}

impl Writer {
    fn new(opset: Opset, graph: &Graph) -> Writer {
        let mut writer = Writer {
            opset,
            nodes: Vec::new(),
            initializers: Vec::new(),
            integer_lists: HashMap::new(),
            float_lists: HashMap::new(),
            names: BTreeMap::new(),
            taken: HashSet::new(),
            uses_microsoft: false,
        };
        // Inputs and outputs are bound by name from outside, so they come first and keep their names exactly.
        for &value in graph.inputs() {
            let name = graph.name(value).to_owned();
            writer.taken.insert(name.clone());
            writer.names.insert(value, name);
        }
        for (name, value) in graph.outputs() {
            writer.taken.insert(name.clone());
            let is_node = matches!(graph.source(*value), Source::Node { .. });
            if is_node && !writer.names.contains_key(value) {
                writer.names.insert(*value, name.clone());
            }
        }
        writer
    }

    fn unique(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut copy = 1;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}_{copy}");
            copy += 1;
        }
        name
    }

    fn name_of(&mut self, graph: &Graph, value: Value) -> String {
        if let Some(name) = self.names.get(&value) {
            return name.clone();
        }
        let name = self.unique(graph.name(value));
        self.names.insert(value, name.clone());
        name
    }

    fn write_value(&mut self, graph: &Graph, value: Value) {
        match graph.source(value) {
            Source::Input => {}
            Source::Constant(data) => {
                let name = self.name_of(graph, value);
                let tensor = TensorProto::floats(&name, graph.shape(value), data);
                self.initializers.push(tensor);
            }
            Source::Node { operation, inputs } => {
                let input_names = inputs
                    .iter()
                    .map(|&input| self.name_of(graph, input))
                    .collect();
                let output_name = self.name_of(graph, value);
                let mut site = Site {
                    node_name: graph.name(value),
                    inputs: input_names,
                    input_shapes: inputs.iter().map(|&input| graph.shape(input)).collect(),
                    output: output_name,
                    output_shape: graph.shape(value),
                    writer: self,
                };
                operation.encode(&mut site);
            }
        }
    }

    /// Gives each output that could not take its name where it was made (an input, a constant, or a value that is
    /// already another output) a node of its own.
    fn name_outputs(&mut self, graph: &Graph) {
        for (name, value) in graph.outputs() {
            let source = self.name_of(graph, *value);
            if source != *name {
                let node_name = format!("{name}/Identity");
                self.push_node("Identity", &node_name, &[&source], name, Vec::new());
            }
        }
    }

    fn push_node(
        &mut self,
        op_type: &str,
        name: &str,
        inputs: &[&str],
        output: &str,
        attribute: Vec<AttributeProto>,
    ) -> &mut NodeProto {
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output.to_owned()],
            name: Some(name.to_owned()),
            op_type: Some(op_type.to_owned()),
            attribute,
            domain: None,
        });
        self.nodes.last_mut().expect("a node was just pushed")
    }

    fn finish(self, graph: &Graph) -> ModelProto {
        let mut opset_import = vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(self.opset.version()),
        }];
        if self.uses_microsoft {
            opset_import.push(OperatorSetIdProto {
                domain: Some(MICROSOFT.to_owned()),
                version: Some(1),
            });
        }
        let info = |name: &str, value: Value| ValueInfoProto::floats(name, graph.shape(value));
        ModelProto {
            ir_version: Some(self.opset.ir_version()),
            producer_name: Some("ecg2mri-train".to_owned()),
            producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            graph: Some(GraphProto {
                node: self.nodes,
                name: Some(graph.title().to_owned()),
                initializer: self.initializers,
                input: graph
                    .inputs()
                    .iter()
                    .map(|&value| info(graph.name(value), value))
                    .collect(),
                output: graph
                    .outputs()
                    .iter()
                    .map(|(name, value)| info(name, *value))
                    .collect(),
            }),
            opset_import,
        }
    }
}

/// The place in the file where one operation is written: the names of what it takes and makes.
pub struct Site<'a> {
    node_name: &'a str,
    inputs: Vec<String>,
    input_shapes: Vec<&'a [usize]>,
    output: String,
    output_shape: &'a [usize],
    writer: &'a mut Writer,
}

impl Site<'_> {
    /// The operator set being written.
    pub fn opset(&self) -> Opset {
        self.writer.opset
    }

    /// Name of an input.
    pub fn input(&self, position: usize) -> String {
        self.inputs[position].clone()
    }

    /// Names of all inputs.
    pub fn inputs(&self) -> Vec<String> {
        self.inputs.clone()
    }

    /// Shape of an input.
    pub fn input_shape(&self, position: usize) -> &[usize] {
        self.input_shapes[position]
    }

    /// Shape of the output.
    pub fn output_shape(&self) -> &[usize] {
        self.output_shape
    }

    /// Writes the node that makes the operation's output.
    pub fn emit<S: AsRef<str>>(
        &mut self,
        op_type: &str,
        inputs: &[S],
        attributes: Vec<AttributeProto>,
    ) {
        let inputs: Vec<&str> = inputs.iter().map(AsRef::as_ref).collect();
        let output = self.output.clone();
        self.writer
            .push_node(op_type, self.node_name, &inputs, &output, attributes);
    }

    /// Writes the node that makes the operation's output, with one of ONNX Runtime's own operators.
    pub fn emit_microsoft<S: AsRef<str>>(
        &mut self,
        op_type: &str,
        inputs: &[S],
        attributes: Vec<AttributeProto>,
    ) {
        let inputs: Vec<&str> = inputs.iter().map(AsRef::as_ref).collect();
        let output = self.output.clone();
        self.writer
            .push_node(op_type, self.node_name, &inputs, &output, attributes)
            .domain = Some(MICROSOFT.to_owned());
        self.writer.uses_microsoft = true;
    }

    /// Writes a node whose output only this operation uses, and names that output.
    pub fn intermediate<S: AsRef<str>>(
        &mut self,
        op_type: &str,
        inputs: &[S],
        attributes: Vec<AttributeProto>,
    ) -> String {
        let inputs: Vec<&str> = inputs.iter().map(AsRef::as_ref).collect();
        let name = self.writer.unique(&format!("{}/{op_type}", self.node_name));
        self.writer
            .push_node(op_type, &name, &inputs, &name, attributes);
        name
    }

    /// A stored list of integers, written once for each content.
    pub fn integers(&mut self, values: &[i64]) -> String {
        if let Some(name) = self.writer.integer_lists.get(values) {
            return name.clone();
        }
        let words: Vec<String> = values.iter().map(i64::to_string).collect();
        let name = self.writer.unique(&format!("integers/{}", words.join("_")));
        let tensor = TensorProto::integers(&name, values);
        self.writer.initializers.push(tensor);
        self.writer
            .integer_lists
            .insert(values.to_vec(), name.clone());
        name
    }

    /// A stored list of floats, written once for each content.
    pub fn floats(&mut self, values: &[f32]) -> String {
        self.stored_floats("floats", &[values.len()], values)
    }

    /// A stored scalar, written once for each value.
    pub fn scalar(&mut self, value: f32) -> String {
        self.stored_floats("scalar", &[], &[value])
    }

    fn stored_floats(&mut self, kind: &str, shape: &[usize], values: &[f32]) -> String {
        // The rank is part of the key: a scalar and a list of one element differ.
        let mut key = vec![shape.len() as u32];
        key.extend(values.iter().map(|value| value.to_bits()));
        if let Some(name) = self.writer.float_lists.get(&key) {
            return name.clone();
        }
        let words: Vec<String> = values.iter().map(f32::to_string).collect();
        let name = self.writer.unique(&format!("{kind}/{}", words.join("_")));
        let tensor = TensorProto::floats(&name, shape, values);
        self.writer.initializers.push(tensor);
        self.writer.float_lists.insert(key, name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(graph: &Graph, opset: Opset) -> (ModelProto, GraphProto) {
        let bytes = graph.to_model(opset).unwrap();
        let model = ModelProto::decode(bytes.as_slice()).unwrap();
        let graph = model.graph.clone().unwrap();
        (model, graph)
    }

    #[test]
    fn what_no_output_needs_is_left_out() {
        let mut graph = Graph::new("pruned");
        let x = graph.input("x", &[2, 3]);
        let unused = graph.input("unused", &[5]);
        let y = graph.scope("encoder", |graph| graph.tanh(x)).unwrap();
        graph.exp(unused).unwrap();
        graph.constant("weights", &[1], vec![1.0]);
        let z = graph.negate(y).unwrap();
        graph.output("z", z);
        let (_, written) = decoded(&graph, Opset::Inference);
        let ops: Vec<&str> = written.node.iter().map(NodeProto::op_type).collect();
        assert_eq!(ops, ["Tanh", "Neg"]);
        assert_eq!(written.node[0].name(), "encoder/Tanh");
        assert_eq!(written.node[1].output, ["z"]);
        assert!(written.initializer.is_empty());
        let inputs: Vec<&str> = written.input.iter().map(ValueInfoProto::name).collect();
        assert_eq!(inputs, ["x", "unused"]);
        assert_eq!(written.output[0].shape(), Some(vec![2, 3]));
    }

    #[test]
    fn versions_follow_the_opset() {
        let mut graph = Graph::new("versions");
        let a = graph.input("a", &[2, 3, 4]);
        let b = graph.input("b", &[2, 5, 4]);
        let y = graph.matmul_transposed(a, b, false, true).unwrap();
        graph.output("y", y);
        let versions = |opset: Opset| {
            let (model, written) = decoded(&graph, opset);
            let sets: Vec<(String, i64)> = model
                .opset_import
                .iter()
                .map(|set| (set.domain().to_owned(), set.version()))
                .collect();
            (model.ir_version(), sets, written.node.len())
        };
        let (ir, sets, nodes) = versions(Opset::Training);
        assert_eq!((ir, nodes), (9, 1));
        assert_eq!(sets, [(String::new(), 18), (MICROSOFT.to_owned(), 1)]);
        let (ir, sets, nodes) = versions(Opset::Inference);
        assert_eq!((ir, nodes), (8, 2));
        assert_eq!(sets, [(String::new(), 17)]);
    }

    #[test]
    fn outputs_keep_their_names_whatever_they_name() {
        let mut graph = Graph::new("outputs");
        let x = graph.input("x", &[1]);
        let y = graph.scope("taken", |graph| graph.exp(x)).unwrap();
        let z = graph.negate(y).unwrap();
        let c = graph.constant("c", &[1], vec![2.0]);
        for (name, value) in [
            ("same", x),
            ("y", y),
            ("y again", y),
            ("taken/Exp", z),
            ("c", c),
        ] {
            graph.output(name, value);
        }
        let (_, written) = decoded(&graph, Opset::Inference);
        let made: Vec<&str> = written
            .node
            .iter()
            .map(|node| node.output[0].as_str())
            .collect();
        assert_eq!(made, ["y", "taken/Exp", "same", "y again", "c"]);
        assert_eq!(written.initializer[0].name(), "c_1");
    }

    #[test]
    fn settings_are_stored_once() {
        let mut graph = Graph::new("settings");
        let x = graph.input("x", &[2, 3]);
        let a = graph.reduce_sum(x, &[1], true).unwrap();
        let b = graph.exp(x).unwrap();
        let b = graph.reduce_sum(b, &[1], true).unwrap();
        graph.output("a", a);
        graph.output("b", b);
        let (_, written) = decoded(&graph, Opset::Training);
        assert_eq!(written.initializer.len(), 1);
    }

    #[test]
    fn graph_without_outputs_is_refused() {
        let error = Graph::new("empty").to_model(Opset::Training).unwrap_err();
        assert!(
            error.to_string().contains("`empty` has no outputs"),
            "{error}"
        );
    }
}
