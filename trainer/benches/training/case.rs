//! What is timed, and the files from which both sides begin.

use std::error::Error;
use std::fs;
use std::path::Path;

use ecg2mri_trainer::architecture::ParameterTable;
use ecg2mri_trainer::recipe::Recipe;
use ecg2mri_trainer::recipe::config::Stage;
use ecg2mri_trainer::recipe::step::{self, StepGraph, is_parameter};
use serde_json::{Value, json};

use super::THREADS;

/// A network of the thesis at one batch size.
pub struct Case {
    /// Its name, for the table and for choosing.
    pub name: &'static str,
    /// The stage of the recipe `thesis` that trains it.
    stage: &'static str,
    /// The input that it rebuilds: `ecg` or `picture`.
    input: &'static str,
    plan: Plan,
}

/// How much is done.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Subjects in a batch.
    pub batch: usize,
    /// Turns of each side.
    pub turns: usize,
    /// Steps in a turn; together at least a second of CPU time, which `/proc` counts in hundredths.
    pub steps: usize,
}

/// All that is timed.
pub const CASES: &[Case] = &[
    Case {
        name: "ecg512",
        stage: "pretrain-ecg",
        input: "ecg",
        plan: Plan {
            batch: 512,
            turns: 9,
            steps: 20,
        },
    },
    Case {
        name: "mri8",
        stage: "pretrain-mri",
        input: "picture",
        plan: Plan {
            batch: 8,
            turns: 5,
            steps: 1,
        },
    },
    Case {
        name: "mri32",
        stage: "pretrain-mri",
        input: "picture",
        plan: Plan {
            batch: 32,
            turns: 3,
            steps: 1,
        },
    },
];

/// What `network.json` calls the input's values and the step's settings is the same for both sides; `parameters.f32`
/// and `input.f32` hold plain little-endian numbers.
pub const INPUT: &str = "input.f32";
const PARAMETERS: &str = "parameters.f32";
const DESCRIPTION: &str = "network.json";

impl Case {
    /// The case of this name.
    pub fn named(name: &str) -> Option<&'static Case> {
        CASES.iter().find(|case| case.name == name)
    }

    /// What is done where figures are wanted, or where it should only be seen to work.
    pub fn plan(&self, whole: bool) -> Plan {
        match whole {
            true => self.plan,
            false => Plan {
                batch: 2,
                turns: 1,
                steps: 1,
            },
        }
    }

    /// The recipe and its stage for this case.
    ///
    /// # Errors
    /// Where the shipped recipe cannot be read or lacks the stage.
    pub fn recipe(&self, batch: usize) -> Result<(Recipe, Stage), Box<dyn Error>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes/thesis.toml");
        let recipe = Recipe::read(&path)?;
        let stage = recipe.stages.iter().find(|stage| stage.name == self.stage);
        let stage = stage.ok_or_else(|| format!("{} has no {}", path.display(), self.stage))?;
        let stage = Stage {
            batch,
            ..stage.clone()
        };
        Ok((recipe, stage))
    }

    /// The step as `fit` builds it at the beginning of a run.
    ///
    /// # Errors
    /// As [`Case::recipe`] and [`step::build`].
    pub fn graph(&self, recipe: &Recipe, stage: &Stage) -> Result<StepGraph, Box<dyn Error>> {
        let mut table = ParameterTable::new(recipe.seed);
        Ok(step::build(recipe, stage, &mut table)?)
    }

    /// The input of the step that it rebuilds.
    pub fn input(&self) -> &'static str {
        self.input
    }

    /// Writes what both sides begin with: parameters, batch and settings.
    ///
    /// # Errors
    /// As [`Case::graph`], or where the files cannot be written.
    pub fn write(&self, plan: &Plan, folder: &Path) -> Result<(), Box<dyn Error>> {
        let (recipe, stage) = self.recipe(plan.batch)?;
        let graph = self.graph(&recipe, &stage)?;
        let port = graph.batch.iter().find(|(name, _)| name == self.input);
        let (_, shape) = port.ok_or_else(|| format!("no step input `{}`", self.input))?;
        let parameters: Vec<_> = graph
            .state
            .iter()
            .filter(|tensor| is_parameter(&tensor.name))
            .collect();
        let tensors: Vec<Value> = parameters
            .iter()
            .map(|tensor| json!({ "name": tensor.name, "shape": tensor.shape }))
            .collect();
        let description = json!({
            "input": shape,
            "threads": THREADS,
            "learning_rate": stage.learning_rate,
            "betas": [recipe.optimiser.beta1, recipe.optimiser.beta2],
            "epsilon": recipe.optimiser.epsilon,
            "weight_decay": recipe.optimiser.weight_decay,
            "tensors": tensors,
        });
        fs::write(folder.join(DESCRIPTION), description.to_string())?;
        let values = parameters.iter().flat_map(|tensor| &tensor.values);
        fs::write(folder.join(PARAMETERS), bytes(values.copied()))?;
        let count = shape.iter().product();
        fs::write(folder.join(INPUT), bytes(values_of_batch(count)))?;
        Ok(())
    }
}

/// Evenly spread over 0..1 in no order that a network could use: the fractions of multiples of the golden ratio.
fn values_of_batch(count: usize) -> impl Iterator<Item = f32> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    (0..count).map(|index| (index as f64 * GOLDEN).fract() as f32)
}

fn bytes(values: impl Iterator<Item = f32>) -> Vec<u8> {
    values.flat_map(f32::to_le_bytes).collect()
}
