//! Every operation's gradient, on shapes that include odd sizes, strides and broadcasting.

use ecg2mri_trainer::graph::layer::{conv1d, conv2d, l2_normalise, layer_norm};
use ecg2mri_trainer::graph::loss::{diagonal_cross_entropy, mean_squared_error};
use ecg2mri_trainer::graph::{Graph, GraphError, SliceRange, Value, Window};

use crate::check::Domain::{Positive, Signed};
use crate::check::check;

type Unary = fn(&mut Graph, Value) -> Result<Value, GraphError>;
type Binary = fn(&mut Graph, Value, Value) -> Result<Value, GraphError>;

#[test]
fn functions_of_one_tensor() {
    let functions: [(&str, Unary); 14] = [
        ("negate", Graph::negate),
        ("exp", Graph::exp),
        ("reciprocal", Graph::reciprocal),
        ("abs", Graph::abs),
        ("square", Graph::square),
        ("erf", Graph::erf),
        ("relu", Graph::relu),
        ("sigmoid", Graph::sigmoid),
        ("tanh", Graph::tanh),
        ("softplus", Graph::softplus),
        ("gelu", Graph::gelu),
        ("leaky relu", |graph, x| graph.leaky_relu(x, 0.1)),
        ("clip", |graph, x| graph.clip(x, -0.7, 0.4)),
        ("scale and offset", |graph, x| {
            let scaled = graph.scale(x, -1.75)?;
            graph.offset(scaled, 0.375)
        }),
    ];
    for (name, function) in functions {
        check(name, &[(&[3, 5], Signed)], |graph, x| function(graph, x[0]));
    }
    check("log", &[(&[7], Positive)], |graph, x| graph.log(x[0]));
    check("sqrt", &[(&[2, 3], Positive)], |graph, x| graph.sqrt(x[0]));
    check("exp of a scalar", &[(&[], Signed)], |graph, x| {
        graph.exp(x[0])
    });
}

#[test]
fn sign_and_step_pass_no_gradient_but_are_computed() {
    let parts: [(&str, Unary); 2] = [("sign", Graph::sign), ("step", Graph::step)];
    for (name, function) in parts {
        check(name, &[(&[4, 3], Signed)], |graph, x| {
            let part = function(graph, x[0])?;
            graph.multiply(part, x[0])
        });
    }
}

#[test]
fn arithmetic_broadcasts() {
    let functions: [(&str, Binary); 6] = [
        ("add", Graph::add),
        ("subtract", Graph::subtract),
        ("multiply", Graph::multiply),
        ("divide", Graph::divide),
        ("maximum", Graph::maximum),
        ("minimum", Graph::minimum),
    ];
    let shapes: [(&[usize], &[usize]); 5] = [
        (&[2, 3], &[2, 3]),
        (&[2, 3], &[3]),
        (&[2, 1, 3], &[4, 1]),
        (&[], &[3, 2]),
        (&[1], &[5]),
    ];
    for (name, function) in functions {
        for (a, b) in shapes {
            let name = format!("{name} {a:?} {b:?}");
            check(&name, &[(a, Signed), (b, Signed)], |graph, x| {
                function(graph, x[0], x[1])
            });
        }
    }
    check("one value twice", &[(&[3], Signed)], |graph, x| {
        graph.multiply(x[0], x[0])
    });
}

#[test]
fn matrix_products_transpose_and_broadcast() {
    for (transpose_a, transpose_b) in [(false, false), (true, false), (false, true), (true, true)] {
        let a: [usize; 2] = if transpose_a { [4, 3] } else { [3, 4] };
        let b: [usize; 2] = if transpose_b { [5, 4] } else { [4, 5] };
        let batched_a = [2, a[0], a[1]];
        let batched_b = [2, b[0], b[1]];
        let four_axes = [3, 1, a[0], a[1]];
        let cases: [(&[usize], &[usize]); 4] = [
            (&a, &b),
            (&batched_a, &batched_b),
            (&batched_a, &b),
            (&four_axes, &batched_b),
        ];
        for (a, b) in cases {
            let name = format!("matmul {a:?} {transpose_a} {b:?} {transpose_b}");
            check(&name, &[(a, Signed), (b, Signed)], |graph, x| {
                graph.matmul_transposed(x[0], x[1], transpose_a, transpose_b)
            });
        }
    }
    check(
        "linear",
        &[(&[3, 5], Signed), (&[4, 5], Signed), (&[4], Signed)],
        |graph, x| graph.linear(x[0], x[1], Some(x[2])),
    );
    check(
        "linear without bias",
        &[(&[1, 2], Signed), (&[3, 2], Signed)],
        |graph, x| graph.linear(x[0], x[1], None),
    );
}

