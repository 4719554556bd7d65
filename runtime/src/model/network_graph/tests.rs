use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use proptest::prelude::*;
use tract_onnx::pb::ModelProto;

use super::*;

/// A network's file below the checkout, and the shapes of its inputs by name.
type Case = (&'static str, &'static [(&'static str, &'static [usize])]);

const ECG: (&str, &[usize]) = ("ecg", &[1, 12, 600]);
const HEART_RATE: (&str, &[usize]) = ("heart_rate", &[1, 1]);
const CASES: [Case; 6] = [
    ("models/cart/encoder.onnx", &[ECG, HEART_RATE]),
    ("models/cart/decoder.onnx", &[("latent", &[1, 256])]),
    ("tests/goldens/tiny_model/encoder.onnx", &[ECG]),
    (
        "tests/goldens/tiny_model/decoder.onnx",
        &[("latent", &[1, 16])],
    ),
    ("tests/goldens/tiny_cart/encoder.onnx", &[ECG, HEART_RATE]),
    (
        "tests/goldens/tiny_cart/decoder.onnx",
        &[("latent", &[1, 16])],
    ),
];

fn bytes_of(file: &str) -> Vec<u8> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read(checkout.join(file)).expect("the network is in the checkout")
}

fn structures_of(file: &str) -> ModelProto {
    tract_onnx::onnx()
        .proto_model_for_read(&mut Cursor::new(bytes_of(file)))
        .expect("a sound file")
}

fn untyped(structures: &ModelProto, inputs: &[(&str, &[usize])]) -> TractResult<UntypedGraph> {
    let mut graph = UntypedGraph::from_structures(structures.clone())?;
    graph.set_all(inputs)?;
    Ok(graph)
}

impl UntypedGraph {
    fn set_all(&mut self, inputs: &[(&str, &[usize])]) -> TractResult<()> {
        for (place, name) in self.input_names()?.iter().enumerate() {
            let shape = inputs.iter().find(|(port, _)| port == name);
            self.set_input(place, shape.map_or(&[], |(_, shape)| shape))?;
        }
        Ok(())
    }
}

/// The graph as tract alone reads it.
fn tracts_way(structures: &ModelProto, inputs: &[(&str, &[usize])]) -> TractResult<TypedModel> {
    let model = tract_onnx::onnx()
        .with_ignore_output_shapes(true)
        .model_for_proto_model(structures)?;
    let in_one_pass = false;
    let mut graph = UntypedGraph { model, in_one_pass };
    graph.set_all(inputs)?;
    graph.into_typed()
}

/// What a graph makes of numbers from -1 to 1, all outputs in turn, as bits.
fn outputs(typed: TypedModel, inputs: &[(&str, &[usize])]) -> TractResult<Vec<u32>> {
    let order = typed.input_outlets()?.to_vec();
    let names = order.iter().map(|outlet| &*typed.node(outlet.node).name);
    let tensor = |name: &str| -> TractResult<TValue> {
        let (_, shape) = inputs
            .iter()
            .find(|(port, _)| *port == name)
            .expect("an input of the case");
        let length: usize = shape.iter().product();
        let values: Vec<f32> = (0..length)
            .map(|n| (n * 7919 % 1000) as f32 / 500.0 - 1.0)
            .collect();
        Ok(Tensor::from_shape(shape, &values)?.into())
    };
    let tensors = names.map(tensor).collect::<TractResult<_>>()?;
    let given = typed.into_optimized()?.into_runnable()?.run(tensors)?;
    let mut bits = Vec::new();
    for output in &given {
        let values = output.to_plain_array_view::<f32>()?;
        bits.extend(values.iter().map(|value| value.to_bits()));
    }
    Ok(bits)
}

#[test]
fn in_one_pass_or_tracts_way_the_numbers_are_the_same() {
    for (file, inputs) in CASES {
        let structures = structures_of(file);
        let graph = untyped(&structures, inputs).expect("sound");
        assert!(graph.in_one_pass, "{file}");
        let one_pass = InOnePass.translate_model(&graph.model).expect("wired");
        let half = one_pass.nodes().iter().any(|node| {
            let mut facts = node.outputs.iter().map(|output| &output.fact);
            facts.any(|fact| fact.datum_type == f16::datum_type())
        });
        assert!(!half, "{file} keeps numbers of 16 bits");
        let labels = |typed: &TypedModel| -> Vec<Option<String>> {
            let outputs = typed.outputs.iter();
            outputs
                .map(|outlet| typed.outlet_label(*outlet).map(str::to_owned))
                .collect()
        };
        let analysed = tracts_way(&structures, inputs).expect("tract reads it");
        assert_eq!(labels(&one_pass), labels(&analysed), "{file}");
        let one_pass = outputs(one_pass, inputs).expect("it runs");
        let analysed = outputs(analysed, inputs).expect("it runs");
        assert!(one_pass == analysed, "{file} gives other numbers");
    }
}

