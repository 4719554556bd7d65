//! How values leave a chain.

use proptest::prelude::*;

use super::super::finish::{Finish, Function};
use super::super::frame::{Border, Frame};
use super::super::simd::InstructionSet;
use super::{error, numbers};

fn exact(function: Function, x: f64) -> f64 {
    match function {
        Function::Add(a) => x + f64::from(a),
        Function::Multiply(a) => x * f64::from(a),
        Function::AtLeast(a) => x.max(f64::from(a)),
        Function::AtMost(a) => x.min(f64::from(a)),
        Function::Exponential => x.exp(),
        Function::Sigmoid => 1.0 / (1.0 + (-x).exp()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 64 }))]

    #[test]
    fn channels_are_chosen_and_spread(
        (height, width) in (1..=4_usize, 1..=40_usize),
        (first, channels, factor, more) in (0..=3_usize, 1..=4_usize, 1..=3_usize, 0..=3_usize),
        seed in any::<u32>(),
    ) {
        let all = first + channels * factor * factor + more;
        let plane = height * width;
        let x = numbers(all * plane, seed.into());
        let finish = Finish {
            first,
            channels,
            factor,
            functions: vec![Function::Add(0.5), Function::Multiply(-2.0)],
        };
        for set in InstructionSet::available() {
            let border = Border { top: 1, left: 2, bottom: 0, right: 1 };
            let frame = Frame::new(height, width, all, border, set.lanes());
            let mut values = vec![0.0; frame.length()];
            frame.fill(set, &mut values, &x);
            let mut y = vec![0.0; channels * factor * factor * plane];
            finish.run(set, &frame, &values, &mut y);
            for (index, value) in y.iter().enumerate() {
                let (row, column) = (index / (width * factor), index % (width * factor));
                let (c, row) = (row / (height * factor), row % (height * factor));
                let (i, j) = (row % factor, column % factor);
                let channel = first + (c * factor + i) * factor + j;
                let from = x[channel * plane + row / factor * width + column / factor];
                prop_assert_eq!(*value, (from + 0.5) * -2.0);
            }
        }
    }
}

#[test]
fn functions_equal_their_definitions() {
    let functions = [
        Function::AtLeast(-0.3),
        Function::AtMost(0.4),
        Function::Exponential,
        Function::Sigmoid,
    ];
    for scale in [1.0, 30.0, 85.0] {
        let x: Vec<f32> = numbers(1003, 3).iter().map(|x| x * scale).collect();
        for function in functions {
            let finish = Finish {
                functions: vec![function],
                ..Finish::whole(1)
            };
            for set in InstructionSet::available() {
                let frame = Frame::new(1, x.len(), 1, Border::default(), set.lanes());
                let mut values = vec![0.0; frame.length()];
                frame.fill(set, &mut values, &x);
                let mut y = vec![0.0; x.len()];
                finish.run(set, &frame, &values, &mut y);
                for (x, y) in x.iter().zip(&y) {
                    let exact = exact(function, f64::from(*x));
                    let error = error(&[*y], &[exact]);
                    assert!(
                        error < 5e-7,
                        "{set:?}: {function:?} of {x} is {y}, not {exact}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_far_out_or_not_a_number_stays_so() {
    let x = [-1e9, -200.0, 200.0, 1e9, f32::NAN];
    for set in InstructionSet::available() {
        let frame = Frame::new(1, x.len(), 1, Border::default(), set.lanes());
        let mut values = vec![0.0; frame.length()];
        frame.fill(set, &mut values, &x);
        let finish = Finish {
            functions: vec![Function::Sigmoid],
            ..Finish::whole(1)
        };
        let mut y = vec![0.0; x.len()];
        finish.run(set, &frame, &values, &mut y);
        assert!(y[0] < 1e-30 && y[1] < 1e-30, "{set:?}: {y:?}");
        assert_eq!(y[2..4], [1.0, 1.0], "{set:?}");
        assert!(y[4].is_nan(), "{set:?}");
    }
}
