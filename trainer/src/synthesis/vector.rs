//! Three-component vectors, in millimetres unless said otherwise.

/// A point or direction: `[x, y, z]`.
pub type Vec3 = [f64; 3];

/// Sum of two vectors.
pub fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// Difference `a − b`.
pub fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// Vector times a number.
pub fn scale(a: Vec3, factor: f64) -> Vec3 {
    [a[0] * factor, a[1] * factor, a[2] * factor]
}

/// Dot product.
pub fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Cross product, right-handed.
pub fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// Euclidean length.
pub fn length(a: Vec3) -> f64 {
    dot(a, a).sqrt()
}

/// The same direction with length 1; `a` must not be zero.
pub fn unit(a: Vec3) -> Vec3 {
    scale(a, 1.0 / length(a))
}

/// The part of `a` at right angles to the unit vector `axis`.
pub fn perpendicular_to(a: Vec3, axis: Vec3) -> Vec3 {
    sub(a, scale(axis, dot(a, axis)))
}

/// The logistic function `1 / (1 + e^−x)`, with which the heart's soft borders are drawn.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
