//! Matrix products.

use super::Output;
use super::elementwise::broadcast;
use crate::model::onnx::site::Site;
use crate::model::onnx::values::volume;

/// A product of two matrices with a third added: fully connected layers.
pub(super) fn gemm(site: &Site<'_, '_>) -> Result<Output, String> {
    let matrix = |place: usize, turned: &str| -> Result<[usize; 2], String> {
        let shape = site.floats(place)?;
        let &[rows, columns] = shape else {
            return Err(format!(
                "takes matrices, which input {place} of {shape:?} is not"
            ));
        };
        Ok(match site.flag_or(turned, false)? {
            true => [columns, rows],
            false => [rows, columns],
        })
    };
    site.float_or("alpha", 1.0)?;
    site.float_or("beta", 1.0)?;
    let ([rows, inner], [other, columns]) = (matrix(0, "transA")?, matrix(1, "transB")?);
    if inner != other {
        return Err(format!("multiplies {inner} columns with {other} rows"));
    }
    let shape = vec![rows, columns];
    if site.node.inputs.len() == 3 && broadcast(&shape, site.floats(2)?)? != shape {
        return Err(format!("adds input 2, which does not fit {shape:?}"));
    }
    Ok(of(shape, inner))
}

/// Products of the last two axes, for each place of those before.
pub(super) fn matmul(site: &Site<'_, '_>) -> Result<Output, String> {
    let (one, other) = (site.floats(0)?, site.floats(1)?);
    let (Some((outer, [rows, inner])), Some((others, [height, columns]))) =
        (one.split_last_chunk::<2>(), other.split_last_chunk::<2>())
    else {
        return Err(format!(
            "takes matrices, which {one:?} and {other:?} are not"
        ));
    };
    if inner != height {
        return Err(format!("multiplies {inner} columns with {height} rows"));
    }
    let mut shape = broadcast(outer, others)?;
    shape.extend([*rows, *columns]);
    Ok(of(shape, *inner))
}

fn of(shape: Vec<usize>, inner: usize) -> Output {
    Output {
        multiplications: volume(&shape).saturating_mul(inner as u64),
        shape,
        window_values: 0,
    }
}
