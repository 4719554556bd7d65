//! Attention (Vaswani et al. 2017).

use super::dense::{Dense, dense};
use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::value::Value;

/// Added to the scores of what must not be attended to: far below any other score, yet finite.
const FORBIDDEN: f32 = -1e9;

/// `softmax(q·kᵀ/√d + bias)·v`: q (…, n, d), k (…, m, d), v (…, m, e) → (…, n, e). The bias, if any, broadcasts to the
/// scores (…, n, m): relative positions, or a mask by [`attention_mask`].
///
/// # Errors
/// When the shapes are not those.
pub fn scaled_dot_product_attention(
    graph: &mut Graph,
    query: Value,
    key: Value,
    value: Value,
    bias: Option<Value>,
) -> Result<Value, GraphError> {
    let Some(&width) = graph.shape(query).last().filter(|width| **width > 0) else {
        let reason = "the query needs a last axis with elements".to_owned();
        return Err(graph.refuse("Attention", &[query, key, value], reason));
    };
    // The query is smaller than the scores as a rule.
    let query = graph.scale(query, (width as f64).sqrt().recip() as f32)?;
    let mut scores = graph.matmul_transposed(query, key, false, true)?;
    if let Some(bias) = bias {
        let shape = graph.shape(scores).to_vec();
        scores = graph.add(scores, bias)?;
        if graph.shape(scores) != shape {
            let reason = format!("the bias must broadcast to the scores' shape {shape:?}");
            return Err(graph.refuse("Attention", &[query, key, bias], reason));
        }
    }
    let weights = graph.softmax(scores)?;
    graph.matmul(weights, value)
}

/// A bias for [`scaled_dot_product_attention`] that forbids what `keep` (1 or 0, of any shape that broadcasts to the
/// scores) marks with 0.
///
/// # Errors
/// Those of [`Graph::apply`].
pub fn attention_mask(graph: &mut Graph, keep: Value) -> Result<Value, GraphError> {
    let lost = graph.offset(keep, -1.0)?;
    graph.scale(lost, -FORBIDDEN)
}

/// Parameters of [`multi_head_attention`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttentionWeights {
    /// (width, width of x).
    pub query: Dense,
    /// (width, width of the context).
    pub key: Dense,
    /// (width, width of the context).
    pub value: Dense,
    /// (outputs, width).
    pub output: Dense,
}

/// Attention of x (batch, n, features) to a context (batch, m, features'), x itself for self-attention, in several heads
/// next to each other: (batch, n, outputs); as `torch.nn.MultiheadAttention(batch_first=True)`. The bias, if any,
/// broadcasts to the scores (batch, heads, n, m).
///
/// # Errors
/// When the shapes are not those or the width does not divide into the heads.
pub fn multi_head_attention(
    graph: &mut Graph,
    x: Value,
    context: Value,
    weights: &AttentionWeights,
    heads: usize,
    bias: Option<Value>,
) -> Result<Value, GraphError> {
    let [query, key, value] = [
        (x, weights.query),
        (context, weights.key),
        (context, weights.value),
    ]
    .map(|(from, layer)| {
        let made = dense(graph, from, layer)?;
        into_heads(graph, made, heads)
    });
    let attended = scaled_dot_product_attention(graph, query?, key?, value?, bias)?;
    let side_by_side = graph.swap_axes(attended, 1, 2)?;
    let &[batch, tokens, _, width] = graph.shape(side_by_side) else {
        unreachable!("heads have four axes")
    };
    let joined = graph.reshape(side_by_side, &[batch, tokens, heads * width])?;
    dense(graph, joined, weights.output)
}

/// (batch, tokens, heads·width) → (batch, heads, tokens, width).
fn into_heads(graph: &mut Graph, x: Value, heads: usize) -> Result<Value, GraphError> {
    match *graph.shape(x) {
        [batch, tokens, width] if heads > 0 && width.is_multiple_of(heads) => {
            let split = graph.reshape(x, &[batch, tokens, heads, width / heads])?;
            graph.swap_axes(split, 1, 2)
        }
        _ => {
            let reason = format!(
                "needs shape (batch, tokens, width) with a width that divides into {heads} heads"
            );
            Err(graph.refuse("MultiHeadAttention", &[x], reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn what_is_masked_has_no_weight() {
        let mut graph = Graph::new("attention");
        let x = graph.input("x", &[2, 3]);
        let keep = graph.constant("keep", &[2], vec![0.0, 1.0]);
        let bias = attention_mask(&mut graph, keep).unwrap();
        let y = scaled_dot_product_attention(&mut graph, x, x, x, Some(bias)).unwrap();
        let fed = Tensor::from_fn(&[2, 3], |flat| flat as f64);
        let found = evaluate(&graph, &[y], &[(x, fed)]).unwrap();
        assert_eq!(found[0].values(), [3.0, 4.0, 5.0, 3.0, 4.0, 5.0]);
    }

    #[test]
    fn misfits_are_refused() {
        let mut graph = Graph::new("attention");
        let x = graph.input("x", &[1, 2, 6]);
        let weight = graph.input("w", &[6, 6]);
        let layer = Dense { weight, bias: None };
        let weights = AttentionWeights {
            query: layer,
            key: layer,
            value: layer,
            output: layer,
        };
        let error = multi_head_attention(&mut graph, x, x, &weights, 4, None).unwrap_err();
        assert!(error.to_string().contains("4 heads"), "{error}");
        let wide = graph.input("wide", &[5, 1, 2, 2]);
        let error = scaled_dot_product_attention(&mut graph, x, x, x, Some(wide)).unwrap_err();
        assert!(error.to_string().contains("must broadcast"), "{error}");
    }
}
