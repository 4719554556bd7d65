//! Whether a network is one that this program can run, decided before tract sees it.
//!
//! tract is made for networks that somebody means to run; fed with a hostile one, it may panic or take all memory. So
//! the file is read here first, by rules that know the trainer's networks and no others: each message field by field
//! ([`graph`]), each node by its operator ([`operators`]), which gives the shape of every value and with it the memory
//! and the multiplications that a run takes ([`Demand`]). What passes is a plain row of known operators with constant
//! weights, sound shapes and bounded sizes. Nothing is allocated but lists of bounded length, and no weight is copied.
//!
//! - [`wire`]: protocol buffers;
//! - [`graph`]: the messages of `onnx.proto`;
//! - [`values`]: the values of a graph, by name;
//! - [`site`]: a node with what it takes;
//! - [`operators`]: the operators that are known, one file per family;
//! - [`wiring`]: from what passed to tract's graph.

mod demand;
mod error;
mod graph;
mod operators;
mod site;
mod values;
mod wire;
pub(super) mod wiring;

pub use demand::Demand;
pub use error::StructureError;

use super::limits;
use super::network_file::{NetworkFile, Port};
use graph::{Element, Graph};
use values::Values;

/// Checks the structure of a network, and says what it takes to run it. `description` gives the shapes of its inputs,
/// where the file leaves any open, and those that its outputs must have.
///
/// # Errors
/// [`StructureError`], naming the message, tensor or node at fault or the limit.
pub fn check(onnx: &[u8], description: &NetworkFile) -> Result<Demand, StructureError> {
    Ok(read(onnx, description)?.demand)
}

/// A network whose structure is sound.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    graph: Graph<'a>,
    /// What is known of its values.
    values: Values<'a>,
    /// What it takes to run it.
    pub(super) demand: Demand,
}

/// Reads a network and checks its structure.
///
/// # Errors
/// As [`check`].
pub(super) fn read<'a>(
    onnx: &'a [u8],
    description: &NetworkFile,
) -> Result<Checked<'a>, StructureError> {
    let graph = graph::read(onnx)?;
    check_ports("inputs", &graph.inputs, &description.inputs)?;
    check_ports("outputs", &graph.outputs, &description.outputs)?;
    let mut values = Values::default();
    let mut demand = Demand::of_file(onnx.len() as u64);
    for tensor in &graph.stored {
        values.store(tensor)?;
    }
    let stored: u64 = graph
        .stored
        .iter()
        .map(|tensor| tensor.data.len() as u64)
        .sum();
    if stored > 4 * limits::STORED_VALUES {
        return Err(StructureError::TooMany {
            what: "bytes of stored tensors",
            limit: 4 * limits::STORED_VALUES,
        });
    }
    for port in &graph.inputs {
        let described = description.input(port.name);
        let shape = described.map_or(&[][..], |port| &port.shape);
        values.give(port.name, shape)?;
    }
    for node in &graph.nodes {
        let made = values.run(node)?;
        demand.add(&made)?;
    }
    check_outputs(&graph, &values, description)?;
    Ok(Checked {
        graph,
        values,
        demand,
    })
}

/// The graph's inputs or outputs are those of the manifest in any order, of its sizes or open.
fn check_ports(
    end: &'static str,
    found: &[graph::Port<'_>],
    expected: &[Port],
) -> Result<(), StructureError> {
    let fits = |port: &graph::Port<'_>| {
        let mut same = expected.iter().filter(|other| other.name == port.name);
        same.next().is_some_and(|other| {
            let sizes = port.shape.iter().zip(&other.shape);
            port.shape.len() == other.shape.len()
                && sizes
                    .into_iter()
                    .all(|(own, &size)| own.is_none_or(|own| own == size as u64))
        })
    };
    let once =
        |port: &graph::Port<'_>| found.iter().filter(|other| other.name == port.name).count() == 1;
    if found.len() == expected.len() && found.iter().all(|port| fits(port) && once(port)) {
        return Ok(());
    }
    let words: Vec<String> = found.iter().map(graph::Port::to_string).collect();
    let wanted: Vec<String> = expected.iter().map(Port::to_string).collect();
    Err(StructureError::Ports {
        end,
        found: words.join(" and "),
        expected: wanted.join(" and "),
    })
}

/// What the nodes give out is what the manifest says.
fn check_outputs(
    graph: &Graph<'_>,
    values: &Values<'_>,
    description: &NetworkFile,
) -> Result<(), StructureError> {
    for port in &graph.outputs {
        let made = values
            .made(port.name)
            .ok_or_else(|| graph::misused(port.name, "for an output, which no node makes"))?;
        let expected = description.output(port.name);
        let fits = expected.is_some_and(|expected| {
            made.element == Element::Single && made.shape == expected.shape
        });
        if !fits {
            return Err(StructureError::Ports {
                end: "outputs",
                found: format!("{} {:?}", port.name, made.shape),
                expected: expected.map_or(String::new(), Port::to_string),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
