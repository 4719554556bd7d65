//! The graph itself: values, names, scopes, inputs and outputs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::error::GraphError;
use super::operation::Operation;
use super::shape::element_count;
use super::value::Value;

/// A computation on f32 tensors of fixed shape, built one operation at a time, that can be differentiated and written
/// as an ONNX model.
///
/// Operations are methods, one file per family in [`crate::graph::operation`]; each checks its shapes at once.
#[derive(Debug, Clone)]
pub struct Graph {
    title: String,
    entries: Vec<Entry>,
    inputs: Vec<Value>,
    outputs: Vec<(String, Value)>,
    scope: Vec<String>,
    names: HashSet<String>,
    scalars: HashMap<u32, Value>,
    /// The first wrong declaration, kept until a call that can report it.
    fault: Option<GraphError>,
}

/// One value of the graph.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    source: Source,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Input,
    Constant(Arc<[f32]>),
    Node {
        operation: Arc<dyn Operation>,
        inputs: Vec<Value>,
    },
}

impl Graph {
    /// An empty graph. The name is written into the model file.
    pub fn new(name: &str) -> Graph {
        Graph {
            title: name.to_owned(),
            entries: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            scope: Vec::new(),
            names: HashSet::new(),
            scalars: HashMap::new(),
            fault: None,
        }
    }

    /// A graph input of fixed shape, f32. The name is kept exactly, whatever the scope, because the engine binds by it;
    /// a name used twice is reported by the next operation or by [`Graph::to_model`].
    pub fn input(&mut self, name: &str, shape: &[usize]) -> Value {
        let taken = self.inputs.iter().any(|&other| self.name(other) == name);
        if taken {
            self.remember(GraphError::DuplicateName {
                kind: "input",
                name: name.to_owned(),
            });
        }
        self.names.insert(name.to_owned());
        let value = self.push(name.to_owned(), shape.to_vec(), Source::Input);
        self.inputs.push(value);
        value
    }

    /// A tensor stored in the model, values in row-major order. A length that does not fit the shape is reported by
    /// the next operation or by [`Graph::to_model`].
    pub fn constant(&mut self, name: &str, shape: &[usize], data: Vec<f32>) -> Value {
        if data.len() != element_count(shape) {
            self.remember(GraphError::ConstantLength {
                name: name.to_owned(),
                shape: shape.to_vec(),
                expected: element_count(shape),
                found: data.len(),
            });
        }
        let name = self.unique(name.to_owned());
        self.push(name, shape.to_vec(), Source::Constant(data.into()))
    }

    /// A stored scalar, shape `[]`; asking twice for a number gives the same value.
    pub fn scalar(&mut self, value: f32) -> Value {
        if let Some(&known) = self.scalars.get(&value.to_bits()) {
            return known;
        }
        let made = self.constant(&format!("scalar/{value}"), &[], vec![value]);
        self.scalars.insert(value.to_bits(), made);
        made
    }

    /// Names a value as an output of the graph. A name used twice is reported by the next operation or by
    /// [`Graph::to_model`].
    pub fn output(&mut self, name: &str, value: Value) {
        if self.entries.get(value.0).is_none() {
            self.remember(GraphError::ForeignValue {
                node: format!("output `{name}`"),
                graph: self.title.clone(),
            });
            return;
        }
        if self.outputs.iter().any(|(other, _)| other == name)
            || self.inputs.iter().any(|&input| self.name(input) == name)
        {
            self.remember(GraphError::DuplicateName {
                kind: "input or output",
                name: name.to_owned(),
            });
        }
        self.outputs.push((name.to_owned(), value));
    }

    /// Shape of a value.
    ///
    /// # Panics
    /// If the value belongs to another, larger graph.
    pub fn shape(&self, value: Value) -> &[usize] {
        &self.entries[value.0].shape
    }

    /// Name of a value: as declared, or `scope/Operation` for a result.
    ///
    /// # Panics
    /// If the value belongs to another, larger graph.
    pub fn name(&self, value: Value) -> &str {
        &self.entries[value.0].name
    }

    /// Inputs in the order in which they were declared.
    pub fn inputs(&self) -> &[Value] {
        &self.inputs
    }

    /// Outputs with their names in the order in which they were declared.
    pub fn outputs(&self) -> &[(String, Value)] {
        &self.outputs
    }

    /// Builds with `name/` before the names of all nodes made meanwhile; scopes nest.
    pub fn scope<T>(&mut self, name: &str, build: impl FnOnce(&mut Graph) -> T) -> T {
        self.scope.push(name.to_owned());
        let built = build(self);
        self.scope.pop();
        built
    }

    /// Adds one application of an operation; what all the operation methods end in.
    ///
    /// # Errors
    /// When the operation refuses the shapes, or when an input, constant or output was declared wrongly before.
    pub fn apply(
        &mut self,
        operation: impl Operation + 'static,
        inputs: &[Value],
    ) -> Result<Value, GraphError> {
        self.check()?;
        let node = self.scoped(operation.name());
        if inputs.iter().any(|input| input.0 >= self.entries.len()) {
            return Err(GraphError::ForeignValue {
                node,
                graph: self.title.clone(),
            });
        }
        let shapes: Vec<&[usize]> = inputs.iter().map(|&input| self.shape(input)).collect();
        let shape = operation
            .infer_shape(&shapes)
            .map_err(|reason| GraphError::Shape {
                node: node.clone(),
                shapes: shapes.iter().map(|shape| shape.to_vec()).collect(),
                reason,
            })?;
        let name = self.unique(node);
        let source = Source::Node {
            operation: Arc::new(operation),
            inputs: inputs.to_vec(),
        };
        Ok(self.push(name, shape, source))
    }

