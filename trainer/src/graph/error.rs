//! What can go wrong while a graph is built, differentiated or written.

use thiserror::Error;

/// A graph that cannot be built as asked. Every message names the place and says how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GraphError {
    /// An operation was given shapes or settings that it cannot take.
    #[error("{node} cannot take shapes {}: {reason}", shapes_in_words(.shapes))]
    Shape {
        /// The full name that the node would have had, scopes included.
        node: String,
        /// Shapes of the inputs, in order.
        shapes: Vec<Vec<usize>>,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// A constant whose data do not fill its shape.
    #[error(
        "constant `{name}` of shape {shape:?} needs {expected} values but has {found}: pass one value per element"
    )]
    ConstantLength {
        /// Name of the constant.
        name: String,
        /// The shape asked for.
        shape: Vec<usize>,
        /// Elements in that shape.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// Two graph inputs, or two graph outputs, with one name.
    #[error("the graph already has an {kind} called `{name}`: give each {kind} a name of its own")]
    DuplicateName {
        /// `input` or `output`.
        kind: &'static str,
        /// The name used twice.
        name: String,
    },
    /// A value that this graph did not make.
    #[error(
        "{node} was given a value that graph `{graph}` does not hold: use values made by this graph"
    )]
    ForeignValue {
        /// The node or call that was given it.
        node: String,
        /// Name of the graph.
        graph: String,
    },
    /// The value to differentiate has more than one element.
    #[error(
        "`{name}` of shape {shape:?} is not a scalar: reduce it, with mean_all for one, before asking for gradients"
    )]
    LossNotScalar {
        /// Name of the value.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// The loss does not depend on a value that a gradient was asked for.
    #[error(
        "`{loss}` does not depend on `{name}`, so it has no gradient: use `{name}` in the loss or leave it out of the list"
    )]
    Independent {
        /// Name of the loss.
        loss: String,
        /// Name of the value that it does not depend on.
        name: String,
    },
    /// A graph without outputs was to be written.
    #[error("graph `{graph}` has no outputs, so there is nothing to write: name one with output()")]
    NoOutputs {
        /// Name of the graph.
        graph: String,
    },
    /// The reference evaluator was not given a value for a graph input.
    #[error("no values were given for input `{name}` of shape {shape:?}: feed it")]
    MissingFeed {
        /// Name of the input.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// The reference evaluator was given a tensor of another shape than the input's.
    #[error("input `{name}` has shape {expected:?} but was fed {found:?}: feed that shape")]
    FeedShape {
        /// Name of the input.
        name: String,
        /// Shape of the input.
        expected: Vec<usize>,
        /// Shape of the tensor given.
        found: Vec<usize>,
    },
}

fn shapes_in_words(shapes: &[Vec<usize>]) -> String {
    let words: Vec<String> = shapes.iter().map(|shape| format!("{shape:?}")).collect();
    words.join(" and ")
}
