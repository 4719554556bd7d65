//! The boundary-element system of the torso: solid angles as its kernel (Barnard, Duck and Lynn
//! 1967), deflated.

use std::f64::consts::TAU;

use super::torso::SurfaceMesh;
use super::vector::{Vec3, cross, dot, length, sub};

/// Ratios below this are turned into angles by a short series; its error is below 1e-9.
const SMALL_RATIO: f64 = 0.15;

/// `I − Ω/2π + 11ᵀ/N`, row-major, with Ω the solid angle of each face (column) seen from each
/// face's centre (row); a face's own angle makes its row sum to 2π.
pub fn deflated_system(mesh: &SurfaceMesh, centres: &[Vec3]) -> Vec<f32> {
    let n = centres.len();
    let mut angles = vec![0.0; n * n];
    let mut rays = vec![([0.0; 3], 0.0); mesh.corners.len()];
    for (i, &centre) in centres.iter().enumerate() {
        for (ray, &corner) in rays.iter_mut().zip(&mesh.corners) {
            let r = sub(corner, centre);
            *ray = (r, length(r));
        }
        let row = &mut angles[i * n..(i + 1) * n];
        for (j, (angle, face)) in row.iter_mut().zip(&mesh.faces).enumerate() {
            if i != j {
                *angle = solid_angle(face.map(|corner| rays[corner]));
            }
        }
    }
    // Faces may wind either way round; the angles of a closed surface must be positive in sum.
    let orientation = angles.iter().sum::<f64>().signum();
    let share = 1.0 / n as f64;
    let mut system = Vec::with_capacity(n * n);
    for (i, row) in angles.chunks_exact(n).enumerate() {
        let own = TAU - orientation * row.iter().sum::<f64>();
        system.extend(
            row.iter()
                .map(|angle| (share - orientation * angle / TAU) as f32),
        );
        system[i * n + i] = (1.0 - own / TAU + share) as f32;
    }
    system
}

/// Solid angle of a quadrilateral whose corners are given as rays with lengths: its two triangles
/// after van Oosterom and Strackee 1983. Each half-angle is that of a complex number, so the sum of
/// both is that of their product and one arctangent does.
pub fn solid_angle([a, b, c, d]: [(Vec3, f64); 4]) -> f64 {
    let dots = |p: &(Vec3, f64), q: &(Vec3, f64)| dot(p.0, q.0);
    let diagonal = cross(c.0, a.0);
    let across = dots(&a, &c);
    let first = (
        a.1 * b.1 * c.1 + dots(&a, &b) * c.1 + across * b.1 + dots(&b, &c) * a.1,
        dot(b.0, diagonal),
    );
    let second = (
        a.1 * c.1 * d.1 + across * d.1 + dots(&a, &d) * c.1 + dots(&c, &d) * a.1,
        -dot(d.0, diagonal),
    );
    2.0 * argument(
        first.0 * second.0 - first.1 * second.1,
        first.0 * second.1 + first.1 * second.0,
    )
}

/// Angle of a complex number, radians. Most faces are far and their angles small, where a series
/// does.
fn argument(real: f64, imaginary: f64) -> f64 {
    if imaginary.abs() < SMALL_RATIO * real {
        let x = imaginary / real;
        let s = x * x;
        x * (1.0 - s * (1.0 / 3.0 - s * (0.2 - s * (1.0 / 7.0 - s * (1.0 / 9.0 - s / 11.0)))))
    } else {
        imaginary.atan2(real)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::torso::Torso;

    #[test]
    fn solid_angles_from_inside_add_up_to_the_full_sphere() {
        let torso = Torso::of_body(crate::synthesis::Sex::Male, 176.0, 26.0, 0.0, 0.0);
        let mesh = torso.surface();
        let inside = [30.0, -10.0, -5.0];
        let ray = |corner: usize| {
            let r = sub(mesh.corners[corner], inside);
            (r, length(r))
        };
        let total: f64 = mesh.faces.iter().map(|f| solid_angle(f.map(ray))).sum();
        assert!((total.abs() - 2.0 * TAU).abs() < 1e-7, "{total}");
    }

    #[test]
    fn the_series_for_small_angles_is_the_arctangent() {
        for k in 0..150 {
            let ratio = 0.001 * f64::from(k);
            let error = argument(2.0, 2.0 * ratio) - ratio.atan();
            assert!(error.abs() < 1e-11, "{ratio}: {error}");
        }
    }
}
