//! Spread of activation through the ventricles: shortest paths on the anisotropic wall graph.
//!
//! Travel time along an edge is `√(e_n²/v_t² + e_∥²/v_l²)` with `e_n` its part across the wall;
//! on the endocardium the Purkinje network offers a faster way. A discrete eikonal model in the
//! manner of Wallman 2012.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::f64::consts::TAU;

use super::fitted;
use super::geometry::{Ventricles, wrapped};
use super::mesh::{APICAL_GAP, Mesh};
use super::subject::{Conduction, EarlySite, Surface};
use super::topology::{LV_NODES, LV_SHAPE, NODES, RV_SHAPE, Topology, node};
use super::vector::{Vec3, dot, length, logistic, sub};

/// Velocity in the heart of a scar relative to healthy muscle.
const SCAR_VELOCITY: f64 = 0.45;
/// Radius around an early site that it excites at network velocity, mm.
const SITE_RADIUS_MM: f64 = 9.0;

/// Endocardial velocity of an ectopic beat relative to that of the blocked ventricle: it has to
/// find its way into the network first.
const ECTOPIC_NETWORK: f64 = 0.85;

impl Conduction {
    /// Conduction of a beat that arises at `site` and spreads through muscle rather than through
    /// the network.
    pub fn from_site(&self, site: &EarlySite) -> Self {
        let velocity = self.tangential_velocity / fitted::TANGENTIAL_VELOCITY * ECTOPIC_NETWORK;
        Self {
            early_sites: vec![site.clone()],
            lv_endocardial_velocity: fitted::BLOCKED_LV_VELOCITY * velocity,
            rv_endocardial_velocity: fitted::BLOCKED_RV_VELOCITY * velocity,
            ..self.clone()
        }
    }
}

/// When each node is excited and how much of it is alive.
pub struct Activation {
    /// Activation time of each node, ms; infinite where the wave never comes.
    pub time_ms: Vec<f64>,
    /// Living fraction of each node, 0..1.
    pub alive: Vec<f64>,
}

/// Conduction as the scar leaves it, node by node.
struct Tissue {
    /// Endocardial velocity, m/s; 0 off the endocardium.
    endocardial: Vec<f64>,
    /// Factor on the wall's velocities.
    slowing: Vec<f64>,
    alive: Vec<f64>,
}

impl Activation {
    /// Solves the spread from the early sites.
    pub fn solve(ventricles: &Ventricles, mesh: &Mesh, conduction: &Conduction) -> Self {
        let topology = Topology::get();
        let tissue = tissue(ventricles, mesh, conduction);
        let costs = edge_costs(topology, mesh, &tissue, conduction);
        let insertions = insertion_edges(ventricles, mesh, conduction);
        let starts = early_nodes(ventricles, mesh, conduction);
        Self {
            time_ms: shortest_times(topology, &costs, &insertions, &starts),
            alive: tissue.alive,
        }
    }
}

fn tissue(ventricles: &Ventricles, mesh: &Mesh, conduction: &Conduction) -> Tissue {
    let mut tissue = Tissue {
        endocardial: vec![0.0; NODES],
        slowing: vec![1.0; NODES],
        alive: vec![1.0; NODES],
    };
    for (i, &[u, v, w]) in mesh.nodes.iter().enumerate() {
        let basal = logistic((w / ventricles.semi_axis - 0.16) / 0.05);
        let network = 1.0 - conduction.basal_slowing * basal;
        if mesh.lv_endocardium[i] {
            tissue.endocardial[i] = conduction.lv_endocardial_velocity * network;
        } else if mesh.rv_endocardium[i] {
            tissue.endocardial[i] = conduction.rv_endocardial_velocity * network;
        }
        if let Some(scar) = &ventricles.scar
            && !Mesh::is_right(i)
        {
            let weight = ventricles.scar_weight(v.atan2(u), w);
            let reached = if scar.transmurality < 1.0 {
                logistic((scar.transmurality - mesh.depth[i]) / 0.08)
            } else {
                1.0
            };
            tissue.alive[i] = 1.0 - scar.silenced * weight * reached;
            tissue.slowing[i] = 1.0 / (1.0 + (1.0 / SCAR_VELOCITY - 1.0) * weight);
            tissue.endocardial[i] *= 1.0 - 0.75 * weight;
        }
    }
    tissue
}

