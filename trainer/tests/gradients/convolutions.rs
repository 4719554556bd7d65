//! Gradients of convolutions of every kind.

use ecg2mri_trainer::graph::layer::{conv1d, conv2d, depthwise_conv};
use ecg2mri_trainer::graph::{Graph, Window};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::check::Domain::Signed;
use crate::check::{check, check_loss, random_tensor};

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
    // Many and few channels have gradients of different forms.
    for (name, inputs, outputs, stride) in [
        ("many to many", 6, 5, 1),
        ("few to many", 2, 5, 1),
        ("many to few", 6, 1, 1),
        ("many to few, strided", 6, 2, 2),
    ] {
        let window = Window::new(&[stride, 1], &[1, 2]).dilated(&[1, 2]);
        check(
            &format!("conv from {name}"),
            &[
                (&[2, inputs, 6, 5], Signed),
                (&[outputs, inputs, 3, 2], Signed),
                (&[outputs], Signed),
            ],
            |graph, x| graph.conv(x[0], x[1], Some(x[2]), &window),
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

/// Large pictures have weight gradients of a form of their own, here by way of the convolution that leads back, because
/// there are fewer outputs than inputs.
#[test]
fn convolution_of_a_large_picture() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut graph = Graph::new("large picture");
    let (shape, kernel) = ([1, 6, 33, 36], [5, 6, 2, 2]);
    let pixels = random_tensor(&mut rng, &shape, Signed);
    let pixels = pixels.values().iter().map(|&pixel| pixel as f32).collect();
    let x = graph.constant("x", &shape, pixels);
    let w = graph.input("w", &kernel);
    let window = Window::new(&[1, 1], &[1, 0]).dilated(&[1, 2]);
    let y = graph.conv(x, w, None, &window).unwrap();
    let squared = graph.square(y).unwrap();
    let loss = graph.mean_all(squared).unwrap();
    let given = random_tensor(&mut rng, &kernel, Signed);
    check_loss("large picture", &mut graph, loss, &[], &[(w, given)]);
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
fn transposed_convolutions_with_output_padding() {
    let cases: [(usize, Window, &[usize]); 4] = [
        (3, Window::square(2, 2, 1), &[1, 1]),
        (3, Window::square(2, 3, 0), &[2, 0]),
        (2, Window::square(2, 2, 1).dilated(&[2, 3]), &[1, 0]),
        (4, Window::new(&[2, 1], &[1, 2]).grouped(2), &[1, 0]),
    ];
    for (kernel, window, extra) in cases {
        let channels = 4 / window.groups();
        check(
            &format!("conv transpose {kernel} {window:?} {extra:?}"),
            &[
                (&[2, 2, 3, 3], Signed),
                (&[2, channels, kernel, kernel - 1], Signed),
                (&[4], Signed),
            ],
            |graph, x| graph.conv_transpose_padded(x[0], x[1], Some(x[2]), &window, extra),
        );
    }
}

#[test]
fn grouped_and_dilated_convolutions() {
    type Case<'a> = (&'a str, &'a [usize], &'a [usize], Window);
    let cases: [Case<'_>; 9] = [
        (
            "groups",
            &[2, 4, 7],
            &[6, 2, 3],
            Window::square(1, 1, 1).grouped(2),
        ),
        (
            "strided groups",
            &[2, 4, 8],
            &[2, 2, 3],
            Window::square(1, 2, 1).grouped(2),
        ),
        (
            "depthwise",
            &[2, 3, 6, 5],
            &[3, 1, 3, 3],
            Window::square(2, 1, 1).grouped(3),
        ),
        (
            "strided depthwise",
            &[2, 3, 7, 6],
            &[3, 1, 3, 2],
            Window::square(2, 2, 1).grouped(3),
        ),
        (
            "depthwise, two each",
            &[1, 3, 5, 4],
            &[6, 1, 3, 1],
            Window::new(&[1, 1], &[1, 0]).grouped(3),
        ),
        (
            "dilated",
            &[2, 2, 9],
            &[3, 2, 3],
            Window::square(1, 1, 2).dilated(&[2]),
        ),
        (
            "dilated and strided",
            &[1, 2, 9, 8],
            &[2, 2, 3, 2],
            Window::square(2, 2, 1).dilated(&[2, 3]),
        ),
        (
            "all at once",
            &[2, 4, 9, 7],
            &[4, 2, 2, 3],
            Window::new(&[1, 2], &[2, 1]).dilated(&[3, 1]).grouped(2),
        ),
        (
            "pointwise groups",
            &[2, 4, 3, 3],
            &[6, 2, 1, 1],
            Window::square(2, 1, 0).grouped(2),
        ),
    ];
    for (name, x, w, window) in cases {
        check(
            &format!("conv with {name}"),
            &[(x, Signed), (w, Signed), (&[w[0]], Signed)],
            |graph: &mut Graph, x| graph.conv(x[0], x[1], Some(x[2]), &window),
        );
    }
    check(
        "depthwise over signals",
        &[(&[2, 3, 8], Signed), (&[6, 1, 5], Signed)],
        |graph, x| depthwise_conv(graph, x[0], x[1], None, 2, 2),
    );
}
