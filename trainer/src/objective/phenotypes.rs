//! What latents should tell of the heart besides its picture: columns of the subjects' table, as linear functions.

use crate::architecture::builder::Start;
use crate::architecture::parameters::{Initialisation, Kind};
use crate::architecture::{NetworkBuilder, ParameterTable};
use crate::graph::{GraphError, Value};
use crate::recipe::config::Recipe;

/// Name of the linear layer.
const HEAD: &str = "phenotypes";

/// The mean over what is known of the squared error of a linear function of the latent (batch, latent): `truth` and
/// `known` are (batch, phenotype), the first standardised, the second 1 where the first is known and else 0.
///
/// # Errors
/// Where the shapes do not fit together.
pub fn phenotype_error(
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
    truth: Value,
    known: Value,
) -> Result<Value, GraphError> {
    let columns = builder.graph.shape(truth).last().copied().unwrap_or(0);
    let told = builder.linear(HEAD, latent, columns, Start::Linear)?;
    let graph = &mut *builder.graph;
    let difference = graph.subtract(told, truth)?;
    let counted = graph.multiply(difference, known)?;
    let squared = graph.square(counted)?;
    let sum = graph.sum_all(squared)?;
    let count = graph.sum_all(known)?;
    // A batch of which nothing is known costs nothing.
    let one = graph.scalar(1.0);
    let count = graph.maximum(count, one)?;
    graph.divide(sum, count)
}

/// Draws the parameters of the linear layer into the table.
pub fn declare_parameters(recipe: &Recipe, table: &mut ParameterTable) {
    let (columns, latent) = (recipe.phenotypes.len(), recipe.architecture.latent);
    let weight = Initialisation::Linear { fan_in: latent };
    table.declare(
        &format!("{HEAD}/weight"),
        Kind::Weight,
        &[columns, latent],
        weight,
    );
    let none = Initialisation::Constant(0.0);
    table.declare(&format!("{HEAD}/bias"), Kind::Offset, &[columns], none);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::Mode;
    use crate::graph::Graph;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn only_what_is_known_counts() {
        let mut graph = Graph::new("by hand");
        let latent = graph.input("latent", &[2, 2]);
        let truth = graph.input("truth", &[2, 2]);
        let known = graph.input("known", &[2, 2]);
        let mut table = ParameterTable::new(1);
        let identity = Initialisation::Constant(0.5);
        table.declare("phenotypes/weight", Kind::Weight, &[2, 2], identity);
        let mut builder = NetworkBuilder::new(&mut graph, &mut table, Mode::Inference);
        let loss = phenotype_error(&mut builder, latent, truth, known).unwrap();
        let tensor = |values: [f64; 4]| Tensor::new(&[2, 2], values.to_vec()).unwrap();
        let error = |seen: [f64; 4]| {
            let given = [
                (latent, tensor([2.0, 2.0, 4.0, 0.0])),
                (truth, tensor([1.0, 5.0, 2.0, 100.0])),
                (known, tensor(seen)),
            ];
            evaluate(&graph, &[loss], &given).unwrap()[0].values()[0]
        };
        // Each half of the latent's sum is told: 2 and 2 of both subjects.
        assert!((error([1.0, 1.0, 1.0, 0.0]) - (1.0 + 9.0 + 0.0) / 3.0).abs() < 1e-6);
        assert_eq!(error([0.0; 4]), 0.0);
    }
}
