//! The handle by which a graph's tensors are known.

/// A tensor in a graph: an input, a constant or the result of an operation. It means something only to the graph that
/// made it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Value(pub(crate) usize);
