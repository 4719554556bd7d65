//! Gradients of layers: normalisations, attention, embeddings and dropout.

use ecg2mri_trainer::graph::layer::{
    AttentionWeights, Dense, DropoutMasks, add_positions, attention_mask, dense, embedding,
    group_norm, l2_normalise, layer_norm, multi_head_attention, scaled_dot_product_attention,
    sinusoidal_positions,
};

use crate::check::Domain::{Positive, Signed};
use crate::check::check;

#[test]
fn normalisations() {
    let shapes: [&[usize]; 3] = [&[3, 2, 3, 4], &[4, 3, 5], &[6, 2]];
    for shape in shapes {
        let channels = [shape[1]];
        check(
            &format!("batch norm in training {shape:?}"),
            &[(shape, Signed), (&channels, Signed), (&channels, Signed)],
            |graph, x| Ok(graph.batch_norm_training(x[0], x[1], x[2], 1e-5)?.output),
        );
        check(
            &format!("batch norm in inference {shape:?}"),
            &[
                (shape, Signed),
                (&channels, Signed),
                (&channels, Signed),
                (&channels, Signed),
                (&channels, Positive),
            ],
            |graph, x| graph.batch_norm_inference(x[0], x[1], x[2], x[3], x[4], 1e-5),
        );
    }
    check(
        "batch norm whose statistics are used elsewhere",
        &[(&[4, 3, 2], Signed), (&[3], Signed), (&[3], Signed)],
        |graph, x| {
            let made = graph.batch_norm_training(x[0], x[1], x[2], 1e-3)?;
            let last = graph.slice(made.output, 2, 0, 1)?;
            let last = graph.reshape(last, &[4, 3])?;
            let shifted = graph.add(last, made.mean)?;
            graph.multiply(shifted, made.variance)
        },
    );
    check(
        "layer norm",
        &[(&[2, 3, 5], Signed), (&[5], Signed), (&[5], Signed)],
        |graph, x| layer_norm(graph, x[0], x[1], x[2], 1e-5),
    );
    for axis in [0, 1] {
        check(
            &format!("l2 normalise {axis}"),
            &[(&[4, 5], Signed)],
            |graph, x| l2_normalise(graph, x[0], axis, 1e-12),
        );
    }
    for (shape, groups) in [(&[2, 4, 3][..], 2), (&[2, 3, 2, 2], 3), (&[3, 6], 1)] {
        let channels = [shape[1]];
        check(
            &format!("group norm {shape:?} {groups}"),
            &[(shape, Signed), (&channels, Signed), (&channels, Signed)],
            |graph, x| group_norm(graph, x[0], groups, x[1], x[2], 1e-3),
        );
    }
}

#[test]
fn attention() {
    check(
        "scaled dot product with a bias",
        &[
            (&[2, 3, 4], Signed),
            (&[2, 5, 4], Signed),
            (&[2, 5, 3], Signed),
            (&[3, 5], Signed),
        ],
        |graph, x| scaled_dot_product_attention(graph, x[0], x[1], x[2], Some(x[3])),
    );
    // A bias of the keys shifts all scores of a query alike, so that its gradient is 0 and only rounding is left.
    let layers: [(&[usize], _); 7] = [
        (&[4, 6], Signed),
        (&[4], Signed),
        (&[4, 5], Signed),
        (&[4, 5], Signed),
        (&[4], Signed),
        (&[3, 4], Signed),
        (&[3], Signed),
    ];
    let inputs: [(&[usize], _); 2] = [(&[2, 3, 6], Signed), (&[2, 4, 5], Signed)];
    check(
        "multi-head attention with a mask",
        &[inputs.as_slice(), layers.as_slice()].concat(),
        |graph, x| {
            let layer = |weight: usize, bias: Option<usize>| Dense {
                weight: x[weight],
                bias: bias.map(|at| x[at]),
            };
            let weights = AttentionWeights {
                query: layer(2, Some(3)),
                key: layer(4, None),
                value: layer(5, Some(6)),
                output: layer(7, Some(8)),
            };
            let keep = graph.constant("keep", &[4], vec![1.0, 0.0, 1.0, 1.0]);
            let bias = attention_mask(graph, keep)?;
            multi_head_attention(graph, x[0], x[1], &weights, 2, Some(bias))
        },
    );
    check(
        "dense over the last of three axes",
        &[(&[2, 3, 4], Signed), (&[5, 4], Signed)],
        |graph, x| {
            let layer = Dense {
                weight: x[1],
                bias: None,
            };
            dense(graph, x[0], layer)
        },
    );
}

#[test]
fn embeddings_and_positions() {
    check("embedding", &[(&[5, 3], Signed)], |graph, x| {
        let numbers = graph.constant("numbers", &[2, 3], vec![4.0, 0.0, 1.0, 4.0, 4.0, 2.0]);
        let rows = embedding(graph, x[0], numbers)?;
        let positions = sinusoidal_positions(graph, 3, 3);
        add_positions(graph, rows, positions)
    });
    check(
        "learned positions",
        &[(&[2, 3, 4], Signed), (&[3, 4], Signed)],
        |graph, x| add_positions(graph, x[0], x[1]),
    );
    check("one-hot rows", &[(&[2, 4], Signed)], |graph, x| {
        let numbers = graph.constant("numbers", &[2], vec![3.0, 1.0]);
        let chosen = graph.one_hot(numbers, 4)?;
        graph.multiply(chosen, x[0])
    });
}

#[test]
fn dropout_multiplies_by_its_mask() {
    // The masks are fed like any input here: any number will do.
    let mut graph = ecg2mri_trainer::graph::Graph::new("dropout");
    let mut masks = DropoutMasks::default();
    let x = graph.input("x", &[2, 3, 4]);
    let y = masks
        .dropout(&mut graph, x, 0.5)
        .expect("the rate is in range");
    let z = masks
        .dropout_channels(&mut graph, y, 0.25)
        .expect("the rate is in range");
    let loss = graph.sum_all(z).expect("anything adds up");
    let gradient = graph.gradients(loss, &[x]).expect("z depends on x");
    let mut feeds = vec![(
        x,
        ecg2mri_trainer::graph::tensor::Tensor::from_fn(&[2, 3, 4], |flat| flat as f64),
    )];
    let mut product = vec![1.0; 24];
    for (mask, input) in masks.iter().zip(&graph.inputs()[1..]) {
        let values: Vec<f64> = mask.draw(5, 9).into_iter().map(f64::from).collect();
        for (at, factor) in product.iter_mut().enumerate() {
            *factor *= values[at * values.len() / 24];
        }
        let tensor = ecg2mri_trainer::graph::tensor::Tensor::new(mask.shape(), values)
            .expect("a mask has one value per element");
        feeds.push((*input, tensor));
    }
    let found = ecg2mri_trainer::graph::reference::evaluate(&graph, &gradient, &feeds)
        .expect("every input is fed");
    assert_eq!(found[0].values(), product);
    assert!(product.contains(&0.0) && product.iter().any(|factor| *factor > 2.0));
}
