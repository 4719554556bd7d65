//! What each lead sees of a current dipole anywhere in the torso.
//!
//! A constant-potential boundary-element solve, once per lead by reciprocity. A lead's field is then that of
//! point charges on the surface: `Z(r) = Σ x_j / |Q_j − r|`, and a dipole `p` at `r` gives the
//! lead the voltage `p · ∇Z(r)`. Against the analytic sphere it is 1–6 % off.

use std::f64::consts::PI;

use super::boundary::deflated_system;
use super::electrodes::{LEADS, lead_weights, positions};
use super::linear_solve::solve_transposed;
use super::subject::ElectrodePlacement;
use super::torso::{CONDUCTIVITY, Torso};
use super::vector::{Vec3, cross, length, sub};

/// Faces nearer to the heart than their size warrants are split into this many points a side.
const REFINEMENT: usize = 2;
/// Charges whose distances are worked out together.
const BLOCK: usize = 64;
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
        let solution = solve_transposed(&system, &weights);
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
        let point = point.map(|x| x as f32);
        let [x, y, z] = &self.charges;
        let mut sums = [[0f32; LEADS]; 3];
        let blocks = x.chunks(BLOCK).zip(y.chunks(BLOCK)).zip(z.chunks(BLOCK));
        for (((x, y), z), strengths) in blocks.zip(self.strengths.chunks(BLOCK)) {
            // Distances first, for many charges at once; then what they give each lead.
            let mut weights = [[0f32; BLOCK]; 3];
            inverse_squares(&mut weights, [x, y, z], point);
            accumulate(&mut sums, strengths, &weights);
        }
        std::array::from_fn(|lead| sums.map(|sum| sum[lead]))
    }
}

/// Vectors from `point` to each charge over the cube of their length.
fn inverse_squares(weights: &mut [[f32; BLOCK]; 3], [x, y, z]: [&[f32]; 3], point: [f32; 3]) {
    let [px, py, pz] = point;
    let [wx, wy, wz] = weights;
    let places = x.iter().zip(y).zip(z);
    for (((&x, &y), &z), ((wx, wy), wz)) in places.zip(wx.iter_mut().zip(wy).zip(wz)) {
        let (dx, dy, dz) = (x - px, y - py, z - pz);
        let squared = dx * dx + dy * dy + dz * dz;
        let inverse_cube = 1.0 / (squared * squared.sqrt());
        *wx = dx * inverse_cube;
        *wy = dy * inverse_cube;
        *wz = dz * inverse_cube;
    }
}

/// Adds what each charge gives each lead. Not inlined, so that the compiler keeps the leads of an
/// axis together in one register.
#[inline(never)]
fn accumulate(
    sums: &mut [[f32; LEADS]; 3],
    strengths: &[[f32; LEADS]],
    [wx, wy, wz]: &[[f32; BLOCK]; 3],
) {
    let [mut x, mut y, mut z] = *sums;
    for (((strengths, &wx), &wy), &wz) in strengths.iter().zip(wx).zip(wy).zip(wz) {
        for (lead, &strength) in strengths.iter().enumerate() {
            x[lead] += strength * wx;
            y[lead] += strength * wy;
            z[lead] += strength * wz;
        }
    }
    *sums = [x, y, z];
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
