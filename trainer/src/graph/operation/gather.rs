//! Rows of a table by number, as embeddings use them, and numbers as one-hot rows.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::{AttributeProto, INT64};
use crate::graph::shape::element_count;
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// Inputs: table (rows, …) and row numbers of any shape.
#[derive(Debug, Clone, Copy, PartialEq)]
struct GatherRows;

impl Operation for GatherRows {
    fn name(&self) -> &'static str {
        "Gather"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        match inputs[0].split_first() {
            Some((rows, row)) if *rows > 0 => Ok([inputs[1], row].concat()),
            _ => Err("needs a table of shape (rows, …) with at least one row".to_owned()),
        }
    }

    fn encode(&self, site: &mut Site<'_>) {
        let to = AttributeProto::integer("to", i64::from(INT64));
        let numbers = site.intermediate("Cast", &[site.input(1)], vec![to]);
        let axis = AttributeProto::integer("axis", 0);
        site.emit("Gather", &[site.input(0), numbers], vec![axis]);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let rows = inputs[0].shape()[0];
        let size = element_count(&inputs[0].shape()[1..]);
        let mut values = Vec::with_capacity(element_count(output_shape));
        for &number in inputs[1].values() {
            if number >= 0.0 && number < rows as f64 {
                values.extend_from_slice(&inputs[0].values()[number as usize * size..][..size]);
            } else {
                // There is no such row; ONNX Runtime stops here.
                values.extend(std::iter::repeat_n(f64::NAN, size));
            }
        }
        Tensor::new(output_shape, values).expect("one value per element was copied")
    }

    /// The gradients of all places that show a row, added up: a product with the numbers as one-hot rows. Unlike a
    /// scatter with addition it gives the same bits on every run of a GPU.
    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (table, numbers) = (node.inputs[0], node.inputs[1]);
        let shape = graph.shape(table).to_vec();
        let count = element_count(graph.shape(numbers));
        let numbers = graph.reshape(numbers, &[count])?;
        let chosen = graph.one_hot(numbers, shape[0])?;
        let dy = graph.reshape(node.output_gradient, &[count, element_count(&shape[1..])])?;
        let summed = graph.matmul_transposed(chosen, dy, true, false)?;
        Ok(vec![Some(graph.reshape(summed, &shape)?), None])
    }
}

impl Graph {
    /// Rows of a table by their numbers, counted from 0: table (rows, …) and numbers of any shape → (numbers' shape, …).
    /// Numbers are f32 like all tensors here, whole and below the number of rows, which must stay below 2²⁴; ONNX
    /// Runtime's CPU provider stops at a number that is not.
    ///
    /// # Errors
    /// When the table has no rows.
    pub fn gather_rows(&mut self, table: Value, numbers: Value) -> Result<Value, GraphError> {
        self.apply(GatherRows, &[table, numbers])
    }

    /// Whole numbers below `classes` as rows of zeros with a one in the numbered place: any shape → (shape, classes).
    /// A number outside gives a row of zeros. No gradient passes.
    ///
    /// # Errors
    /// When there are no classes.
    pub fn one_hot(&mut self, numbers: Value, classes: usize) -> Result<Value, GraphError> {
        if classes == 0 {
            let reason = "needs at least one class".to_owned();
            return Err(self.refuse("OneHot", &[numbers], reason));
        }
        let counted = (0..classes).map(|class| class as f32).collect();
        let classes = self.constant("classes", &[classes], counted);
        let last = self.shape(numbers).len();
        let wide = self.insert_axis(numbers, last)?;
        self.equal(wide, classes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;

    #[test]
    fn a_row_shown_twice_has_both_gradients() {
        let mut graph = Graph::new("gather");
        let table = graph.input("table", &[3, 2]);
        let numbers = graph.constant("numbers", &[3], vec![2.0, 0.0, 2.0]);
        let rows = graph.gather_rows(table, numbers).unwrap();
        let loss = graph.sum_all(rows).unwrap();
        let gradient = graph.gradients(loss, &[table]).unwrap();
        let fed = Tensor::from_fn(&[3, 2], |flat| flat as f64);
        let found = evaluate(&graph, &[rows, gradient[0]], &[(table, fed)]).unwrap();
        assert_eq!(found[0].values(), [4.0, 5.0, 0.0, 1.0, 4.0, 5.0]);
        assert_eq!(found[1].values(), [1.0, 1.0, 0.0, 0.0, 2.0, 2.0]);
    }

    #[test]
    fn tables_and_classes_must_not_be_empty() {
        let mut graph = Graph::new("gather");
        let empty = graph.input("empty", &[0, 2]);
        let numbers = graph.input("numbers", &[3]);
        assert!(graph.gather_rows(empty, numbers).is_err());
        assert!(graph.one_hot(numbers, 0).is_err());
    }
}