fn edge_costs(
    topology: &Topology,
    mesh: &Mesh,
    tissue: &Tissue,
    conduction: &Conduction,
) -> Vec<f64> {
    let across = conduction.transmural_velocity.powi(-2);
    let along = conduction.tangential_velocity.powi(-2);
    topology
        .edges
        .iter()
        .map(|edge| {
            let [a, b] = edge.map(|n| n as usize);
            let step = sub(mesh.nodes[b], mesh.nodes[a]);
            let squared = dot(step, step);
            let (na, nb) = (mesh.normals[a], mesh.normals[b]);
            let normal: Vec3 = std::array::from_fn(|x| na[x] + nb[x]);
            let normal_part = dot(step, normal) / (length(normal) + 1e-9);
            let through = normal_part * normal_part;
            let slowness = 0.5 * (1.0 / tissue.slowing[a] + 1.0 / tissue.slowing[b]);
            let wall = (through * across + (squared - through).max(0.0) * along).sqrt() * slowness;
            let on_network = (mesh.lv_endocardium[a] && mesh.lv_endocardium[b])
                || (mesh.rv_endocardium[a] && mesh.rv_endocardium[b]);
            let cost = if on_network {
                let network = tissue.endocardial[a] + tissue.endocardial[b] + 1e-6;
                wall.min(squared.sqrt() * 2.0 / network)
            } else {
                wall
            };
            cost.max(1e-3)
        })
        .collect()
}

/// Edges that join the rim of the RV free wall to the four nearest nodes of the LV's outside.
fn insertion_edges(
    ventricles: &Ventricles,
    mesh: &Mesh,
    conduction: &Conduction,
) -> Vec<(usize, usize, f64)> {
    let [around, along, through] = LV_SHAPE;
    let velocity = 0.5 * (conduction.transmural_velocity + conduction.tangential_velocity);
    let outer_axis = ventricles.outer_semi_axis();
    let end = (-ventricles.base / outer_axis).acos();
    let rim = (0..RV_SHAPE[0]).flat_map(|i| {
        (0..RV_SHAPE[1])
            .filter(move |&j| i == 0 || i == RV_SHAPE[0] - 1 || j == 0)
            .flat_map(move |j| (0..RV_SHAPE[2]).map(move |k| LV_NODES + node(RV_SHAPE, i, j, k)))
    });
    let mut edges = Vec::with_capacity(4 * 2 * (2 * RV_SHAPE[1] + RV_SHAPE[0]));
    for from in rim {
        let [u, v, w] = mesh.nodes[from];
        let column = (v.atan2(u).rem_euclid(TAU) / TAU * around as f64).floor() as usize;
        let polar = (-w / outer_axis).clamp(-1.0, 1.0).acos();
        let row = (polar - APICAL_GAP) / (end - APICAL_GAP) * (along - 1) as f64;
        let row = (row.floor().max(0.0) as usize).min(along - 2);
        for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let to = node(LV_SHAPE, (column + i) % around, row + j, through - 1);
            let distance = length(sub(mesh.nodes[to], mesh.nodes[from]));
            edges.push((from, to, (distance / velocity).max(1e-3)));
        }
    }
    edges
}

