//! Rows of a learned table, and what tells positions apart.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::value::Value;

/// Rows of a learned table by whole numbers: table (entries, width), numbers of any shape → (numbers' shape, width); as
/// `torch.nn.Embedding`. See [`Graph::gather_rows`] for what the numbers may be.
///
/// # Errors
/// When the table is not a matrix with rows.
pub fn embedding(graph: &mut Graph, table: Value, numbers: Value) -> Result<Value, GraphError> {
    if graph.shape(table).len() != 2 {
        let reason = "needs a table of shape (entries, width)".to_owned();
        return Err(graph.refuse("Embedding", &[table, numbers], reason));
    }
    graph.gather_rows(table, numbers)
}

/// x (batch, positions, width) plus one row for each position, (positions, width): a parameter for learned positions, or
/// [`sinusoidal_positions`].
///
/// # Errors
/// When the shapes are not those.
pub fn add_positions(graph: &mut Graph, x: Value, positions: Value) -> Result<Value, GraphError> {
    let shape = graph.shape(x);
    if shape.len() != 3 || graph.shape(positions) != &shape[1..] {
        let reason =
            "needs x (batch, positions, width) and one row of that width for each position";
        return Err(graph.refuse("AddPositions", &[x, positions], reason.to_owned()));
    }
    graph.add(x, positions)
}

/// Fixed rows that tell positions apart, (positions, width): in column 2i the sine and in column 2i + 1 the cosine of
/// `position / 10000^(2i/width)` (Vaswani et al. 2017, section 3.5).
pub fn sinusoidal_positions(graph: &mut Graph, positions: usize, width: usize) -> Value {
    let mut values = Vec::with_capacity(positions * width);
    for position in 0..positions {
        for column in 0..width {
            let even = column - column % 2;
            let angle = position as f64 / 10_000f64.powf(even as f64 / width as f64);
            let value = if column == even {
                angle.sin()
            } else {
                angle.cos()
            };
            values.push(value as f32);
        }
    }
    graph.constant("positions", &[positions, width], values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;

    #[test]
    fn positions_follow_the_formula() {
        let mut graph = Graph::new("positions");
        let rows = sinusoidal_positions(&mut graph, 3, 4);
        let found = evaluate(&graph, &[rows], &[]).unwrap();
        assert_eq!(found[0].values()[..4], [0.0, 1.0, 0.0, 1.0]);
        let expected = [2f64.sin(), 2f64.cos(), 0.02f64.sin(), 0.02f64.cos()];
        for (found, expected) in found[0].values()[8..].iter().zip(expected) {
            assert!((found - expected).abs() < 1e-7);
        }
    }

    #[test]
    fn misfits_are_refused() {
        let mut graph = Graph::new("embedding");
        let x = graph.input("x", &[2, 5, 4]);
        let short = sinusoidal_positions(&mut graph, 4, 4);
        assert!(add_positions(&mut graph, x, short).is_err());
        assert!(embedding(&mut graph, x, short).is_err());
    }
}
