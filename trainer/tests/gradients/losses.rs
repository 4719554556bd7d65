//! Gradients of softmax and of the losses.

use ecg2mri_trainer::graph::loss::{
    Ssim, cosine_similarity, cosine_similarity_loss, cross_entropy, diagonal_cross_entropy,
    log_cosh, mean_absolute_error, mean_squared_error, sigmoid_cross_entropy, smooth_l1,
    soft_cross_entropy, ssim_loss,
};
use ecg2mri_trainer::graph::{Graph, GraphError, Value};

use crate::check::Domain::{Positive, Signed};
use crate::check::check;

#[test]
fn softmax_and_its_logarithm() {
    check("softmax", &[(&[2, 3, 5], Signed)], |graph, x| {
        graph.softmax(x[0])
    });
    check("log softmax", &[(&[4, 3], Signed)], |graph, x| {
        graph.log_softmax(x[0])
    });
    for axis in [0, 1] {
        check(
            &format!("softmax over axis {axis}"),
            &[(&[3, 4, 2], Signed)],
            |graph, x| graph.softmax_over(x[0], axis),
        );
        check(
            &format!("log softmax over axis {axis}"),
            &[(&[3, 4, 2], Signed)],
            |graph, x| graph.log_softmax_over(x[0], axis),
        );
    }
}

#[test]
fn cross_entropies() {
    check("of pairs", &[(&[5, 5], Signed)], |graph, x| {
        diagonal_cross_entropy(graph, x[0])
    });
    check("of classes", &[(&[3, 4], Signed)], |graph, x| {
        let classes = graph.constant("classes", &[3], vec![3.0, 0.0, 2.0]);
        cross_entropy(graph, x[0], classes)
    });
    check(
        "of distributions",
        &[(&[3, 4], Signed), (&[3, 4], Positive)],
        |graph, x| soft_cross_entropy(graph, x[0], x[1]),
    );
    check(
        "of yes and no",
        &[(&[2, 5], Signed), (&[2, 5], Positive)],
        |graph, x| sigmoid_cross_entropy(graph, x[0], x[1]),
    );
}

#[test]
fn differences() {
    type Loss = fn(&mut Graph, Value, Value) -> Result<Value, GraphError>;
    let losses: [(&str, Loss); 5] = [
        ("squared error", mean_squared_error),
        ("absolute error", mean_absolute_error),
        ("log cosh", log_cosh),
        ("smooth L1 at 0.8", |graph, a, b| {
            smooth_l1(graph, a, b, 0.8)
        }),
        ("cosine", |graph, a, b| {
            cosine_similarity_loss(graph, a, b, 1)
        }),
    ];
    for (name, loss) in losses {
        check(name, &[(&[3, 5], Signed), (&[3, 5], Signed)], |graph, x| {
            loss(graph, x[0], x[1])
        });
    }
    check(
        "cosine of columns",
        &[(&[3, 5], Signed), (&[3, 5], Signed)],
        |graph, x| cosine_similarity(graph, x[0], x[1], 0),
    );
}

#[test]
fn structural_similarity_of_pictures() {
    check(
        "ssim",
        &[(&[2, 1, 6, 5], Signed), (&[2, 1, 6, 5], Signed)],
        |graph, x| {
            let settings = Ssim {
                window: 4,
                ..Ssim::default()
            };
            ssim_loss(graph, x[0], x[1], &settings)
        },
    );
}
