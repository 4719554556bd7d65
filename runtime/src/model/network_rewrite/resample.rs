//! Which parts of a graph are enlargements by products with constant matrices.

use tract_core::prelude::*;

use super::graph::{Graph, einstein_sum, floats};
use super::layer::{FoundLayer, FoundWork};

/// The enlargement that begins with this product of a picture's rows with a matrix, with the product
/// of its columns with a matrix after it.
pub fn recognise(graph: &Graph, id: usize) -> Option<FoundLayer> {
    let first = graph.node(id);
    let middle = OutletId::new(id, 0);
    let second = graph.only_reader(middle)?;
    if einstein_sum(first)? != "abmk,kn->abmn" || einstein_sum(second)? != "mk,abkn->abmn" {
        return None;
    }
    let ([input, columns], [rows, between]) = (
        first.inputs[..].try_into().ok()?,
        second.inputs[..].try_into().ok()?,
    );
    if between != middle {
        return None;
    }
    let output = OutletId::new(second.id, 0);
    let (from, to) = (graph.extent(input)?, graph.extent(output)?);
    if graph.shape(input)?.len() != 4 || from.channels != to.channels {
        return None;
    }
    let columns = transposed(floats(&*graph.constant(columns)?), from.width, to.width)?;
    let rows = graph.constant(rows)?;
    let rows = floats(&rows);
    (rows.len() == from.height * to.height).then(|| FoundLayer {
        input: (input, from),
        output: (output, to),
        nodes: vec![id, second.id],
        work: FoundWork::Resample {
            rows: rows.to_vec(),
            columns,
        },
    })
}

/// A matrix of so many rows and columns with both exchanged.
fn transposed(matrix: &[f32], rows: usize, columns: usize) -> Option<Vec<f32>> {
    let value = |index: usize| matrix[index % rows * columns + index / rows];
    (matrix.len() == rows * columns).then(|| (0..matrix.len()).map(value).collect())
}
