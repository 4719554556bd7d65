//! The table of all parameters of a run, by name.
//!
//! A parameter's first values depend on the run's seed and its own name only, so a network that gains a layer leaves
//! the others' first values as they were.

use crate::engine::StateTensor;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// First values of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initialisation {
    /// Normal with variance 2 / fan-in, for layers that a rectifier follows (He et al., ICCV 2015, eq. 10).
    He {
        /// How many inputs each output sums.
        fan_in: usize,
    },
    /// Normal with variance 1 / fan-in, for layers that no rectifier follows.
    Linear {
        /// How many inputs each output sums.
        fan_in: usize,
    },
    /// Uniform within ± 1 / √fan-in, as PyTorch's `Linear` and `Conv2d` draw weights and biases.
    Uniform {
        /// How many inputs each output sums.
        fan_in: usize,
    },
    /// The same value everywhere.
    Constant(f32),
}

/// What a parameter is to the optimiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Trained, with weight decay.
    Weight,
    /// Trained, without weight decay: biases, gains and shifts.
    Offset,
    /// Not trained: a running mean or variance.
    Statistic,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// What it is to the optimiser.
    pub kind: Kind,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values, in row-major order.
    pub values: Vec<f32>,
}

/// All parameters of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterTable {
    seed: u64,
    parameters: BTreeMap<String, Parameter>,
}

impl ParameterTable {
    /// An empty table whose parameters will be drawn from `seed`.
    pub fn new(seed: u64) -> Self {
        ParameterTable {
            seed,
            parameters: BTreeMap::new(),
        }
    }

    /// The parameter of this name, made at the first call.
    pub fn declare(
        &mut self,
        name: &str,
        kind: Kind,
        shape: &[usize],
        initialisation: Initialisation,
    ) -> &Parameter {
        let seed = self.seed;
        self.parameters
            .entry(name.to_owned())
            .or_insert_with(|| Parameter {
                kind,
                shape: shape.to_vec(),
                values: draw(seed, name, shape.iter().product(), initialisation),
            })
    }

    /// The parameter of this name.
    pub fn get(&self, name: &str) -> Option<&Parameter> {
        self.parameters.get(name)
    }

    /// Replaces the values of a parameter that the table knows in this shape; says whether it does.
    pub fn replace(&mut self, tensor: &StateTensor) -> bool {
        match self.parameters.get_mut(&tensor.name) {
            Some(parameter)
                if parameter.shape == tensor.shape
                    && parameter.values.len() == tensor.values.len() =>
            {
                parameter.values.clone_from(&tensor.values);
                true
            }
            _ => false,
        }
    }

    /// The parameters by name, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Parameter)> {
        self.parameters
            .iter()
            .map(|(name, parameter)| (name.as_str(), parameter))
    }

    /// How many numbers are trained under names that begin with `prefix`.
    pub fn trained_count(&self, prefix: &str) -> usize {
        self.iter()
            .filter(|(name, parameter)| {
                name.starts_with(prefix) && parameter.kind != Kind::Statistic
            })
            .map(|(_, parameter)| parameter.values.len())
            .sum()
    }
}

fn draw(seed: u64, name: &str, count: usize, initialisation: Initialisation) -> Vec<f32> {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_le_bytes());
    hasher.update(name.as_bytes());
    let mut random = ChaCha8Rng::from_seed(hasher.finalize().into());
    let root = |fan_in: usize| (1.0 / fan_in.max(1) as f32).sqrt();
    let mut normal = |deviation: f32| -> Vec<f32> {
        (0..count)
            .map(|_| deviation * random.sample::<f32, _>(StandardNormal))
            .collect()
    };
    match initialisation {
        Initialisation::Constant(value) => vec![value; count],
        Initialisation::He { fan_in } => normal(std::f32::consts::SQRT_2 * root(fan_in)),
        Initialisation::Linear { fan_in } => normal(root(fan_in)),
        Initialisation::Uniform { fan_in } => (0..count)
            .map(|_| root(fan_in) * random.random_range(-1.0..1.0))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_depend_on_seed_and_name_only() {
        let he = Initialisation::He { fan_in: 50 };
        let mut one = ParameterTable::new(3);
        one.declare("other", Kind::Weight, &[7], he);
        one.declare("weight", Kind::Weight, &[40, 50], he);
        let mut two = ParameterTable::new(3);
        two.declare("weight", Kind::Weight, &[40, 50], he);
        assert_eq!(one.get("weight"), two.get("weight"));
        let mut three = ParameterTable::new(4);
        three.declare("weight", Kind::Weight, &[40, 50], he);
        assert_ne!(two.get("weight"), three.get("weight"));

        let values = &two.get("weight").unwrap().values;
        let variance = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
        assert!((variance - 0.04).abs() < 0.005, "variance {variance}");

        let uniform = Initialisation::Uniform { fan_in: 100 };
        let drawn = &one.declare("flat", Kind::Weight, &[5000], uniform).values;
        assert!(drawn.iter().all(|value| value.abs() <= 0.1));
        let variance = drawn.iter().map(|v| v * v).sum::<f32>() / 5000.0;
        assert!((variance - 0.01 / 3.0).abs() < 2e-4, "variance {variance}");
    }

    #[test]
    fn replaces_only_what_fits() {
        let mut table = ParameterTable::new(1);
        table.declare("bias", Kind::Offset, &[2], Initialisation::Constant(0.0));
        let tensor = |name: &str, values: &[f32]| StateTensor {
            name: name.into(),
            shape: vec![values.len()],
            values: values.into(),
        };
        assert!(table.replace(&tensor("bias", &[1.0, 2.0])));
        assert!(!table.replace(&tensor("bias", &[1.0])));
        assert!(!table.replace(&tensor("gain", &[1.0, 2.0])));
        assert_eq!(table.get("bias").unwrap().values, [1.0, 2.0]);
    }
}
