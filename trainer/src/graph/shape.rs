//! Shapes, row-major strides and NumPy broadcasting.

/// Number of elements in a tensor of this shape; 1 for the scalar shape `[]`.
pub fn element_count(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// Row-major strides, in elements.
pub(crate) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

/// The shape that two shapes broadcast to by NumPy's rule, or None if they do not.
pub(crate) fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let size = |shape: &[usize], axis: usize| {
        // Shapes are aligned at their last axis; missing leading axes count as 1.
        (axis + shape.len())
            .checked_sub(rank)
            .map_or(1, |own| shape[own])
    };
    (0..rank)
        .map(|axis| match (size(a, axis), size(b, axis)) {
            (left, right) if left == right => Some(left),
            (1, right) => Some(right),
            (left, 1) => Some(left),
            _ => None,
        })
        .collect()
}

/// Axes of `full` along which a tensor of shape `part` is repeated when broadcast to `full`.
pub(crate) fn broadcast_axes(part: &[usize], full: &[usize]) -> Vec<usize> {
    let missing = full.len() - part.len();
    (0..full.len())
        .filter(|&axis| axis < missing || (part[axis - missing] == 1 && full[axis] != 1))
        .collect()
}

/// For every element of `full` in row-major order, the flat position of the element of `part` that broadcasting
/// puts there.
pub(crate) fn broadcast_positions(part: &[usize], full: &[usize]) -> Vec<usize> {
    let missing = full.len() - part.len();
    let own = strides(part);
    let steps: Vec<usize> = (0..full.len())
        .map(|axis| {
            if axis < missing || part[axis - missing] == 1 {
                0
            } else {
                own[axis - missing]
            }
        })
        .collect();
    indices(full)
        .map(|index| position(&index, &steps))
        .collect()
}

/// The flat position of a multi-index under the given strides.
pub(crate) fn position(index: &[usize], strides: &[usize]) -> usize {
    index.iter().zip(strides).map(|(i, s)| i * s).sum()
}

/// Every multi-index of a shape in row-major order.
pub(crate) fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let shape = shape.to_vec();
    (0..element_count(&shape)).map(move |mut flat| {
        let mut index = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            index[axis] = flat % shape[axis];
            flat /= shape[axis];
        }
        index
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        assert_eq!(broadcast(&[2, 1, 3], &[4, 1]), Some(vec![2, 4, 3]));
        assert_eq!(broadcast(&[], &[5]), Some(vec![5]));
        assert_eq!(broadcast(&[2, 3], &[2]), None);
        assert_eq!(broadcast_axes(&[1, 3], &[2, 4, 3]), [0, 1]);
        assert_eq!(broadcast_axes(&[1], &[1, 1]), [0]);
    }

    #[test]
    fn positions_repeat_along_broadcast_axes() {
        assert_eq!(broadcast_positions(&[2, 1], &[2, 3]), [0, 0, 0, 1, 1, 1]);
        assert_eq!(broadcast_positions(&[3], &[2, 3]), [0, 1, 2, 0, 1, 2]);
        assert_eq!(broadcast_positions(&[], &[2]), [0, 0]);
    }

    #[test]
    fn strides_and_indices_are_row_major() {
        assert_eq!(strides(&[2, 3, 4]), [12, 4, 1]);
        let all: Vec<Vec<usize>> = indices(&[2, 2]).collect();
        assert_eq!(all, [[0, 0], [0, 1], [1, 0], [1, 1]]);
        assert_eq!(indices(&[]).count(), 1);
    }
}
