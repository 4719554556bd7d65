//! The networks of `tests/goldens/autodiff.py`, built with the graph.

use std::collections::BTreeMap;

use ecg2mri_trainer::graph::layer::{
    conv1d, conv2d, l2_normalise, layer_norm, running_mean, running_variance,
};
use ecg2mri_trainer::graph::loss::{diagonal_cross_entropy, mean_squared_error};
use ecg2mri_trainer::graph::{BatchNormTraining, Graph, GraphError, Value, Window};

/// Values by name: a network's inputs, parameters and running statistics.
pub type Named = BTreeMap<String, Value>;

/// A network's loss and its running statistics after the step.
pub struct Built {
    pub loss: Value,
    pub statistics: Named,
}

impl From<Value> for Built {
    fn from(loss: Value) -> Built {
        Built {
            loss,
            statistics: Named::new(),
        }
    }
}

pub fn fully_connected(graph: &mut Graph, named: &Named) -> Result<Built, GraphError> {
    let mut h = named["x"];
    for layer in 0..4 {
        let (w, b) = (named[&format!("w{layer}")], named[&format!("b{layer}")]);
        h = graph.linear(h, w, Some(b))?;
        h = if layer == 3 {
            graph.sigmoid(h)?
        } else {
            graph.relu(h)?
        };
    }
    Ok(mean_squared_error(graph, h, named["x"])?.into())
}

pub fn convolutional(graph: &mut Graph, named: &Named) -> Result<Built, GraphError> {
    let mut statistics = Named::new();

    let h = conv2d(graph, named["x"], named["stem"], None, 1, 1)?;
    let h = batch_norm(graph, named, &mut statistics, h, 1)?;
    let h = graph.relu(h)?;
    let h = graph.max_pool(h, 2)?;
    let h = conv2d(graph, h, named["down"], None, 2, 1)?;
    let h = batch_norm(graph, named, &mut statistics, h, 2)?;
    let h = graph.leaky_relu(h, 0.1)?;
    let h = graph.upsample_nearest(h, 2)?;
    let h = conv2d(graph, h, named["middle"], Some(named["middle_bias"]), 1, 1)?;
    let h = graph.gelu(h)?;
    let doubling = Window::square(2, 2, 0);
    let h = graph.conv_transpose(h, named["up"], Some(named["up_bias"]), &doubling)?;
    let h = graph.relu(h)?;
    let h = graph.average_pool(h, 2)?;
    let h = graph.upsample_bilinear(h, 2)?;
    let h = conv2d(graph, h, named["head"], Some(named["head_bias"]), 1, 0)?;
    let h = graph.sigmoid(h)?;
    let loss = mean_squared_error(graph, h, named["target"])?;
    Ok(Built { loss, statistics })
}

fn batch_norm(
    graph: &mut Graph,
    named: &Named,
    statistics: &mut Named,
    x: Value,
    place: usize,
) -> Result<Value, GraphError> {
    let (gamma, beta) = (
        named[&format!("gamma{place}")],
        named[&format!("beta{place}")],
    );
    let BatchNormTraining {
        output,
        mean,
        variance,
    } = graph.batch_norm_training(x, gamma, beta, 1e-5)?;
    let shape = graph.shape(x);
    let elements = shape[0] * shape[2] * shape[3];
    let (mean_name, variance_name) = (format!("mean{place}"), format!("variance{place}"));
    let mean = running_mean(graph, named[&mean_name], mean, 0.1)?;
    let variance = running_variance(graph, named[&variance_name], variance, elements, 0.1)?;
    statistics.insert(mean_name, mean);
    statistics.insert(variance_name, variance);
    Ok(output)
}

pub fn contrastive(graph: &mut Graph, named: &Named) -> Result<Built, GraphError> {
    let mut latents = Vec::new();
    for side in ["a", "b"] {
        let (w, b) = (named[&format!("w{side}")], named[&format!("b{side}")]);
        let latent = graph.linear(named[side], w, Some(b))?;
        latents.push(l2_normalise(graph, latent, 1, 1e-12)?);
    }
    let similarity = graph.matmul_transposed(latents[0], latents[1], false, true)?;
    let scale = graph.exp(named["log_scale"])?;
    let logits = graph.multiply(similarity, scale)?;
    let transposed = graph.transpose(logits, &[1, 0])?;
    let a_to_b = diagonal_cross_entropy(graph, logits)?;
    let b_to_a = diagonal_cross_entropy(graph, transposed)?;
    let both = graph.add(a_to_b, b_to_a)?;
    Ok(graph.scale(both, 0.5)?.into())
}

pub fn signal(graph: &mut Graph, named: &Named) -> Result<Built, GraphError> {
    let h = conv1d(
        graph,
        named["x"],
        named["stem"],
        Some(named["stem_bias"]),
        2,
        1,
    )?;
    let h = graph.tanh(h)?;
    let h = graph.transpose(h, &[0, 2, 1])?;
    let h = layer_norm(graph, h, named["gamma"], named["beta"], 1e-5)?;
    let query = graph.matmul(h, named["query"])?;
    let key = graph.matmul(h, named["key"])?;
    let value = graph.matmul(h, named["value"])?;
    let scores = graph.matmul_transposed(query, key, false, true)?;
    let scores = graph.scale(scores, 6f32.sqrt().recip())?;
    let attention = graph.softmax(scores)?;
    let attended = graph.matmul(attention, value)?;
    let h = graph.add(h, attended)?;
    let h = graph.reduce_mean(h, &[1], false)?;
    let h = graph.linear(h, named["head"], None)?;
    Ok(mean_squared_error(graph, h, named["target"])?.into())
}
