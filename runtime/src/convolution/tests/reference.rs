//! Layers by their definitions, with channels first and in double precision.

use super::super::attention::AttentionTaps;
use super::super::chain::Extent;
use super::super::direct::Geometry;
use super::super::taps::Taps;

/// A convolution, what is added, and ReLU.
pub fn convolution(
    x: &[f32],
    [input, output]: [Extent; 2],
    doubled: bool,
    geometry: Geometry,
    taps: &Taps,
    residual: Option<&[f32]>,
    relu: bool,
) -> Vec<f64> {
    let times = if doubled { 2 } else { 1 };
    let (tall, wide) = geometry.kernel;
    let mut memory = Vec::new();
    let weights = taps.weights.read(&mut memory);
    let mut y = Vec::with_capacity(output.length());
    for k in 0..output.channels {
        for row in 0..output.height {
            for column in 0..output.width {
                let mut sum = f64::from(taps.bias[k]);
                for c in 0..input.channels {
                    for dy in 0..tall {
                        for dx in 0..wide {
                            let y = (row * geometry.stride.0 + dy).checked_sub(geometry.padding.0);
                            let x_ =
                                (column * geometry.stride.1 + dx).checked_sub(geometry.padding.1);
                            let (Some(y), Some(x_)) = (y, x_) else {
                                continue;
                            };
                            let (y, x_) = (y / times, x_ / times);
                            if y < input.height && x_ < input.width {
                                let value = x[(c * input.height + y) * input.width + x_];
                                let weight =
                                    weights[((k * input.channels + c) * tall + dy) * wide + dx];
                                sum += f64::from(value) * f64::from(weight);
                            }
                        }
                    }
                }
                sum += residual.map_or(0.0, |added| f64::from(added[y.len()]));
                y.push(if relu { sum.max(0.0) } else { sum });
            }
        }
    }
    y
}

/// Self-attention over the pixels, added to the input.
pub fn attention(x: &[f32], extent: Extent, taps: &AttentionTaps) -> Vec<f64> {
    let tokens = extent.height * extent.width;
    let channels = extent.channels;
    let features = taps.query.bias.len();
    let head = features / taps.heads;
    let project = |taps: &Taps| -> Vec<f64> {
        let mut memory = Vec::new();
        let weights = taps.weights.read(&mut memory);
        let feature = |token: usize, feature: usize| {
            let products = (0..channels).map(|c| {
                f64::from(x[c * tokens + token]) * f64::from(weights[feature * channels + c])
            });
            products.sum::<f64>() + f64::from(taps.bias[feature])
        };
        (0..tokens * features)
            .map(|index| feature(index / features, index % features))
            .collect()
    };
    let (q, k, v) = (
        project(&taps.query),
        project(&taps.key),
        project(&taps.value),
    );
    let mut mixed = vec![0.0; tokens * features];
    for h in 0..taps.heads {
        for a in 0..tokens {
            let scores: Vec<f64> = (0..tokens)
                .map(|b| {
                    let products = (0..head)
                        .map(|d| q[a * features + h * head + d] * k[b * features + h * head + d]);
                    (f64::from(taps.scale) * products.sum::<f64>()).exp()
                })
                .collect();
            let total: f64 = scores.iter().sum();
            for d in 0..head {
                mixed[a * features + h * head + d] = (0..tokens)
                    .map(|b| scores[b] / total * v[b * features + h * head + d])
                    .sum();
            }
        }
    }
    let mut memory = Vec::new();
    let last = taps.output.weights.read(&mut memory);
    let mut y = vec![0.0; x.len()];
    for c in 0..channels {
        for token in 0..tokens {
            let products = (0..features)
                .map(|f| mixed[token * features + f] * f64::from(last[c * features + f]));
            y[c * tokens + token] = f64::from(x[c * tokens + token])
                + f64::from(taps.output.bias[c])
                + products.sum::<f64>();
        }
    }
    y
}

/// Products of each channel with a matrix for its rows and one for its columns.
pub fn resample(x: &[f32], [from, to]: [Extent; 2], rows: &[f32], columns: &[f32]) -> Vec<f64> {
    let mut y = Vec::with_capacity(to.length());
    for c in 0..to.channels {
        for row in 0..to.height {
            for column in 0..to.width {
                let mut sum = 0.0;
                for a in 0..from.height {
                    for b in 0..from.width {
                        sum += f64::from(rows[row * from.height + a])
                            * f64::from(columns[column * from.width + b])
                            * f64::from(x[(c * from.height + a) * from.width + b]);
                    }
                }
                y.push(sum);
            }
        }
    }
    y
}
