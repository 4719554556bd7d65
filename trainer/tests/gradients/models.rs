//! What a written model keeps: names of inputs and outputs, whatever the outputs are.

use ecg2mri_trainer::graph::tensor::Tensor;
use ecg2mri_trainer::graph::{Graph, Opset};

use crate::runtime::Runner;

#[test]
fn inputs_and_constants_can_be_outputs_and_a_value_can_be_two() {
    let mut graph = Graph::new("outputs");
    let x = graph.input("x", &[2]);
    graph.input("unused", &[3]);
    let constant = graph.constant("constant", &[], vec![4.0]);
    let y = graph.negate(x).expect("any shape can be negated");
    let z = graph.multiply(y, constant).expect("a scalar broadcasts");
    let outputs = [
        ("same", x),
        ("y", y),
        ("y again", y),
        ("constant", constant),
        ("z", z),
    ];
    for (name, value) in outputs {
        graph.output(name, value);
    }
    for opset in [Opset::Training, Opset::Inference] {
        let model = graph.to_model(opset).expect("the graph has outputs");
        let Some(mut runner) = Runner::new(&model) else {
            return;
        };
        let fed = Tensor::from_fn(&[2], |flat| flat as f64 + 1.0);
        let unused = Tensor::from_fn(&[3], |_| 0.0);
        let names = outputs.map(|(name, _)| name);
        let found = runner.run(&[("x", &fed), ("unused", &unused)], &names);
        let expected: [&[f64]; 5] = [
            &[1.0, 2.0],
            &[-1.0, -2.0],
            &[-1.0, -2.0],
            &[4.0],
            &[-4.0, -8.0],
        ];
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.values(), expected);
        }
    }
}
