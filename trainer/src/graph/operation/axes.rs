//! Cutting into parts, stacking, and axes of size 1: all by slices, joins and reshapes.

use super::check_axis;
use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::value::Value;

impl Graph {
    /// x cut along an axis into parts of these sizes, in order.
    ///
    /// # Errors
    /// When the axis does not exist, a part is empty or the sizes do not add up to the axis's.
    pub fn split(
        &mut self,
        x: Value,
        axis: usize,
        sizes: &[usize],
    ) -> Result<Vec<Value>, GraphError> {
        check_axis(axis, self.shape(x).len())
            .map_err(|reason| self.refuse("Split", &[x], reason))?;
        let (found, wanted) = (self.shape(x)[axis], sizes.iter().sum::<usize>());
        if found != wanted {
            let reason = format!(
                "the parts {sizes:?} add up to {wanted} but axis {axis} has {found}: make them equal"
            );
            return Err(self.refuse("Split", &[x], reason));
        }
        let mut start = 0;
        sizes
            .iter()
            .map(|size| {
                let part = self.slice(x, axis, start, start + size)?;
                start += size;
                Ok(part)
            })
            .collect()
    }

    /// Values of one shape joined along a new axis, in order.
    ///
    /// # Errors
    /// When there are none, shapes differ or there is no such place for an axis.
    pub fn stack(&mut self, values: &[Value], axis: usize) -> Result<Value, GraphError> {
        let layers = values
            .iter()
            .map(|&value| self.insert_axis(value, axis))
            .collect::<Result<Vec<Value>, GraphError>>()?;
        self.concat(&layers, axis)
    }

    /// x with a new axis of size 1 before the present axis of that number.
    ///
    /// # Errors
    /// When the axis is beyond the one after the last.
    pub fn insert_axis(&mut self, x: Value, axis: usize) -> Result<Value, GraphError> {
        let mut shape = self.shape(x).to_vec();
        if axis > shape.len() {
            let reason = format!("a new axis can be at most number {}", shape.len());
            return Err(self.refuse("InsertAxis", &[x], reason));
        }
        shape.insert(axis, 1);
        self.reshape(x, &shape)
    }

    /// x without an axis of size 1.
    ///
    /// # Errors
    /// When the axis does not exist or has another size.
    pub fn remove_axis(&mut self, x: Value, axis: usize) -> Result<Value, GraphError> {
        let mut shape = self.shape(x).to_vec();
        if shape.get(axis) != Some(&1) {
            let reason = format!("axis {axis} must exist and have size 1");
            return Err(self.refuse("RemoveAxis", &[x], reason));
        }
        shape.remove(axis);
        self.reshape(x, &shape)
    }

    /// x with two axes exchanged.
    ///
    /// # Errors
    /// When an axis does not exist.
    pub fn swap_axes(&mut self, x: Value, a: usize, b: usize) -> Result<Value, GraphError> {
        let rank = self.shape(x).len();
        for axis in [a, b] {
            check_axis(axis, rank).map_err(|reason| self.refuse("SwapAxes", &[x], reason))?;
        }
        let mut order: Vec<usize> = (0..rank).collect();
        order.swap(a, b);
        self.transpose(x, &order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_must_add_up_and_axes_exist() {
        let mut graph = Graph::new("axes");
        let x = graph.input("x", &[2, 5]);
        let parts = graph.split(x, 1, &[2, 3]).unwrap();
        assert_eq!(graph.shape(parts[1]), [2, 3]);
        let error = graph.split(x, 1, &[2, 2]).unwrap_err().to_string();
        assert!(error.contains("add up to 4 but axis 1 has 5"), "{error}");
        assert!(graph.split(x, 2, &[2]).is_err());
        assert!(graph.split(x, 1, &[5, 0]).is_err());

        let stacked = graph.stack(&[x, x, x], 1).unwrap();
        assert_eq!(graph.shape(stacked), [2, 3, 5]);
        assert!(graph.stack(&[x, parts[1]], 0).is_err());
        assert!(graph.stack(&[x], 3).is_err());
        assert!(graph.stack(&[], 0).is_err());

        let one = graph.insert_axis(x, 2).unwrap();
        assert_eq!(graph.shape(one), [2, 5, 1]);
        assert!(graph.remove_axis(one, 0).is_err());
        assert!(graph.remove_axis(one, 3).is_err());
        assert!(graph.swap_axes(x, 0, 2).is_err());
    }
}
