//! What each lead sees of a current dipole anywhere in the torso.
//!
//! A constant-potential boundary-element solve with solid angles as its kernel (Barnard, Duck and
//! Lynn 1967), deflated, solved once per lead by reciprocity. A lead's field is then that of
//! point charges on the surface: `Z(r) = Σ x_j / |Q_j − r|`, and a dipole `p` at `r` gives the
//! lead the voltage `p · ∇Z(r)`. Against the analytic sphere it is 1–6 % off.

use std::f64::consts::{PI, TAU};

use super::electrodes::{LEADS, lead_weights, positions};
use super::subject::ElectrodePlacement;
use super::torso::{CONDUCTIVITY, SurfaceMesh, Torso};
use super::vector::{Vec3, cross, length, sub};

/// Faces nearer to the heart than their size warrants are split into this many points a side.
const REFINEMENT: usize = 2;
/// About the heart's own radius, mm: distances to faces are counted from it.
const HEART_RADIUS_MM: f64 = 75.0;

/// Point charges standing for the eight independent leads I, II, V1–V6.
pub struct LeadField {
    /// Charge positions, one vector per coordinate, mm.
    charges: [Vec<f32>; 3],
    /// Charge strengths of each lead, mV per unit of `∇N·∇Z`.
    strengths: Vec<[f32; LEADS]>,
}

impl LeadField {
    /// Solves the torso for its electrodes; `heart_centre` (mm) says which faces need refining.
    pub fn solve(torso: &Torso, placement: &ElectrodePlacement, heart_centre: Vec3) -> Self {
        let mesh = torso.surface();
        let faces = mesh.faces.len();
        let centres: Vec<Vec3> = (0..faces).map(|face| mesh.centre(face)).collect();
        let system = deflated_system(&mesh, &centres);
        let weights = lead_weights(torso, &positions(torso, placement), faces);
        let solution = solve_transposed(system, faces, &weights);
        let unit = 2.0 / (4.0 * PI * CONDUCTIVITY);

        let mut field = Self {
            charges: Default::default(),
            strengths: Vec::with_capacity(2 * faces),
        };
        let mut place = |point: Vec3, strength: [f64; LEADS], share: f64| {
            for (axis, x) in field.charges.iter_mut().zip(point) {
                axis.push(x as f32);
            }
            field
                .strengths
                .push(strength.map(|s| (s * unit * share) as f32));
        };
        for face in 0..faces {
            let corners = mesh.faces[face].map(|corner| mesh.corners[corner]);
            if is_near(&corners, centres[face], heart_centre) {
                let share = 1.0 / (REFINEMENT * REFINEMENT) as f64;
                for row in 0..REFINEMENT {
                    for column in 0..REFINEMENT {
                        let middle = |k: usize| (k as f64 + 0.5) / REFINEMENT as f64;
                        let point = bilinear(&corners, middle(row), middle(column));
                        place(point, solution[face], share);
                    }
                }
            } else {
                place(centres[face], solution[face], 1.0);
            }
        }
        field
    }

    /// Gradient of each lead's field at a point (torso mm): what a unit dipole along x, y or z
    /// there gives each lead.
    pub fn gradient(&self, point: Vec3) -> [[f32; 3]; LEADS] {
        let [px, py, pz] = point.map(|x| x as f32);
        let [x, y, z] = &self.charges;
        let mut sums = [[0f32; LEADS]; 3];
        for (((&x, &y), &z), strengths) in x.iter().zip(y).zip(z).zip(&self.strengths) {
            let (dx, dy, dz) = (x - px, y - py, z - pz);
            let squared = dx * dx + dy * dy + dz * dz;
            let inverse_cube = 1.0 / (squared * squared.sqrt());
            for (sum, d) in sums.iter_mut().zip([dx, dy, dz]) {
                let weight = d * inverse_cube;
                for (total, &strength) in sum.iter_mut().zip(strengths) {
                    *total += strength * weight;
                }
            }
        }
        std::array::from_fn(|lead| sums.map(|sum| sum[lead]))
    }
}

fn is_near(corners: &[Vec3; 4], centre: Vec3, heart_centre: Vec3) -> bool {
    let diagonals = cross(sub(corners[2], corners[0]), sub(corners[3], corners[1]));
    let size = (0.5 * length(diagonals)).max(1.0).sqrt();
    length(sub(centre, heart_centre)) - HEART_RADIUS_MM < 1.6 * size
}

fn bilinear(corners: &[Vec3; 4], u: f64, v: f64) -> Vec3 {
    let weights = [(1.0 - u) * (1.0 - v), u * (1.0 - v), u * v, (1.0 - u) * v];
    std::array::from_fn(|axis| (0..4).map(|c| weights[c] * corners[c][axis]).sum())
}

