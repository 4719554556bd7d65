//! A step graph run over named state, once by the f64 reference and once by ONNX Runtime.

use std::collections::BTreeMap;

use ecg2mri_trainer::graph::reference::evaluate;
use ecg2mri_trainer::graph::tensor::Tensor;
use ecg2mri_trainer::graph::{Graph, Opset, Value, check_cuda_kernels};

use crate::runtime::Runner;

/// Tensors by the names of the graph's inputs.
pub type State = BTreeMap<String, Tensor>;

/// What a step runs on.
#[derive(Clone, Copy)]
pub enum Engine {
    /// The reference interpreter, in f64.
    Reference,
    /// ONNX Runtime, in f32.
    Runtime,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Engine::Reference => "f64 reference",
            Engine::Runtime => "ONNX Runtime",
        }
    }
}

/// Checks `graph` on both engines; `check` is given what makes one step of a state. The graph must run wholly on CUDA.
/// Where there is no ONNX Runtime, that half is skipped with a word on standard output.
pub fn on_both_engines(
    graph: &Graph,
    mut check: impl FnMut(Engine, &mut dyn FnMut(&State) -> Vec<Tensor>),
) {
    check(Engine::Reference, &mut |state| {
        let feeds: Vec<(Value, Tensor)> = graph
            .inputs()
            .iter()
            .map(|&input| (input, state[graph.name(input)].clone()))
            .collect();
        let wanted: Vec<Value> = graph.outputs().iter().map(|(_, value)| *value).collect();
        evaluate(graph, &wanted, &feeds).expect("every input is fed")
    });

    let model = graph
        .to_model(Opset::Training)
        .expect("the graph has outputs");
    check_cuda_kernels(&model).expect("a step graph runs wholly on CUDA");
    let Some(mut runner) = Runner::new(&model) else {
        return;
    };
    check(Engine::Runtime, &mut |state| {
        let feeds: Vec<(&str, &Tensor)> = state
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor))
            .collect();
        let names: Vec<&str> = graph
            .outputs()
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        runner.run(&feeds, &names)
    });
}
