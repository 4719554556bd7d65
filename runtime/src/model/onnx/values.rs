//! The values of a graph by name: stored, given, or made by the nodes before.

use std::collections::HashMap;

use super::error::StructureError;
use super::graph::{Element, Node, Stored, misused};
use super::operators;
use super::site::Site;
use crate::model::limits;

/// A value, as far as it is known before anything is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known<'a> {
    pub(super) element: Element,
    pub(super) shape: Vec<usize>,
    /// Whether it is the same in every run.
    pub(super) constant: bool,
    /// Its bytes, where it is stored in the file as it is.
    pub(super) data: Option<&'a [u8]>,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Stored,
    Given,
    Made,
}

impl Known<'_> {
    /// How many elements it has.
    pub(super) fn volume(&self) -> u64 {
        volume(&self.shape)
    }
}

/// What a node makes and takes.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) value: Known<'static>,
    /// Elements of the windows of a convolution, side by side.
    pub(super) window_values: u64,
    pub(super) multiplications: u64,
}

/// All values so far, and the names of all nodes.
#[derive(Debug, Default)]
pub(super) struct Values<'a> {
    known: HashMap<&'a str, Known<'a>>,
    /// What tract calls its nodes, of which stored tensors and inputs are some.
    nodes: HashMap<&'a str, ()>,
}

impl<'a> Values<'a> {
    /// Adds a stored tensor.
    pub(super) fn store(&mut self, tensor: &Stored<'a>) -> Result<(), StructureError> {
        let wrong = |fault: String| StructureError::Stored {
            name: tensor.name.to_owned(),
            fault,
        };
        let axis = |&size: &i64| usize::try_from(size).ok().filter(|size| *size > 0);
        let shape: Option<Vec<usize>> = tensor.shape.iter().map(axis).collect();
        let shape = shape.ok_or_else(|| {
            wrong(format!(
                "has the shape {:?}, but no axis is below 1",
                tensor.shape
            ))
        })?;
        let bytes = volume(&shape).saturating_mul(tensor.element.bytes());
        if bytes != tensor.data.len() as u64 {
            let found = tensor.data.len();
            return Err(wrong(format!(
                "holds {found} bytes where its shape {shape:?} needs {bytes}"
            )));
        }
        check_volume(&shape).map_err(wrong)?;
        self.name_node(tensor.name)?;
        let known = Known {
            element: tensor.element,
            shape,
            constant: true,
            data: Some(tensor.data),
            origin: Origin::Stored,
        };
        self.name_value(tensor.name, known)
    }

    /// Adds an input.
    pub(super) fn give(&mut self, name: &'a str, shape: &[usize]) -> Result<(), StructureError> {
        self.name_node(name)?;
        let known = Known {
            element: Element::Single,
            shape: shape.to_vec(),
            constant: false,
            data: None,
            origin: Origin::Given,
        };
        self.name_value(name, known)
    }

    /// Adds what a node makes of the values before it.
    pub(super) fn run(&mut self, node: &Node<'a>) -> Result<Made, StructureError> {
        let wrong = |fault: String| StructureError::Node {
            name: node.name.to_owned(),
            operator: node.operator.to_owned(),
            fault,
        };
        let inputs = self.of(node)?;
        let output = operators::output(&Site {
            node,
            inputs: &inputs,
        })
        .map_err(wrong)?;
        check_volume(&output.shape).map_err(wrong)?;
        let value = Known {
            element: Element::Single,
            constant: inputs.iter().flatten().all(|input| input.constant),
            shape: output.shape,
            data: None,
            origin: Origin::Made,
        };
        self.name_node(node.name)?;
        self.name_value(node.output, value.clone())?;
        Ok(Made {
            value,
            window_values: output.window_values,
            multiplications: output.multiplications,
        })
    }

    /// What is known of a node's inputs; nothing of those that are left out.
    pub(super) fn of(&self, node: &Node<'a>) -> Result<Vec<Option<&Known<'a>>>, StructureError> {
        let input = |&name: &&'a str| match self.known.get(name) {
            None if !name.is_empty() => Err(misused(name, "before anything has it")),
            known => Ok(known),
        };
        node.inputs.iter().map(input).collect()
    }

    /// The value of this name, if a node made it.
    pub(super) fn made(&self, name: &str) -> Option<&Known<'a>> {
        let made = |known: &&Known<'_>| known.origin == Origin::Made;
        self.known.get(name).filter(made)
    }

    fn name_value(&mut self, name: &'a str, known: Known<'a>) -> Result<(), StructureError> {
        match self.known.insert(name, known) {
            None => Ok(()),
            Some(_) => Err(misused(name, "for two values")),
        }
    }

    fn name_node(&mut self, name: &'a str) -> Result<(), StructureError> {
        match self.nodes.insert(name, ()) {
            None => Ok(()),
            Some(()) => Err(misused(name, "for two nodes")),
        }
    }
}

/// How many elements a tensor of this shape has.
pub(super) fn volume(shape: &[usize]) -> u64 {
    let sizes = shape.iter().map(|&size| size as u64);
    sizes.fold(1, u64::saturating_mul)
}

fn check_volume(shape: &[usize]) -> Result<(), String> {
    let (axes, values) = (shape.len(), volume(shape));
    if axes > limits::AXES {
        return Err(format!(
            "has {axes} axes, where {} are allowed",
            limits::AXES
        ));
    }
    if values == 0 || values > limits::TENSOR_VALUES {
        let most = limits::TENSOR_VALUES;
        return Err(format!(
            "holds {values} values, where 1 to {most} are allowed"
        ));
    }
    Ok(())
}
