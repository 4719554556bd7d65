//! Which nodes of the ventricular mesh are neighbours; the same for every heart.

use std::sync::OnceLock;

/// LV nodes around, from apex to base, and through the wall.
pub const LV_SHAPE: [usize; 3] = [40, 22, 4];
/// RV free-wall nodes around, from apex to base, and through the wall.
pub const RV_SHAPE: [usize; 3] = [22, 18, 2];
/// Number of LV nodes; RV nodes follow them.
pub const LV_NODES: usize = LV_SHAPE[0] * LV_SHAPE[1] * LV_SHAPE[2];
/// Number of nodes.
pub const NODES: usize = LV_NODES + RV_SHAPE[0] * RV_SHAPE[1] * RV_SHAPE[2];

/// Half of the 26 nearest neighbours in index space.
const NEAREST: [[isize; 3]; 13] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 1, 0],
    [1, -1, 0],
    [1, 0, 1],
    [1, 0, -1],
    [0, 1, 1],
    [0, 1, -1],
    [1, 1, 1],
    [1, 1, -1],
    [1, -1, 1],
    [1, -1, -1],
];
/// Knight's moves along the wall, which straighten the shortest paths.
const KNIGHT: [[isize; 3]; 4] = [[2, 1, 0], [2, -1, 0], [1, 2, 0], [1, -2, 0]];

/// Edges and elements of the mesh.
pub struct Topology {
    /// Every pair of neighbouring nodes, once.
    pub edges: Vec<[u32; 2]>,
    /// Hexahedra as eight nodes; bit 0, 1, 2 of the position is the step around, along, through.
    pub elements: Vec<[u32; 8]>,
    first: Vec<u32>,
    /// For each node, its neighbours with the edge that leads there.
    adjacent: Vec<(u32, u32)>,
}

impl Topology {
    /// The one topology, built on first use.
    pub fn get() -> &'static Self {
        static TOPOLOGY: OnceLock<Topology> = OnceLock::new();
        TOPOLOGY.get_or_init(Self::build)
    }

    /// Neighbours of a node with the index of the edge to each.
    pub fn neighbours(&self, node: usize) -> &[(u32, u32)] {
        &self.adjacent[self.first[node] as usize..self.first[node + 1] as usize]
    }

    fn build() -> Self {
        let mut through_wall = Vec::new();
        for k in 2..LV_SHAPE[2] as isize {
            through_wall.extend([[1, 0, k], [-1, 0, k], [0, 1, k], [0, -1, k]]);
        }
        let lv_steps: Vec<_> = [&NEAREST[..], &KNIGHT[..], &through_wall[..]].concat();
        let rv_steps: Vec<_> = [&NEAREST[..], &KNIGHT[..]].concat();
        let mut edges = pairs(LV_SHAPE, true, 0, &lv_steps);
        edges.extend(pairs(RV_SHAPE, false, LV_NODES, &rv_steps));
        let mut elements = hexahedra(LV_SHAPE, true, 0);
        elements.extend(hexahedra(RV_SHAPE, false, LV_NODES));

        let mut first = vec![0u32; NODES + 1];
        for node in edges.iter().flatten() {
            first[*node as usize + 1] += 1;
        }
        for node in 0..NODES {
            first[node + 1] += first[node];
        }
        let mut next = first.clone();
        let mut adjacent = vec![(0, 0); 2 * edges.len()];
        for (edge, &[a, b]) in edges.iter().enumerate() {
            for (from, to) in [(a, b), (b, a)] {
                let slot = &mut next[from as usize];
                adjacent[*slot as usize] = (to, edge as u32);
                *slot += 1;
            }
        }
        Self {
            edges,
            elements,
            first,
            adjacent,
        }
    }
}

/// Index of a node of a block.
pub fn node(shape: [usize; 3], around: usize, along: usize, through: usize) -> usize {
    (around * shape[1] + along) * shape[2] + through
}

fn pairs(shape: [usize; 3], closed: bool, offset: usize, steps: &[[isize; 3]]) -> Vec<[u32; 2]> {
    let mut found = Vec::new();
    for step in steps {
        for around in 0..shape[0] {
            for along in 0..shape[1] {
                for through in 0..shape[2] {
                    let stepped = |position: usize, axis: usize| {
                        let there = position as isize + step[axis];
                        let n = shape[axis] as isize;
                        if axis == 0 && closed {
                            Some(there.rem_euclid(n) as usize)
                        } else {
                            (0..n).contains(&there).then_some(there as usize)
                        }
                    };
                    if let (Some(i), Some(j), Some(k)) =
                        (stepped(around, 0), stepped(along, 1), stepped(through, 2))
                    {
                        let from = offset + node(shape, around, along, through);
                        found.push([from as u32, (offset + node(shape, i, j, k)) as u32]);
                    }
                }
            }
        }
    }
    found
}

fn hexahedra(shape: [usize; 3], closed: bool, offset: usize) -> Vec<[u32; 8]> {
    let cells_around = if closed { shape[0] } else { shape[0] - 1 };
    let mut found = Vec::new();
    for around in 0..cells_around {
        for along in 0..shape[1] - 1 {
            for through in 0..shape[2] - 1 {
                found.push(std::array::from_fn(|corner| {
                    let i = (around + (corner & 1)) % shape[0];
                    let j = along + (corner >> 1 & 1);
                    let k = through + (corner >> 2);
                    (offset + node(shape, i, j, k)) as u32
                }));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_is_known_once_and_from_both_ends() {
        let topology = Topology::get();
        assert_eq!(NODES, 4312);
        assert_eq!(topology.elements.len(), 40 * 21 * 3 + 21 * 17);
        let mut sorted: Vec<[u32; 2]> = topology
            .edges
            .iter()
            .map(|&[a, b]| [a.min(b), a.max(b)])
            .collect();
        sorted.sort_unstable();
        let total = sorted.len();
        sorted.dedup();
        assert_eq!(sorted.len(), total);
        let ends: usize = (0..NODES).map(|n| topology.neighbours(n).len()).sum();
        assert_eq!(ends, 2 * total);
        assert!((0..NODES).all(|n| !topology.neighbours(n).is_empty()));
    }
}
