//! What each node of the ventricles contributes to each lead.
//!
//! With transmembrane potential `V(x, t) = Σ N_i(x) V_i(t)` on trilinear hexahedra, lead k reads
//! `φ_k(t) = Σ q_ki V_i(t)`, `q_ki = −Σ_e V_e σ ∇N_i · ∇Z_k` with one quadrature point per element.

use super::activation::Activation;
use super::anatomy::HeartAxes;
use super::electrodes::LEADS;
use super::lead_field::LeadField;
use super::mesh::Mesh;
use super::topology::{NODES, Topology};
use super::vector::{Vec3, add, cross, dot, scale};

/// Effective intracellular conductivity, S/m.
const CONDUCTIVITY: f64 = 0.20;

/// The weights `q` of every node for each of the eight leads; those of the RV free wall are
/// multiplied by `rv_gain`.
pub fn weights(
    mesh: &Mesh,
    activation: &Activation,
    axes: &HeartAxes,
    heart_centre: Vec3,
    field: &LeadField,
    rv_gain: f64,
) -> [Vec<f64>; LEADS] {
    let mut q: [Vec<f64>; LEADS] = std::array::from_fn(|_| vec![0.0; NODES]);
    for element in &Topology::get().elements {
        let corners = element.map(|n| n as usize);
        // Tangents along the three directions of the element, at its centre.
        let mut tangents = [[0.0; 3]; 3];
        let mut centre = [0.0; 3];
        let mut alive = 0.0;
        for (position, &n) in corners.iter().enumerate() {
            let node = mesh.nodes[n];
            centre = add(centre, scale(node, 0.125));
            alive += 0.125 * activation.alive[n];
            for (direction, tangent) in tangents.iter_mut().enumerate() {
                *tangent = add(*tangent, scale(node, shape_slope(position, direction)));
            }
        }
        let [a, b, c] = tangents;
        // Rows of the inverse Jacobian are the reciprocal vectors over the determinant.
        let reciprocal = [cross(b, c), cross(c, a), cross(a, b)];
        let determinant = dot(a, reciprocal[0]);
        let gain = if Mesh::is_right(corners[0]) {
            rv_gain
        } else {
            1.0
        };
        let sign = determinant.signum() * alive * gain * CONDUCTIVITY;
        let place = add(axes.to_torso(centre), heart_centre);
        let gradients = field.gradient(place);
        for (lead, gradient) in q.iter_mut().zip(gradients) {
            let gradient = axes.to_heart(gradient.map(f64::from));
            let along = reciprocal.map(|r| sign * dot(r, gradient));
            for (position, &n) in corners.iter().enumerate() {
                for (direction, slope) in along.iter().enumerate() {
                    lead[n] -= shape_slope(position, direction) * slope;
                }
            }
        }
    }
    q
}

/// Derivative at the element's centre of a corner's trilinear shape function.
fn shape_slope(position: usize, direction: usize) -> f64 {
    if position >> direction & 1 == 1 {
        0.25
    } else {
        -0.25
    }
}