/// Nodes near each early site with the time at which the network excites them.
fn early_nodes(ventricles: &Ventricles, mesh: &Mesh, conduction: &Conduction) -> Vec<(usize, f64)> {
    let mut starts = Vec::new();
    for site in &conduction.early_sites {
        let place = site_position(ventricles, site);
        let velocity = match site.surface {
            Surface::LeftEndocardium => conduction.lv_endocardial_velocity,
            Surface::RightFreeWall | Surface::RightSeptum => conduction.rv_endocardial_velocity,
        };
        let on_surface = |&n: &usize| match site.surface {
            Surface::LeftEndocardium => mesh.lv_endocardium[n],
            Surface::RightFreeWall => mesh.rv_endocardium[n] && Mesh::is_right(n),
            Surface::RightSeptum => mesh.rv_endocardium[n] && !Mesh::is_right(n),
        };
        let distances: Vec<(usize, f64)> = (0..NODES)
            .filter(on_surface)
            .map(|n| (n, length(sub(mesh.nodes[n], place))))
            .collect();
        let nearest = distances.iter().fold(f64::INFINITY, |low, d| low.min(d.1));
        let reach = SITE_RADIUS_MM.max(nearest + 0.5);
        starts.extend(
            distances
                .into_iter()
                .filter(|&(_, d)| d < reach)
                .map(|(n, d)| (n, site.onset_ms + d / velocity)),
        );
    }
    starts
}

fn site_position(ventricles: &Ventricles, site: &EarlySite) -> Vec3 {
    let w = site.height * ventricles.semi_axis;
    let (sine, cosine) = wrapped(site.angle).sin_cos();
    match site.surface {
        Surface::LeftEndocardium => {
            let ring = ventricles.radius * (1.0 - site.height.powi(2)).max(0.0).sqrt();
            [ring * cosine, ring * sine, w]
        }
        Surface::RightSeptum => {
            let level = 1.0 - (w / ventricles.outer_semi_axis()).powi(2);
            let ring = ventricles.outer_radius() * level.max(0.0).sqrt();
            [ring * cosine, ring * sine, w]
        }
        Surface::RightFreeWall => {
            let right = &ventricles.right;
            let level = 1.0 - ((w - right.centre_w) / right.radius_w).powi(2);
            let ring = level.max(0.02).sqrt();
            [
                right.centre_u + right.front_radius * ring * cosine,
                right.radius_v * ring * sine,
                w,
            ]
        }
    }
}

/// A node waiting in the heap, earliest first.
struct Front {
    time: f64,
    node: usize,
}

impl PartialEq for Front {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Front {}
impl PartialOrd for Front {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Front {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives its greatest first, so an earlier time is greater.
        other
            .time
            .total_cmp(&self.time)
            .then(other.node.cmp(&self.node))
    }
}

/// Dijkstra's algorithm from several starts (Dijkstra 1959).
fn shortest_times(
    topology: &Topology,
    costs: &[f64],
    insertions: &[(usize, usize, f64)],
    starts: &[(usize, f64)],
) -> Vec<f64> {
    let mut inserted: Vec<Vec<(usize, f64)>> = vec![Vec::new(); NODES];
    for &(a, b, cost) in insertions {
        inserted[a].push((b, cost));
        inserted[b].push((a, cost));
    }
    let mut times = vec![f64::INFINITY; NODES];
    let mut heap = BinaryHeap::with_capacity(NODES);
    let reach = |times: &mut [f64], heap: &mut BinaryHeap<Front>, node: usize, time: f64| {
        if time < times[node] {
            times[node] = time;
            heap.push(Front { time, node });
        }
    };
    for &(node, time) in starts {
        reach(&mut times, &mut heap, node, time);
    }
    while let Some(Front { time, node }) = heap.pop() {
        if time > times[node] {
            continue;
        }
        for &(to, edge) in topology.neighbours(node) {
            reach(
                &mut times,
                &mut heap,
                to as usize,
                time + costs[edge as usize],
            );
        }
        for &(to, cost) in &inserted[node] {
            reach(&mut times, &mut heap, to, time + cost);
        }
    }
    times
}
