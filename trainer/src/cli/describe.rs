//! `ecg2mri-train describe`.

use super::Outcome;
use crate::architecture::{Network, all_parameters};
use crate::recipe::Recipe;
use ecg2mri::standard_output;
use std::fmt::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Example:\n  ecg2mri-train describe trainer/recipes/cart-thin.toml")]
pub(super) struct Arguments {
    /// The recipe's TOML file
    recipe: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let recipe = Recipe::read(&arguments.recipe)?;
    let table = all_parameters(&recipe)?;
    let mut output = String::new();
    for network in Network::ALL {
        let name = network.prefix().trim_end_matches('/');
        let (input, shape) = network.input(&recipe, 1);
        writeln!(
            output,
            "{name}: {input} {shape:?} to {}, {} trained parameters",
            network.output(),
            table.trained_count(network.prefix())
        )?;
        for (name, parameter) in table
            .iter()
            .filter(|(name, _)| name.starts_with(network.prefix()))
        {
            writeln!(output, "  {name} {:?}", parameter.shape)?;
        }
    }
    Ok(standard_output::print(&output)?)
}
