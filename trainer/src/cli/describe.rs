//! `ecg2mri-train describe`.

use super::{Outcome, Replacements};
use crate::architecture::layers::layers;
use crate::architecture::{NamedShape, Network};
use crate::recipe::Recipe;
use ecg2mri::standard_output;
use std::fmt::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    ecg2mri-train describe trainer/recipes/cart.toml\n  \
    ecg2mri-train describe trainer/recipes/thesis.toml \\\n    \
    --set 'architecture.mri.double_convolution.encoder=[16, 32, 64, 256]'")]
pub(super) struct Arguments {
    /// The recipe's TOML file
    recipe: PathBuf,
    #[command(flatten)]
    replacements: Replacements,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let recipe = arguments.replacements.recipe(&arguments.recipe)?;
    Ok(standard_output::print(&description(&recipe)?)?)
}

/// Inputs or outputs with their shapes.
fn ports(ports: &[NamedShape]) -> String {
    let one = |(name, shape): &NamedShape| format!("{name} {shape:?}");
    ports.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Each network's layers, and what the networks come to alone and together.
fn description(recipe: &Recipe) -> Result<String, Box<dyn std::error::Error>> {
    let mut output = String::new();
    let mut totals = Vec::new();
    for network in Network::ALL {
        writeln!(
            output,
            "{}: {} to {}",
            name(network),
            ports(&network.inputs(recipe, 1)),
            ports(&network.outputs(recipe, 1))
        )?;
        writeln!(
            output,
            "  {:<38} {:<20} {:>12} {:>9}",
            "layer", "output", "parameters", "GMAC"
        )?;
        let layers = layers(network, recipe)?;
        for layer in &layers {
            let shape = format!("{:?}", layer.output_shape);
            let short = layer.name.strip_prefix(network.prefix());
            line(
                &mut output,
                short.unwrap_or(&layer.name),
                &shape,
                layer.parameters,
                layer.multiply_accumulates,
            )?;
        }
        let parameters = layers.iter().map(|layer| layer.parameters).sum();
        let products = layers.iter().map(|layer| layer.multiply_accumulates).sum();
        line(&mut output, "total", "", parameters, products)?;
        output.push('\n');
        totals.push((network, parameters, products));
    }
    writeln!(output, "together")?;
    let pairs = [
        (
            "ECG autoencoder",
            [Network::EcgEncoder, Network::EcgDecoder],
        ),
        (
            "MRI autoencoder",
            [Network::MriEncoder, Network::MriDecoder],
        ),
        ("ECG to MRI", [Network::EcgEncoder, Network::MriDecoder]),
    ];
    for (title, members) in pairs {
        let of_pair = || totals.iter().filter(|(one, ..)| members.contains(one));
        let parameters = of_pair().map(|(_, parameters, _)| parameters).sum();
        let products = of_pair().map(|(.., products)| products).sum();
        let parts = members.map(name).join(" + ");
        line(
            &mut output,
            &format!("{title} ({parts})"),
            "",
            parameters,
            products,
        )?;
    }
    Ok(output)
}

fn name(network: Network) -> &'static str {
    network.prefix().trim_end_matches('/')
}

fn line(
    output: &mut String,
    name: &str,
    shape: &str,
    parameters: usize,
    products: u64,
) -> std::fmt::Result {
    let billions = products as f64 / 1e9;
    let parameters = grouped(parameters);
    // A long name takes the shape's column where there is none.
    match shape {
        "" => writeln!(output, "  {name:<59} {parameters:>12} {billions:>9.5}"),
        _ => writeln!(
            output,
            "  {name:<38} {shape:<20} {parameters:>12} {billions:>9.5}"
        ),
    }
}

/// A number with commas between its thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_thesis_is_described_with_its_own_counts() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes");
        let recipe = Recipe::read(&folder.join("thesis.toml")).unwrap();
        let text = description(&recipe).unwrap();
        for count in [
            "1,420,880",
            "2,327,232",
            "3,509,057",
            "4,219,325",
            "307,712",
        ] {
            assert!(text.contains(count), "{count} is not in:\n{text}");
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
