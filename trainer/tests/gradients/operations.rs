//! Every operation's gradient, on shapes that include odd sizes, strides and broadcasting.

use ecg2mri_trainer::graph::layer::conv1d;
use ecg2mri_trainer::graph::{Graph, GraphError, SliceRange, Value};

use crate::check::Domain::{Positive, Signed};
use crate::check::check;

type Unary = fn(&mut Graph, Value) -> Result<Value, GraphError>;
type Binary = fn(&mut Graph, Value, Value) -> Result<Value, GraphError>;

#[test]
fn functions_of_one_tensor() {
    let functions: [(&str, Unary); 18] = [
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
        ("gelu by tanh", Graph::gelu_tanh),
        ("silu", Graph::silu),
        ("elu", |graph, x| graph.elu(x, 0.75)),
        ("cube", |graph, x| graph.power(x, 3.0)),
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
    check("power", &[(&[7], Positive)], |graph, x| {
        graph.power(x[0], 1.7)
    });
    check("power below 0", &[(&[7], Positive)], |graph, x| {
        graph.power(x[0], -0.5)
    });
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
    for (a, b) in shapes {
        let name = format!("greater, equal and select {a:?} {b:?}");
        check(&name, &[(a, Signed), (b, Signed)], |graph, x| {
            let greater = graph.greater(x[0], x[1])?;
            let doubled = graph.scale(x[1], 2.0)?;
            let chosen = graph.select(greater, x[0], doubled)?;
            let same = graph.equal(chosen, x[0])?;
            graph.multiply(chosen, same)
        });
    }
    check("select by a scalar", &[(&[3], Signed)], |graph, x| {
        let yes = graph.scalar(1.0);
        let zero = graph.scalar(0.0);
        graph.select(yes, x[0], zero)
    });
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
                &format!("sum of squares {axes:?} {keep}"),
                &[(&[2, 3, 4], Signed)],
                |graph, x| graph.reduce_sum_of_squares(x[0], axes, keep),
            );
            check(
                &format!("mean {axes:?} {keep}"),
                &[(&[2, 3, 4], Signed)],
                |graph, x| graph.reduce_mean(x[0], axes, keep),
            );
            check(
                &format!("max {axes:?} {keep}"),
                &[(&[2, 3, 4], Signed)],
                |graph, x| graph.reduce_max(x[0], axes, keep),
            );
            check(
                &format!("min {axes:?} {keep}"),
                &[(&[2, 3, 4], Signed)],
                |graph, x| graph.reduce_min(x[0], axes, keep),
            );
            check(
                &format!("variance {axes:?} {keep}"),
                &[(&[2, 3, 4], Signed)],
                |graph, x| graph.reduce_variance(x[0], axes, keep, 1),
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
    check("pad with a number", &[(&[2, 3], Signed)], |graph, x| {
        graph.pad_with(x[0], &[(0, 2), (1, 0)], -0.75)
    });
    check("split and stack", &[(&[3, 6], Signed)], |graph, x| {
        let parts = graph.split(x[0], 1, &[2, 1, 3])?;
        let crossed = graph.multiply(parts[0], parts[1])?;
        let last = graph.slice(parts[2], 1, 1, 3)?;
        graph.stack(&[crossed, last, parts[0]], 1)
    });
    check("axes in and out", &[(&[3, 1, 4], Signed)], |graph, x| {
        let matrix = graph.remove_axis(x[0], 1)?;
        let swapped = graph.swap_axes(matrix, 0, 1)?;
        graph.insert_axis(swapped, 2)
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
