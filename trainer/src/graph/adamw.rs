//! AdamW as part of the graph, so that a training step is one run of one model.

use super::builder::Graph;
use super::error::GraphError;
use super::value::Value;

/// Settings of AdamW (Loshchilov & Hutter 2019) with the meaning of `torch.optim.AdamW`; the default is PyTorch's. The
/// learning rate is fed at each step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    /// Decay of the mean gradient.
    pub beta1: f64,
    /// Decay of the mean squared gradient.
    pub beta2: f64,
    /// Added to the root of the mean squared gradient.
    pub epsilon: f64,
    /// Part of the parameter, times the learning rate, taken away at each step.
    pub weight_decay: f64,
}

impl Default for AdamW {
    fn default() -> AdamW {
        AdamW {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
        }
    }
}

impl AdamW {
    /// `1 − β₁ᵗ` and `1 − β₂ᵗ` for step t, counted from 1. Computed here in f64 and fed, because in f32 the second loses
    /// four digits at the first steps.
    pub fn bias_corrections(&self, step: u64) -> [f32; 2] {
        let power = i32::try_from(step).unwrap_or(i32::MAX);
        [self.beta1, self.beta2].map(|beta| (1.0 - beta.powi(power)) as f32)
    }
}

/// A parameter and its moments after a step, each of the parameter's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdamWStep {
    /// The parameter.
    pub parameter: Value,
    /// Mean gradient.
    pub first_moment: Value,
    /// Mean squared gradient.
    pub second_moment: Value,
}

/// What a step takes: the parameter with its gradient and its moments before the step, all of one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdamWState {
    /// The parameter.
    pub parameter: Value,
    /// Gradient of the loss with respect to it.
    pub gradient: Value,
    /// Mean gradient so far, zeros at first.
    pub first_moment: Value,
    /// Mean squared gradient so far, zeros at first.
    pub second_moment: Value,
}

/// One step of AdamW for one parameter. `learning_rate` and the two of [`AdamW::bias_corrections`] are scalars of the
/// graph, fed anew at each step.
///
/// # Errors
/// When gradient or moments do not have the parameter's shape, or the scalars are no scalars.
pub fn adamw_step(
    graph: &mut Graph,
    state: AdamWState,
    learning_rate: Value,
    bias_corrections: [Value; 2],
    settings: &AdamW,
) -> Result<AdamWStep, GraphError> {
    let AdamWState {
        parameter,
        gradient,
        first_moment,
        second_moment,
    } = state;
    let shape = graph.shape(parameter);
    let of_one_shape = [gradient, first_moment, second_moment];
    if of_one_shape
        .iter()
        .any(|&value| graph.shape(value) != shape)
    {
        let all = [parameter, gradient, first_moment, second_moment];
        let reason = "gradient and moments must have the parameter's shape".to_owned();
        return Err(graph.refuse("AdamW", &all, reason));
    }
    let scalars = [learning_rate, bias_corrections[0], bias_corrections[1]];
    if scalars.iter().any(|&value| !graph.shape(value).is_empty()) {
        let reason = "learning rate and bias corrections must be scalars of shape []".to_owned();
        return Err(graph.refuse("AdamW", &scalars, reason));
    }

    let change = graph.subtract(gradient, first_moment)?;
    let change = graph.scale(change, (1.0 - settings.beta1) as f32)?;
    let first_moment = graph.add(first_moment, change)?;

    let kept = graph.scale(second_moment, settings.beta2 as f32)?;
    let squared = graph.square(gradient)?;
    let added = graph.scale(squared, (1.0 - settings.beta2) as f32)?;
    let second_moment = graph.add(kept, added)?;

    // Scalars first, and numerator and denominator both times the root of the second correction: the parameter's own
    // size is then gone over as few times as can be.
    let root_correction = graph.sqrt(bias_corrections[1])?;
    let step_size = graph.divide(learning_rate, bias_corrections[0])?;
    let step_size = graph.multiply(step_size, root_correction)?;
    let epsilon = graph.scale(root_correction, settings.epsilon as f32)?;
    let root = graph.sqrt(second_moment)?;
    let divisor = graph.add(root, epsilon)?;
    let direction = graph.divide(first_moment, divisor)?;
    let step = graph.multiply(direction, step_size)?;
    let decayed = if settings.weight_decay == 0.0 {
        parameter
    } else {
        let lost = graph.scale(learning_rate, -settings.weight_decay as f32)?;
        let kept = graph.offset(lost, 1.0)?;
        graph.multiply(parameter, kept)?
    };
    Ok(AdamWStep {
        parameter: graph.subtract(decayed, step)?,
        first_moment,
        second_moment,
    })
}

