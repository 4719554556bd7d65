//! Convolutions of any shape.

use proptest::prelude::*;

use super::super::chain::{Extent, Work};
use super::super::direct::Geometry;
use super::super::numbers::Numbers;
use super::super::simd::InstructionSet;
use super::super::taps::Taps;
use super::{error, numbers, reference, run, single};

/// Largest error relative to the largest value. Winograd's transforms of 4 × 4 tiles cost about a
/// decimal digit of the seven that 32-bit floats have.
const DIRECT_ERROR: f64 = 5e-6;
const WINOGRAD_ERROR: f64 = 2e-5;

/// A convolution to be tried.
#[derive(Clone, Debug)]
struct Trial {
    input: Extent,
    channels: usize,
    doubled: bool,
    geometry: Geometry,
    /// Zeros below and to the right.
    after: (usize, usize),
    residual: bool,
    relu: bool,
    seed: u64,
}

impl Trial {
    fn output(&self) -> Option<Extent> {
        let times = if self.doubled { 2 } else { 1 };
        let windows = |length: usize, before: usize, after: usize, kernel: usize, stride: usize| {
            Some((length * times + before + after).checked_sub(kernel)? / stride + 1)
        };
        let Geometry {
            kernel,
            stride,
            padding,
        } = self.geometry;
        Some(Extent {
            height: windows(
                self.input.height,
                padding.0,
                self.after.0,
                kernel.0,
                stride.0,
            )?,
            width: windows(
                self.input.width,
                padding.1,
                self.after.1,
                kernel.1,
                stride.1,
            )?,
            channels: self.channels,
        })
    }

    /// The largest error of all instruction sets.
    fn error(&self) -> Option<f64> {
        let output = self.output()?;
        let taps = self.geometry.kernel.0 * self.geometry.kernel.1;
        let weights = numbers(self.input.channels * self.channels * taps, self.seed);
        let bias = numbers(self.channels, self.seed + 1);
        let x = numbers(self.input.length(), self.seed + 2);
        let added = numbers(output.length(), self.seed + 3);
        let taps = Taps {
            weights: Numbers::Singles(&weights),
            bias: &bias,
        };
        let work = Work::Convolution {
            doubled: self.doubled,
            geometry: self.geometry,
            taps,
            residual: self.residual.then_some(2),
            relu: self.relu,
        };
        let plan = single(work, [self.input, output]);
        let mut inputs: Vec<&[f32]> = vec![&x];
        inputs.extend(self.residual.then_some(&added[..]));
        let exact = reference::convolution(
            &x,
            [self.input, output],
            self.doubled,
            self.geometry,
            &taps,
            self.residual.then_some(&added[..]),
            self.relu,
        );
        InstructionSet::available()
            .into_iter()
            .map(|set| error(&run(&plan, set, &inputs), &exact))
            // Written so that an error that is no number is kept.
            .reduce(|most, error| if error <= most { most } else { error })
    }
}

fn extent(longest: usize, channels: usize) -> impl Strategy<Value = Extent> {
    (1..=longest, 1..=longest, 1..=channels).prop_map(|(height, width, channels)| Extent {
        height,
        width,
        channels,
    })
}

/// 3 × 3 taps, which Winograd's algorithm computes.
fn three_by_three() -> impl Strategy<Value = Trial> {
    let paddings = ((0..=2_usize, 0..=2_usize), (0..=2_usize, 0..=2_usize));
    (
        extent(13, 40),
        1..=40_usize,
        any::<[bool; 3]>(),
        paddings,
        any::<u32>(),
    )
        .prop_map(
            |(input, channels, [doubled, residual, relu], (before, after), seed)| {
                let (before, after) = if doubled {
                    ((1, 1), (1, 1))
                } else {
                    (before, after)
                };
                Trial {
                    input,
                    channels,
                    doubled,
                    geometry: Geometry {
                        kernel: (3, 3),
                        stride: (1, 1),
                        padding: before,
                    },
                    after,
                    residual,
                    relu,
                    seed: seed.into(),
                }
            },
        )
}