#[test]
fn reductions() {
    let all: [&[usize]; 5] = [&[0], &[1], &[2], &[0, 2], &[0, 1, 2]];
    for axes in all {
        for keep in [true, false] {
            check(
                &format!("sum {axes:?} {keep}"),
                &[(&[2, 3, 4], Signed)],
                |graph, x| graph.reduce_sum(x[0], axes, keep),
            );
            check(
                &format!("mean {axes:?} {keep}"),
                &[(&[2, 3, 4], Signed)],
                |graph, x| graph.reduce_mean(x[0], axes, keep),
            );
        }
    }
    check("mean of a scalar", &[(&[], Signed)], |graph, x| {
        graph.mean_all(x[0])
    });
}

#[test]
fn shapes_and_parts() {
    check("reshape", &[(&[2, 6], Signed)], |graph, x| {
        graph.reshape(x[0], &[3, 1, 4])
    });
    check("reshape to a scalar", &[(&[1, 1], Signed)], |graph, x| {
        graph.reshape(x[0], &[])
    });
    check("flatten", &[(&[2, 3, 2], Signed)], |graph, x| {
        graph.flatten(x[0])
    });
    check("transpose", &[(&[2, 3, 4], Signed)], |graph, x| {
        graph.transpose(x[0], &[2, 0, 1])
    });
    check("broadcast", &[(&[3, 1], Signed)], |graph, x| {
        graph.broadcast_to(x[0], &[2, 3, 4])
    });
    check("pad", &[(&[2, 3], Signed)], |graph, x| {
        graph.pad(x[0], &[(1, 0), (2, 3)])
    });
    check("flip", &[(&[2, 3, 4], Signed)], |graph, x| {
        graph.flip(x[0], &[0, 2])
    });
    check("slice", &[(&[3, 7], Signed)], |graph, x| {
        graph.slice(x[0], 1, 2, 6)
    });
    for (step, end) in [(2, 7), (2, 6), (3, 7)] {
        check(
            &format!("slice in steps of {step} to {end}"),
            &[(&[3, 7, 5], Signed)],
            |graph, x| {
                let rows = SliceRange {
                    axis: 1,
                    start: 1,
                    end,
                    step,
                };
                let columns = SliceRange {
                    axis: 2,
                    start: 0,
                    end: 4,
                    step: 2,
                };
                graph.slice_ranges(x[0], &[rows, columns])
            },
        );
    }
    check(
        "concat",
        &[(&[2, 3], Signed), (&[2, 1], Signed), (&[2, 4], Signed)],
        |graph, x| graph.concat(x, 1),
    );
    check(
        "concat of one value with itself",
        &[(&[2, 3], Signed)],
        |graph, x| graph.concat(&[x[0], x[0]], 0),
    );
}

#[test]
fn softmax_and_its_logarithm() {
    check("softmax", &[(&[2, 3, 5], Signed)], |graph, x| {
        graph.softmax(x[0])
    });
    check("log softmax", &[(&[4, 3], Signed)], |graph, x| {
        graph.log_softmax(x[0])
    });
    check("cross-entropy", &[(&[5, 5], Signed)], |graph, x| {
        diagonal_cross_entropy(graph, x[0])
    });
    check(
        "squared error",
        &[(&[2, 5], Signed), (&[2, 5], Signed)],
        |graph, x| mean_squared_error(graph, x[0], x[1]),
    );
}

#[test]
fn convolutions_in_one_dimension() {
    for (kernel, stride, padding) in [
        (1, 1, 0),
        (3, 1, 1),
        (4, 1, 2),
        (5, 2, 2),
        (3, 2, 0),
        (2, 3, 1),
    ] {
        check(
            &format!("conv1d {kernel} {stride} {padding}"),
            &[
                (&[2, 3, 11], Signed),
                (&[4, 3, kernel], Signed),
                (&[4], Signed),
            ],
            |graph, x| conv1d(graph, x[0], x[1], Some(x[2]), stride, padding),
        );
    }
}