/// Gradients scaled down together so that the Euclidean norm of all of them is at most `maximum_norm`, and the norm
/// before that, shape `[]`; as `torch.nn.utils.clip_grad_norm_`.
///
/// # Errors
/// When there are no gradients or the norm is not a positive number.
pub fn clip_gradient_norm(
    graph: &mut Graph,
    gradients: &[Value],
    maximum_norm: f32,
) -> Result<(Vec<Value>, Value), GraphError> {
    if !(maximum_norm.is_finite() && maximum_norm > 0.0) {
        let reason = format!("the greatest norm {maximum_norm} must be a positive number");
        return Err(graph.refuse("ClipGradientNorm", gradients, reason));
    }
    let mut total: Option<Value> = None;
    for &gradient in gradients {
        let axes: Vec<usize> = (0..graph.shape(gradient).len()).collect();
        let sum = graph.reduce_sum_of_squares(gradient, &axes, false)?;
        total = Some(match total {
            Some(total) => graph.add(total, sum)?,
            None => sum,
        });
    }
    let Some(total) = total else {
        let reason = "there are no gradients: give at least one".to_owned();
        return Err(graph.refuse("ClipGradientNorm", gradients, reason));
    };
    let norm = graph.sqrt(total)?;
    let shifted = graph.offset(norm, 1e-6)?;
    let maximum = graph.scalar(maximum_norm);
    let ratio = graph.divide(maximum, shifted)?;
    let one = graph.scalar(1.0);
    let factor = graph.minimum(ratio, one)?;
    let clipped = gradients
        .iter()
        .map(|&gradient| graph.multiply(gradient, factor))
        .collect::<Result<_, GraphError>>()?;
    Ok((clipped, norm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_corrections_keep_their_digits() {
        let [first, second] = AdamW::default().bias_corrections(1);
        assert_eq!((first, second), (0.1, 0.001));
        assert_eq!(AdamW::default().bias_corrections(u64::MAX), [1.0, 1.0]);
    }

    #[test]
    fn misshapen_states_are_refused() {
        let mut graph = Graph::new("adamw");
        let [p, g, short] = [("p", 3), ("g", 3), ("short", 2)].map(|(n, s)| graph.input(n, &[s]));
        let scalar = graph.input("scalar", &[]);
        let state = |second_moment: Value| AdamWState {
            parameter: p,
            gradient: g,
            first_moment: g,
            second_moment,
        };
        let settings = AdamW::default();
        let mut step = |state, rate| adamw_step(&mut graph, state, rate, [scalar; 2], &settings);
        assert!(step(state(g), scalar).is_ok());
        let error = step(state(short), scalar).unwrap_err().to_string();
        assert!(error.contains("the parameter's shape"), "{error}");
        let error = step(state(g), short).unwrap_err().to_string();
        assert!(error.contains("scalars of shape []"), "{error}");
    }

    #[test]
    fn norm_limit_must_be_positive() {
        let mut graph = Graph::new("clip");
        let g = graph.input("g", &[3]);
        assert!(clip_gradient_norm(&mut graph, &[g], 0.0).is_err());
        assert!(clip_gradient_norm(&mut graph, &[g], f32::NAN).is_err());
        assert!(clip_gradient_norm(&mut graph, &[], 1.0).is_err());
    }
}