    /// Nothing, or the first wrong declaration of an input, constant or output.
    ///
    /// # Errors
    /// That declaration.
    pub fn check(&self) -> Result<(), GraphError> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// Name of the graph.
    pub fn title(&self) -> &str {
        &self.title
    }

    pub(crate) fn source(&self, value: Value) -> &Source {
        &self.entries[value.0].source
    }

    /// Number of values made so far; every value's own number is below it, and above those of its inputs.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All values that the roots depend on, themselves included, each after its inputs.
    pub(crate) fn needed_for(&self, roots: &[Value]) -> Vec<Value> {
        let mut needed = vec![false; self.entries.len()];
        for root in roots {
            needed[root.0] = true;
        }
        for position in (0..self.entries.len()).rev() {
            if let (true, Source::Node { inputs, .. }) =
                (needed[position], &self.entries[position].source)
            {
                for input in inputs {
                    needed[input.0] = true;
                }
            }
        }
        (0..self.entries.len())
            .filter(|&position| needed[position])
            .map(Value)
            .collect()
    }

    /// Builds with exactly these scopes in place of the current ones.
    pub(crate) fn in_scope<T>(
        &mut self,
        scope: Vec<String>,
        build: impl FnOnce(&mut Graph) -> T,
    ) -> T {
        let before = std::mem::replace(&mut self.scope, scope);
        let built = build(self);
        self.scope = before;
        built
    }

    /// The error for a composite operation that refuses its inputs before any node of it is made.
    pub(crate) fn refuse(&self, operation: &str, inputs: &[Value], reason: String) -> GraphError {
        GraphError::Shape {
            node: self.scoped(operation),
            shapes: inputs
                .iter()
                .filter_map(|input| self.entries.get(input.0))
                .map(|entry| entry.shape.clone())
                .collect(),
            reason,
        }
    }

    fn scoped(&self, name: &str) -> String {
        let mut path = self.scope.join("/");
        if !path.is_empty() {
            path.push('/');
        }
        path + name
    }

    fn unique(&mut self, wanted: String) -> String {
        let mut name = wanted.clone();
        let mut copy = 1;
        while !self.names.insert(name.clone()) {
            name = format!("{wanted}_{copy}");
            copy += 1;
        }
        name
    }

    fn push(&mut self, name: String, shape: Vec<usize>, source: Source) -> Value {
        self.entries.push(Entry {
            name,
            shape,
            source,
        });
        Value(self.entries.len() - 1)
    }

    fn remember(&mut self, fault: GraphError) {
        self.fault.get_or_insert(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_declarations_are_reported_by_what_comes_next() {
        let mut graph = Graph::new("declarations");
        let x = graph.input("x", &[2]);
        graph.input("x", &[3]);
        let error = graph.exp(x).unwrap_err();
        assert!(error.to_string().contains("an input called `x`"), "{error}");

        let mut graph = Graph::new("declarations");
        let c = graph.constant("c", &[2, 2], vec![1.0; 3]);
        graph.output("c", c);
        let error = graph.to_model(crate::graph::Opset::Training).unwrap_err();
        assert!(
            error.to_string().contains("needs 4 values but has 3"),
            "{error}"
        );

        let mut graph = Graph::new("declarations");
        let x = graph.input("x", &[2]);
        graph.output("y", x);
        graph.output("y", x);
        assert!(matches!(
            graph.check(),
            Err(GraphError::DuplicateName { .. })
        ));
    }

    #[test]
    fn foreign_values_are_refused() {
        let mut small = Graph::new("small");
        let mut large = Graph::new("large");
        large.input("a", &[1]);
        let b = large.input("b", &[1]);
        let error = small.exp(b).unwrap_err();
        assert!(
            error.to_string().contains("graph `small` does not hold"),
            "{error}"
        );
        assert!(small.gradients(b, &[b]).is_err());
        small.output("b", b);
        assert!(small.check().is_err());
    }

    #[test]
    fn names_carry_scopes_and_stay_unique() {
        let mut graph = Graph::new("names");
        let x = graph.input("x", &[1]);
        let names = graph.scope("encoder", |graph| {
            graph.scope("block1", |graph| {
                let first = graph.exp(x).unwrap();
                let second = graph.exp(x).unwrap();
                [first, second].map(|value| graph.name(value).to_owned())
            })
        });
        assert_eq!(names, ["encoder/block1/Exp", "encoder/block1/Exp_1"]);
        let error = graph
            .scope("decoder", |graph| graph.transpose(x, &[1]))
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("decoder/Transpose cannot take shapes [1]"),
            "{error}"
        );
    }

    #[test]
    fn equal_scalars_are_one_value() {
        let mut graph = Graph::new("scalars");
        assert_eq!(graph.scalar(0.5), graph.scalar(0.5));
        assert_ne!(graph.scalar(0.0), graph.scalar(-0.0));
    }
}