/// `(I − Ω/2π + 11ᵀ/N)ᵀ`, row-major, with Ω the solid angle of each face seen from each face's
/// centre; a face's own angle makes its row sum to 2π.
fn deflated_system(mesh: &SurfaceMesh, centres: &[Vec3]) -> Vec<f64> {
    let n = centres.len();
    let mut angles = vec![0.0; n * n];
    let mut seen = vec![([0.0; 3], 0.0); mesh.corners.len()];
    for (i, &centre) in centres.iter().enumerate() {
        for (ray, &corner) in seen.iter_mut().zip(&mesh.corners) {
            let r = sub(corner, centre);
            *ray = (r, length(r));
        }
        let row = &mut angles[i * n..(i + 1) * n];
        for (j, (angle, face)) in row.iter_mut().zip(&mesh.faces).enumerate() {
            if i != j {
                let [a, b, c, d] = face.map(|corner| seen[corner]);
                *angle = solid_angle(a, b, c) + solid_angle(a, c, d);
            }
        }
    }
    // Faces may wind either way round; the angles of a closed surface must be positive in sum.
    let orientation = angles.iter().sum::<f64>().signum();
    let mut system = vec![0.0; n * n];
    for i in 0..n {
        let row = &mut angles[i * n..(i + 1) * n];
        let mut own = TAU;
        for angle in row.iter_mut() {
            *angle *= orientation;
            own -= *angle;
        }
        row[i] = own;
        for (j, angle) in row.iter().enumerate() {
            let identity = if i == j { 1.0 } else { 0.0 };
            system[j * n + i] = identity - angle / TAU + 1.0 / n as f64;
        }
    }
    system
}

/// Solid angle of a triangle whose corners are given as rays with lengths (van Oosterom and
/// Strackee 1983).
fn solid_angle(a: (Vec3, f64), b: (Vec3, f64), c: (Vec3, f64)) -> f64 {
    let dot = |p: &(Vec3, f64), q: &(Vec3, f64)| super::vector::dot(p.0, q.0);
    let triple = super::vector::dot(a.0, cross(b.0, c.0));
    let denominator = a.1 * b.1 * c.1 + dot(&a, &b) * c.1 + dot(&a, &c) * b.1 + dot(&b, &c) * a.1;
    2.0 * triple.atan2(denominator)
}

/// Gaussian elimination with partial pivoting of a row-major system, for all leads at once;
/// returns the solution transposed, `solution[unknown][lead]`.
fn solve_transposed(mut a: Vec<f64>, n: usize, leads: &[Vec<f64>; LEADS]) -> Vec<[f64; LEADS]> {
    let mut x: Vec<[f64; LEADS]> = (0..n)
        .map(|i| std::array::from_fn(|k| leads[k][i]))
        .collect();
    for k in 0..n {
        let pivot = (k..n)
            .max_by(|&p, &q| a[p * n + k].abs().total_cmp(&a[q * n + k].abs()))
            .unwrap_or(k);
        if pivot != k {
            for column in k..n {
                a.swap(k * n + column, pivot * n + column);
            }
            x.swap(k, pivot);
        }
        let (top, bottom) = a.split_at_mut((k + 1) * n);
        let pivot_row = &top[k * n + k..];
        let inverse = 1.0 / pivot_row[0];
        let (x_top, x_bottom) = x.split_at_mut(k + 1);
        for (row, x_row) in bottom.chunks_exact_mut(n).zip(x_bottom) {
            let row = &mut row[k..];
            let factor = row[0] * inverse;
            for (value, above) in row.iter_mut().zip(pivot_row) {
                *value -= factor * above;
            }
            for (value, above) in x_row.iter_mut().zip(&x_top[k]) {
                *value -= factor * above;
            }
        }
    }
    for k in (0..n).rev() {
        let (x_top, x_bottom) = x.split_at_mut(k + 1);
        let row = &a[k * n..(k + 1) * n];
        for (coefficient, below) in row[k + 1..].iter().zip(x_bottom.iter()) {
            for (value, known) in x_top[k].iter_mut().zip(below) {
                *value -= coefficient * known;
            }
        }
        for value in &mut x_top[k] {
            *value /= row[k];
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elimination_solves_a_system_that_needs_pivoting() {
        let a = vec![0.0, 2.0, 1.0, 1.0, 1.0, 0.0, 3.0, 0.0, -1.0];
        let known = [1.5, -2.0, 0.25];
        let right: Vec<f64> = (0..3)
            .map(|i| (0..3).map(|j| a[i * 3 + j] * known[j]).sum())
            .collect();
        let leads: [Vec<f64>; LEADS] = std::array::from_fn(|_| right.clone());
        let solution = solve_transposed(a, 3, &leads);
        for (row, expected) in solution.iter().zip(known) {
            assert!(row.iter().all(|x| (x - expected).abs() < 1e-12), "{row:?}");
        }
    }

    #[test]
    fn solid_angles_from_inside_add_up_to_the_full_sphere() {
        let torso = Torso::of_body(crate::synthesis::Sex::Male, 176.0, 26.0, 0.0, 0.0);
        let mesh = torso.surface();
        let inside = [30.0, -10.0, -5.0];
        let ray = |corner: usize| {
            let r = sub(mesh.corners[corner], inside);
            (r, length(r))
        };
        let total: f64 = mesh
            .faces
            .iter()
            .map(|f| {
                let [a, b, c, d] = f.map(ray);
                solid_angle(a, b, c) + solid_angle(a, c, d)
            })
            .sum();
        assert!((total.abs() - 4.0 * PI).abs() < 1e-9, "{total}");
    }
}