/// An operator that is not known to allow one pass, and one that nobody knows.
#[test]
fn other_graphs_go_tracts_way() {
    let (file, inputs) = CASES[2];
    let mut structures = structures_of(file);
    let rename = |structures: &mut ModelProto, operator: &str| {
        let graph = structures.graph.as_mut().expect("a graph");
        let last = graph.node.last_mut().expect("a node");
        assert_eq!(last.output, ["latent"]);
        last.op_type = operator.into();
    };
    rename(&mut structures, "Mean");
    let graph = untyped(&structures, inputs).expect("sound");
    assert!(!graph.in_one_pass);
    let typed = graph
        .into_typed()
        .expect("the mean of one value is that value");
    assert_eq!(outputs(typed, inputs).expect("it runs").len(), 16);

    rename(&mut structures, "Unheard");
    let refused = untyped(&structures, inputs).and_then(UntypedGraph::into_typed);
    assert!(refused.is_err());
}

/// One of the things that a damaged file may say of one of its nodes, weights or attributes.
#[derive(Clone, Debug)]
enum Damage {
    SwapInputs(usize, usize),
    DropInput(usize),
    OtherOperator(usize, usize),
    Attribute(usize, i64),
    Dimension(usize, i64),
    Cut(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = || 0..1000_usize;
    // Small ones, since tract would set out to compute what large ones ask for.
    let number = || -3..20_i64;
    prop_oneof![
        (place(), place()).prop_map(|(one, other)| Damage::SwapInputs(one, other)),
        place().prop_map(Damage::DropInput),
        (place(), place()).prop_map(|(node, operator)| Damage::OtherOperator(node, operator)),
        (place(), number()).prop_map(|(node, value)| Damage::Attribute(node, value)),
        (place(), number()).prop_map(|(weight, value)| Damage::Dimension(weight, value)),
        place().prop_map(Damage::Cut),
    ]
}

fn inflict(damage: &Damage, graph: &mut GraphProto) {
    let (nodes, weights) = (graph.node.len(), graph.initializer.len());
    match *damage {
        Damage::SwapInputs(one, other) => {
            let input = |node: usize| graph.node[node % nodes].input.first().cloned();
            if let (Some(first), Some(second)) = (input(one), input(other)) {
                graph.node[one % nodes].input[0] = second;
                graph.node[other % nodes].input[0] = first;
            }
        }
        Damage::DropInput(node) => {
            graph.node[node % nodes].input.pop();
        }
        Damage::OtherOperator(node, operator) => {
            let operator = WIRED_IN_ONE_PASS[operator % WIRED_IN_ONE_PASS.len()];
            graph.node[node % nodes].op_type = operator.into();
        }
        Damage::Attribute(node, value) => {
            for attribute in &mut graph.node[node % nodes].attribute {
                attribute.i = value;
                if let Some(first) = attribute.ints.first_mut() {
                    *first = value;
                }
            }
        }
        Damage::Dimension(weight, value) => {
            if let Some(first) = graph.initializer[weight % weights].dims.first_mut() {
                *first = value;
            }
        }
        Damage::Cut(weight) => {
            graph.initializer[weight % weights].raw_data.pop();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// tract panics at some damage, and the two ways do not find the same faults; whoever loads a model guards
    /// against both. What both read, however strange, they must read alike.
    #[test]
    fn a_damaged_graph_that_both_ways_read_gives_the_same_numbers(
        case in 2..CASES.len(),
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let (file, inputs) = CASES[case];
        let mut structures = structures_of(file);
        let graph = structures.graph.as_mut().expect("a graph");
        for damage in &damages {
            inflict(damage, graph);
        }
        let analysed = catch_unwind(|| outputs(tracts_way(&structures, inputs)?, inputs));
        let one_pass = catch_unwind(|| outputs(untyped(&structures, inputs)?.into_typed()?, inputs));
        if let (Ok(Ok(one_pass)), Ok(Ok(analysed))) = (one_pass, analysed) {
            prop_assert!(one_pass == analysed);
        }
    }
}
