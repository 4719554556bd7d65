//! Gradients of pooling, enlarging and shuffling.

use ecg2mri_trainer::graph::{Corners, Graph, Value, Window};

use crate::check::Domain::Signed;
use crate::check::check;

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
            &format!("global max pool {shape:?}"),
            &[(shape, Signed)],
            |graph, x| graph.global_max_pool(x[0]),
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
fn pooling_over_windows_that_overlap() {
    type Case<'a> = (&'a [usize], &'a [usize], Window);
    let cases: [Case<'_>; 6] = [
        (&[2, 2, 7, 6], &[3, 3], Window::square(2, 2, 1)),
        (&[1, 2, 6, 5], &[3, 2], Window::square(2, 1, 1)),
        (&[1, 1, 8, 7], &[2, 3], Window::new(&[3, 2], &[0, 1])),
        (&[2, 1, 5, 5], &[1, 2], Window::square(2, 2, 0)),
        (&[2, 3, 11], &[4], Window::square(1, 3, 2)),
        (&[1, 1, 4, 3, 4], &[2, 2, 3], Window::square(3, 1, 0)),
    ];
    for (shape, kernel, window) in cases {
        check(
            &format!("max pool {shape:?} {kernel:?} {window:?}"),
            &[(shape, Signed)],
            |graph, x| graph.max_pool_window(x[0], kernel, &window),
        );
        check(
            &format!("average pool {shape:?} {kernel:?} {window:?}"),
            &[(shape, Signed)],
            |graph, x| graph.average_pool_window(x[0], kernel, &window),
        );
    }
}

#[test]
fn equal_samples_share_the_gradient_of_a_maximum() {
    // Every sample twice: what each of the two has must add up to what one alone would have.
    let twice = |graph: &mut Graph, x: Value| graph.upsample_nearest(x, 2);
    check(
        "max pool of equal samples",
        &[(&[1, 2, 3, 3], Signed)],
        |graph, x| {
            let even = twice(graph, x[0])?;
            graph.max_pool(even, 3)
        },
    );
    check(
        "windows of equal samples",
        &[(&[1, 1, 3, 4], Signed)],
        |graph, x| {
            let even = twice(graph, x[0])?;
            graph.max_pool_window(even, &[3, 3], &Window::square(2, 2, 1))
        },
    );
    check(
        "greatest of equal samples",
        &[(&[1, 2, 3, 3], Signed)],
        |graph, x| {
            let even = twice(graph, x[0])?;
            graph.global_max_pool(even)
        },
    );
}

#[test]
fn linear_interpolation_to_any_size() {
    for corners in [Corners::Aligned, Corners::HalfPixel] {
        for size in [[7, 4], [2, 5], [3, 11], [1, 1]] {
            check(
                &format!("bilinear to {size:?} {corners:?}"),
                &[(&[2, 2, 3, 5], Signed)],
                |graph, x| graph.resize_bilinear(x[0], size, corners),
            );
        }
        check(
            &format!("linear {corners:?}"),
            &[(&[2, 3, 4], Signed)],
            |graph, x| graph.resize_linear(x[0], 9, corners),
        );
    }
}

#[test]
fn channels_for_resolution() {
    check("depth to space", &[(&[2, 8, 2, 3], Signed)], |graph, x| {
        graph.depth_to_space(x[0], 2)
    });
    check("space to depth", &[(&[2, 2, 6, 3], Signed)], |graph, x| {
        graph.space_to_depth(x[0], 3)
    });
    check("signals to depth", &[(&[2, 2, 6], Signed)], |graph, x| {
        graph.space_to_depth(x[0], 2)
    });
}