#[test]
fn convolutions_in_two_dimensions() {
    let cases: [(&[usize], &[usize], usize, usize); 6] = [
        (&[2, 2, 5, 4], &[3, 2, 3, 3], 1, 1),
        (&[2, 2, 7, 6], &[3, 2, 3, 3], 2, 1),
        (&[1, 2, 6, 5], &[2, 2, 2, 3], 2, 0),
        (&[2, 3, 3, 4], &[2, 3, 1, 1], 1, 0),
        (&[1, 1, 4, 4], &[2, 1, 1, 1], 2, 0),
        // more padding than the kernel reaches
        (&[1, 2, 3, 3], &[2, 2, 2, 2], 1, 3),
    ];
    for (x, w, stride, padding) in cases {
        check(
            &format!("conv2d {x:?} {w:?} {stride} {padding}"),
            &[(x, Signed), (w, Signed)],
            |graph, x| conv2d(graph, x[0], x[1], None, stride, padding),
        );
    }
    let window = Window::new(&[1, 2], &[0, 2]);
    check(
        "conv with a window of its own on each axis",
        &[
            (&[2, 2, 5, 7], Signed),
            (&[2, 2, 1, 5], Signed),
            (&[2], Signed),
        ],
        |graph, x| graph.conv(x[0], x[1], Some(x[2]), &window),
    );
    check(
        "conv over three spatial axes",
        &[(&[1, 2, 3, 4, 3], Signed), (&[2, 2, 2, 3, 1], Signed)],
        |graph, x| graph.conv(x[0], x[1], None, &Window::new(&[1, 1, 1], &[1, 1, 0])),
    );
}

#[test]
fn transposed_convolutions() {
    for (kernel, stride, padding) in [(2, 2, 0), (4, 2, 1), (3, 1, 1), (3, 2, 1)] {
        check(
            &format!("conv transpose {kernel} {stride} {padding}"),
            &[
                (&[2, 3, 4, 3], Signed),
                (&[3, 2, kernel, kernel], Signed),
                (&[2], Signed),
            ],
            |graph, x| {
                let window = Window::square(2, stride, padding);
                graph.conv_transpose(x[0], x[1], Some(x[2]), &window)
            },
        );
    }
}

#[test]
fn pooling_and_upsampling() {
    let shapes: [&[usize]; 3] = [&[2, 2, 6, 4], &[1, 2, 7, 5], &[2, 3, 9]];
    for shape in shapes {
        for size in [2, 3] {
            check(
                &format!("max pool {shape:?} {size}"),
                &[(shape, Signed)],
                |graph, x| graph.max_pool(x[0], size),
            );
            check(
                &format!("average pool {shape:?} {size}"),
                &[(shape, Signed)],
                |graph, x| graph.average_pool(x[0], size),
            );
        }
        check(
            &format!("global pool {shape:?}"),
            &[(shape, Signed)],
            |graph, x| graph.global_average_pool(x[0]),
        );
        check(
            &format!("nearest {shape:?}"),
            &[(shape, Signed)],
            |graph, x| graph.upsample_nearest(x[0], 2),
        );
    }
    check(
        "nearest times three",
        &[(&[1, 2, 2, 3], Signed)],
        |graph, x| graph.upsample_nearest(x[0], 3),
    );
    check("bilinear", &[(&[2, 2, 3, 5], Signed)], |graph, x| {
        graph.upsample_bilinear(x[0], 2)
    });
}

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
}

#[test]
fn gradients_of_gradients() {
    let inner = |graph: &mut Graph, y: Value, x: Value| {
        let squared = graph.square(y)?;
        let loss = graph.sum_all(squared)?;
        Ok(graph.gradients(loss, &[x])?[0])
    };
    check(
        "second derivative of conv",
        &[(&[1, 2, 7], Signed), (&[2, 2, 3], Signed)],
        |graph, x| {
            let y = conv1d(graph, x[0], x[1], None, 2, 1)?;
            inner(graph, y, x[1])
        },
    );
    check(
        "second derivative of tanh",
        &[(&[3, 2], Signed)],
        |graph, x| {
            let y = graph.tanh(x[0])?;
            inner(graph, y, x[0])
        },
    );
    check(
        "second derivative of max pool",
        &[(&[1, 2, 6], Signed)],
        |graph, x| {
            let y = graph.max_pool(x[0], 2)?;
            inner(graph, y, x[0])
        },
    );
}