/// Any other taps and strides.
fn any_taps() -> impl Strategy<Value = Trial> {
    let pair = |least: usize, most: usize| (least..=most, least..=most);
    let sizes = (pair(1, 5), pair(1, 3), pair(0, 3), pair(0, 3));
    (
        extent(15, 24),
        1..=40_usize,
        any::<[bool; 2]>(),
        sizes,
        any::<u32>(),
    )
        .prop_map(
            |(input, channels, [residual, relu], (kernel, stride, padding, after), seed)| Trial {
                input,
                channels,
                doubled: false,
                geometry: Geometry {
                    kernel,
                    stride,
                    padding,
                },
                after,
                residual,
                relu,
                seed: seed.into(),
            },
        )
}

/// Signals: one row, taps in one direction.
fn signals() -> impl Strategy<Value = Trial> {
    let sizes = (
        1..=200_usize,
        1..=24_usize,
        1..=7_usize,
        1..=4_usize,
        0..=3_usize,
    );
    (sizes, 1..=40_usize, any::<[bool; 2]>(), any::<u32>()).prop_map(
        |((width, inputs, taps, stride, padding), channels, [residual, relu], seed)| Trial {
            input: Extent {
                height: 1,
                width,
                channels: inputs,
            },
            channels,
            doubled: false,
            geometry: Geometry {
                kernel: (1, taps),
                stride: (1, stride),
                padding: (0, padding),
            },
            after: (0, padding),
            residual,
            relu,
            seed: seed.into(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 48 }))]

    #[test]
    fn three_by_three_equals_the_definition(trial in three_by_three()) {
        if let Some(error) = trial.error() {
            prop_assert!(error <= WINOGRAD_ERROR, "{error:.2e}");
        }
    }

    #[test]
    fn any_taps_equal_the_definition(trial in any_taps()) {
        if let Some(error) = trial.error() {
            prop_assert!(error <= DIRECT_ERROR, "{error:.2e}");
        }
    }

    #[test]
    fn signals_equal_the_definition(trial in signals()) {
        if let Some(error) = trial.error() {
            prop_assert!(error <= DIRECT_ERROR, "{error:.2e}");
        }
    }
}

#[test]
fn large_pictures_and_many_channels_equal_the_definition() {
    // Several blocks of tiles, several parts of the channels, all widths of panels, tiles that reach beyond the picture.
    for (height, width, inputs, channels, doubled) in [
        (37, 41, 20, 48, false),
        (19, 22, 70, 24, true),
        (5, 4, 130, 112, false),
        (21, 22, 260, 48, false),
    ] {
        let trial = Trial {
            input: Extent {
                height,
                width,
                channels: inputs,
            },
            channels,
            doubled,
            geometry: Geometry {
                kernel: (3, 3),
                stride: (1, 1),
                padding: (1, 1),
            },
            after: (1, 1),
            residual: true,
            relu: true,
            seed: 7,
        };
        let error = trial.error().expect("the picture is larger than the taps");
        assert!(error <= WINOGRAD_ERROR, "{error:.2e}");
    }
}

#[test]
fn what_is_not_a_number_is_not_lost() {
    let extent = Extent {
        height: 9,
        width: 9,
        channels: 3,
    };
    let weights = numbers(3 * 3 * 9, 1);
    let bias = [0.0; 3];
    for set in InstructionSet::available() {
        let mut x = numbers(extent.length(), 2);
        x[100] = f32::NAN;
        let work = Work::Convolution {
            doubled: false,
            geometry: Geometry {
                kernel: (3, 3),
                stride: (1, 1),
                padding: (1, 1),
            },
            taps: Taps {
                weights: Numbers::Singles(&weights),
                bias: &bias,
            },
            residual: None,
            relu: true,
        };
        let plan = single(work, [extent, extent]);
        let chain = super::super::chain::Chain::new(set, &plan);
        let mut y = vec![0.0; extent.length()];
        chain.run(1, &[&x], &mut [&mut y]);
        assert!(y.iter().any(|value| value.is_nan()), "{set:?}");
    }
}
