//! A dense tensor in double precision, the currency of the reference evaluator.

use super::shape::element_count;

/// Values of a tensor in row-major order, in f64.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Tensor {
    /// A tensor of this shape; None unless there is one value per element.
    pub fn new(shape: &[usize], values: Vec<f64>) -> Option<Tensor> {
        (values.len() == element_count(shape)).then(|| Tensor {
            shape: shape.to_vec(),
            values,
        })
    }

    /// A tensor whose element at each flat position is computed by `value`.
    pub fn from_fn(shape: &[usize], value: impl FnMut(usize) -> f64) -> Tensor {
        Tensor {
            shape: shape.to_vec(),
            values: (0..element_count(shape)).map(value).collect(),
        }
    }

    /// The shape.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values in row-major order.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The values in row-major order, to change in place.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }
}
